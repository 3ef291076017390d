"""What reviewers and approvers did with an application (R13)."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.accounts.tables import Account
from registry.applications.tables import Application
from registry.kernel.columns import calendar_day, instant, one_of, reference

REVIEW_ACTS = (
    "request_correction",
    "recommend_shortlist",
    "recommend_reject",
    "send_back",
    "shortlist",
    "reject",
    "note",
    "recuse",
    "ask_second_look",
    "grant_second_look",
    "refuse_second_look",
    "assign",
)
ORIGINAL_OUTCOMES = ("matches", "differs", "missing")


class ReviewAct(Table, tablename="review_act"):
    """One act in the review. ``reason`` reaches the applicant where the act does; ``internal_note`` never."""

    id = Serial(primary_key=True)
    application = reference(Application)
    account = reference(Account, null=True)
    kind = Varchar(length=30)
    look = Integer(default=1)
    reason = Text(default="")
    internal_note = Text(default="")
    on_day = calendar_day()
    created_at = instant()

    known_kind = one_of("kind", REVIEW_ACTS)
    reason_given = Check("kind IN ('note', 'recuse', 'assign') OR length(reason) > 0")


class OriginalCheck(Table, tablename="original_check"):
    """What somebody saw who held the original of a document beside what was handed in (R8); the latest counts.

    ``item`` is the number of the material. ``note`` says how it differs, where it does.
    """

    id = Serial(primary_key=True)
    application = reference(Application)
    item = Integer(default=None)
    outcome = Varchar(length=12)
    note = Text(default="")
    account = reference(Account)
    on_day = calendar_day()
    created_at = instant()

    known_outcome = one_of("outcome", ORIGINAL_OUTCOMES)
    difference_in_words = Check("outcome = 'matches' OR length(note) > 0")
