"""Who teaches where, as parents may see it: signed contracts by school and by provider, without people (R22, R34)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.contracts.rules import Phase, phase
from registry.kernel.db import rows

_MOST_SCHOOLS = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A signed contract: which school, by which entry, what, when, at what price of a lesson in cents."""

    id: int
    school_id: int
    school_name: str
    entry_id: int
    entry_name: str
    category: str
    course_title: str
    starts_on: date
    ends_on: date
    fee_cents: int | None
    terminated_on: date | None

    def phase(self, as_of: date) -> Phase:
        """Upcoming, running, ended or terminated on a day."""
        return phase(self.starts_on, self.ends_on, self.terminated_on, as_of)


@dataclass(frozen=True, slots=True)
class ServedSchools:
    """The running contracts of a provider on a list and the cleared people they name; ``more``: these are only the
    first."""

    schools: tuple[Served, ...]
    people: int
    more: bool


_SELECT = """
SELECT c.id, c.school AS school_id, k.name AS school_name, c.entry AS entry_id, e.name AS entry_name, c.category,
       c.course_title, c.starts_on, c.ends_on, c.fee_cents, c.terminated_on
FROM contract c JOIN school k ON k.id = c.school JOIN entry e ON e.id = c.entry JOIN registry_list l ON l.id = e.list
"""
# Running on a day, also where a removal has flagged it: it runs until the school ends it (R27).
_RUNS = """
c.state IN ('signed', 'terminated') AND c.signed_on <= {} AND c.starts_on <= {} AND c.ends_on >= {}
AND (c.terminated_on IS NULL OR c.terminated_on > {}) AND c.service_blocked_on IS NULL
"""


async def at_school(school_id: int, as_of: date, limit: int = 200) -> tuple[Served, ...]:
    """The contracts of a school under public lists that run on ``as_of``, will, or ran within the last year; those
    that end last first."""
    found = await rows(
        f"{_SELECT} WHERE c.school = {{}} AND l.public AND c.state IN ('signed', 'terminated') AND c.signed_on <= {{}}"
        " AND least(c.ends_on, c.terminated_on) >= {}::date - 366 ORDER BY c.starts_on DESC, c.id DESC LIMIT {}",
        school_id,
        as_of,
        as_of,
        limit,
    )
    return tuple(_view(one) for one in found)


async def served_by(entry_id: int, as_of: date) -> ServedSchools:
    """The schools at which the provider of an entry serves on ``as_of`` under it, by name; and how many people with
    every clearance its running contracts name (R32): a count alone. One query."""
    people = (
        "(SELECT count(*) FROM contract_person p WHERE p.contract = c.id AND p.health_checked_on IS NOT NULL"
        " AND p.record_queried_on IS NOT NULL)"
    )
    found = await rows(
        f"{_SELECT.replace('SELECT ', f'SELECT {people} AS people, ', 1)} WHERE c.entry = {{}} AND {_RUNS}"
        " ORDER BY k.name, c.id LIMIT {}",
        entry_id,
        *[as_of] * 4,
        _MOST_SCHOOLS + 1,
    )
    shown = found[:_MOST_SCHOOLS]
    cleared = sum(one.pop("people") for one in shown)
    return ServedSchools(tuple(_view(one) for one in shown), cleared, len(found) > _MOST_SCHOOLS)


async def running_counts(school_ids: Iterable[int], as_of: date) -> dict[int, int]:
    """How many contracts run at some schools on ``as_of``; schools without any are left out."""
    found = await rows(
        f"SELECT c.school, count(*) AS n FROM contract c WHERE c.school = ANY({{}}) AND {_RUNS} GROUP BY c.school",  # noqa: S608 -- constants only
        sorted(set(school_ids)),
        *[as_of] * 4,
    )
    return {one["school"]: one["n"] for one in found}


async def schools_by_entry(entry_ids: Iterable[int], as_of: date) -> dict[int, int]:
    """At how many schools contracts run under some entries on ``as_of``; entries without any are left out."""
    found = await rows(
        "SELECT c.entry, count(DISTINCT c.school) AS n FROM contract c"  # noqa: S608 -- constants only
        f" WHERE c.entry = ANY({{}}) AND {_RUNS} GROUP BY c.entry",
        sorted(set(entry_ids)),
        *[as_of] * 4,
    )
    return {one["entry"]: one["n"] for one in found}


def _view(found: dict[str, Any]) -> Served:
    return Served(**found)
