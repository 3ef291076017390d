"""Years of calendars: loading them from a file, declaring one complete, correcting one (R29).

Called in the transaction of the command that also computes the windows anew (``notices.calendars``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.jurisdictions.queries import calendar
from registry.jurisdictions.tables import CalendarDay, CalendarVersion
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from registry.kernel.working_days import (
    Calendar,
    CalendarError,
    DayRow,
    LoadedDay,
    RowProblem,
    builtin_calendar,
    builtin_calendars,
    complete_national_years,
    parse_days,
    version_key,
)
from registry.policies import load

_LOCK = 7303
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class YearPlan:
    """What a file says of one year: its rows, and the days that differ from what is loaded.

    ``known``: the year is loaded already. ``corrects`` are the days of ``differs`` of which a loaded schedule has
    spoken: a published correction is needed to change them. A year that is loaded for the first time may name days in
    the December before, of which none has.
    """

    calendar: str
    year: int
    rows: tuple[DayRow, ...]
    known: bool
    differs: tuple[date, ...]
    corrects: tuple[date, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to load."""
        return not self.known or bool(self.differs)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a year; number 0 is what came with the software."""

    calendar: str
    year: int
    number: int
    title: str
    correction: bool
    reason: str
    bureau_name: str
    loaded_on: date | None
    loaded_at: datetime | None
    loaded_by: str
    days: int


async def plan(content: bytes) -> list[YearPlan]:
    """What a file of days (``calendar,date,kind,source``) would load, year by year.

    Raises CalendarError with every problem: also a national year that is not whole.
    """
    known = {one: builtin_calendar(one).seasons for one in builtin_calendars()}
    loaded = parse_days(content, calendars=known)
    by_calendar: dict[str, list[DayRow]] = defaultdict(list)
    for one in loaded:
        by_calendar[one.calendar].append(one.row)
    plans: list[YearPlan] = []
    for calendar_id in sorted(by_calendar):
        found = by_calendar[calendar_id]
        stored = await calendar(calendar_id)
        years = _by_year(found) if stored.seasons is not None else _national_years(found, loaded)
        plans += await _compared(stored, years)
    if not plans:
        raise CalendarError([RowProblem(1, "文件里只有表头，没有日期")])
    return plans


def _by_year(found: Iterable[DayRow]) -> dict[int, list[DayRow]]:
    years: dict[int, list[DayRow]] = defaultdict(list)
    for one in found:
        years[one.day.year].append(one)
    return years


def _national_years(found: Sequence[DayRow], loaded: Sequence[LoadedDay]) -> dict[int, list[DayRow]]:
    """Days by the year whose schedule they belong to: one may reach into December before and January after.

    Where a file has two years that follow one another, a day in the December between them stands in both.
    """
    complete = complete_national_years(found)
    years: dict[int, list[DayRow]] = {year: [] for year in complete}
    problems: list[RowProblem] = []
    for one in found:
        year = one.day.year
        if one.day.month == 12 and year + 1 in complete:
            if year in complete:
                years[year].append(one)
            year += 1
        elif year not in complete and one.day.month == 1 and year - 1 in complete:
            year -= 1
        if year in complete:
            years[year].append(one)
        else:
            line = next(n for n, x in enumerate(loaded, 2) if x.row is one)
            problems.append(
                RowProblem(line, f"{year} 年的安排不完整：全国安排须包括元旦、春节、劳动节和国庆节")
            )
    if problems:
        raise CalendarError(problems[:1] if len({p.message for p in problems}) == 1 else problems)
    return years


async def _compared(stored: Calendar, years: Mapping[int, list[DayRow]]) -> list[YearPlan]:
    after = await calendar(stored.id, instead=years)
    national = stored.seasons is None
    loaded = stored.national_years if national else stored.regional_years
    said = stored.national if national else stored.regional
    differs: dict[int, list[date]] = {year: [] for year in years}
    corrects: dict[int, list[date]] = {year: [] for year in years}
    for day in sorted({one for year in years for one in _days_around(year)}):
        if stored.is_working_day(day).counts == after.is_working_day(day).counts:
            continue
        # The December before belongs to a schedule that is loaded for the first time, unless one has spoken of the day.
        next_year = day.year + 1
        news = national and day.month == 12 and next_year in {*years} - loaded and day not in said
        for year in [next_year] if news else _years_saying(day, years):
            differs[year].append(day)
            if not news and (year in loaded or day in said or day.year in loaded):
                corrects[year].append(day)
    return [
        YearPlan(
            stored.id,
            year,
            tuple(sorted(years[year], key=lambda one: one.day)),
            year in loaded,
            tuple(differs[year]),
            tuple(corrects[year]),
        )
        for year in sorted(years)
    ]


def _years_saying(day: date, years: Mapping[int, list[DayRow]]) -> list[int]:
    """The years of a file that have a row of a day; where none has one any more, those that could have."""
    saying = [year for year in years if any(one.day == day for one in years[year])]
    return sorted(saying or [year for year in years if day in _days_around(year)])


def _days_around(year: int) -> list[date]:
    """The days of which the schedule of a year can speak: also of the December before and the January after."""
    first, last = date(year - 1, 12, 1), date(year + 1, 1, 31)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days_of_year(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


async def lock() -> None:
    """Calendars change one after another: taken first in the transaction that compares and writes."""
    await rows("SELECT pg_advisory_xact_lock({}::int, 0)", _LOCK)


async def store(
    actor: Actor, bureau_id: int, plans: Sequence[YearPlan], *, title: str, reason: str, sha256: str | None
) -> list[YearPlan]:
    """Write the years that change as new versions, in the caller's transaction; returns those.

    Where one changes a day of which a loaded schedule has spoken, ``reason`` names the published correction. Raises
    Invalid without it, Forbidden for a calendar that the bureau's policy does not use.
    """
    await _require(actor, bureau_id, {one.calendar for one in plans})
    changing = [one for one in plans if one.changes]
    known = [one for one in changing if one.known]
    if known and not reason.strip():
        told = "、".join(f"{one.calendar} {one.year} 年（{len(one.differs)} 天不同）" for one in known)
        raise Invalid(
            fields=[
                FieldError("reason", "%(years)s 已经载入。如系更正，请写明公布更正的文件", {"years": told})
            ]
        )
    corrected = sorted({day for one in changing for day in one.corrects})
    if corrected and not reason.strip():
        told = "、".join(day.isoformat() for day in corrected)
        raise Invalid(
            fields=[
                FieldError(
                    "reason",
                    "%(days)s 已经公布过安排，与文件不同。如系更正，请写明公布更正的文件",
                    {"days": told},
                )
            ]
        )
    if changing and not title.strip():
        raise Invalid(fields=[FieldError("title", "请填写放假安排的文件名称")])
    for one in changing:
        await _write(actor, bureau_id, one, title.strip(), reason.strip() if one.corrects else "", sha256)
    return changing


async def declare(actor: Actor, bureau_id: int, calendar_id: str, year: int, *, title: str) -> YearPlan:
    """Declare a regional year complete without rows, in the caller's transaction (R29).

    Raises Conflict where the year is loaded, Invalid for a national calendar or a year out of range.
    """
    await _require(actor, bureau_id, {calendar_id})
    stored = await calendar(calendar_id)
    if stored.seasons is None:
        raise Invalid(fields=[FieldError("calendar", "全国日历须从文件载入，不能声明为没有安排")])
    if year not in _YEARS:
        raise Invalid(fields=[FieldError("year", "请填写 2000 至 2100 之间的年份")])
    if year in stored.regional_years:
        raise Conflict("这一年已经载入，无需声明")
    if not title.strip():
        raise Invalid(fields=[FieldError("title", "请填写依据，例如“当地未发布另行放假的通知”")])
    declared = YearPlan(calendar_id, year, (), False, ())
    await _write(actor, bureau_id, declared, title.strip(), "", None)
    return declared


async def _write(
    actor: Actor, bureau_id: int, one: YearPlan, title: str, reason: str, sha256: str | None
) -> None:
    number = await row(
        "SELECT coalesce(max(number), 0) + 1 AS n FROM calendar_version WHERE calendar = {} AND year = {}",
        one.calendar,
        one.year,
    )
    assert number is not None
    made = CalendarVersion(
        calendar=one.calendar, year=one.year, number=number["n"], title=title[:300], correction=bool(reason),
        reason=reason, sha256=sha256, bureau=bureau_id, loaded_by=actor.account_id, loaded_on=await today(),
        loaded_at=real_now(),
    )  # fmt: skip
    await made.save()
    days = [CalendarDay(version=made.id, day=d.day, kind=d.kind.value, source=d.source) for d in one.rows]
    if days:
        await CalendarDay.insert(*days)
    await events.record(
        actor,
        subject="calendar_version",
        subject_id=int(made.id),
        action="correct" if one.known else "load" if one.rows else "declare",
        chains=(events.bureau_chain(bureau_id),),
        reason=reason or title,
        data={
            "calendar": one.calendar, "year": one.year, "version": number["n"], "days": len(one.rows),
            "differs": [day.isoformat() for day in one.differs], "corrects": [day.isoformat() for day in one.corrects],
            "sha256": sha256,
        },
    )  # fmt: skip


async def _require(actor: Actor, bureau_id: int, calendars: set[str]) -> None:
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=bureau_id):
        raise Forbidden("只有本教育局的管理员可以载入放假安排")
    found = await row("SELECT policy_name FROM bureau WHERE id = {}", bureau_id)
    if found is None:
        raise NotFound("没有找到这个教育局")
    used = load(found["policy_name"]).calendar
    strangers = calendars - {used, used.partition("-")[0]}
    if strangers:
        raise Forbidden("本教育局的规则不使用日历 %(calendars)s", calendars="、".join(sorted(strangers)))


async def versions(calendar_id: str, year: int | None = None) -> list[VersionView]:
    """The versions of a calendar's years that were loaded, the latest first."""
    found = await rows(
        "SELECT v.calendar, v.year, v.number, v.title, v.correction, v.reason, coalesce(b.name, '') AS bureau_name,"
        " v.loaded_on, v.loaded_at, coalesce(a.display_name, '') AS loaded_by,"
        " (SELECT count(*) FROM calendar_day d WHERE d.version = v.id) AS days"
        " FROM calendar_version v LEFT JOIN bureau b ON b.id = v.bureau LEFT JOIN account a ON a.id = v.loaded_by"
        " WHERE v.calendar = {} AND ({}::int IS NULL OR v.year = {}::int) ORDER BY v.year DESC, v.number DESC LIMIT 200",
        calendar_id,
        year,
        year,
    )
    return [VersionView(**one) for one in found]


def newer_years(judged: Mapping[str, int], current: Calendar) -> list[str]:
    """The years (by ``version_key``) of which a calendar has a later version than a window was judged under."""
    return sorted(key for key, number in judged.items() if current.versions.get(key, 0) > number)


def known_years(found: Calendar) -> list[int]:
    """The years that a calendar knows at least in part, the latest first, with the next one to load."""
    years = found.national_years | found.regional_years
    return sorted(years | {max(years) + 1}, reverse=True)


__all__ = [
    "VersionView", "YearPlan", "days_of_year", "declare", "known_years", "lock", "newer_years", "plan", "store", "version_key",
    "versions",
]  # fmt: skip
