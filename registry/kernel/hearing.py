"""Nobody is judged unheard: what waits until the one concerned has answered, or its time is over (R17, R25, R27)."""

from __future__ import annotations

from datetime import date

from registry.kernel.refusals import Refusal
from registry.kernel.working_days import Window


def hearing_refusal(
    rule: str,
    *,
    answered: bool,
    until: date | None,
    as_of: date,
    estimate: date | None = None,
    statement: bool = False,
) -> Refusal | None:
    """None where a provider may be judged on ``as_of``: it answered, or its time to answer is over.

    ``until`` is the last day of that time, None while it is provisional (R16): then it is not over, and
    ``estimate`` is shown where there is one. ``statement``: what is awaited is a 陈述申辩 (R27).
    """
    if answered or (until is not None and as_of > until):
        return None
    if until is not None:
        day = until.isoformat()
    else:
        day = f"预计 {estimate.isoformat()}" if estimate is not None else "放假安排公布后确定"
    if statement:
        return Refusal(
            "answer_pending",
            rule,
            "机构的陈述申辩期未满（至 %(day)s），且机构尚未答复",
            "等待机构答复或期限届满",
            {"day": day},
        )
    return Refusal(
        "answer_pending",
        rule,
        "机构的答复期限未满（至 %(day)s），且机构尚未答复",
        "等待机构答复或期限届满",
        {"day": day},
    )


def window_refusal(
    rule: str, answered_on: date | None, answer: Window, as_of: date, *, statement: bool = False
) -> Refusal | None:
    """``hearing_refusal`` for a time to answer that is known day by day."""
    return hearing_refusal(
        rule,
        answered=answered_on is not None and answered_on <= as_of,
        until=answer.settled_last_day,
        as_of=as_of,
        estimate=answer.last_day,
        statement=statement,
    )
