"""Divisions, bureaux and the lists they keep (R31)."""

from __future__ import annotations

from piccolo.columns import Boolean, Integer, Serial, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from registry.kernel.columns import calendar_day, instant, one_of, reference


class Division(Table, tablename="division"):
    """A place in the tree of administrative divisions (GB/T 2260 codes, townships with nine digits)."""

    code = Varchar(length=12, primary_key=True)
    name = Varchar(length=80)
    parent = Varchar(length=12, null=True, default=None, index=True)


class Bureau(Table, tablename="bureau"):
    """An education bureau. ``policy_name`` names the policy its new rounds freeze."""

    id = Serial(primary_key=True)
    name = Varchar(length=120)
    short_name = Varchar(length=40)
    division = reference(Division)
    policy_name = Varchar(length=60)
    contact = Varchar(length=200)


class RegistryList(Table, tablename="registry_list"):
    """A list (备选库, 白名单) that a bureau keeps for the schools it serves."""

    id = Serial(primary_key=True)
    bureau = reference(Bureau)
    name = Varchar(length=160)
    short_name = Varchar(length=60)
    public = Boolean(default=True)

    registry_list_one_name_a_bureau = Unique([bureau, name])


class CalendarDay(Table, tablename="calendar_day"):
    """A day that a bureau loaded beside the schedules that come with the software (R29)."""

    id = Serial(primary_key=True)
    calendar = Varchar(length=20)
    day = calendar_day()
    kind = Varchar(length=10)
    source = Varchar(length=200)
    loaded_by = Integer(null=True, default=None)
    loaded_at = instant()

    known_kind = one_of("kind", ("off", "work"))
    calendar_day_once = Unique([calendar, day])


class CalendarYear(Table, tablename="calendar_year"):
    """A year of a calendar that was loaded, or declared complete without rows (R29)."""

    id = Serial(primary_key=True)
    calendar = Varchar(length=20)
    year = Integer(default=None)
    declared_by = Integer(null=True, default=None)
    declared_at = instant()

    calendar_year_once = Unique([calendar, year])
