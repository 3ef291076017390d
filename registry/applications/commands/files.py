"""The files of an application: added and removed while it is a draft, exchanged in a correction (R7)."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.applications.commands.loading import (
    Locked,
    lock_own,
    not_now,
    require_open,
    require_time_to_correct,
)
from registry.applications.completeness import MERGED
from registry.applications.tables import ApplicationFile
from registry.documents import commands as documents
from registry.documents.commands import PutFile
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, NotFound

MAX_FILES = 200


async def check_upload(actor: Actor, application_id: int, item: int) -> None:
    """Refuse an upload before its bytes are looked at: not the actor's, too late, not an item, not asked for.

    Raises NotFound, RuleRefusal (R5), Conflict, Invalid (at ``item``).
    """
    async with transaction():
        _require_upload(await lock_own(actor, application_id), item, await today())


async def add_file(actor: Actor, application_id: int, item: int, file: PutFile) -> int:
    """Record a put file as one of an application's item (0: the merged PDF); returns the stored file's id.

    The same bytes for the same item again give the same id. A new merged PDF takes the place of the old
    one. Raises as ``check_upload``, and Invalid where there are too many files.
    """
    as_of = await today()
    async with transaction():
        found = await lock_own(actor, application_id)
        _require_upload(found, item, as_of)
        same = await row(
            "SELECT f.id FROM application_file x JOIN stored_file f ON f.id = x.file"
            " WHERE x.application = {} AND x.item = {} AND f.sha256 = {} AND x.removed_at IS NULL"
            " AND x.replaced_at IS NULL AND NOT x.leaving",
            application_id,
            item,
            file.sha256,
        )
        if same is not None:
            return int(same["id"])
        if item == MERGED:
            for old in await _current(application_id, item):
                await _take_out(old)
        elif len(await _current(application_id)) >= MAX_FILES:
            raise Invalid(
                fields=[
                    FieldError("file", "文件过多，最多 %(max)s 个，请合并后上传", {"max": str(MAX_FILES)})
                ]
            )
        file_id = await documents.record(actor, file, owner="application", owner_id=application_id)
        last = await row(
            "SELECT max(position) AS last FROM application_file WHERE application = {}", application_id
        )
        await ApplicationFile.insert(
            ApplicationFile(
                application=application_id,
                file=file_id,
                item=item,
                position=(last["last"] or 0) + 1 if last else 1,
                created_at=real_now(),
            )
        )
        await _event(actor, found, "add_file", file_id, item)
    return file_id


async def remove_file(actor: Actor, application_id: int, file_id: int) -> None:
    """Take a file out: a draft's is deleted, one that was handed in leaves with the next submission.

    Doing it twice is fine. Raises as ``check_upload``.
    """
    as_of = await today()
    async with transaction():
        found = await lock_own(actor, application_id)
        file = await _file(application_id, file_id)
        if file["removed_at"] is not None or file["leaving"]:
            return
        _require_upload(found, file["item"], as_of)
        if file["replaced_at"] is not None:
            raise Conflict("这个文件已被新的文件替换，按规定保存备查，不能删除")
        await _take_out(file)
        await _event(actor, found, "remove_file", file_id, file["item"])


async def restore_file(actor: Actor, application_id: int, file_id: int) -> None:
    """Keep a handed-in file after all that this correction was to take out. Raises as ``check_upload``."""
    as_of = await today()
    async with transaction():
        found = await lock_own(actor, application_id)
        file = await _file(application_id, file_id)
        if not file["leaving"]:
            return
        _require_upload(found, file["item"], as_of)
        await rows("UPDATE application_file SET leaving = false WHERE id = {}", file["id"])
        await _event(actor, found, "restore_file", file_id, file["item"])


def _require_upload(found: Locked, item: int, as_of: date) -> None:
    if found.state == "draft":
        require_open(found.round, found.counts_on(as_of))
    elif found.state == "correction":
        require_time_to_correct(found, as_of)
        if item == MERGED or item not in found.correction_items:
            raise Conflict("本次补正不涉及这一项材料，只能更换退回时列出的材料", code="not_asked_for")
    else:
        raise not_now(found, "更改材料")
    known = {MERGED} | {number for number, _ in found.round.rules.materials}
    if item not in known:
        raise Invalid(fields=[FieldError("item", "没有这一项材料，请从列表中选择")])


async def _current(application_id: int, item: int | None = None) -> list[dict[str, Any]]:
    return await rows(
        "SELECT * FROM application_file WHERE application = {} AND item = coalesce({}, item)"
        " AND removed_at IS NULL AND replaced_at IS NULL AND NOT leaving",
        application_id,
        item,
    )


async def _file(application_id: int, file_id: int) -> dict[str, Any]:
    found = await row(
        "SELECT * FROM application_file WHERE application = {} AND file = {} FOR UPDATE",
        application_id,
        file_id,
    )
    if found is None:
        raise NotFound("没有找到这个文件")
    return found


async def _take_out(file: dict[str, Any]) -> None:
    if file["submission"] is not None:
        await rows("UPDATE application_file SET leaving = true WHERE id = {}", file["id"])
        return
    await rows("UPDATE application_file SET removed_at = {} WHERE id = {}", real_now(), file["id"])
    await documents.discard(file["file"])


async def discard_unsubmitted_files(application_id: int) -> None:
    """Give up every file that was never handed in, in the caller's transaction."""
    dropped = await rows(
        "UPDATE application_file SET removed_at = {} WHERE application = {} AND submission IS NULL"
        " AND removed_at IS NULL RETURNING file",
        real_now(),
        application_id,
    )
    for file in dropped:
        await documents.discard(file["file"])


async def _event(actor: Actor, found: Locked, action: str, file_id: int, item: int) -> None:
    await events.record(
        actor,
        subject="application",
        subject_id=found.id,
        action=action,
        chains=(events.provider_chain(found.provider_id),),
        data={"file": file_id, "item": item},
    )
