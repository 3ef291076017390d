"""Selection rounds (遴选批次) and the questions asked about them."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, Boolean, Integer, Serial, Text, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.jurisdictions.tables import RegistryList
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.rounds.lifecycle import QuestionState, RoundState


class Round(Table, tablename="round"):
    """A round of a list (R5). ``policy`` is frozen when it is published; open and over follow from the day."""

    id = Serial(primary_key=True)
    list = reference(RegistryList)
    title = Varchar(length=200)
    state = Varchar(length=20, default="draft")
    opens_on = calendar_day(index=True)
    deadline = calendar_day(index=True)
    cycle_ends_on = calendar_day()
    inspection_years = Array(base_column=Integer())
    categories = Array(base_column=Varchar())
    supplementary = Boolean(default=False)
    policy_name = Varchar(length=60)
    policy_version = Varchar(length=64)
    policy = JSONB(null=True, default=None)
    created_at = instant()

    known_state = one_of("state", RoundState)
    opens_before_deadline = Check("opens_on <= deadline")
    deadline_in_cycle = Check("deadline < cycle_ends_on")
    frozen_when_published = Check("state <> 'published' OR policy IS NOT NULL")


class RoundQuestion(Table, tablename="round_question"):
    """A question about a round and the bureau's answer, published without who asked.

    ``question`` is what was sent, ``shown_question`` what is published: the bureau takes out what would name
    somebody. ``contact_sealed`` is how the asker can be told, where anything was left. ``browser`` is a keyed
    hash that limits how many one browser may send.
    """

    id = Serial(primary_key=True)
    round = reference(Round)
    state = Varchar(length=12, default="asked")
    question = Text()
    shown_question = Text(default="")
    contact_sealed = sealed()
    asked_by = Integer(null=True, default=None)
    asked_on = calendar_day()
    browser = Varchar(length=64, default="", index=True)
    answer = Text(default="")
    answered_by = Integer(null=True, default=None)
    answered_on = calendar_day(null=True)
    created_at = instant()

    known_state = one_of("state", QuestionState)
    answered_in_words = Check(
        "state <> 'answered' OR (length(answer) > 0 AND length(shown_question) > 0 AND answered_on IS NOT NULL)"
    )
