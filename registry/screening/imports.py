"""Importing a list: all of it or nothing, as a version with what was added, changed and gone (R3, R20)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from registry.kernel import events, jobs
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import rows, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, TooLarge
from registry.kernel.sealed import blind_index, seal, unseal
from registry.screening.tables import LIST_KINDS, ListImport, ListingRow
from vetting.matching import listfile
from vetting.matching.model import Listing, ListKind
from vetting.matching.normalise import code_key, id_key, is_full, name_key

MAX_BYTES = 20 * 1024 * 1024
_COMPARED = (
    "subject_type",
    "name",
    "former_names",
    "credit_code",
    "legal_representative",
    "region_code",
    "in_force_from",
    "in_force_until",
    "lifted_on",
    "grounds",
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: rows read, errors by line, how many are new, changed, gone."""

    file: listfile.ListFile
    added: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class _Plan:
    added: list[tuple[str, Listing]]
    changed: list[tuple[int, Listing]]
    kept: list[int]
    gone: list[int]


def read(content: bytes, kind: str) -> listfile.ListFile:
    """Parse a .csv or .xlsx file. Raises TooLarge, Invalid for a kind that is not imported."""
    if len(content) > MAX_BYTES:
        raise TooLarge("名单文件超过 %(size)s MB,请拆分后导入", size=str(MAX_BYTES // 1024 // 1024))
    if kind not in LIST_KINDS:
        raise Invalid(fields=[FieldError("list_kind", "请选择名单类别")])
    return listfile.parse(content, kind=ListKind(kind))


async def preview(actor: Actor, bureau_id: int, kind: str, content: bytes) -> Preview:
    """What ``apply`` would do, without doing it."""
    _require(actor, bureau_id)
    parsed = read(content, kind)
    plan = _plan(parsed, await _current(bureau_id, kind))
    return Preview(parsed, len(plan.added), len(plan.changed), len(plan.gone))


async def apply(actor: Actor, bureau_id: int, kind: str, name: str, content: bytes) -> int:
    """Import a list file for a bureau; returns the import's id.

    Raises Invalid naming the first lines where the file has errors: nothing is imported then.
    """
    _require(actor, bureau_id)
    parsed = read(content, kind)
    if not parsed.ok:
        raise Invalid(
            "名单文件有 %(count)s 处错误，没有导入任何内容",
            fields=[FieldError(f"line-{e.line}", e.zh) for e in parsed.errors[:50]],
            count=str(len(parsed.errors)),
        )
    async with transaction():
        await rows("SELECT pg_advisory_xact_lock({})", 7_301_000_000 + bureau_id)
        plan = _plan(parsed, await _current(bureau_id, kind))
        made = ListImport(
            bureau=bureau_id,
            list_kind=kind,
            source_name=name[:200],
            source_sha256=hashlib.sha256(content).hexdigest(),
            imported_by=actor.account_id,
            imported_on=await today(),
            imported_at=real_now(),
            added=len(plan.added),
            changed=len(plan.changed),
            gone=len(plan.gone),
        )
        await made.save()
        import_id = int(made.id)
        await _write(bureau_id, kind, import_id, plan)
        await events.record(
            actor,
            subject="list_import",
            subject_id=import_id,
            action="import",
            chains=(events.bureau_chain(bureau_id),),
            data={
                "kind": kind,
                "added": len(plan.added),
                "changed": len(plan.changed),
                "gone": len(plan.gone),
            },
        )
        await jobs.defer("screening.rescreen", bureau_id=bureau_id, queueing_lock=f"rescreen:{bureau_id}")
    return import_id


def _require(actor: Actor, bureau_id: int) -> None:
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=bureau_id):
        raise Forbidden("只有本教育局的管理员可以导入名单")


def _key(listing: Listing) -> str:
    return (
        f"{listing.subject_type}|{code_key(listing.credit_code)}|{name_key(listing.name)}|{listing.list_id}"
    )


def _values(listing: Listing) -> dict[str, Any]:
    return {
        "subject_type": listing.subject_type.value,
        "name": listing.name.strip(),
        "name_key": name_key(listing.name),
        "former_names": list(listing.former_names),
        "credit_code": code_key(listing.credit_code)[:18] or None,
        "legal_representative": listing.legal_representative.name,
        "region_code": listing.region_code,
        "in_force_from": listing.in_force_from,
        "in_force_until": listing.in_force_until,
        "lifted_on": listing.lifted_on,
        "grounds": listing.grounds,
    }


async def _current(bureau_id: int, kind: str) -> dict[str, dict[str, Any]]:
    found = await rows(
        "SELECT * FROM listing WHERE bureau = {} AND list_kind = {} AND gone_import IS NULL", bureau_id, kind
    )
    return {r["external_id"]: r for r in found}


def _plan(parsed: listfile.ListFile, current: dict[str, dict[str, Any]]) -> _Plan:
    plan = _Plan([], [], [], [])
    seen: set[str] = set()
    for line in parsed.rows:
        key = hashlib.sha256(_key(line.listing).encode()).hexdigest()
        if key in seen:
            continue
        seen.add(key)
        known = current.get(key)
        if known is None:
            plan.added.append((key, line.listing))
        elif _differs(known, line.listing):
            plan.changed.append((known["id"], line.listing))
        else:
            plan.kept.append(known["id"])
    plan.gone.extend(r["id"] for key, r in current.items() if key not in seen)
    return plan


def _differs(known: dict[str, Any], listing: Listing) -> bool:
    values = _values(listing)
    sealed = known["person_id_sealed"]
    same_id = (
        unseal(sealed, "listing.person_id") if sealed else ""
    ) == listing.legal_representative.id_number
    return not same_id or any(known[name] != values[name] for name in _COMPARED)


def _sealed(listing: Listing) -> dict[str, Any]:
    number = listing.legal_representative.id_number
    key = id_key(number)
    return {
        "person_id_sealed": seal(number, "listing.person_id") if number else None,
        "person_id_index": blind_index(key, "person_id") if is_full(key) else None,
    }


async def _write(bureau_id: int, kind: str, import_id: int, plan: _Plan) -> None:
    for start in range(0, len(plan.added), 500):
        await ListingRow.insert(
            *[
                ListingRow(
                    bureau=bureau_id,
                    list_kind=kind,
                    external_id=key,
                    first_import=import_id,
                    last_import=import_id,
                    **_values(listing),
                    **_sealed(listing),
                )
                for key, listing in plan.added[start : start + 500]
            ]
        )
    for row_id, listing in plan.changed:
        values: dict[Any, Any] = {**_values(listing), **_sealed(listing), "last_import": import_id}
        await ListingRow.update(values).where(ListingRow.id == row_id)
    await rows("UPDATE listing SET last_import = {} WHERE id = ANY({})", import_id, plan.kept)
    await rows("UPDATE listing SET gone_import = {} WHERE id = ANY({})", import_id, plan.gone)
