"""Counting notices and objections by month for the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel.db import rows


@dataclass(frozen=True, slots=True)
class Month:
    """Notices published and objections filed in the month that begins on ``month``; ``upheld`` of those filed then."""

    month: date
    notices: int
    objections: int
    upheld: int


async def by_month(since: date, as_of: date) -> tuple[Month, ...]:
    """Public notices and objections to them by month from ``since`` on, months without any left out. One query."""
    found = await rows(
        """
        SELECT month, count(*) FILTER (WHERE kind = 'notice')::int AS notices,
               count(*) FILTER (WHERE kind <> 'notice')::int AS objections,
               count(*) FILTER (WHERE kind = 'upheld')::int AS upheld
        FROM (
          SELECT date_trunc('month', n.published_on)::date AS month, 'notice' AS kind FROM notice n
            JOIN registry_list l ON l.id = n.list WHERE l.public AND n.published_on BETWEEN {} AND {}
          UNION ALL
          SELECT date_trunc('month', o.filed_on)::date, CASE o.state WHEN 'upheld' THEN 'upheld' ELSE 'other' END
            FROM objection o JOIN notice_item i ON i.id = o.item JOIN notice n ON n.id = i.notice
            JOIN registry_list l ON l.id = n.list WHERE l.public AND o.filed_on BETWEEN {} AND {}
        ) AS told GROUP BY month ORDER BY month
        """,
        since,
        as_of,
        since,
        as_of,
    )
    return tuple(Month(**one) for one in found)
