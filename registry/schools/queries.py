"""Reading schools and the lists that serve them (R31)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.jurisdictions.queries import ListView, lists_by_id
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school. ``township`` schools need the parents' committee or the parents' signatures (R24)."""

    id: int
    name: str
    bureau_id: int
    division: str
    township: bool


_SELECT = "SELECT id, name, bureau AS bureau_id, division, township FROM school"


async def get(school_id: int) -> SchoolView:
    """One school. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE id = {{}}", school_id)
    if found is None:
        raise NotFound("没有找到这所学校")
    return SchoolView(**found)


async def find_one(text: str) -> int | None:
    """The id of the school with this code or full name; None for none or several."""
    found = await rows("SELECT id FROM school WHERE code = {} OR name = {} LIMIT 2", text, text)
    return int(found[0]["id"]) if len(found) == 1 else None


async def by_ids(school_ids: Iterable[int]) -> list[SchoolView]:
    """Some schools, by name."""
    found = await rows(f"{_SELECT} WHERE id = ANY({{}}) ORDER BY name, id", sorted(set(school_ids)))
    return [SchoolView(**one) for one in found]


async def lists_serving(school_ids: Iterable[int]) -> list[ListView]:
    """The lists that serve at least one of some schools (R31), by id."""
    found = await rows(
        "SELECT DISTINCT list FROM list_school WHERE school = ANY({}) ORDER BY list", sorted(set(school_ids))
    )
    return list((await lists_by_id(one["list"] for one in found)).values())


async def serves(list_id: int, school_id: int) -> bool:
    """Whether a list serves a school (R31)."""
    found = await row("SELECT 1 AS one FROM list_school WHERE list = {} AND school = {}", list_id, school_id)
    return found is not None


async def schools_of(list_id: int) -> list[SchoolView]:
    """The schools that a list serves, by name (at most 2,000)."""
    found = await rows(
        "SELECT s.id, s.name, s.bureau AS bureau_id, s.division, s.township"
        " FROM list_school k JOIN school s ON s.id = k.school WHERE k.list = {} ORDER BY s.name, s.id LIMIT 2000",
        list_id,
    )
    return [SchoolView(**one) for one in found]


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school in a list of a bureau's schools. ``lists`` are the short names of those that serve it."""

    id: int
    name: str
    code: str | None
    bureau_id: int
    division: str
    division_name: str
    township: bool
    address: str
    lists: tuple[str, ...]


_ROW = """
SELECT s.id, s.name, s.code, s.bureau AS bureau_id, s.division, d.name AS division_name, s.township, s.address,
       ARRAY(SELECT coalesce(nullif(l.short_name, ''), l.name) FROM list_school k JOIN registry_list l ON l.id = k.list
             WHERE k.school = s.id ORDER BY l.id) AS lists
FROM school s JOIN division d ON d.code = s.division
"""


async def of_bureaux(
    bureau_ids: Iterable[int], *, q: str = "", after: int = 0, limit: int = 50
) -> tuple[list[SchoolRow], int | None]:
    """The schools that some bureaux run, in the order they came, by a part of the name or the code."""
    found = await rows(
        f"{_ROW} WHERE s.bureau = ANY({{}}) AND ({{}} = '' OR strpos(s.name, {{}}) > 0 OR s.code = {{}}) AND s.id > {{}}"
        " ORDER BY s.id LIMIT {}",
        sorted(bureau_ids),
        q,
        q,
        q,
        after,
        limit + 1,
    )
    shown = [SchoolRow(**{**one, "lists": tuple(one["lists"])}) for one in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


async def one_row(school_id: int) -> SchoolRow:
    """One school as a row. Raises NotFound."""
    found = await row(f"{_ROW} WHERE s.id = {{}}", school_id)
    if found is None:
        raise NotFound("没有找到这所学校")
    return SchoolRow(**{**found, "lists": tuple(found["lists"])})
