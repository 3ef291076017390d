"""Imported lists, screenings and their matches (R3)."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.applications.tables import Application
from registry.jurisdictions.tables import Bureau, RegistryList
from registry.kernel.columns import blind, calendar_day, instant, one_of, reference, sealed
from registry.providers.tables import Provider
from registry.screening.lifecycle import ImportState

LIST_KINDS = (
    "serious_violation",
    "industry_blacklist",
    "abnormal_operation",
    "judgment_debtor",
    "recognised_ban",
)
"""What can be imported. Own bans, and those of bureaux in this system, are known without an import."""

CAUSES = ("vetting", "list_changed", "provider_changed", "nightly", "asked")


class ListImport(Table, tablename="list_import"):
    """One file of a list. Applied, it is a version of the list: who, when, from what, what changed.

    The file itself is kept sealed, because it may name people. ``mapping`` is field -> column (from 0) where a
    person set it, null where the headings said it.
    """

    id = Serial(primary_key=True)
    bureau = reference(Bureau)
    list_kind = Varchar(length=40)
    state = Varchar(length=12, default="draft")
    source_name = Varchar(length=200)
    source_sha256 = Varchar(length=64)
    source_sealed = sealed()
    mapping = JSONB(null=True, default=None)
    uploaded_by = Integer(default=None)
    uploaded_at = instant()
    suspends = Integer(default=0)
    imported_by = Integer(null=True, default=None)
    confirmed_by = Integer(null=True, default=None)
    imported_on = calendar_day(null=True)
    imported_at = instant(null=True)
    rows = Integer(default=0)
    added = Integer(default=0)
    changed = Integer(default=0)
    gone = Integer(default=0)

    known_kind = one_of("list_kind", LIST_KINDS)
    known_state = one_of("state", ImportState)
    applied_has_a_day = Check("(state = 'applied') = (imported_on IS NOT NULL AND imported_at IS NOT NULL)")
    import_by_two = Check("confirmed_by IS NULL OR confirmed_by <> uploaded_by")


class ListingRow(Table, tablename="listing"):
    """One row of a list, as it was from ``first_import`` until before ``gone_import``; never changed in place.

    It counts on ``as_of`` when from <= as_of <= until and it is not lifted by then. ``lineage`` is the id of
    the first version of the row, also where it left the list and came back; ``replaces`` the version before.
    ``identity`` says which rows are versions of one, ``content`` whether two are the same (keyed hashes).
    """

    id = Serial(primary_key=True)
    bureau = reference(Bureau)
    list_kind = Varchar(length=40)
    lineage = Integer(null=True, default=None, index=True)
    replaces = Integer(null=True, default=None)
    identity = Varchar(length=64)
    content = Varchar(length=64, index=True)
    list_number = Varchar(length=80, default="")
    authority = Varchar(length=200, default="")
    subject_type = Varchar(length=20)
    name = Varchar(length=200)
    name_key = Varchar(length=200, index=True)
    former_names = Array(base_column=Varchar())
    credit_code = Varchar(length=40, null=True, default=None, index=True)
    legal_representative = Varchar(length=80)
    person_id_sealed = sealed()
    person_id_index = blind()
    region_code = Varchar(length=12)
    in_force_from = calendar_day(null=True)
    in_force_until = calendar_day(null=True)
    lifted_on = calendar_day(null=True)
    grounds = Text(default="")
    first_import = reference(ListImport)
    gone_import = reference(ListImport, null=True)

    known_kind = one_of("list_kind", LIST_KINDS)
    known_subject = one_of("subject_type", ("organisation", "person"))


class Screening(Table, tablename="screening"):
    """One screening of a provider for a list: against which versions, on which day, with what outcome.

    ``subject_mark`` changes when what was screened of the provider changes. ``versions`` is JSON {imports:
    {kind: [import, day]}, bans: [...]}: a kind that is missing was not checked, which is not "no match".
    """

    id = Serial(primary_key=True)
    provider = reference(Provider)
    list = reference(RegistryList)
    application = reference(Application, null=True)
    cause = Varchar(length=20)
    as_of = calendar_day()
    screened_at = instant()
    versions = JSONB()
    subject_mark = Varchar(length=64)
    outcome = Varchar(length=10)

    known_outcome = one_of("outcome", ("hit", "possible", "clear"))
    known_cause = one_of("cause", CAUSES)


class ScreeningMatch(Table, tablename="screening_match"):
    """A match found by a screening, with what people made of it; the explanation may name people and is sealed.

    ``weight`` is what the policy gives a hit on that list, ``severity`` what this match weighs: a possible one
    asks for a look until somebody says that it is the same. ``mark`` changes when either side does; a judgement
    holds for the mark.
    """

    id = Serial(primary_key=True)
    screening = reference(Screening)
    listing = reference(ListingRow, null=True)
    ban_id = Integer(null=True, default=None)
    list_kind = Varchar(length=40)
    mark = Varchar(length=64, index=True)
    outcome = Varchar(length=10)
    reason = Varchar(length=40)
    weight = Varchar(length=10)
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
    judged_by_somebody = Check("(judgement IS NULL) = (judged_by IS NULL)")
    judged_by_two = Check("proposed_by IS NULL OR judged_by IS NULL OR proposed_by <> judged_by")
