"""Entries (在册条目) of the whitelist."""

from __future__ import annotations

from piccolo.columns import Array, BigInt, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.applications.tables import Application
from registry.checks.tables import DocumentCheck
from registry.documents.tables import StoredFile
from registry.jurisdictions.tables import RegistryList
from registry.kernel.columns import blind, calendar_day, instant, one_of, reference, sealed
from registry.notices.tables import Notice
from registry.providers.tables import REGISTRATION_DOCUMENTS, Provider
from registry.whitelist.lifecycle import Cause, EntryState, RenewalState, RosterState, YearlyReviewState


class Entry(Table, tablename="entry"):
    """A provider on a list from ``listed_on`` to ``ends_on`` (R19). No two of one provider overlap on a list.

    ``withdrawn_on`` and ``removed_on`` are the days of those acts (both, where a case was upheld after a
    withdrawal). ``search_text`` is what can be searched, folded, ``search_terms`` its parts for the index;
    ``brand`` is what parents know it by, "" where that is its name. ``pinyin_key`` sorts names. ``subjects`` (football, calligraphy ...) and ``lowest_price_cents`` of a lesson are
    those of its courses. An entry that a bureau brought along has an ``import_id`` in place of an application.
    """

    id = Serial(primary_key=True)
    list = reference(RegistryList)
    provider = reference(Provider)
    application = reference(Application, null=True)
    import_id = Integer(null=True, default=None, index=True)
    certificate_number = Varchar(length=40, unique=True)
    name = Varchar(length=200)
    brand = Varchar(length=80, default="")
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
    subjects = Array(base_column=Varchar())
    lowest_price_cents = Integer(null=True, default=None)
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


class RosterPerson(Table, tablename="roster_person"):
    """A teacher of a listed provider (R32): from the application when it was listed, later by a change that is
    vetted again (R12). Name and number are sealed; ``id_index`` finds the same person in contracts.
    """

    id = Serial(primary_key=True)
    entry = reference(Entry)
    name_sealed = sealed(null=False)
    id_number_sealed = sealed(null=False)
    id_index = blind()
    course = Varchar(length=120)
    certificate_type = Varchar(length=60)
    certificate_number_sealed = sealed(null=False)
    valid_until = calendar_day(null=True)
    certificate = reference(StoredFile, null=True)
    state = Varchar(length=12, default="proposed")
    proposed_by = Integer(null=True, default=None)
    proposed_on = calendar_day()
    proposed_at = instant()
    decided_by = Integer(null=True, default=None)
    decided_on = calendar_day(null=True)
    reason = Text(default="")
    left_on = calendar_day(null=True)

    known_state = one_of("state", RosterState)
    refused_by_somebody = Check("state <> 'refused' OR decided_by IS NOT NULL")
    left_has_a_day = Check("(state = 'left') = (left_on IS NOT NULL)")


class Renewal(Table, tablename="renewal"):
    """A renewed document of the registration that a listed provider handed in for a list (R12, R20).

    ``stated_until`` is what the provider typed (None: 长期), ``accepted_until`` what an officer who looked at the
    document decided; ``reading`` is what vetting read.
    """

    id = Serial(primary_key=True)
    provider = reference(Provider)
    list = reference(RegistryList)
    kind = Varchar(length=20)
    state = Varchar(length=12, default="handed_in", index=True)
    file = reference(StoredFile)
    reading = reference(DocumentCheck)
    stated_until = calendar_day(null=True)
    accepted_until = calendar_day(null=True)
    handed_in_by = Integer(default=None)
    handed_in_on = calendar_day()
    decided_by = Integer(null=True, default=None)
    decided_on = calendar_day(null=True)
    reason = Text(default="")
    created_at = instant()

    known_kind = one_of("kind", REGISTRATION_DOCUMENTS)
    known_state = one_of("state", RenewalState)
    decided_by_somebody = Check("state NOT IN ('accepted', 'returned') OR decided_by IS NOT NULL")


class YearlyReview(Table, tablename="yearly_review"):
    """The review of a listed provider after each year of its entry, where the policy has one (R30).

    ``year`` counts the years of the entry from 1. Due on the last day of that year, or of the cycle. Two people:
    one proposes the outcome, another decides. ``notice`` is the one that the result was published in.
    """

    id = Serial(primary_key=True)
    entry = reference(Entry)
    year = Integer(default=None)
    due_on = calendar_day(index=True)
    state = Varchar(length=12, default="due", index=True)
    outcome = Varchar(length=12, null=True, default=None)
    reason = Text(default="")
    proposed_by = Integer(null=True, default=None)
    proposed_on = calendar_day(null=True)
    decided_by = Integer(null=True, default=None)
    decided_on = calendar_day(null=True)
    decision_reason = Text(default="")
    notice = reference(Notice, null=True)

    yearly_review_once = Unique([entry, year])
    known_state = one_of("state", YearlyReviewState)
    known_outcome = Check("outcome IS NULL OR outcome IN ('passed', 'failed')")
    review_by_two_people = Check("proposed_by IS NULL OR decided_by IS NULL OR proposed_by <> decided_by")
    decided_with_outcome = Check("state <> 'decided' OR (outcome IS NOT NULL AND decided_by IS NOT NULL)")


class ListSnapshot(Table, tablename="list_snapshot"):
    """A list as it stood on a day, signed (Ed25519) and kept in a locked object. Made once a day, never changed.

    ``sha256`` and ``size`` are of the file, ``entries`` how many stand in it.
    """

    id = Serial(primary_key=True)
    list = reference(RegistryList)
    day = calendar_day()
    made_at = instant()
    entries = Integer(default=None)
    size = BigInt(default=None)
    sha256 = Varchar(length=64)
    signature = Varchar(length=100)
    public_key = Varchar(length=60)
    file = reference(StoredFile)

    list_snapshot_once_a_day = Unique([list, day])  # noqa: A003 -- the column, not the builtin
