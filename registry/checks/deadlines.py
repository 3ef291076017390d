"""A round's deadline moved: what was vetted for the earlier one is vetted again for the later (R10, R12)."""

from __future__ import annotations

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.checks.commands import DEADLINE
from registry.checks.tables import VettingRun
from registry.kernel import events, jobs
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now
from registry.kernel.db import row, rows, transaction
from registry.kernel.lifecycle import move

_SYSTEM = Actor.for_system("材料核验")

# Nothing is decided of these, and their materials are with the bureau. What was only handed in is vetted for the
# deadline of that moment anyway, what was sent back for correction once it comes back.
_OPEN = ("in_review", "recommended")

_OUTDATED = """
SELECT a.id, a.state, a.provider, r.deadline, l.bureau FROM application a JOIN round r ON r.id = a.round
JOIN registry_list l ON l.id = r.list
WHERE a.state = ANY({}) AND ({}::int IS NULL OR a.id = {}::int) AND EXISTS (
  SELECT 1 FROM (SELECT state, as_of FROM vetting_run WHERE application = a.id ORDER BY id DESC LIMIT 1) v
  WHERE v.state = 'done' AND v.as_of < r.deadline)
ORDER BY a.id
"""


async def follow() -> int:
    """Queue vetting again for the open applications that were vetted for an earlier deadline; returns how many.

    Idempotent: an application with a run that is queued, runs or failed is left alone. Each has its own transaction.
    """
    queued = 0
    for one in await rows(_OUTDATED, list(_OPEN), None, None):
        queued += await _queue(one["id"])
    return queued


async def _queue(application_id: int) -> bool:
    """Queue one, if it is still outdated. One with a reviewer waits in vetting; with an approver it stays there."""
    async with transaction():
        await rows("SELECT id FROM application WHERE id = {} FOR UPDATE", application_id)
        found = await row(_OUTDATED, list(_OPEN), application_id, application_id)
        if found is None:
            return False
        deadline = found["deadline"]
        chains = (events.bureau_chain(found["bureau"]), events.provider_chain(found["provider"]))
        reason = f"申报截止日期延长至 {deadline.isoformat()}，材料按新的截止日期重新核验"
        if found["state"] == "in_review":
            await move(
                APPLICATION, Application, application_id, "vet_again", _SYSTEM, chains=chains, reason=reason
            )
        else:
            await events.record(
                _SYSTEM,
                subject="application",
                subject_id=application_id,
                action="vet_again",
                chains=chains,
                from_state=found["state"],
                to_state=found["state"],
                reason=reason,
            )
        await VettingRun(
            application=application_id,
            state="queued",
            cause=DEADLINE,
            engine="",
            as_of=deadline,
            queued_at=real_now(),
        ).save()
        await jobs.defer(
            "checks.vet", queue="vetting", lock=f"vet:{application_id}", application_id=application_id
        )
    return True
