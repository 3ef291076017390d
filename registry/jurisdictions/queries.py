"""Reading bureaux, lists, divisions and calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.working_days import Calendar, DayKind, DayRow, builtin_calendar, version_key
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


async def bureau_place(bureau_id: int) -> str:
    """The division code of a bureau. Raises NotFound."""
    found = await row("SELECT division FROM bureau WHERE id = {}", bureau_id)
    if found is None:
        raise NotFound("没有找到这个教育局")
    return str(found["division"])


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


async def calendar(
    calendar_id: str,
    *,
    versions: Mapping[str, int] | None = None,
    instead: Mapping[int, Sequence[DayRow]] = MappingProxyType({}),
) -> Calendar:
    """A calendar as it comes with the software, with the years that bureaux loaded since (R29).

    A regional calendar also has the years that were loaded for the national one. ``versions`` (by ``version_key``)
    asks for what a window was judged under: a year that it names stands in that version, the others in the latest.
    ``instead`` are years of this calendar as a file would have them, in place of what is loaded. Raises NotFound.
    """
    base = builtin_calendar(calendar_id)
    national_id = calendar_id.partition("-")[0]
    found = await rows(
        "SELECT v.id, v.calendar, v.year, v.number FROM calendar_version v WHERE v.calendar = ANY({})"
        " ORDER BY v.calendar, v.year, v.number",
        sorted({national_id, calendar_id}),
    )
    asked = versions or {}
    chosen: dict[str, dict[str, Any]] = {}
    for one in found:
        key = version_key(one["calendar"], one["year"])
        if one["number"] <= asked.get(key, one["number"]):
            chosen[key] = one
    days = await rows(
        "SELECT version, day, kind, source FROM calendar_day WHERE version = ANY({}) ORDER BY day",
        sorted(one["id"] for one in chosen.values()),
    )
    by_version: dict[int, list[DayRow]] = {one["id"]: [] for one in chosen.values()}
    for day in days:
        by_version[day["version"]].append(DayRow(day["day"], DayKind(day["kind"]), day["source"]))
    years = {
        of: {one["year"]: by_version[one["id"]] for one in chosen.values() if one["calendar"] == of}
        for of in {national_id, calendar_id}
    }
    years[calendar_id] = {**years[calendar_id], **{year: list(found) for year, found in instead.items()}}
    return base.with_years(
        national=years[national_id],
        regional=years[calendar_id] if calendar_id != national_id else {},
        versions={key: int(one["number"]) for key, one in chosen.items()},
    )


@dataclass(frozen=True, slots=True)
class BureauView:
    """A bureau with its place, its policy and how many lists it keeps."""

    id: int
    name: str
    short_name: str
    division: str
    division_name: str
    policy_name: str
    contact: str
    lists: int


_BUREAU = """
SELECT b.id, b.name, b.short_name, b.division, d.name AS division_name, b.policy_name, b.contact,
       (SELECT count(*) FROM registry_list l WHERE l.bureau = b.id) AS lists
FROM bureau b JOIN division d ON d.code = b.division
"""


async def bureaux(
    bureau_ids: Iterable[int] | None = None, *, after: int = 0, limit: int = 200
) -> list[BureauView]:
    """Some bureaux, or all of them, by id."""
    found = await rows(
        f"{_BUREAU} WHERE b.id > {{}} AND ({{}}::int[] IS NULL OR b.id = ANY({{}}::int[])) ORDER BY b.id LIMIT {{}}",
        after,
        None if bureau_ids is None else sorted(bureau_ids),
        None if bureau_ids is None else sorted(bureau_ids),
        limit,
    )
    return [BureauView(**one) for one in found]


@dataclass(frozen=True, slots=True)
class DivisionView:
    """A division in the tree, with how many lie below it and how many bureaux sit in it."""

    code: str
    name: str
    parent: str | None
    below: int
    bureaux: int


async def divisions(under: str | None) -> list[DivisionView]:
    """The divisions right below one, or those without any above, by code (at most 1,000)."""
    found = await rows(
        "SELECT d.code, d.name, d.parent, (SELECT count(*) FROM division x WHERE x.parent = d.code) AS below,"
        " (SELECT count(*) FROM bureau b WHERE b.division = d.code) AS bureaux FROM division d"
        " WHERE d.parent IS NOT DISTINCT FROM {}::varchar ORDER BY d.code LIMIT 1000",
        under,
    )
    return [DivisionView(**one) for one in found]


async def division_path(code: str) -> list[tuple[str, str]]:
    """A division and those above it, from the top, as (code, name). Raises NotFound."""
    found = await rows(
        "WITH RECURSIVE up AS (SELECT code, name, parent, 0 AS n FROM division WHERE code = {}"
        " UNION ALL SELECT d.code, d.name, d.parent, up.n + 1 FROM division d JOIN up ON d.code = up.parent WHERE up.n < 9)"
        " SELECT code, name FROM up ORDER BY n DESC",
        code,
    )
    if not found:
        raise NotFound("没有这个行政区划")
    return [(str(one["code"]), str(one["name"])) for one in found]
