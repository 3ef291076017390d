"""Schools for parents: who teaches what here, at what price, until when, and how to complain."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.contracts import served
from registry.contracts.rules import Phase
from registry.evaluations.ratings import ratings
from registry.kernel.clock import today
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.schools import finding
from registry.schools.queries import lists_serving
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, page
from registry.whitelist.status import statuses

_GROUPS = ((Phase.RUNNING, N_("正在服务")), (Phase.UPCOMING, N_("即将开始")))


@get("/schools", opt={"public": True})
async def schools(request: Req) -> Response[str]:
    """Schools by any part of their name."""
    asked = {
        key: request.query_params.get(key, "").strip()[:limit] for key, limit in (("q", 60), ("after", 300))
    }
    found = await finding.find_schools(q=asked["q"], after=asked["after"] or None)
    counts = await served.running_counts((one.id for one in found.schools), await today())
    listing = Listing(
        "/schools", [Column("name", N_("学校"))], query=[(k, v) for k, v in asked.items() if v],
        next_cursor=found.after, filters=("q",), exports=(),
    )  # fmt: skip
    response = await page(
        request, "public/schools.html.j2", form=Form([("q", asked["q"])]), schools=found.schools, counts=counts,
        listing=listing,
    )  # fmt: skip
    if request.headers.get("hx-request"):
        response.headers["hx-replace-url"] = listing.url()
    return response


@get("/schools/{school_id:int}", opt={"public": True})
async def school(request: Req, school_id: FromPath[int]) -> Response[str]:
    """One school: its running contracts first, those to come, those that ended within a year."""
    as_of = await today()
    place = await finding.place_of(school_id)
    contracts = await served.at_school(school_id, as_of)
    phases = {one.id: one.phase(as_of) for one in contracts}
    groups = [(title, [one for one in contracts if phases[one.id] is wanted]) for wanted, title in _GROUPS]
    over = [one for one in contracts if phases[one.id] not in {wanted for wanted, _ in _GROUPS}]
    entry_ids = {one.entry_id for one in contracts}
    return await page(
        request, "public/school.html.j2", as_of=as_of, school=place, groups=[*groups, (N_("一年内结束的"), over)],
        category_names=CATEGORY_NAMES, states=await statuses(entry_ids, as_of), rated=await ratings(entry_ids, as_of),
        lists=[one for one in await lists_serving([school_id]) if one.public],
    )  # fmt: skip


HANDLERS = [schools, school]
