"""Correcting what a reviewer sent back (R5)."""

from __future__ import annotations

from asyncpg.exceptions import UniqueViolationError

from registry.applications import queries
from registry.applications.commands.files import discard_unsubmitted_files
from registry.applications.commands.loading import Locked, lock_own, require_time_to_correct
from registry.applications.commands.submitting import chains_of, hand_in, lock_now, queue_vetting
from registry.applications.form import open_form
from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import rows, transaction
from registry.kernel.errors import Invalid
from registry.kernel.lifecycle import move
from registry.providers.commands import code_taken


async def resubmit(actor: Actor, application_id: int) -> str:
    """Hand a corrected application in again; returns its receipt number, which stays the same.

    Raises RuleRefusal after the correction's deadline (R5) or for a ban (R28), Invalid where nothing was
    changed or something is missing, Conflict where it is not in correction.
    """
    try:
        async with transaction():
            found = await lock_own(actor, application_id)
            as_of = await today()
            if found.state == "correction":
                require_time_to_correct(found, as_of)
                await _require_changes(found)
            files = await hand_in(actor, found, as_of)
            await move(
                APPLICATION,
                Application,
                application_id,
                "resubmit" if found.provider_id in actor.provider_ids else "enter_paper_correction",
                actor,
                chains=chains_of(found),
                data={"digest": files.digest, "files": len(files.ids)},
            )
            await queue_vetting(application_id)
    except UniqueViolationError as error:
        raise code_taken() from error
    await lock_now(files.ids)
    return str(found.receipt_number)


async def _require_changes(found: Locked) -> None:
    changed_files = any(
        file.leaving or file.submission is None for file in await queries.current_files(found.id)
    )
    if changed_files or open_form(found.form_sealed) != await queries.submitted_form(found.id):
        return
    raise Invalid("您还没有作任何修改。请按退回意见修改申请表或更换材料后再提交补正")


async def drop_unsubmitted(application_id: int) -> None:
    """Undo what a correction changed and nobody handed in: form and files become those of the last submission.

    Runs in the transaction of whoever closes the correction, which has locked the application (R5).
    """
    form = await queries.submitted_form(application_id)
    await rows(
        "UPDATE application SET form_sealed = {}, form_version = form_version + 1 WHERE id = {}",
        form.sealed(),
        application_id,
    )
    await rows(
        "UPDATE application_file SET leaving = false WHERE application = {} AND leaving", application_id
    )
    await discard_unsubmitted_files(application_id)
