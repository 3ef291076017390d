"""Applications (申报), what was handed in each time, and the files that belong to it."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, Boolean, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.applications.lifecycle import ApplicationState
from registry.documents.tables import StoredFile
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.providers.tables import Provider
from registry.rounds.tables import Round


class Application(Table, tablename="application"):
    """One provider's application in one round (R5, R6, R14).

    ``form_sealed`` is the working copy of the form (``registry.applications.form.ApplicationForm`` as JSON),
    ``form_version`` counts its saves; what was handed in is in ``Submission``. ``recommended_by`` and
    ``decided_by`` are never the same person (R13). ``assigned_to`` is the reviewer it was given to, if any;
    ``reused_from`` the earlier application whose answers and documents it began with.
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
    assigned_to = Integer(null=True, default=None)
    reused_from = Integer(null=True, default=None)

    known_state = one_of("state", ApplicationState)
    two_people = Check("recommended_by IS NULL OR decided_by IS NULL OR recommended_by <> decided_by")
    known_recommendation = Check("recommendation IN ('shortlist', 'reject')")
    received_when_submitted = Check("state IN ('draft', 'withdrawn') OR receipt_number IS NOT NULL")
    decided_when_shortlisted = Check(
        "state NOT IN ('shortlisted', 'on_notice', 'listed')"
        " OR (recommended_by IS NOT NULL AND decided_by IS NOT NULL)"
    )


class Submission(Table, tablename="submission"):
    """What was handed in, each time: never changed afterwards (R7).

    ``form_sealed`` is the form of that moment; ``manifest`` lists its files as ``[{file, item, sha256}]``;
    ``digest`` is the SHA-256 over the form's and the files' digests, and stands in the event of the submission.
    """

    id = Serial(primary_key=True)
    application = reference(Application)
    number = Integer(default=1)
    form_sealed = sealed(null=False)
    manifest = JSONB()
    digest = Varchar(length=64)
    submitted_by = Integer(null=True, default=None)
    submitted_on = calendar_day()
    submitted_at = instant()

    submission_once = Unique([application, number])


class ApplicationFile(Table, tablename="application_file"):
    """A file of an application for one item (1.., R6); item 0 is the merged PDF.

    ``submission`` is the first one that handed it in, NULL while it is a draft's. ``leaving`` marks a file that
    the running correction takes out; the next submission sets ``replaced_at``. ``removed_at`` is only for
    files that were never handed in. ``reused_from`` is the earlier application's file that this one is a copy of.
    """

    id = Serial(primary_key=True)
    application = reference(Application)
    file = reference(StoredFile)
    item = Integer(default=0)
    position = Integer(default=0)
    submission = reference(Submission, null=True)
    leaving = Boolean(default=False)
    replaced_at = instant(null=True)
    removed_at = instant(null=True)
    reused_from = Integer(null=True, default=None)
    created_at = instant()

    application_file_once = Unique([application, file])
    known_item = Check("item BETWEEN 0 AND 20")
    removed_before_submission = Check("removed_at IS NULL OR submission IS NULL")
    replaced_after_submission = Check("replaced_at IS NULL OR submission IS NOT NULL")


class PaperIntake(Table, tablename="paper_intake"):
    """An application that came on paper and that a clerk entered (R8): the day of the postmark counts.

    ``posted_on`` is the day of the postmark, or of the handing over at the desk; ``received_on`` the day on
    which it arrived.
    """

    id = Serial(primary_key=True)
    application = reference(Application)
    by_post = Boolean(default=True)
    posted_on = calendar_day()
    received_on = calendar_day()
    entered_by = Integer(default=None)
    note = Text(default="")
    created_at = instant()

    paper_intake_once = Unique([application])
    received_after_posting = Check("posted_on <= received_on")
