"""Acts on a file of existing records: upload, map its columns, import or propose, confirm, call off (R13, R33)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from asyncpg.exceptions import ExclusionViolationError, UniqueViolationError

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.import_file import mapping_of, pack, printable_name, unpack
from registry.kernel.lifecycle import move
from registry.kernel.lines import Judged, Source
from registry.notifications.commands import accounts_of, notify
from registry.onboarding.kinds import KINDS
from registry.onboarding.lifecycle import DATA_IMPORT
from registry.onboarding.reading import Sheet, read
from registry.onboarding.tables import DataImport

_CONTEXT = "data_import.source"
_BUREAU_LOCK = 7302
_DRAFT_DAYS = 7
_TOLD = 200


async def upload(
    actor: Actor, bureau_id: int, kind: str, name: str, content: bytes, *, basis: str = ""
) -> int:
    """Keep a file as a draft to look at; returns its id. Nothing is imported yet.

    ``basis`` names the paper that the records rest on. Raises NotFound for another bureau, Forbidden for anybody but
    its administrators, Invalid for what is no table, TooLarge.
    """
    _require(actor, bureau_id, Role.BUREAU_ADMIN)
    if kind not in KINDS:
        raise Invalid(fields=[FieldError("kind", "请选择资料种类")])
    if len(basis.strip()) > 200:
        raise Invalid(fields=[FieldError("basis", "最多 200 个字")])
    sheet = await read(content, KINDS[kind])
    sealed = await pack(content, _CONTEXT)
    async with transaction():
        made = DataImport(
            bureau=bureau_id,
            kind=kind,
            source_name=printable_name(name, "文件"),
            source_sha256=hashlib.sha256(content).hexdigest(),
            source_sealed=sealed,
            basis=basis.strip(),
            uploaded_by=actor.account_id,
            uploaded_at=real_now(),
            rows=len(sheet.lines),
        )
        await made.save()
        await events.record(
            actor,
            subject="data_import",
            subject_id=int(made.id),
            action="upload",
            chains=(events.bureau_chain(bureau_id),),
            to_state="draft",
            data={"kind": kind, "sha256": made.source_sha256},
        )
    return int(made.id)


async def remap(actor: Actor, import_id: int, mapping: Mapping[str, int]) -> None:
    """Say which column holds what. Raises Invalid for an unknown field, a column twice, or a required one missing."""
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    kind = KINDS[found["kind"]]
    if not set(mapping) <= set(kind.known) or len(set(mapping.values())) != len(mapping):
        raise Invalid(fields=[FieldError("", "同一列不能对应两项内容，请重新指定")])
    missing = [c for c in kind.columns if c.required and c.field not in mapping]
    if missing:
        raise Invalid(
            fields=[
                FieldError(f"column-{c.field}", "请指定哪一列是“%(title)s”", {"title": c.title})
                for c in missing
            ]
        )
    sheet = await read(await content_of(import_id), kind, mapping)
    async with transaction():
        await move(
            DATA_IMPORT, DataImport, import_id, "map", actor,
            chains=(events.bureau_chain(found["bureau"]),),
            values={"mapping": json.dumps(dict(mapping)), "rows": len(sheet.lines)},
        )  # fmt: skip


async def carry_out(actor: Actor, import_id: int) -> str:
    """Import a draft whole, or leave it to a second person where its kind asks for one (R13).

    Returns ``applied`` or ``waiting``. Raises Invalid naming lines and columns where anything is wrong: nothing is
    imported then. Raises Conflict where it is no draft any more.
    """
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    if not KINDS[found["kind"]].two_people:
        await _write(actor, found, "import", {})
        return "applied"
    if not found["basis"]:
        raise Invalid(fields=[FieldError("basis", "请填写依据的文件，例如认定文件的文号")])
    sheet = await _sheet(found)
    judged = await KINDS[found["kind"]].judge(found["bureau"], sheet.lines, await today())
    _refuse_errors(found["kind"], sheet, judged)
    async with transaction():
        await move(
            DATA_IMPORT, DataImport, import_id, "propose", actor,
            chains=(events.bureau_chain(found["bureau"]),), values={"proposed_by": actor.account_id},
            reason=found["basis"], data={"rows": len(sheet.lines), "sha256": found["source_sha256"]},
        )  # fmt: skip
        people = await accounts_of(bureau_id=found["bureau"], roles=[Role.BUREAU_ADMIN, Role.APPROVER])
        await notify(
            [one for one in people if one != actor.account_id],
            key=f"data-import-waits-{import_id}",
            subject=f"一份已有资料等待第二人确认导入：{KINDS[found['kind']].name}",
            body=f"共 {len(sheet.lines)} 行，须由另一人核对确认后生效。",
            link=f"/bureau/imports/{import_id}",
        )
    return "waiting"


async def set_basis(actor: Actor, import_id: int, basis: str) -> None:
    """Name the paper that a draft's records rest on. Raises Invalid without one, Conflict where it is no draft."""
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    if not basis.strip() or len(basis.strip()) > 200:
        raise Invalid(fields=[FieldError("basis", "请填写依据的文件，例如认定文件的文号（最多 200 字）")])
    changed = await rows(
        "UPDATE data_import SET basis = {} WHERE id = {} AND state = 'draft' RETURNING id",
        basis.strip(),
        found["id"],
    )
    if not changed:
        raise Conflict("这份文件已经办理，请刷新页面查看最新情况")


async def confirm(actor: Actor, import_id: int) -> None:
    """The second person imports what waits. Raises RuleRefusal (R13) for the first one, Invalid, Conflict.

    Everything is judged again: what changed since the proposal may stand against it.
    """
    found = await _of(actor, import_id, Role.BUREAU_ADMIN, Role.APPROVER)
    if actor.account_id in {found["uploaded_by"], found["proposed_by"]}:
        raise RuleRefusal("这次导入须由另一人确认，不能由提请人自己确认", code="same_person", rule="R13")
    await _write(actor, found, "confirm", {"confirmed_by": actor.account_id})


async def refuse(actor: Actor, import_id: int, reason: str) -> None:
    """A second person, or the first one, calls off what waits, with a reason."""
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明不予导入的理由")])
    found = await _of(actor, import_id, Role.BUREAU_ADMIN, Role.APPROVER)
    async with transaction():
        await move(
            DATA_IMPORT, DataImport, import_id, "refuse", actor,
            chains=(events.bureau_chain(found["bureau"]),), reason=reason.strip(),
        )  # fmt: skip


async def discard(actor: Actor, import_id: int) -> None:
    """Drop a draft; its file is forgotten."""
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    await _forget(actor, found)


async def discard_forgotten() -> int:
    """Drop drafts that nobody imported within a week: their files name people. Returns how many."""
    found = await rows(
        "SELECT id, bureau FROM data_import WHERE state = 'draft' AND uploaded_at < {} ORDER BY id",
        real_now() - timedelta(days=_DRAFT_DAYS),
    )
    for one in found:
        await _forget(Actor.for_system("已有资料导入"), one)
    return len(found)


async def _forget(actor: Actor, found: dict[str, Any]) -> None:
    async with transaction():
        await move(
            DATA_IMPORT, DataImport, found["id"], "discard", actor,
            chains=(events.bureau_chain(found["bureau"]),), values={"source_sealed": None},
        )  # fmt: skip


async def fetch_source(actor: Actor, import_id: int) -> tuple[str, bytes]:
    """Name and bytes of the file as it was uploaded; each look is an event, because it names people (R34).

    Raises NotFound for one that was discarded or is another bureau's, Forbidden.
    """
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    content = await content_of(import_id)
    async with transaction():
        await events.record(
            actor,
            subject="data_import",
            subject_id=import_id,
            action="fetch",
            chains=(events.bureau_chain(found["bureau"]),),
        )
    return str(found["source_name"]), content


async def content_of(import_id: int) -> bytes:
    """The file of an import. Raises NotFound where it is not kept any more."""
    found = await row("SELECT source_sealed FROM data_import WHERE id = {}", import_id)
    if found is None or found["source_sealed"] is None:
        raise NotFound("这份文件已经放弃，不再保存")
    return await unpack(found["source_sealed"], _CONTEXT)


async def _sheet(found: dict[str, Any]) -> Sheet:
    return await read(await content_of(found["id"]), KINDS[found["kind"]], mapping_of(found["mapping"]))


async def _write(actor: Actor, found: dict[str, Any], action: str, values: dict[str, Any]) -> None:
    kind, bureau_id, import_id = KINDS[found["kind"]], found["bureau"], found["id"]
    sheet = await _sheet(found)
    try:
        async with transaction():
            # Imports of one bureau follow one another; what they touch is locked by the rooms.
            await rows("SELECT pg_advisory_xact_lock({}::int, {}::int)", _BUREAU_LOCK, bureau_id)
            await _still(import_id, action)
            judged = await kind.judge(bureau_id, sheet.lines, await today(), lock=True)
            _refuse_errors(kind.code, sheet, judged)
            counts = {"added": judged.added, "changed": judged.changed, "kept": judged.kept}
            await move(
                DATA_IMPORT, DataImport, import_id, action, actor,
                chains=(events.bureau_chain(bureau_id),), reason=found["basis"],
                values={**values, **counts, "imported_on": await today(), "imported_at": real_now()},
                data={"kind": kind.code, "sha256": found["source_sha256"], **counts},
            )  # fmt: skip
            source = Source(import_id, found["source_sha256"], found["basis"])
            await kind.write(actor, bureau_id, judged, source)
    except (ExclusionViolationError, UniqueViolationError) as error:
        raise Conflict("导入期间有记录被他人更改，没有导入任何内容。请刷新页面后重试") from error


async def _still(import_id: int, action: str) -> None:
    """Lock the import. Raises Conflict where somebody dealt with it meanwhile: before the lines are judged again."""
    found = await row("SELECT state FROM data_import WHERE id = {} FOR UPDATE", import_id)
    if found is None or DATA_IMPORT.next_state(found["state"], action) is None:
        raise Conflict("这份文件已经办理，请刷新页面查看最新情况")


def _refuse_errors(kind: str, sheet: Sheet, judged: Judged) -> None:
    """Raises Invalid where anything is wrong: with the columns, a cell, or a record."""
    if sheet.missing:
        raise Invalid(
            fields=[FieldError("file", "没有找到列：%(titles)s", {"titles": "、".join(sheet.missing)})]
        )
    errors = (*sheet.errors, *judged.errors)
    if errors:
        titles = {column.field: column.title for column in KINDS[kind].columns}
        raise Invalid(
            "文件有 %(count)s 处错误，没有导入任何内容",
            fields=[
                FieldError(
                    f"line-{one.line}",
                    "第 %(line)s 行%(title)s：%(problem)s",
                    {
                        "line": str(one.line),
                        "title": f"“{titles[one.field]}”" if one.field else "",
                        "problem": one.message % one.params if one.params else one.message,
                    },
                )
                for one in sorted(errors, key=lambda e: e.line)[:_TOLD]
            ],
            count=str(len(errors)),
        )


def _require(actor: Actor, bureau_id: int, *roles: Role) -> None:
    if bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份文件")
    if bureau_id not in actor.bureau_ids(*roles):
        raise Forbidden("只有本教育局的管理员可以导入已有资料")


async def _of(actor: Actor, import_id: int, *roles: Role) -> dict[str, Any]:
    found = await row(
        "SELECT id, bureau, kind, state, source_name, source_sha256, mapping, basis, uploaded_by, proposed_by"
        " FROM data_import WHERE id = {}",
        import_id,
    )
    if found is None:
        raise NotFound("没有找到这份文件")
    _require(actor, found["bureau"], *roles)
    return found
