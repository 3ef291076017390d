"""Withdrawing an application, at any time before the listing (R14)."""

from __future__ import annotations

from registry.applications.commands.files import discard_unsubmitted_files
from registry.applications.commands.loading import lock_own
from registry.applications.commands.submitting import chains_of
from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.db import transaction
from registry.kernel.errors import FieldError, Invalid
from registry.kernel.lifecycle import move


async def withdraw(actor: Actor, application_id: int, reason: str = "") -> None:
    """Withdraw; a draft is given up and its files deleted, what was handed in is kept (R7).

    Raises Invalid at ``reason`` where something handed in is withdrawn without one, Conflict once it is
    listed or over.
    """
    async with transaction():
        found = await lock_own(actor, application_id)
        handed_in = found.receipt_number is not None
        if handed_in and not reason.strip():
            raise Invalid(fields=[FieldError("reason", "请写明撤回的原因")])
        await move(
            APPLICATION,
            Application,
            application_id,
            "discard_paper" if found.on_paper else "withdraw",
            actor,
            chains=chains_of(found) if handed_in else (events.provider_chain(found.provider_id),),
            reason=reason.strip(),
        )
        await discard_unsubmitted_files(application_id)
