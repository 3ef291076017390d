"""Finding schools by any part of their name, and one with its bureau and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class SchoolPlace:
    """A school as anyone may see it. ``division_name`` is "" where the place is not known by name."""

    id: int
    name: str
    address: str
    bureau_id: int
    bureau_name: str
    bureau_contact: str
    division: str
    division_name: str


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """One page of schools by name; ``after`` continues it, None at the end."""

    schools: tuple[SchoolPlace, ...]
    after: str | None


_SELECT = """
SELECT s.id, s.name, s.address, s.bureau AS bureau_id, b.name AS bureau_name, b.contact AS bureau_contact, s.division,
       coalesce(d.name, '') AS division_name
FROM school s JOIN bureau b ON b.id = s.bureau LEFT JOIN division d ON d.code = s.division
"""


def _parts(word: str) -> list[str]:
    """The index terms of a word: its pairs of neighbours, or the one character (``text_parts`` in the database)."""
    return sorted({word[at : at + 2] for at in range(len(word) - 1)}) if len(word) > 1 else [word]


async def find_schools(*, q: str = "", after: str | None = None, limit: int = 30) -> SchoolPage:
    """Schools whose name holds every word of ``q``, by name."""
    conditions, values = ["true"], list[Any]()
    words = q[:_LONGEST].split()
    if words:
        conditions.append("text_parts(s.name) @> {}::text[]")
        values.append(sorted({part for word in words for part in _parts(word)}))
        conditions += ["strpos(s.name, {}) > 0"] * len(words)
        values += words
    number, _, name = (after or "").partition("_")
    if number.isascii() and number.isdigit() and len(number) < 10:
        conditions.append("(s.name, s.id) > ({}, {})")
        values += [name, int(number)]
    found = await rows(
        f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY s.name, s.id LIMIT {{}}", *values, limit + 1
    )
    shown = tuple(SchoolPlace(**one) for one in found[:limit])
    return SchoolPage(shown, f"{shown[-1].id}_{shown[-1].name}" if len(found) > limit else None)


async def place_of(school_id: int) -> SchoolPlace:
    """One school with its bureau and place. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE s.id = {{}}", school_id)
    if found is None:
        raise NotFound("没有找到这所学校")
    return SchoolPlace(**found)
