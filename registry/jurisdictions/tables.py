"""Divisions, bureaux and the lists they keep (R31)."""

from __future__ import annotations

from piccolo.columns import Boolean, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
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


class CalendarVersion(Table, tablename="calendar_version"):
    """A year of a calendar as a bureau loaded it, or declared it complete without rows (R29).

    Versions of a year count from 1; what comes with the software is version 0. A later one is a published correction:
    windows that have not passed follow it, the others keep the version they were judged under. Never changed.
    """

    id = Serial(primary_key=True)
    calendar = Varchar(length=20)
    year = Integer(default=None)
    number = Integer(default=None)
    title = Varchar(length=300)
    correction = Boolean(default=False)
    reason = Text(default="")
    sha256 = Varchar(length=64, null=True, default=None)
    bureau = reference(Bureau, null=True)
    loaded_by = Integer(null=True, default=None)
    loaded_on = calendar_day()
    loaded_at = instant()

    calendar_version_once = Unique([calendar, year, number])
    counts_from_one = Check("number >= 1")
    corrections_say_why = Check("NOT correction OR length(reason) > 0")


class CalendarDay(Table, tablename="calendar_day"):
    """A day of a version of a year; a schedule may reach into the neighbouring year (R29)."""

    id = Serial(primary_key=True)
    version = reference(CalendarVersion)
    day = calendar_day()
    kind = Varchar(length=10)
    source = Varchar(length=200)

    known_kind = one_of("kind", ("off", "work"))
    calendar_day_once = Unique([version, day])
