"""Withdrawing an application, at any time before the listing (R14)."""

from __future__ import annotations

from registry.applications.commands.loading import lock_own
from registry.applications.commands.submitting import chains_of
from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.documents import commands as documents
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now
from registry.kernel.db import rows, transaction
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
            "withdraw",
            actor,
            chains=chains_of(found) if handed_in else (events.provider_chain(found.provider_id),),
            reason=reason.strip(),
        )
        dropped = await rows(
            "UPDATE application_file SET removed_at = {} WHERE application = {} AND submission IS NULL"
            " AND removed_at IS NULL RETURNING file",
            real_now(),
            application_id,
        )
        for file in dropped:
            await documents.discard(file["file"])
