"""The home page and the short ways in: what anyone may look for here."""

from __future__ import annotations

from litestar import Response, get

from registry.jurisdictions.queries import public_lists
from registry.kernel.clock import today
from registry.notices import queries as notices
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.rounds import queries as rounds
from registry.web.components.requests import Req, page
from registry.whitelist import queries as whitelist

_SHOWN = 4
_COUNTED = 50


@get("/", opt={"public": True})
async def home(request: Req) -> Response[str]:
    """Search, what is open now, and where to go."""
    as_of = await today()
    counts = await whitelist.facets(as_of=as_of)
    found = await notices.notices(as_of, phase="open", limit=_COUNTED)
    return await page(
        request, "public/home.html.j2", as_of=as_of, counts=counts, notices=found.rows[:_SHOWN],
        open_notices=f"{_COUNTED}+" if found.after else len(found.rows),
        rounds=(await rounds.open_rounds(as_of))[:_SHOWN], category_names=CATEGORY_NAMES,
    )  # fmt: skip


@get("/apply", opt={"public": True})
async def apply(request: Req) -> Response[str]:
    """How to apply: the rounds that are open or will be, what is asked, the first step.

    The materials are those of the round whose deadline is nearest, else of the first public list's policy.
    """
    as_of = await today()
    found = await rounds.open_rounds(as_of)
    title, policy = "", None
    if found and found[0].policy is not None:
        title, policy = found[0].title, found[0].policy
    elif lists := await public_lists():
        title, policy = lists[0].name, lists[0].policy
    return await page(
        request, "public/apply.html.j2", as_of=as_of, rounds=found, category_names=CATEGORY_NAMES,
        materials=policy.materials if policy else (), materials_of=title,
    )  # fmt: skip


HANDLERS = [home, apply]
