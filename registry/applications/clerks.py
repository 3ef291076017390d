"""Who may work on what is being entered from paper (R8)."""

from __future__ import annotations

from registry.applications.lifecycle import APPLICATION
from registry.kernel.actor import Actor
from registry.kernel.db import row


async def clerk_of(actor: Actor, application_id: int) -> bool:
    """Whether the actor is a clerk who may work on what came on paper: its draft, or its correction.

    A draft is any clerk's of the bureau; a correction is an administrator's, so that no reviewer corrects what they
    asked to be corrected (R13).
    """
    desks = sorted(actor.bureau_ids(*APPLICATION.may["enter_paper"]))
    if not desks:
        return False
    found = await row(
        "SELECT 1 AS one FROM paper_intake p JOIN application a ON a.id = p.application JOIN round r ON r.id = a.round"
        " JOIN registry_list l ON l.id = r.list WHERE a.id = {} AND l.bureau = ANY({})"
        " AND (a.state = 'draft' OR (a.state = 'correction' AND l.bureau = ANY({})))",
        application_id,
        desks,
        sorted(actor.bureau_ids(*APPLICATION.may["enter_paper_correction"])),
    )
    return found is not None
