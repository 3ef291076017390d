"""From one version of a list to the next: what is new, changed, gone. Rows are never changed in place."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from registry.kernel.db import rows
from registry.kernel.sealed import blind_index, seal
from registry.screening.tables import ListingRow
from vetting.matching.listfile import ListRow
from vetting.matching.model import SubjectType
from vetting.matching.normalise import code_key, id_key, is_full, name_key

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file with its two keyed hashes."""

    row: ListRow
    identity: str
    content: str


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the version that is current."""

    id: int
    lineage: int
    identity: str
    content: str


@dataclass(slots=True)
class Plan:
    """What an import does. ``changed`` pairs the version before with the new line."""

    added: list[Line] = field(default_factory=list)
    changed: list[tuple[Known, Line]] = field(default_factory=list)
    kept: list[Known] = field(default_factory=list)
    gone: list[Known] = field(default_factory=list)
    repeated: int = 0


def lines(found: Iterable[ListRow]) -> list[Line]:
    """The rows of a file, hashed."""
    return [Line(row, _identity(row), _content(row)) for row in found]


def plan(new: Iterable[Line], current: Iterable[Known]) -> Plan:
    """Compare a file with the current version.

    Equal rows are kept. Of the others, those of one identity are versions of each other, in their order; what
    has no counterpart is new or gone. A line that repeats another to the letter counts once.
    """
    result = Plan()
    by_content = {known.content: known for known in current}
    seen: set[str] = set()
    fresh: list[Line] = []
    for line in new:
        if line.content in seen:
            result.repeated += 1
            continue
        seen.add(line.content)
        known = by_content.pop(line.content, None)
        if known is None:
            fresh.append(line)
        else:
            result.kept.append(known)
    left: dict[str, list[Known]] = defaultdict(list)
    for known in by_content.values():
        left[known.identity].append(known)
    for line in fresh:
        if left[line.identity]:
            result.changed.append((left[line.identity].pop(0), line))
        else:
            result.added.append(line)
    result.gone.extend(known for versions in left.values() for known in versions)
    return result


async def current_rows(bureau_id: int, kind: str) -> list[Known]:
    """The rows of a list as it stands."""
    found = await rows(
        "SELECT id, lineage, identity, content FROM listing WHERE bureau = {} AND list_kind = {} AND gone_import IS NULL"
        " ORDER BY id",
        bureau_id,
        kind,
    )
    return [Known(**one) for one in found]


async def write(bureau_id: int, kind: str, import_id: int, planned: Plan) -> None:
    """Write the new version, in the caller's transaction."""
    leaving = [known.id for known, _ in planned.changed] + [known.id for known in planned.gone]
    await rows("UPDATE listing SET gone_import = {} WHERE id = ANY({})", import_id, leaving)
    returning = await _returning(bureau_id, kind, planned.added)
    made = [
        ListingRow(
            **_values(line),
            bureau=bureau_id,
            list_kind=kind,
            first_import=import_id,
            replaces=replaced,
            lineage=lineage,
        )
        for line, replaced, lineage in _with_lineage(planned, returning)
    ]
    for start in range(0, len(made), _AT_ONCE):
        await ListingRow.insert(*made[start : start + _AT_ONCE])
    await rows("UPDATE listing SET lineage = id WHERE first_import = {} AND lineage IS NULL", import_id)


def _with_lineage(planned: Plan, returning: dict[str, int]) -> Iterable[tuple[Line, int | None, int | None]]:
    for line in planned.added:
        yield line, None, returning.get(line.content)
    for known, line in planned.changed:
        yield line, known.id, known.lineage


async def _returning(bureau_id: int, kind: str, added: list[Line]) -> dict[str, int]:
    """Rows that were on the list before, unchanged: they come back as what they were."""
    found = await rows(
        "SELECT DISTINCT ON (content) content, lineage FROM listing WHERE bureau = {} AND list_kind = {}"
        " AND content = ANY({}) ORDER BY content, id DESC",
        bureau_id,
        kind,
        [line.content for line in added],
    )
    return {str(one["content"]): int(one["lineage"]) for one in found}


def _identity(row: ListRow) -> str:
    listing = row.listing
    if listing.subject_type is SubjectType.PERSON:
        key = f"{name_key(listing.name)}|{id_key(listing.legal_representative.id_number)}"
    else:
        key = code_key(listing.credit_code) or name_key(listing.name)
    return blind_index(f"{listing.subject_type.value}|{key}", "listing.identity")


def _content(row: ListRow) -> str:
    listing = row.listing
    facts = [
        listing.subject_type.value,
        listing.name,
        sorted(listing.former_names),
        code_key(listing.credit_code),
        listing.legal_representative.name,
        listing.legal_representative.id_number,
        listing.region_code,
        str(listing.in_force_from),
        str(listing.in_force_until),
        str(listing.lifted_on),
        listing.grounds,
        row.authority,
    ]
    return blind_index(json.dumps(facts, ensure_ascii=False), "listing.content")


def _values(line: Line) -> dict[str, Any]:
    listing = line.row.listing
    number = listing.legal_representative.id_number
    key = id_key(number)
    return {
        "identity": line.identity,
        "content": line.content,
        "list_number": "" if listing.list_id == f"L{line.row.line}" else listing.list_id,
        "authority": line.row.authority,
        "subject_type": listing.subject_type.value,
        "name": listing.name,
        "name_key": name_key(listing.name)[:200],
        "former_names": [name[:200] for name in listing.former_names],
        "credit_code": code_key(listing.credit_code) or None,
        "legal_representative": listing.legal_representative.name,
        "person_id_sealed": seal(number, "listing.person_id") if number else None,
        "person_id_index": blind_index(key, "person_id") if is_full(key) else None,
        "region_code": listing.region_code,
        "in_force_from": listing.in_force_from,
        "in_force_until": listing.in_force_until,
        "lifted_on": listing.lifted_on,
        "grounds": listing.grounds,
    }
