"""Counting the whitelist for the public: where and what is listed, and how that changed by month (R21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel.db import rows
from registry.whitelist.narrowing import ASKED
from registry.whitelist.status import ACTIVE_SQL
from registry.whitelist.views import NARROWED


@dataclass(frozen=True, slots=True)
class Cell:
    """How many entries are active in a division's lists for a category; one of two categories counts in both."""

    division: str
    category: str
    entries: int


@dataclass(frozen=True, slots=True)
class Moves:
    """What happened in the month that begins on ``month``."""

    month: date
    listed: int
    removed: int


async def by_place_and_category(as_of: date) -> tuple[Cell, ...]:
    """Active entries of public lists by the bureau's division and by category. One query."""
    found = await rows(
        f"{ASKED} SELECT b.division, category, count(*) AS entries {NARROWED}, LATERAL unnest(e.categories) AS category"
        f" WHERE l.public AND {ACTIVE_SQL} GROUP BY b.division, category ORDER BY b.division, category",
        as_of,
    )
    return tuple(Cell(**one) for one in found)


async def moves_by_month(since: date, as_of: date) -> tuple[Moves, ...]:
    """Listings and removals of public lists by month from ``since`` on, months without any left out. One query."""
    found = await rows(
        """
        SELECT month, count(*) FILTER (WHERE listed)::int AS listed, count(*) FILTER (WHERE NOT listed)::int AS removed
        FROM (
          SELECT date_trunc('month', e.listed_on)::date AS month, true AS listed FROM entry e
            JOIN registry_list l ON l.id = e.list WHERE l.public AND e.listed_on BETWEEN {} AND {}
          UNION ALL
          SELECT date_trunc('month', v.removed_on)::date, false FROM removal v JOIN entry e ON e.id = v.entry
            JOIN registry_list l ON l.id = e.list
            WHERE l.public AND v.removed_on BETWEEN {} AND {} AND (v.restored_on IS NULL OR v.restored_on > {})
        ) AS moved GROUP BY month ORDER BY month
        """,
        since,
        as_of,
        since,
        as_of,
        as_of,
    )
    return tuple(Moves(**one) for one in found)
