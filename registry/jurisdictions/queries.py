"""Reading bureaux, lists, divisions and calendars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.working_days import Calendar, DayKind, DayRow, builtin_calendar
from registry.policies import Policy, load


@dataclass(frozen=True, slots=True)
class ListView:
    """A list with its bureau. ``policy_name`` is the policy of the bureau that is in force now."""

    id: int
    name: str
    short_name: str
    public: bool
    bureau_id: int
    bureau_name: str
    bureau_division: str
    policy_name: str

    @property
    def policy(self) -> Policy:
        """The policy in force (R30): for contracts being signed and cases being opened."""
        return load(self.policy_name)


_LIST = """
SELECT l.id, l.name, l.short_name, l.public, l.bureau AS bureau_id, b.name AS bureau_name,
       b.division AS bureau_division, b.policy_name
FROM registry_list l JOIN bureau b ON b.id = l.bureau
"""


async def get_list(list_id: int) -> ListView:
    """One list. Raises NotFound."""
    found = await row(f"{_LIST} WHERE l.id = {{}}", list_id)
    if found is None:
        raise NotFound("没有找到这个备选库")
    return ListView(**found)


async def lists_by_id(list_ids: Iterable[int]) -> dict[int, ListView]:
    """Some lists by id; unknown ids are left out."""
    found = await rows(f"{_LIST} WHERE l.id = ANY({{}}) ORDER BY l.id", sorted(set(list_ids)))
    return {one["id"]: ListView(**one) for one in found}


async def lists_of_bureaux(bureau_ids: Sequence[int] | frozenset[int]) -> list[ListView]:
    """The lists that some bureaux keep, by name."""
    found = await rows(f"{_LIST} WHERE l.bureau = ANY({{}}) ORDER BY l.name, l.id", sorted(bureau_ids))
    return [ListView(**one) for one in found]


async def bureau_names(bureau_ids: Iterable[int]) -> dict[int, str]:
    """Names of bureaux by id, by name."""
    found = await rows(
        "SELECT id, name FROM bureau WHERE id = ANY({}) ORDER BY name, id", sorted(set(bureau_ids))
    )
    return {int(one["id"]): str(one["name"]) for one in found}


async def public_lists() -> list[ListView]:
    """All lists that the public may see, by name."""
    found = await rows(f"{_LIST} WHERE l.public ORDER BY l.name, l.id")
    return [ListView(**one) for one in found]


async def division_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of divisions by code; a code without a row is left out."""
    found = await rows("SELECT code, name FROM division WHERE code = ANY({})", sorted(set(codes)))
    return {str(one["code"]): str(one["name"]) for one in found}


async def calendar(calendar_id: str) -> Calendar:
    """A calendar as it comes with the software, with what bureaux loaded since (R29).

    A regional calendar also has the days that were loaded for the national one. Raises NotFound.
    """
    base = builtin_calendar(calendar_id)
    national_id = calendar_id.partition("-")[0]
    national, national_years = await _loaded(national_id)
    if calendar_id == national_id:
        return base.extended(national=national, national_years=national_years)
    regional, declared = await _loaded(calendar_id)
    return base.extended(
        national=national, national_years=national_years, regional=regional, declared_complete=declared
    )


async def _loaded(calendar_id: str) -> tuple[list[DayRow], list[int]]:
    days = await rows(
        "SELECT day, kind, source FROM calendar_day WHERE calendar = {} ORDER BY day", calendar_id
    )
    years = await rows("SELECT year FROM calendar_year WHERE calendar = {} ORDER BY year", calendar_id)
    return (
        [DayRow(one["day"], DayKind(one["kind"]), one["source"]) for one in days],
        [int(one["year"]) for one in years],
    )
