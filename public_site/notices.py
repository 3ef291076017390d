"""Public notices: which are open, one with its window counted out, as a calendar entry and as published (R15, R16)."""

from __future__ import annotations

import json

from litestar import Response, get
from litestar.params import FromPath

from public_site.calendar_file import window_file
from public_site.strip import strip_of
from registry.jurisdictions.calendars import newer_years
from registry.jurisdictions.queries import calendar
from registry.kernel.clock import today
from registry.notices import queries
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.settings import get_settings
from registry.web.components.requests import Req, page, redirect


@get("/notices", opt={"public": True})
async def notices(request: Req) -> Response[str]:
    """All notices, the open ones first."""
    as_of = await today()
    asked = request.query_params.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    found = await queries.notices(as_of, after=after)
    still_open = [n for n in found.rows if n.phase(as_of).value == "open"]
    return await page(
        request, "public/notices.html.j2", as_of=as_of, notices=found.rows, open=still_open,
        passed=[n for n in found.rows if n not in still_open], after=found.after,
    )  # fmt: skip


@get("/notices/{notice_id:int}", opt={"public": True})
async def notice(request: Req, notice_id: FromPath[int]) -> Response[str]:
    """One notice: who stands in it, its window counted out, where it was posted, how to object."""
    as_of = await today()
    detail = await queries.detail(notice_id, public_only=True)
    return await page(
        request, "public/notice.html.j2", as_of=as_of, detail=detail, category_names=CATEGORY_NAMES,
        days=strip_of(
            detail.days, detail.row.published_on, reasons=request.scope["state"]["locale"] == "zh_CN"
        ),
        open=detail.row.phase(as_of).value == "open",
        corrected=newer_years(detail.judged_under, await calendar(detail.calendar)),
    )  # fmt: skip


@get("/notices/{notice_id:int}/window.ics", opt={"public": True})
async def notice_calendar(request: Req, notice_id: FromPath[int]) -> Response[bytes]:
    """The window of a notice for a calendar."""
    detail = await queries.detail(notice_id, public_only=True)
    site = (get_settings().public_url or str(request.base_url)).rstrip("/")
    return Response(
        window_file(detail.row, sequence=detail.sequence, url=f"{site}/notices/{notice_id}"), media_type="text/calendar; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{detail.row.number}.ics"'},
    )  # fmt: skip


@get("/notices/{notice_id:int}/snapshot.json", opt={"public": True})
async def notice_snapshot(notice_id: FromPath[int]) -> Response[bytes]:
    """What was published, byte for byte as its SHA-256 was taken."""
    detail = await queries.detail(notice_id, public_only=True)
    content = json.dumps(detail.snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Response(
        content, media_type="application/json",
        headers={"content-disposition": f'attachment; filename="{detail.row.number}.json"'},
    )  # fmt: skip


@get("/notices/latest", opt={"public": True})
async def latest() -> Response[str]:
    """The newest open notice, for links from outside."""
    found = await queries.notices(await today(), phase="open", limit=1)
    return redirect(f"/notices/{found.rows[0].id}" if found.rows else "/notices")


HANDLERS = [notices, notice, notice_calendar, notice_snapshot, latest]
