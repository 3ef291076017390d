"""How long applications take, for the public: from handing in to the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel.db import rows


@dataclass(frozen=True, slots=True)
class Durations:
    """Calendar days from the first submission to the decision, of the applications decided in a month (None: in all
    months together): the quarter that took least, the median, the quarter that took longest."""

    month: date | None
    decided: int
    quarter: float
    median: float
    three_quarters: float


async def days_to_decision(since: date, as_of: date) -> tuple[Durations, ...]:
    """By month of the decision from ``since`` on, all together last; none where nothing was decided. One query."""
    found = await rows(
        """
        SELECT date_trunc('month', decided_on)::date AS month, count(*)::int AS decided,
               percentile_cont(0.25) WITHIN GROUP (ORDER BY days) AS quarter,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median,
               percentile_cont(0.75) WITHIN GROUP (ORDER BY days) AS three_quarters
        FROM (
          SELECT a.decided_on, a.decided_on - min(s.submitted_on) AS days FROM application a
            JOIN submission s ON s.application = a.id JOIN round r ON r.id = a.round
            JOIN registry_list l ON l.id = r.list
          WHERE l.public AND a.decided_on BETWEEN {} AND {} GROUP BY a.id
        ) AS taken
        GROUP BY GROUPING SETS ((date_trunc('month', decided_on)::date), ())
        HAVING count(*) > 0 ORDER BY month NULLS LAST
        """,
        since,
        as_of,
    )
    return tuple(Durations(**one) for one in found)
