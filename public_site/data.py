"""Open data: whole lists as files, the signed snapshots of each day, the key that signed them."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from public_site import datasets
from public_site.files import sheet
from registry.audit.commands import public_key, public_key_pem
from registry.documents import queries as documents
from registry.kernel.clock import today
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, page
from registry.whitelist import snapshots
from registry.whitelist.export import exported
from registry.whitelist.narrowing import Narrowing
from registry.whitelist.snapshot_file import MEDIA_TYPE, fingerprint


def _files(key: str) -> list[str]:
    return [f"/data/{key}.{file_format}" for file_format, _ in datasets.FORMATS]


@get("/data", opt={"public": True})
async def data(request: Req) -> Response[str]:
    """What can be downloaded, and what the columns mean."""
    latest = await snapshots.snapshots(limit=3)
    return await page(
        request, "public/data.html.j2", sets=datasets.SETS, formats=datasets.FORMATS, snapshots=latest.snapshots,
        as_of=await today(),
    )  # fmt: skip


@get(_files("whitelist"), opt={"public": True})
async def whitelist_file(request: Req) -> Response[Any]:
    """All entries of public lists with what they are today, or were on the day asked about."""
    as_of = await _day(request)
    return await sheet(
        request, datasets.ENTRIES, exported(as_of=as_of, narrowing=Narrowing(status="")), as_of
    )


async def _day(request: Req) -> date:
    now = await today()
    try:
        return min(date.fromisoformat(request.query_params.get("as_of", "")), now)
    except ValueError:
        return now


@get(_files("bans"), opt={"public": True})
async def bans_file(request: Req) -> Response[Any]:
    """All public bans."""
    as_of = await today()
    return await sheet(request, datasets.BANS, datasets.banned(as_of, state=""), as_of)


@get(_files("notices"), opt={"public": True})
async def notices_file(request: Req) -> Response[Any]:
    """All public notices."""
    as_of = await today()
    return await sheet(request, datasets.NOTICES, datasets.published(as_of), as_of)


@get("/data/snapshots", opt={"public": True})
async def snapshot_list(request: Req) -> Response[str]:
    """The signed snapshots, the latest day first; the key; how to check one."""
    asked = {key: request.query_params.get(key, "").strip()[:60] for key in ("day", "after")}
    try:
        day = date.fromisoformat(asked["day"])
    except ValueError:
        day, asked["day"] = None, ""
    found = await snapshots.snapshots(day=day, after=asked["after"] or None)
    return await page(
        request, "public/snapshots.html.j2", snapshots=found.snapshots, day=asked["day"], today=await today(),
        public_key=public_key(), fingerprint=fingerprint(public_key()),
        listing=Listing(
            "/data/snapshots", [Column("day", "")], query=[(k, v) for k, v in asked.items() if v],
            next_cursor=found.after, filters=("day",), exports=(),
        ),
    )  # fmt: skip


@get("/data/snapshots/{snapshot_id:int}", opt={"public": True})
async def snapshot_file(snapshot_id: FromPath[int]) -> Stream:
    """A snapshot as it was signed, byte for byte."""
    snapshot = await snapshots.get(snapshot_id)
    file = await documents.get(snapshot.file_id)

    async def chunks() -> Any:
        async with documents.open_stream(file) as stream:
            async for chunk in stream:
                yield chunk

    return Stream(
        chunks(),
        media_type=MEDIA_TYPE,
        headers={
            "content-disposition": f'attachment; filename="{snapshot.file_name}"',
            "etag": f'"{snapshot.sha256}"',
            "cache-control": "public, max-age=31536000, immutable",
            "access-control-allow-origin": "*",
        },
    )


@get("/data/public-key.pem", opt={"public": True})
async def key_file() -> Response[bytes]:
    """The public key that snapshots are signed with."""
    return Response(
        public_key_pem().encode(), media_type="application/x-pem-file",
        headers={"content-disposition": 'attachment; filename="public-key.pem"', "access-control-allow-origin": "*"},
    )  # fmt: skip


HANDLERS = [data, whitelist_file, bans_file, notices_file, snapshot_list, snapshot_file, key_file]
