"""Open data: the whitelist and the bans as files that programs and spreadsheets read."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from litestar import Response, get

from registry.bans import queries as bans
from registry.kernel.clock import today
from registry.web.components.requests import Req, page
from registry.whitelist import queries as whitelist

_LIMIT = 20_000


@get("/data", opt={"public": True})
async def data(request: Req) -> Response[str]:
    """What can be downloaded, and what the columns mean."""
    return await page(request, "public/data.html.j2", as_of=await today())


async def _entries() -> list[dict[str, Any]]:
    as_of = await today()
    found: list[dict[str, Any]] = []
    after: str | None = None
    while len(found) < _LIMIT:
        part = await whitelist.search_entries(as_of=as_of, status="", after=after, limit=500)
        found += [
            {
                "certificate_number": e.certificate_number, "name": e.name, "credit_code": e.credit_code,
                "list": e.list_name, "bureau": e.bureau_name, "categories": list(e.categories),
                "status": e.kind.value, "since": e.status.since.isoformat(), "listed_on": e.listed_on.isoformat(),
                "ends_on": e.ends_on.isoformat(), "as_of": as_of.isoformat(),
            }
            for e in part.entries
        ]  # fmt: skip
        after = part.after
        if after is None:
            break
    return found


async def _bans() -> list[dict[str, Any]]:
    as_of = await today()
    found: list[dict[str, Any]] = []
    after: str | None = None
    while len(found) < _LIMIT:
        part = await bans.list_bans(as_of=as_of, state="", after=after, limit=500)
        found += [
            {
                "name": b.name, "credit_code": b.credit_code, "ground": b.ground, "authority": b.bureau_name,
                "decided_on": b.decided_on.isoformat(), "last_day": b.last_day.isoformat(), "reach": b.reach_name,
                "state": b.state(as_of), "as_of": as_of.isoformat(),
            }
            for b in part.bans
        ]  # fmt: skip
        after = part.after
        if after is None:
            break
    return found


@get(["/data/whitelist.csv", "/data/whitelist.json"], opt={"public": True})
async def whitelist_file(request: Req) -> Response[bytes]:
    """All entries of public lists with what they are today."""
    return _file(request, await _entries())


@get(["/data/bans.csv", "/data/bans.json"], opt={"public": True})
async def bans_file(request: Req) -> Response[bytes]:
    """All public bans."""
    return _file(request, await _bans())


def _file(request: Req, found: list[dict[str, Any]]) -> Response[bytes]:
    if request.url.path.endswith(".json"):
        content = json.dumps(found, ensure_ascii=False, indent=1).encode()
        return Response(content, media_type="application/json", headers={"access-control-allow-origin": "*"})
    text = io.StringIO()
    if found:
        writer = csv.DictWriter(text, fieldnames=list(found[0]))
        writer.writeheader()
        writer.writerows([{k: ";".join(v) if isinstance(v, list) else _harmless(v) for k, v in r.items()} for r in found])
    # The mark at the front tells spreadsheets that this is UTF-8.
    return Response(b"\xef\xbb\xbf" + text.getvalue().encode(), media_type="text/csv; charset=utf-8")


def _harmless(value: Any) -> Any:
    """A cell that a spreadsheet would take for a formula is written as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value


HANDLERS = [data, whitelist_file, bans_file]
