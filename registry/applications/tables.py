"""Applications (申报) and the files handed in with them."""

from __future__ import annotations

from piccolo.columns import Array, Boolean, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.applications.lifecycle import ApplicationState
from registry.documents.tables import StoredFile
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.providers.tables import Provider
from registry.rounds.tables import Round


class Application(Table, tablename="application"):
    """One provider's application in one round (R5, R6, R14).

    ``form_sealed`` holds the form as JSON (``registry.applications.form.ApplicationForm``); ``form_version``
    counts its saves. ``recommended_by`` and ``decided_by`` are never the same person (R13).
    """

    id = Serial(primary_key=True)
    round = reference(Round)
    provider = reference(Provider)
    state = Varchar(length=20, default="draft", index=True)
    receipt_number = Varchar(length=30, null=True, default=None, unique=True)
    form_sealed = sealed()
    form_version = Integer(default=0)
    name = Varchar(length=200)
    categories = Array(base_column=Varchar())
    created_at = instant()
    submitted_at = instant(null=True)
    submitted_on = calendar_day(null=True)
    correction_until = calendar_day(null=True)
    correction_note = Text(default="")
    correction_items = Array(base_column=Integer())
    recommended_by = Integer(null=True, default=None)
    recommendation = Varchar(length=20, null=True, default=None)
    decided_by = Integer(null=True, default=None)
    decided_on = calendar_day(null=True)
    second_look = Boolean(default=False)

    known_state = one_of("state", ApplicationState)
    two_people = Check("recommended_by IS NULL OR decided_by IS NULL OR recommended_by <> decided_by")
    known_recommendation = Check("recommendation IN ('shortlist', 'reject')")
    received_when_submitted = Check("state IN ('draft', 'withdrawn') OR receipt_number IS NOT NULL")
    decided_when_shortlisted = Check(
        "state NOT IN ('shortlisted', 'on_notice', 'listed')"
        " OR (recommended_by IS NOT NULL AND decided_by IS NOT NULL)"
    )


class ApplicationFile(Table, tablename="application_file"):
    """A file of an application for one item (1..8) of R6; item 0 is the merged PDF.

    ``replaced_by_submission`` is the form version whose submission superseded it; NULL is current.
    """

    id = Serial(primary_key=True)
    application = reference(Application)
    file = reference(StoredFile)
    item = Integer(default=0)
    material = Varchar(length=60)
    position = Integer(default=0)
    replaced_at = instant(null=True)
    removed_at = instant(null=True)

    application_file_once = Unique([application, file])
    known_item = Check("item BETWEEN 0 AND 20")
