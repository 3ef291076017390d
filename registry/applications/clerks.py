"""Who may work on a draft that is being entered from paper (R8)."""

from __future__ import annotations

from registry.applications.lifecycle import APPLICATION
from registry.kernel.actor import Actor
from registry.kernel.db import row


async def clerk_of(actor: Actor, application_id: int) -> bool:
    """Whether the actor is a clerk of the bureau at which a draft is being entered from paper."""
    desks = sorted(actor.bureau_ids(*APPLICATION.may["enter_paper"]))
    if not desks:
        return False
    found = await row(
        "SELECT 1 AS one FROM paper_intake p JOIN application a ON a.id = p.application JOIN round r ON r.id = a.round"
        " JOIN registry_list l ON l.id = r.list WHERE a.id = {} AND a.state = 'draft' AND l.bureau = ANY({})",
        application_id,
        desks,
    )
    return found is not None
