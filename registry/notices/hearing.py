"""The provider's time to answer an objection: nothing is upheld before it was heard (R17)."""

from __future__ import annotations

from datetime import date

from registry.jurisdictions.queries import calendar
from registry.kernel.working_days import Window, add_working_days
from registry.policies import Policy


async def answer_window(policy: Policy, told_on: date, answer_until: date | None = None) -> Window:
    """The time to answer an objection of which the provider was told on a day, under its round's policy (R17, R30).

    ``answer_until`` is the end that was stated then; an end that was provisional (None) is computed again (R16).
    """
    days = policy.objections.answer_days
    return add_working_days(told_on, days, await calendar(policy.calendar)).as_stated(answer_until)
