"""Who may open a stored file: judged by the record it belongs to."""

from __future__ import annotations

from registry.accounts.permissions import may
from registry.applications import queries as applications
from registry.contracts import queries as contracts
from registry.documents import queries as documents
from registry.documents.queries import FileView
from registry.evaluations.complaints import cases as complaints
from registry.exits import appeals
from registry.exits import queries as exits
from registry.kernel import events
from registry.kernel.actor import OFFICIALS, Actor
from registry.kernel.clock import today
from registry.kernel.db import row, transaction
from registry.kernel.errors import NotFound
from registry.whitelist import renewal_views, roster


async def open_file(actor: Actor, file_id: int) -> FileView:
    """The record of a file that the actor may open. Raises NotFound for any other, so none can be guessed."""
    file = await documents.get(file_id)
    if may(actor, "document.read") and await _may_read(actor, file):
        return file
    raise NotFound("没有找到这个文件")


async def _may_read(actor: Actor, file: FileView) -> bool:
    match file.owner:
        case "application":
            return await applications.may_read_files(actor, file.owner_id)
        case "contract":
            return await contracts.may_read_files(actor, file.owner_id)
        case "exit_report":
            return await exits.may_read_evidence(actor, file.owner_id)
        case "exit_appeal":
            return await appeals.may_read_evidence(actor, file.owner_id)
        case "objection":
            return await _objection(actor, file.owner_id)
        case "roster_person":
            return await roster.may_read_certificate(actor, file.owner_id)
        case "complaint":
            return await complaints.may_read_evidence(actor, file.owner_id)
        case "renewal":
            return await renewal_views.may_read_file(actor, file.id)
        case _:
            return False


async def _objection(actor: Actor, objection_id: int) -> bool:
    """Only the bureau of the notice: an objection's evidence may name its author (R34)."""
    found = await row(
        "SELECT l.bureau FROM objection o JOIN notice_item i ON i.id = o.item JOIN notice n ON n.id = i.notice"
        " JOIN registry_list l ON l.id = n.list WHERE o.id = {}",
        objection_id,
    )
    return found is not None and found["bureau"] in actor.bureau_ids(*OFFICIALS)


async def note_look(actor: Actor, file: FileView) -> None:
    """Record that an official looked at a document of an application: once a person, file and day (R34)."""
    if file.owner != "application" or actor.roles.isdisjoint(OFFICIALS):
        return
    found = await applications.get(file.owner_id)
    if found.provider_id in actor.provider_ids:
        return
    as_of = await today()
    async with transaction():
        before = await row(
            "SELECT 1 AS one FROM event WHERE subject = 'application' AND subject_id = {}"
            " AND action = 'look_at_document' AND account_id = {} AND on_day = {} AND data @> {}::jsonb LIMIT 1",
            file.owner_id,
            actor.account_id,
            as_of,
            f'{{"file": {file.id}}}',
        )
        if before is not None:
            return
        await events.record(
            actor,
            subject="application",
            subject_id=file.owner_id,
            action="look_at_document",
            chains=(events.provider_chain(found.provider_id), events.bureau_chain(found.bureau_id)),
            data={"file": file.id},
        )
