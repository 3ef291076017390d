"""The home page and the short ways in: what anyone may look for here."""

from __future__ import annotations

from litestar import Response, get

from registry.kernel.clock import today
from registry.notices import queries as notices
from registry.rounds import queries as rounds
from registry.web.components.requests import Req, page
from registry.whitelist import queries as whitelist


@get("/", opt={"public": True})
async def home(request: Req) -> Response[str]:
    """Search, what is open now, and where to go."""
    as_of = await today()
    counts = await whitelist.facets(as_of=as_of)
    open_notices = await notices.notices(as_of, phase="open", limit=5)
    return await page(
        request, "public/home.html.j2", as_of=as_of, counts=counts, notices=open_notices.rows,
        rounds=[r for r in await rounds.open_rounds(as_of)][:5],
    )


@get("/apply", opt={"public": True})
async def apply(request: Req) -> Response[str]:
    """How to apply: the rounds that are open or will be, what is asked, the first step."""
    as_of = await today()
    found = await rounds.open_rounds(as_of)
    return await page(request, "public/apply.html.j2", as_of=as_of, rounds=found)


HANDLERS = [home, apply]
