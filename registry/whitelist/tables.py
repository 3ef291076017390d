"""Entries (在册条目) of the whitelist."""

from __future__ import annotations

from piccolo.columns import Array, BigInt, Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.applications.tables import Application
from registry.jurisdictions.tables import RegistryList
from registry.kernel.columns import calendar_day, instant, one_of, reference
from registry.providers.tables import Provider
from registry.whitelist.lifecycle import Cause, EntryState


class Entry(Table, tablename="entry"):
    """A provider on a list from ``listed_on`` to ``ends_on`` (R19). No two of one provider overlap on a list.

    ``withdrawn_on`` and ``removed_on`` are the days of those acts (both, where a case was upheld after a
    withdrawal). ``search_text`` is what can be searched, folded, ``search_terms`` its bigrams for the
    index; ``pinyin_key`` sorts names.
    """

    id = Serial(primary_key=True)
    list = reference(RegistryList)
    provider = reference(Provider)
    application = reference(Application, null=True)
    certificate_number = Varchar(length=40, unique=True)
    name = Varchar(length=200)
    categories = Array(base_column=Varchar())
    state = Varchar(length=20, default="listed", index=True)
    listed_on = calendar_day()
    ends_on = calendar_day()
    withdrawn_on = calendar_day(null=True)
    removed_on = calendar_day(null=True)
    confirmed_by = Integer(null=True, default=None)
    search_text = Text()
    search_terms = Array(base_column=Varchar())
    pinyin_key = Varchar(length=400)
    created_at = instant()

    known_state = one_of("state", EntryState)
    in_order = Check("listed_on <= ends_on")
    withdrawn_has_a_day = Check("state <> 'withdrawn' OR withdrawn_on IS NOT NULL")
    removed_has_a_day = Check("(state = 'removed') = (removed_on IS NOT NULL)")
    ends_after_listing = Check("listed_on <= coalesce(least(withdrawn_on, removed_on), listed_on)")


class Suspension(Table, tablename="suspension"):
    """A cause for which an entry is suspended (R20); the entry comes back when the last one is cured.

    ``reference_id`` is the exit case, the ban, or the row of an imported list (its lineage), by the cause.
    """

    id = Serial(primary_key=True)
    entry = reference(Entry)
    cause = Varchar(length=40)
    reference_id = BigInt(null=True, default=None)
    reason = Text()
    started_on = calendar_day()
    ended_on = calendar_day(null=True)

    known_cause = one_of("cause", Cause)
    ends_after_start = Check("ended_on IS NULL OR ended_on >= started_on")


class Removal(Table, tablename="removal"):
    """A removal of an entry, kept when it is overturned (R21): it holds until the day before ``restored_on``."""

    id = Serial(primary_key=True)
    entry = reference(Entry)
    case_id = Integer(unique=True, default=None)
    ground = Varchar(length=60)
    removed_on = calendar_day()
    restored_on = calendar_day(null=True)

    restored_after_removal = Check("restored_on IS NULL OR restored_on >= removed_on")


class Course(Table, tablename="course"):
    """A course that a listed provider offers, as approved: public."""

    id = Serial(primary_key=True)
    entry = reference(Entry)
    position = Integer(default=0)
    title = Varchar(length=120)
    category = Varchar(length=40)
    grades = Varchar(length=60)
    class_size = Integer(null=True, default=None)
    price_cents = Integer(null=True, default=None)
