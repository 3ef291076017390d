"""Until when a rejected applicant may ask for a second look (R14)."""

from __future__ import annotations

from datetime import date

from registry.jurisdictions.queries import calendar
from registry.kernel.working_days import Window
from registry.review.access import Subject
from registry.review.telling import zh_day
from registry.rounds import queries as rounds
from registry.rounds.rules import second_look_deadline


async def told_until(round_id: int, decided_on: date) -> Window:
    """The window that opens with a rejection decided on a day, under the round's frozen policy."""
    policy = (await rounds.get(round_id)).rules
    return second_look_deadline(decided_on, policy.second_look_days, await calendar(policy.calendar))


async def second_look_hint(subject: Subject, decided_on: date) -> str:
    """What a rejected applicant is told of the second look: until when it may ask; nothing after its only one."""
    if subject.second_look:
        return ""
    until = await told_until(subject.round_id, decided_on)
    estimate = "（预计）" if until.provisional else ""
    return f"。对结果有异议的，可在{zh_day(until.last_day)}{estimate}前申请复核"
