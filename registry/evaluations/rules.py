"""Evaluations and complaints (R25): terms, when a contract is to be scored, averages, what stands against closing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from registry.kernel.hearing import hearing_refusal
from registry.kernel.refusals import Refusal

MonthDay = tuple[int, int]
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SchoolTerm:
    """A term (学期): ``school_year`` is the year in which its school year began, ``number`` its place in it."""

    school_year: int
    number: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Service:
    """The days on which a contract served in a term, when it may be scored from, and until when it should be."""

    first: date
    last: date
    opens_on: date
    due_on: date


def terms_between(
    spans: Sequence[tuple[MonthDay, MonthDay]], since: date, until: date
) -> tuple[SchoolTerm, ...]:
    """The terms that share a day with ``since`` to ``until``, in order.

    ``spans`` are the first and last (month, day) of each term; the first one begins the school year.
    """
    begin = spans[0][0]
    found = []
    for school_year in range(since.year - 1, until.year + 1):
        for number, (first, last) in enumerate(spans, start=1):
            starts_on = date(school_year + (first < begin), *first)
            ends_on = date(starts_on.year + (last < first), *last)
            if starts_on <= until and ends_on >= since:
                found.append(SchoolTerm(school_year, number, starts_on, ends_on))
    return tuple(found)


def service_in(
    term: SchoolTerm,
    *,
    starts_on: date,
    ends_on: date,
    terminated_on: date | None,
    shortest_days: int,
    opens_days: int,
    due_days: int,
) -> Service | None:
    """When a contract is to be scored for a term; None where it served too short in it (R25)."""
    first = max(starts_on, term.starts_on)
    last = min(ends_on, term.ends_on, terminated_on or ends_on)
    if (last - first).days + 1 < shortest_days:
        return None
    return Service(
        first, last, max(first, last - timedelta(days=opens_days)), last + timedelta(days=due_days)
    )


@dataclass(frozen=True, slots=True)
class Scores:
    """What a school said of one contract in one term. ``satisfaction`` is None where no parent answered."""

    quality: int
    safety: int
    conduct: int
    satisfaction: int | None
    answers: int

    @property
    def overall(self) -> float:
        """The mean of the three scores."""
        return (self.quality + self.safety + self.conduct) / 3


@dataclass(frozen=True, slots=True)
class Average:
    """Averages over some evaluations: points from 1 to 5, satisfaction in percent weighted by the answers."""

    evaluations: int
    overall: float
    quality: float
    safety: float
    conduct: float
    satisfaction: float | None
    answers: int


def average(scores: Iterable[Scores]) -> Average | None:
    """The averages of some evaluations; None of none."""
    known = list(scores)
    if not known:
        return None
    answers = sum(one.answers for one in known)
    satisfied = sum((one.satisfaction or 0) * one.answers for one in known)
    count = len(known)
    return Average(
        evaluations=count,
        overall=sum(one.overall for one in known) / count,
        quality=sum(one.quality for one in known) / count,
        safety=sum(one.safety for one in known) / count,
        conduct=sum(one.conduct for one in known) / count,
        satisfaction=satisfied / answers if answers else None,
        answers=answers,
    )


def below(satisfaction: float | None, threshold: int) -> bool:
    """Whether parents' satisfaction is so low that an exit case may be opened (R25)."""
    return satisfaction is not None and satisfaction < threshold


def reminder_due(due_on: date, reminder_days: Iterable[int], as_of: date) -> int | None:
    """The reminder that is due on ``as_of``, in days before the end; the most urgent one of those that are.

    None before the first and after the last day: then it is overdue.
    """
    left = (due_on - as_of).days
    reached = [days for days in reminder_days if left <= days]
    return min(reached) if reached and left >= 0 else None


def heard_refusal(asked: bool, answered: bool, answer_until: date | None, as_of: date) -> Refusal | None:
    """None where a complaint may be found true: the provider answered, or its time is over (R25).

    ``answer_until`` is None while the end of its time is provisional (R16).
    """
    if not asked:
        return Refusal(
            "provider_not_asked",
            "R25",
            "还没有请机构答复，不能认定属实",
            "由办理人员先请机构答复",
        )
    return hearing_refusal("R25", answered=answered, until=answer_until, as_of=as_of)
