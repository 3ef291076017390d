"""A year of a calendar as a sheet: months and weeks with what each day is, and where that is said (R29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from registry.kernel.working_days import Calendar, DayKind


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One day. ``kind``: working, weekend, off, makeup; ``regional`` where the region's own notice says so.

    ``known`` is False where the schedule is not loaded, so that this is an estimate (R16).
    """

    day: date
    kind: str
    why: str
    source: str
    regional: bool
    known: bool


@dataclass(frozen=True, slots=True)
class YearSheet:
    """A year: ``months`` are weeks of seven cells from Monday (None outside the month), ``special`` the days that are
    not as their weekday would have it, ``gaps`` the schedules that are not loaded."""

    calendar: str
    year: int
    months: tuple[tuple[tuple[DaySheet | None, ...], ...], ...]
    special: tuple[DaySheet, ...]
    gaps: tuple[str, ...]
    working_days: int


def year_sheet(found: Calendar, year: int) -> YearSheet:
    """The sheet of a year of a calendar."""
    first = date(year, 1, 1)
    days = [_day(found, first + timedelta(days=n)) for n in range((date(year + 1, 1, 1) - first).days)]
    gaps = dict.fromkeys(gap for one in days if (gap := found.gap(one.day)) is not None)
    return YearSheet(
        calendar=found.id,
        year=year,
        months=tuple(_weeks([one for one in days if one.day.month == month]) for month in range(1, 13)),
        special=tuple(one for one in days if one.source),
        gaps=tuple(gaps),
        working_days=sum(one.kind in {"working", "makeup"} for one in days),
    )


def _day(found: Calendar, day: date) -> DaySheet:
    answer = found.is_working_day(day)
    regional = day in found.regional
    row = found.regional.get(day) or found.national.get(day)
    if row is None:
        kind = "working" if answer.counts else "weekend"
    else:
        kind = "off" if row.kind is DayKind.OFF else "makeup"
    return DaySheet(day, kind, answer.reason, row.source if row else "", regional, answer.known)


def _weeks(days: list[DaySheet]) -> tuple[tuple[DaySheet | None, ...], ...]:
    cells: list[DaySheet | None] = [None] * days[0].day.weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))
