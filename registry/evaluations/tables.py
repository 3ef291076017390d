"""Evaluations (评价) of contracts by their schools, and complaints (投诉) about listed providers (R25)."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.contracts.tables import Contract
from registry.evaluations.lifecycle import ComplaintState, EvaluationState, Topic
from registry.jurisdictions.tables import Bureau
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.whitelist.tables import Entry


class Evaluation(Table, tablename="evaluation"):
    """One contract in one term: asked for by the daily sweep, scored by the school.

    ``served_from`` and ``served_until`` are the days of the term on which the contract served, ``due_on`` the
    last day for scoring. ``satisfaction`` is the percentage of ``answers`` parents who are satisfied, NULL where
    none answered. What the school wrote (``words_sealed``) is for the provider and the bureau alone. It counts
    towards the public averages from ``public_from`` on: the provider has been heard (NULL while the end of its
    time is provisional, R16).
    """

    id = Serial(primary_key=True)
    contract = reference(Contract)
    entry = reference(Entry)
    school_year = Integer(default=None)
    term_number = Integer(default=None)
    term_starts_on = calendar_day()
    term_ends_on = calendar_day()
    served_from = calendar_day()
    served_until = calendar_day()
    opens_on = calendar_day()
    due_on = calendar_day()
    state = Varchar(length=20, default="due")
    quality = Integer(null=True, default=None)
    safety = Integer(null=True, default=None)
    conduct = Integer(null=True, default=None)
    satisfaction = Integer(null=True, default=None)
    answers = Integer(null=True, default=None)
    words_sealed = sealed()
    submitted_by = Integer(null=True, default=None)
    submitted_on = calendar_day(null=True)
    answer_until = calendar_day(null=True)
    answer_sealed = sealed()
    answered_on = calendar_day(null=True)
    public_from = calendar_day(null=True)
    set_aside_by = Integer(null=True, default=None)
    set_aside_on = calendar_day(null=True)
    set_aside_reason = Text(default="")
    created_at = instant()

    known_state = one_of("state", EvaluationState)
    term_in_order = Check(
        "term_starts_on <= served_from AND served_from <= served_until AND served_until <= term_ends_on"
    )
    scores_in_range = Check("quality BETWEEN 1 AND 5 AND safety BETWEEN 1 AND 5 AND conduct BETWEEN 1 AND 5")
    satisfaction_in_range = Check("satisfaction BETWEEN 0 AND 100 AND answers >= 0")
    scored_in_full = Check(
        "state IN ('due', 'waived') OR (quality IS NOT NULL AND safety IS NOT NULL AND conduct IS NOT NULL"
        " AND answers IS NOT NULL AND (answers = 0) = (satisfaction IS NULL) AND submitted_on IS NOT NULL)"
    )
    set_aside_by_somebody = Check("(state IN ('waived', 'void')) = (set_aside_by IS NOT NULL)")


class EntryRating(Table, tablename="entry_rating"):
    """The public averages of an entry, kept for filters and sorting; a row only where they are public (R25).

    Hundredths of a point (450 is 4.50) and of a percent; ``satisfaction`` is NULL where no parent answered. What
    they were on an earlier day is computed from the evaluations.
    """

    id = Serial(primary_key=True)
    entry = reference(Entry, index=False)
    terms = Integer(default=None)
    evaluations = Integer(default=None)
    overall = Integer(default=None, index=True)
    quality = Integer(default=None)
    safety = Integer(default=None)
    conduct = Integer(default=None)
    satisfaction = Integer(null=True, default=None)
    answers = Integer(default=None)


class Complaint(Table, tablename="complaint"):
    """A complaint about a listed provider, perhaps about one contract. Who complains is sealed to the officers.

    ``hearing_sealed`` is a JSON list of {asked_on, question, answered_on, answer}: what the provider was asked in
    the officer's words, never the complainant's. ``replies_sealed`` is a JSON list of {on, text} for the
    complainant. Deadlines are NULL while their end is provisional (R16).
    """

    id = Serial(primary_key=True)
    receipt_number = Varchar(length=30, unique=True)
    receipt_secret_hash = Varchar(length=64)
    bureau = reference(Bureau, index=False)
    entry = reference(Entry)
    contract = reference(Contract, null=True)
    kind = Varchar(length=20)
    topic = Varchar(length=20)
    identity_sealed = sealed(null=False)
    facts_sealed = sealed(null=False)
    state = Varchar(length=20, default="filed")
    filed_on = calendar_day()
    filed_at = instant()
    accept_until = calendar_day(null=True)
    handled_by = Integer(null=True, default=None)
    accepted_on = calendar_day(null=True)
    close_until = calendar_day(null=True)
    answer_until = calendar_day(null=True)
    hearing_sealed = sealed()
    replies_sealed = sealed()
    ground = Varchar(length=60, null=True, default=None)
    closed_by = Integer(null=True, default=None)
    closed_on = calendar_day(null=True)

    known_kind = one_of("kind", ("person", "organisation"))
    known_topic = one_of("topic", Topic)
    known_state = one_of("state", ComplaintState)
    closed_by_somebody = Check(
        "(state IN ('refused', 'founded', 'unfounded')) = (closed_by IS NOT NULL AND closed_on IS NOT NULL)"
    )
    ground_of_a_founded_one = Check("ground IS NULL OR state = 'founded'")
