"""Open data: the whitelist and the bans as files that programs and spreadsheets read."""

from __future__ import annotations

from litestar import Response, get

from public_site import datasets
from public_site.files import sheet
from registry.kernel.clock import today
from registry.web.components.requests import Req, page


@get("/data", opt={"public": True})
async def data(request: Req) -> Response[str]:
    """What can be downloaded, and what the columns mean."""
    return await page(request, "public/data.html.j2", sets=datasets.SETS)


@get(
    ["/data/whitelist.csv", "/data/whitelist.json", "/data/whitelist.xlsx"],
    opt={"public": True},
)  # fmt: skip
async def whitelist_file(request: Req) -> Response[bytes]:
    """All entries of public lists with what they are today."""
    return await sheet(request, datasets.ENTRIES, await datasets.entries(await today(), status=""))


@get(["/data/bans.csv", "/data/bans.json", "/data/bans.xlsx"], opt={"public": True})
async def bans_file(request: Req) -> Response[bytes]:
    """All public bans."""
    return await sheet(request, datasets.BANS, await datasets.banned(await today(), state=""))


HANDLERS = [data, whitelist_file, bans_file]
