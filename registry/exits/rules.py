"""Exit cases (R26, R27): grounds, the provider's time to answer, when a case may be decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from registry.kernel.hearing import window_refusal
from registry.kernel.refusals import Refusal
from registry.kernel.working_days import Calendar, Window, add_working_days
from registry.policies.vocabulary import Ground

__all__ = ["Ground", "answer_deadline", "decision_refusal", "ground_refusal"]


def ground_refusal(ground: Ground, allowed: Collection[Ground]) -> Refusal | None:
    """None where the policy of the case knows the ground (R26)."""
    if ground in allowed:
        return None
    return Refusal(
        "ground_not_in_policy",
        "R26",
        "“%(ground)s”不是本地规定的退出情形",
        "请选择本地规定的退出情形",
        {"ground": ground.zh},
    )


def answer_deadline(told_on: date, working_days: int, calendar: Calendar) -> Window:
    """Until when the provider may answer in writing (陈述申辩) after it was told of the case (R27)."""
    return add_working_days(told_on, working_days, calendar)


def decision_refusal(answered_on: date | None, answer: Window, as_of: date) -> Refusal | None:
    """None where a case may be decided on ``as_of``: the provider answered, or its time is over (R27)."""
    return window_refusal("R27", answered_on, answer, as_of, statement=True)
