"""Acts on a list file: upload, map its columns, import, have a second person confirm (R3, R20)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from registry.kernel import events, jobs
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.import_file import mapping_of, pack, printable_name, unpack
from registry.kernel.lifecycle import move
from registry.notifications.commands import accounts_of, notify
from registry.screening.imports import reading, versions
from registry.screening.imports.reading import FIELDS
from registry.screening.lifecycle import IMPORT
from registry.screening.tables import ListImport
from vetting.matching.listfile import ListFile
from vetting.matching.normalise import code_key

_CONTEXT = "list_import.source"
_BUREAU_LOCK = 7301
_DRAFT_DAYS = 7


async def upload(
    actor: Actor,
    bureau_id: int,
    kind: str,
    name: str,
    content: bytes,
    mapping: Mapping[str, int] | None = None,
) -> int:
    """Keep a list file as a draft to look at; returns its id. Nothing is imported yet.

    Raises Forbidden for anybody but an administrator of the bureau, TooLarge, Invalid for what is no list file.
    """
    _require(actor, bureau_id, Role.BUREAU_ADMIN)
    parsed = await reading.check(content, kind, mapping)
    if not parsed.columns:
        raise Invalid(fields=[FieldError("file", parsed.errors[0].zh)])
    sealed = await pack(content, _CONTEXT)
    async with transaction():
        made = ListImport(
            bureau=bureau_id,
            list_kind=kind,
            source_name=printable_name(name, "名单"),
            source_sha256=hashlib.sha256(content).hexdigest(),
            source_sealed=sealed,
            mapping=None if mapping is None else json.dumps(dict(mapping)),
            uploaded_by=actor.account_id,
            uploaded_at=real_now(),
            rows=len(parsed.rows),
        )
        await made.save()
        await events.record(
            actor,
            subject="list_import",
            subject_id=int(made.id),
            action="upload",
            chains=(events.bureau_chain(bureau_id),),
            to_state="draft",
            data={"kind": kind, "sha256": made.source_sha256},
        )
    return int(made.id)


async def remap(actor: Actor, import_id: int, mapping: Mapping[str, int]) -> None:
    """Say which column holds what. Raises Invalid for an unknown field, a column twice, or none of names, NotFound."""
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    if not set(mapping) <= set(FIELDS) or len(set(mapping.values())) != len(mapping):
        raise Invalid(fields=[FieldError("column-name", "同一列不能对应两项内容，请重新指定")])
    if "name" not in mapping:
        raise Invalid(fields=[FieldError("column-name", "请指定哪一列是名称")])
    parsed = await reading.check(await _content(found), found["list_kind"], mapping)
    async with transaction():
        await move(
            IMPORT,
            ListImport,
            import_id,
            "map",
            actor,
            chains=(events.bureau_chain(found["bureau"]),),
            values={"mapping": json.dumps(dict(mapping)), "rows": len(parsed.rows)},
        )


async def apply(actor: Actor, import_id: int) -> None:
    """Import a draft: all of it, or nothing. The caller has judged that no second person is needed (R20).

    Raises Invalid naming the first lines where the file has errors, Conflict where it is no draft any more.
    """
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    await _write(actor, found, "import", {"imported_by": actor.account_id})


async def propose(actor: Actor, import_id: int, suspends: int) -> None:
    """Leave a draft to a second person, because it would suspend ``suspends`` entries (R20). Raises as ``apply``."""
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    _refuse_errors(await _parsed(found))
    async with transaction():
        await move(
            IMPORT,
            ListImport,
            import_id,
            "propose",
            actor,
            chains=(events.bureau_chain(found["bureau"]),),
            values={"suspends": suspends, "imported_by": actor.account_id},
            data={"suspends": suspends},
        )
        people = await accounts_of(bureau_id=found["bureau"], roles=[Role.BUREAU_ADMIN, Role.APPROVER])
        await notify(
            [one for one in people if one != actor.account_id],
            key=f"import-waits-{import_id}",
            subject="一份名单等待第二人确认导入",
            body=f"导入后将自动暂停 {suspends} 家在册机构，须由另一人核对确认。",
            link=f"/bureau/lists/imports/{import_id}",
        )


async def confirm(actor: Actor, import_id: int) -> None:
    """The second person imports what waits. Raises RuleRefusal (R20) for the first one, Conflict."""
    found = await _of(actor, import_id, Role.BUREAU_ADMIN, Role.APPROVER)
    if actor.account_id in {found["uploaded_by"], found["imported_by"]}:
        raise RuleRefusal("这次导入须由另一人确认，不能由提请人自己确认", code="same_person", rule="R20")
    await _write(actor, found, "confirm", {"confirmed_by": actor.account_id})


async def refuse(actor: Actor, import_id: int, reason: str) -> None:
    """A second person, or the first one, calls off what waits, with a reason."""
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明不予导入的理由")])
    found = await _of(actor, import_id, Role.BUREAU_ADMIN, Role.APPROVER)
    async with transaction():
        await move(
            IMPORT, ListImport, import_id, "refuse", actor,
            chains=(events.bureau_chain(found["bureau"]),), reason=reason.strip(),
        )  # fmt: skip


async def discard(actor: Actor, import_id: int) -> None:
    """Drop a draft; its file is forgotten."""
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    async with transaction():
        await move(
            IMPORT, ListImport, import_id, "discard", actor,
            chains=(events.bureau_chain(found["bureau"]),), values={"source_sealed": None},
        )  # fmt: skip


async def discard_forgotten() -> int:
    """Drop drafts that nobody imported within a week: their files may name people. Returns how many."""
    found = await rows(
        "SELECT id, bureau FROM list_import WHERE state = 'draft' AND uploaded_at < {} ORDER BY id",
        real_now() - timedelta(days=_DRAFT_DAYS),
    )
    for one in found:
        async with transaction():
            await move(
                IMPORT, ListImport, one["id"], "discard", Actor.for_system("名单导入"),
                chains=(events.bureau_chain(one["bureau"]),), values={"source_sealed": None},
            )  # fmt: skip
    return len(found)


async def fetch_source(actor: Actor, import_id: int) -> tuple[str, bytes]:
    """Name and bytes of the file as it was uploaded; each look is an event, because it may name people (R34).

    Raises NotFound for one that was discarded or is another bureau's, Forbidden.
    """
    found = await _of(actor, import_id, Role.BUREAU_ADMIN)
    content = await _content(found)
    async with transaction():
        await events.record(
            actor,
            subject="list_import",
            subject_id=import_id,
            action="fetch",
            chains=(events.bureau_chain(found["bureau"]),),
        )
    return str(found["source_name"]), content


async def codes_in_force(actor: Actor, import_id: int, as_of: date) -> frozenset[str]:
    """The credit codes that a draft lists as of a day."""
    parsed = await _parsed(await _of(actor, import_id, Role.BUREAU_ADMIN))
    listed = (one.listing for one in parsed.rows if one.listing.in_force(as_of))
    return frozenset(code for listing in listed if (code := code_key(listing.credit_code)))


async def hold_lists(bureau_id: int, *, shared: bool) -> None:
    """Order imports of a bureau's lists and what they bear on, in the caller's transaction (R18, R20).

    An import holds them alone; who judges by the lists before an act holds them with others.
    """
    kind = "_shared" if shared else ""
    await rows(
        f"SELECT pg_advisory_xact_lock{kind}({{}}::int, {{}}::int)::text AS held",
        _BUREAU_LOCK,
        bureau_id,
    )


async def _write(actor: Actor, found: dict[str, Any], action: str, values: dict[str, Any]) -> None:
    parsed = await _parsed(found)
    _refuse_errors(parsed)
    new = await asyncio.to_thread(versions.lines, parsed.rows)
    bureau_id, kind, import_id = found["bureau"], found["list_kind"], found["id"]
    async with transaction():
        await hold_lists(bureau_id, shared=False)
        planned = versions.plan(new, await versions.current_rows(bureau_id, kind))
        counts = {
            "added": len(planned.added),
            "changed": len(planned.changed),
            "gone": len(planned.gone),
        }
        await move(
            IMPORT,
            ListImport,
            import_id,
            action,
            actor,
            chains=(events.bureau_chain(bureau_id),),
            values={**values, **counts, "imported_on": await today(), "imported_at": real_now()},
            data={"kind": kind, **counts},
        )
        await versions.write(bureau_id, kind, import_id, planned)
        await jobs.defer("screening.follow", queueing_lock="screening.follow")


async def _parsed(found: dict[str, Any]) -> ListFile:
    return await reading.check(await _content(found), found["list_kind"], mapping_of(found["mapping"]))


async def _content(found: dict[str, Any]) -> bytes:
    if found["source_sealed"] is None:
        raise NotFound("这份名单文件已经放弃，不再保存")
    return await unpack(found["source_sealed"], _CONTEXT)


def _refuse_errors(parsed: ListFile) -> None:
    if parsed.errors:
        raise Invalid(
            "名单文件有 %(count)s 处错误，没有导入任何内容",
            fields=[
                FieldError(
                    f"line-{e.line}", "第 %(line)s 行：%(problem)s", {"line": str(e.line), "problem": e.zh}
                )
                for e in parsed.errors[:50]
            ],
            count=str(len(parsed.errors)),
        )


async def content_of(import_id: int) -> bytes:
    """The file of an import, for looking at it; empty where it is not kept any more."""
    found = await row("SELECT source_sealed FROM list_import WHERE id = {}", import_id)
    if found is None or found["source_sealed"] is None:
        return b""
    return await unpack(found["source_sealed"], _CONTEXT)


def _require(actor: Actor, bureau_id: int, *roles: Role) -> None:
    if bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份名单")
    if bureau_id not in actor.bureau_ids(*roles):
        raise Forbidden("只有本教育局的管理员可以导入名单")


async def _of(actor: Actor, import_id: int, *roles: Role) -> dict[str, Any]:
    found = await row("SELECT * FROM list_import WHERE id = {}", import_id)
    if found is None:
        raise NotFound("没有找到这份名单")
    _require(actor, found["bureau"], *roles)
    return found
