"""A calendar: which days count as working days, and for which days that is known (R29)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Self

WEEKDAYS = "一二三四五六日"


class DayKind(StrEnum):
    """What a schedule says of a day that is not as its weekday would have it."""

    OFF = "off"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a schedule; ``source`` is the holiday's name or the notice it comes from."""

    day: date
    kind: DayKind
    source: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """The part of each year in which regional days can fall; both ends are (month, day), inclusive."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a season lies within one calendar year; use two for one that does not")

    def __contains__(self, day: date) -> bool:
        return self.first <= (day.month, day.day) <= self.last

    def __str__(self) -> str:
        return f"{self.first[0]}月{self.first[1]}日至{self.last[0]}月{self.last[1]}日"


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """Whether a day is a working day, why, and whether that is known or estimated (R16).

    ``gap`` names the schedule that is not loaded where the answer is an estimate.
    """

    day: date
    counts: bool
    reason: str
    known: bool
    gap: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a jurisdiction, as plain data.

    A regional day overrides a national one. ``seasons`` is None for a national calendar. A day is known
    when its national year is complete and, inside a season, its regional year is complete too.
    """

    id: str
    name: str
    national: Mapping[date, DayRow]
    national_years: frozenset[int]
    regional: Mapping[date, DayRow]
    regional_years: frozenset[int]
    seasons: tuple[Season, ...] | None
    versions: Mapping[str, int] = field(default_factory=dict)
    """Version of each year that was loaded since, by ``version_key``; what is missing is as shipped (0)."""

    @classmethod
    def build(
        cls,
        calendar_id: str,
        *,
        name: str,
        national: Iterable[DayRow],
        national_years: Iterable[int],
        regional: Iterable[DayRow] = (),
        declared_complete: Iterable[int] = (),
        seasons: Iterable[Season] | None = None,
    ) -> Self:
        """Make a calendar from rows. Of two rows for one day the later wins.

        ``national_years`` are those whose national schedule is loaded; a regional year is loaded when
        there is a row of it or it is in ``declared_complete`` (R29).
        """
        regional_rows = {row.day: row for row in regional}
        if seasons is None and regional_rows:
            raise ValueError("a calendar with regional days needs to say when they can fall")
        return cls(
            id=calendar_id,
            name=name,
            national=MappingProxyType({row.day: row for row in national}),
            national_years=frozenset(national_years),
            regional=MappingProxyType(regional_rows),
            regional_years=frozenset(declared_complete) | {day.year for day in regional_rows},
            seasons=None if seasons is None else tuple(seasons),
        )

    def with_years(
        self,
        *,
        national: Mapping[int, Iterable[DayRow]] = MappingProxyType({}),
        regional: Mapping[int, Iterable[DayRow]] = MappingProxyType({}),
        versions: Mapping[str, int] = MappingProxyType({}),
    ) -> Calendar:
        """This calendar with whole years that were loaded later, each in place of what was there (R29).

        A schedule may reach into the neighbouring year (days off before New Year); where two say something of a day,
        that of the later year holds. A regional year without rows is one declared complete.
        """
        if self.seasons is None and any(regional.values()):
            raise ValueError("a national calendar takes no regional days")
        return replace(
            self,
            national=_with_years(self.national, national),
            national_years=self.national_years | frozenset(national),
            regional=_with_years(self.regional, regional),
            regional_years=self.regional_years | frozenset(regional),
            versions=MappingProxyType({**self.versions, **versions}),
        )

    def versions_of(self, first: date, last: date) -> dict[str, int]:
        """Which version of each year from ``first`` to ``last`` this calendar has, national and regional."""
        keys = [
            version_key(calendar_id, year)
            for year in range(first.year, last.year + 1)
            for calendar_id in dict.fromkeys((self.id.partition("-")[0], self.id))
        ]
        return {key: self.versions.get(key, 0) for key in keys}

    def is_working_day(self, day: date) -> DayAnswer:
        """Whether ``day`` counts, with the reason in Chinese; an estimate where ``known`` is false."""
        gap = self.gap(day)
        row = self.regional.get(day) or self.national.get(day)
        weekday = f"周{WEEKDAYS[day.weekday()]}"
        if row is not None:
            counts = row.kind is DayKind.WORK
            reason = _row_reason(row, weekday, regional=day in self.regional)
        else:
            counts = day.weekday() < 5
            reason = f"{weekday}，工作日" if counts else f"{weekday}，休息日"
        if gap is not None:
            reason = f"{reason}（预计：{gap}）"
        return DayAnswer(day=day, counts=counts, reason=reason, known=gap is None, gap=gap)

    def gap(self, day: date) -> str | None:
        """The schedule that is not loaded for ``day``, in Chinese; None where all are."""
        if day.year not in self.national_years:
            return f"{day.year}年全国放假安排未载入"
        if self.seasons is None or day.year in self.regional_years:
            return None
        for season in self.seasons:
            if day in season:
                return f"{day.year}年{self.name}放假安排（{season}）未载入"
        return None


def version_key(calendar_id: str, year: int) -> str:
    """How the version of a year is named: ``CN-GX 2026``."""
    return f"{calendar_id} {year}"


def _with_years(rows: Mapping[date, DayRow], years: Mapping[int, Iterable[DayRow]]) -> Mapping[date, DayRow]:
    kept = {day: row for day, row in rows.items() if day.year not in years}
    for year in sorted(years):
        kept.update({row.day: row for row in years[year]})
    return MappingProxyType(kept)


def complete_national_years(rows: Iterable[DayRow]) -> frozenset[int]:
    """Years for which ``rows`` hold a whole national schedule.

    A schedule gives New Year's Day, Labour Day and National Day off and weekdays off around Spring
    Festival. A year that only has days of a neighbour's schedule (such as the end of December before New
    Year) is not complete.
    """
    by_day = {row.day: row for row in rows}
    years = {day.year for day in by_day}
    return frozenset(year for year in years if _is_whole(year, by_day))


def _is_whole(year: int, by_day: Mapping[date, DayRow]) -> bool:
    for day in (date(year, 1, 1), date(year, 5, 1), date(year, 10, 1)):
        row = by_day.get(day)
        if (row is None and day.weekday() < 5) or (row is not None and row.kind is DayKind.WORK):
            return False
    return any(
        row.kind is DayKind.OFF and day.weekday() < 5 and date(year, 1, 20) <= day < date(year, 3, 1)
        for day, row in by_day.items()
    )


def _row_reason(row: DayRow, weekday: str, *, regional: bool) -> str:
    what = "放假" if row.kind is DayKind.OFF else "调休上班"
    if regional:
        return f"{weekday}，地方{what}" + (f"（{row.source}）" if row.source else "")
    return f"{weekday}，{row.source}{what}"
