"""Imported blacklists, screenings and their matches (R3)."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.applications.tables import Application
from registry.jurisdictions.tables import Bureau
from registry.kernel.columns import blind, calendar_day, instant, one_of, reference, sealed
from registry.providers.tables import Provider

LIST_KINDS = ("industry_blacklist", "serious_violation", "abnormal_operation", "judgment_debtor")


class ListImport(Table, tablename="list_import"):
    """One import of a list: a version (who, when, from what, what changed)."""

    id = Serial(primary_key=True)
    bureau = reference(Bureau)
    list_kind = Varchar(length=40)
    source_name = Varchar(length=200)
    source_sha256 = Varchar(length=64)
    imported_by = Integer(null=True, default=None)
    imported_on = calendar_day()
    imported_at = instant()
    added = Integer(default=0)
    changed = Integer(default=0)
    gone = Integer(default=0)

    known_kind = one_of("list_kind", LIST_KINDS)


class ListingRow(Table, tablename="listing"):
    """One row of an imported list. Counts on ``as_of`` when from <= as_of <= until and not lifted by then."""

    id = Serial(primary_key=True)
    bureau = reference(Bureau)
    list_kind = Varchar(length=40)
    external_id = Varchar(length=80)
    subject_type = Varchar(length=20)
    name = Varchar(length=200)
    name_key = Varchar(length=200, index=True)
    former_names = Array(base_column=Varchar())
    credit_code = Varchar(length=18, null=True, default=None, index=True)
    legal_representative = Varchar(length=80)
    person_id_sealed = sealed()
    person_id_index = blind()
    region_code = Varchar(length=12)
    in_force_from = calendar_day(null=True)
    in_force_until = calendar_day(null=True)
    lifted_on = calendar_day(null=True)
    grounds = Text(default="")
    first_import = reference(ListImport)
    last_import = reference(ListImport)
    gone_import = reference(ListImport, null=True)

    known_kind = one_of("list_kind", LIST_KINDS)
    known_subject = one_of("subject_type", ("organisation", "person"))


class Screening(Table, tablename="screening"):
    """One screening of a provider: against which versions, on which day, with what outcome."""

    id = Serial(primary_key=True)
    provider = reference(Provider)
    application = reference(Application, null=True)
    as_of = calendar_day()
    screened_at = instant()
    versions = JSONB()
    outcome = Varchar(length=10)

    known_outcome = one_of("outcome", ("hit", "possible", "clear"))


class ScreeningMatch(Table, tablename="screening_match"):
    """A match found by a screening; the explanation may quote IDs and is sealed."""

    id = Serial(primary_key=True)
    screening = reference(Screening)
    listing = reference(ListingRow, null=True)
    ban_id = Integer(null=True, default=None)
    outcome = Varchar(length=10)
    reason = Varchar(length=40)
    severity = Varchar(length=10)
    explanation_sealed = sealed()
    judgement = Varchar(length=10, null=True, default=None)
    proposed_by = Integer(null=True, default=None)
    judged_by = Integer(null=True, default=None)
    judged_on = calendar_day(null=True)
    judgement_reason = Text(default="")

    known_outcome = one_of("outcome", ("hit", "possible"))
    one_side = Check("(listing IS NULL) <> (ban_id IS NULL)")
    known_judgement = Check("judgement IN ('same', 'different')")
    judged_by_two = Check("proposed_by IS NULL OR judged_by IS NULL OR proposed_by <> judged_by")
