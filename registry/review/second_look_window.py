"""Until when a rejected applicant may ask for a second look (R14)."""

from __future__ import annotations

from datetime import date

from registry.jurisdictions.queries import calendar
from registry.kernel.working_days import Window
from registry.rounds import queries as rounds
from registry.rounds.rules import second_look_deadline


async def told_until(round_id: int, decided_on: date) -> Window:
    """The window that opens with a rejection decided on a day, under the round's frozen policy."""
    policy = (await rounds.get(round_id)).rules
    return second_look_deadline(decided_on, policy.second_look_days, await calendar(policy.calendar))
