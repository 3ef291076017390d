"""Windows counted in working days: public notices, corrections, answers, second looks (R15, R16)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from registry.kernel.working_days.calendar import Calendar

MAX_WORKING_DAYS = 366
"""More working days than any deadline has; keeps a hostile number from counting for ever."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WindowDay:
    """A day of a window: whether it counts towards the working days asked for, and why."""

    day: date
    counts: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Window:
    """A span of working days after (or from) the day of an act.

    ``last_day`` is the last working day of it; an estimate while ``provisional``. ``passes_from`` is the
    day after, None while provisional: such a window cannot pass (R16). ``days`` runs from the day of the
    act to ``last_day``. ``gaps`` names the schedules that are not loaded.
    """

    starts_on: date
    working_days: int
    last_day: date
    passes_from: date | None
    provisional: bool
    days: tuple[WindowDay, ...]
    gaps: tuple[str, ...]

    def is_open(self, as_of: date) -> bool:
        """Whether ``as_of`` lies in the window; a provisional one stays open past its estimate."""
        return self.starts_on <= as_of and not self.has_passed(as_of)

    def has_passed(self, as_of: date) -> bool:
        """Whether the window is over on ``as_of``; never while it is provisional (R16)."""
        return self.passes_from is not None and as_of >= self.passes_from

    @property
    def settled_last_day(self) -> date | None:
        """The last day, None while it is provisional (R16): what is stored of a time that was stated."""
        return None if self.provisional else self.last_day

    def as_stated(self, last_day: date | None) -> Window:
        """This window with the end that was stated once, also where another calendar is loaded later (R29).

        Without one (None: it was provisional) the window stays as it is.
        """
        if last_day is None:
            return self
        return replace(self, last_day=last_day, passes_from=last_day + _ONE_DAY, provisional=False)


def notice_window(
    published_on: date, working_days: int, publication_day_counts: bool, calendar: Calendar
) -> Window:
    """The window of a notice published on a day (R15, R16, R29).

    The publication day counts only where the policy says so, and only if it is a working day. The window
    is provisional where a day in it has no loaded schedule; a publication day that does not count is not
    in it. Raises ``ValueError`` for fewer than one or more than ``MAX_WORKING_DAYS`` working days and for
    a window that ends after the year 9999.
    """
    if not 1 <= working_days <= MAX_WORKING_DAYS:
        raise ValueError(f"working_days must be 1 to {MAX_WORKING_DAYS}")
    days: list[WindowDay] = []
    gaps: dict[str, None] = {}
    remaining = working_days
    day = published_on
    while True:
        answer = calendar.is_working_day(day)
        if day == published_on and not publication_day_counts:
            days.append(WindowDay(day, False, f"公布当日，不计入（{answer.reason.split('（预计')[0]}）"))
        else:
            days.append(WindowDay(day, answer.counts, answer.reason))
            remaining -= answer.counts
            if answer.gap is not None:
                gaps[answer.gap] = None
        if remaining == 0:
            break
        day = _next(day)
    return Window(
        starts_on=published_on,
        working_days=working_days,
        last_day=day,
        passes_from=None if gaps else _next(day),
        provisional=bool(gaps),
        days=tuple(days),
        gaps=tuple(gaps),
    )


def add_working_days(day: date, working_days: int, calendar: Calendar) -> Window:
    """The deadline ``working_days`` working days after ``day``, which does not count itself.

    For corrections, answers and second looks; ``last_day`` is the last day on which the act is in time.
    """
    return notice_window(day, working_days, False, calendar)


def _next(day: date) -> date:
    try:
        return day + _ONE_DAY
    except OverflowError:
        raise ValueError("the window ends after the last day that can be written") from None
