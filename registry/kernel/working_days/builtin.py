"""The calendars that come with the software: national schedules and ``regional_days.csv`` (R29)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

from registry.kernel.errors import NotFound
from registry.kernel.working_days.calendar import Calendar, DayKind, DayRow, Season, complete_national_years
from registry.kernel.working_days.files import LoadedDay, parse_days


def builtin_calendars() -> dict[str, str]:
    """Ids of the calendars that come with the software, each with its Chinese name."""
    return {calendar_id: str(entry["name"]) for calendar_id, entry in _catalogue().items()}


@cache
def builtin_calendar(calendar_id: str) -> Calendar:
    """The calendar of that id as it comes with the software. Raises ``NotFound``."""
    entry = _catalogue().get(calendar_id)
    if entry is None:
        raise NotFound(
            "没有日历“%(calendar)s”，现有：%(known)s",
            rule="R29",
            calendar=calendar_id[:32],
            known="、".join(_catalogue()),
        )
    seasons = _seasons(calendar_id)
    national = _national_rows()
    return Calendar.build(
        calendar_id,
        name=str(entry["name"]),
        national=national,
        national_years=complete_national_years(national),
        regional=[loaded.row for loaded in _regional_days() if loaded.calendar == calendar_id],
        seasons=seasons,
    )


@cache
def _catalogue() -> dict[str, dict[str, object]]:
    return tomllib.loads(_data("calendars.toml").read_text(encoding="utf-8"))


def _seasons(calendar_id: str) -> tuple[Season, ...] | None:
    spans = _catalogue()[calendar_id].get("seasons")
    if not isinstance(spans, list):
        return None
    return tuple(Season(_month_day(first), _month_day(last)) for first, last in spans)


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


@cache
def _regional_days() -> tuple[LoadedDay, ...]:
    known = {calendar_id: _seasons(calendar_id) for calendar_id in _catalogue()}
    return parse_days(_data("regional_days.csv").read_bytes(), calendars=known)


@cache
def _national_rows() -> tuple[DayRow, ...]:
    names = {holiday.value: holiday.chinese for holiday in Holiday}
    off = [DayRow(day, DayKind.OFF, names[name]) for day, name in holidays.items()]
    work = [DayRow(day, DayKind.WORK, names[name]) for day, name in workdays.items()]
    return tuple(off + work)


def _data(name: str) -> Traversable:
    return resources.files("registry").joinpath("policies", "calendars", name)
