"""The school's first page: its running contracts and what they ask for."""

from __future__ import annotations

from litestar import Response, get

from registry.contracts import due
from registry.contracts.choosing import shortlist
from registry.contracts.queries import list_contracts
from registry.evaluations import queries as evaluations
from registry.kernel.clock import today
from registry.web.components.requests import Req, actor_of, page


@get("/school", opt={"permission": "contract.draft"})
async def overview(request: Req) -> Response[str]:
    """What waits for the school, then the contracts that run."""
    actor, as_of = actor_of(request), await today()
    return await page(
        request,
        "school/overview.html.j2",
        as_of=as_of,
        running=await due.running(actor.school_ids, as_of),
        owed=await evaluations.owed(actor.school_ids, as_of),
        drafts=(
            await list_contracts(school_ids=actor.school_ids, state="draft", as_of=as_of, limit=10)
        ).contracts,
        shortlisted=len(await shortlist.items(actor.school_ids)),
    )


HANDLERS = [overview]
