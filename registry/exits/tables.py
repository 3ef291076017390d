"""Exit cases (退出案件), their reports, answers and decisions."""

from __future__ import annotations

from piccolo.columns import JSONB, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.contracts.tables import Contract
from registry.documents.tables import StoredFile
from registry.evaluations.tables import Complaint, Evaluation
from registry.exits.lifecycle import ExitState
from registry.jurisdictions.tables import Bureau
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.schools.tables import School
from registry.whitelist.tables import Entry

SOURCES = ("school", "list_hit", "complaint", "evaluation", "bureau")


class ExitCase(Table, tablename="exit_case"):
    """A case against one entry. ``policy`` is the version in force when it was opened (R30).

    ``answer_sealed`` is a JSON list of {on, text}: the provider may add to its answer while the case is open.
    ``answered_on`` is the day of the answer to all reports so far; ``answer_until`` is NULL while the end of
    the window is provisional (R16); ``answer_from`` is the day from which it runs. ``overturn_proposed_by`` is who
    proposed that the decision be set aside; another person, who had no part in it, carries that out.
    """

    id = Serial(primary_key=True)
    number = Varchar(length=40, unique=True)
    entry = reference(Entry)
    bureau = reference(Bureau)
    ground = Varchar(length=60)
    state = Varchar(length=20, default="open", index=True)
    opened_on = calendar_day()
    answer_from = calendar_day()
    answer_until = calendar_day(null=True)
    answered_on = calendar_day(null=True)
    answer_sealed = sealed()
    proposed_by = Integer(null=True, default=None)
    proposal = Varchar(length=20, null=True, default=None)
    proposal_reason = Text(default="")
    decided_by = Integer(null=True, default=None)
    decided_on = calendar_day(null=True)
    decision_reason = Text(default="")
    overturn_proposed_by = Integer(null=True, default=None)
    overturn_proposal_reason = Text(default="")
    overturned_by = Integer(null=True, default=None)
    overturned_on = calendar_day(null=True)
    overturned_reason = Text(default="")
    policy_version = Varchar(length=64)
    policy = JSONB()
    created_at = instant()

    known_state = one_of("state", ExitState)
    two_people = Check("proposed_by IS NULL OR decided_by IS NULL OR proposed_by <> decided_by")
    known_proposal = Check("proposal IN ('uphold', 'dismiss')")
    decided_by_somebody = Check(
        "state NOT IN ('upheld', 'dismissed', 'overturning', 'overturned')"
        " OR (proposed_by IS NOT NULL AND decided_by IS NOT NULL)"
    )
    overturning_proposed = Check("state <> 'overturning' OR overturn_proposed_by IS NOT NULL")
    overturned_by_others = Check(
        "overturn_proposed_by IS NULL OR overturned_by IS NULL"
        " OR (overturned_by <> overturn_proposed_by AND overturned_by <> proposed_by AND overturned_by <> decided_by)"
    )


class ExitReport(Table, tablename="exit_report"):
    """What was reported, by whom, with evidence; several reports join one case.

    ``complaint`` or ``evaluation`` is what the report follows from (R27), each in one report at most.
    """

    id = Serial(primary_key=True)
    case = reference(ExitCase)
    source = Varchar(length=20)
    school = reference(School, null=True)
    contract = reference(Contract, null=True)
    complaint = reference(Complaint, null=True, index=False)
    evaluation = reference(Evaluation, null=True, index=False)
    ground = Varchar(length=60)
    facts_sealed = sealed(null=False)
    evidence = reference(StoredFile, null=True)
    reported_by = Integer(null=True, default=None)
    reported_on = calendar_day()
    created_at = instant()

    known_source = one_of("source", SOURCES)
    school_named = Check("(source = 'school') <= (school IS NOT NULL)")


class ExitAppeal(Table, tablename="exit_appeal"):
    """The provider's appeal against the decision of a case, once; ``refused_*``: the decision was maintained (R27)."""

    id = Serial(primary_key=True)
    case = reference(ExitCase)
    lodged_on = calendar_day()
    words_sealed = sealed(null=False)
    evidence = reference(StoredFile, null=True)
    refused_by = Integer(null=True, default=None)
    refused_on = calendar_day(null=True)
    refused_reason = Text(default="")
    created_at = instant()

    exit_appeal_once = Unique([case])
    refused_by_somebody = Check("(refused_on IS NULL) = (refused_by IS NULL)")


class HandoverItem(Table, tablename="handover_item"):
    """One step of the handover checklist a school works off after a removal (R27)."""

    id = Serial(primary_key=True)
    contract = reference(Contract)
    case = reference(ExitCase)
    position = Integer(default=0)
    text = Varchar(length=200)
    done_on = calendar_day(null=True)
    done_by = Integer(null=True, default=None)
