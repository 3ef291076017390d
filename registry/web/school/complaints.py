"""Complaints about the providers a school has contracts with: that they are, and what came of them (R25, R34)."""

from __future__ import annotations

from litestar import Response, get

from registry.evaluations.complaints import cases
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, words_of
from registry.web.school.rated import topic_word

PATH = "/school/complaints"


@get(PATH, opt={"permission": "contract.draft"})
async def complaints_page(request: Req) -> Response[str]:
    """What the bureau took up about the school's contracts, and what it found true of their providers."""
    actor, words = actor_of(request), words_of(request)
    found = await cases.of_schools(actor.school_ids, after=request.query_params.get("after"))
    return await page(
        request,
        "school/complaints.html.j2",
        listing=Listing(
            PATH,
            [
                Column("provider", N_("机构")),
                Column("topic", N_("反映的问题")),
                Column("school", N_("涉及")),
                Column("filed", N_("提出日期"), kind="date"),
                Column("state", N_("办理情况"), kind="short"),
            ],
            next_cursor=found.after,
            exports=(),
        ),
        rows=[
            {
                "complaint": one,
                "topic": topic_word(words, one.topic),
                "own": one.school_id in actor.school_ids,
            }
            for one in found.complaints
        ],
    )


HANDLERS = [complaints_page]
