"""A case officer's look at full values of personal data; each look is an event (R34)."""

from __future__ import annotations

from registry.applications.form import ApplicationForm
from registry.applications.queries import submitted_form
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.db import transaction
from registry.review.access import lock, require_case_officer


async def reveal(actor: Actor, application_id: int, purpose: str) -> ApplicationForm:
    """The full ID numbers, phones and teachers of an application, for a reviewer or approver of its bureau.

    ``purpose`` is what the officer compares, kept in the event with nothing of the values. Raises NotFound,
    Forbidden, RuleRefusal (R13: recused, own organisation).
    """
    async with transaction():
        subject = await lock(application_id)
        await require_case_officer(actor, subject)
        form = await submitted_form(application_id)
        await events.record(
            actor,
            subject="application",
            subject_id=subject.id,
            action="reveal",
            chains=subject.chains,
            reason=purpose.strip()[:200],
            data={"fields": ["legal_representative_id", "agent", "contact", "teachers"]},
        )
    return form
