"""Selection rounds (遴选批次)."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, Boolean, Integer, Serial, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from registry.jurisdictions.tables import RegistryList
from registry.kernel.columns import calendar_day, instant, one_of, reference
from registry.rounds.lifecycle import RoundState


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
    frozen_when_published = Check("state = 'draft' OR policy IS NOT NULL")
