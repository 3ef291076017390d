"""Files of what a bureau has already, and what became of each."""

from __future__ import annotations

from piccolo.columns import JSONB, Integer, Serial, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.jurisdictions.tables import Bureau
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.onboarding.lifecycle import DataImportState

KIND_CODES = ("providers", "schools", "entries", "bans", "contracts")


class DataImport(Table, tablename="data_import"):
    """A file of existing records: kept sealed as it came, looked at, imported whole or not at all.

    ``mapping`` is {field: column from 0} where it is not the headings'; ``basis`` the paper that the records rest on.
    ``added``, ``changed`` and ``kept`` count lines. Entries, bans and contracts need two people (R13): ``proposed_by``
    and ``confirmed_by``.
    """

    id = Serial(primary_key=True)
    bureau = reference(Bureau)
    kind = Varchar(length=20)
    state = Varchar(length=20, default="draft", index=True)
    source_name = Varchar(length=200)
    source_sha256 = Varchar(length=64)
    source_sealed = sealed()
    mapping = JSONB(null=True, default=None)
    basis = Varchar(length=200)
    uploaded_by = Integer(null=True, default=None)
    uploaded_at = instant()
    proposed_by = Integer(null=True, default=None)
    confirmed_by = Integer(null=True, default=None)
    imported_on = calendar_day(null=True)
    imported_at = instant(null=True)
    rows = Integer(default=0)
    added = Integer(default=0)
    changed = Integer(default=0)
    kept = Integer(default=0)

    known_kind = one_of("kind", KIND_CODES)
    known_state = one_of("state", DataImportState)
    two_people = Check("proposed_by IS NULL OR confirmed_by IS NULL OR proposed_by <> confirmed_by")
    weighty_kinds_are_confirmed = Check(
        "state <> 'applied' OR kind IN ('providers', 'schools') OR (proposed_by IS NOT NULL AND confirmed_by IS NOT NULL)"
    )
