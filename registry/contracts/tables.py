"""Contracts (合同) between a school and a listed provider."""

from __future__ import annotations

from piccolo.columns import JSONB, Boolean, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.contracts.lifecycle import ContractState, VariationState
from registry.documents.tables import StoredFile
from registry.kernel.columns import blind, calendar_day, instant, one_of, reference, sealed
from registry.schools.tables import School
from registry.whitelist.tables import Entry

CHOICE_WAYS = ("panel", "parents", "meeting", "other")
# That people are cleared (R24, R32) follows from the people themselves and is not recorded apart.
PRECONDITIONS = ("parents_consulted", "plan_published", "liability_insurance")


class ShortlistItem(Table, tablename="shortlist_item"):
    """A listed provider that a school looks at more closely, with the school's own note."""

    id = Serial(primary_key=True)
    school = reference(School)
    entry = reference(Entry)
    note = Text(default="")
    added_by = Integer(null=True, default=None)
    added_on = calendar_day()

    shortlist_item_once = Unique([school, entry])


class Choice(Table, tablename="choice"):
    """How a school chose a provider: what was sought, who judged by which way, and why. Never changed afterwards.

    ``chosen`` is NULL where none of the candidates was chosen. ``decided_on`` is the day the school says it
    decided, ``recorded_on`` the day it was written down here.
    """

    id = Serial(primary_key=True)
    number = Varchar(length=40, unique=True)
    school = reference(School)
    need = Varchar(length=200)
    way = Varchar(length=30)
    participants = Varchar(length=500)
    reasons = Text()
    chosen = reference(Entry, null=True)
    decided_on = calendar_day()
    recorded_on = calendar_day()
    recorded_at = instant()
    recorded_by = Integer(null=True, default=None)

    known_way = one_of("way", CHOICE_WAYS)
    reasons_given = Check("length(reasons) > 0")
    decided_before_recorded = Check("decided_on <= recorded_on")


class ChoiceCandidate(Table, tablename="choice_candidate"):
    """One of the providers compared in a choice, as it stood on the day of recording. ``price_cents`` is the lowest
    price of a lesson, ``status`` what the entry was."""

    id = Serial(primary_key=True)
    choice = reference(Choice)
    entry = reference(Entry)
    position = Integer(default=None)
    status = Varchar(length=20)
    price_cents = Integer(null=True, default=None)
    remark = Varchar(length=500)

    choice_candidate_once = Unique([choice, entry])


class Contract(Table, tablename="contract"):
    """A contract. Signed means: both sides confirmed and the sealed scan is stored (R22).

    ``fee_cents`` is the fee of one lesson. ``parents_*`` and ``committee_applied`` are asked of township schools
    (R24). ``service_checked_on`` is the day on which the first day of service was judged; while
    ``service_blocked_on`` is set, service may not begin (R22).

    ``choice`` is the record of how its provider was chosen, where the school kept one here.

    ``import_id`` marks a running contract that a bureau brought along: it was signed on paper before.

    ``policy`` is the policy in force at signing, frozen then (R30). ``flagged_on`` is the day on which a
    removal obliged the school to terminate (R27). ``renews`` is the contract that this one follows.
    """

    id = Serial(primary_key=True)
    number = Varchar(length=40, unique=True)
    school = reference(School)
    entry = reference(Entry)
    category = Varchar(length=40)
    course_title = Varchar(length=120)
    starts_on = calendar_day()
    ends_on = calendar_day()
    fee_cents = Integer(null=True, default=None)
    committee_applied = Boolean(default=False)
    parents_asked = Integer(null=True, default=None)
    parents_signed = Integer(null=True, default=None)
    state = Varchar(length=20, default="draft", index=True)
    school_confirmed_by = Integer(null=True, default=None)
    school_confirmed_at = instant(null=True)
    provider_confirmed_by = Integer(null=True, default=None)
    provider_confirmed_at = instant(null=True)
    scan = reference(StoredFile, null=True)
    signed_on = calendar_day(null=True)
    policy_version = Varchar(length=64, null=True, default=None)
    policy = JSONB(null=True, default=None)
    flagged_on = calendar_day(null=True)
    flagged_case_id = Integer(null=True, default=None)
    service_checked_on = calendar_day(null=True)
    service_blocked_on = calendar_day(null=True)
    service_blocked_reason = Text(default="")
    terminated_on = calendar_day(null=True)
    termination_ground = Varchar(length=60, null=True, default=None)
    termination_reason = Text(default="")
    renews = Integer(null=True, default=None, index=True)
    choice = reference(Choice, null=True)
    import_id = Integer(null=True, default=None, index=True)
    created_at = instant()

    known_state = one_of("state", ContractState)
    in_order = Check("starts_on <= ends_on AND (signed_on IS NULL OR signed_on <= starts_on)")
    signed_by_both = Check(
        "state NOT IN ('signed', 'terminated') OR (signed_on IS NOT NULL AND policy IS NOT NULL AND (import_id IS NOT"
        " NULL OR (school_confirmed_by IS NOT NULL AND provider_confirmed_by IS NOT NULL AND scan IS NOT NULL)))"
    )


class ContractPrecondition(Table, tablename="contract_precondition"):
    """A precondition of R24 recorded for a contract, with its day and what shows it."""

    id = Serial(primary_key=True)
    contract = reference(Contract)
    kind = Varchar(length=40)
    met_on = calendar_day()
    note = Text(default="")
    file = reference(StoredFile, null=True)

    known_kind = one_of("kind", PRECONDITIONS)
    contract_precondition_once = Unique([contract, kind])


class ContractPerson(Table, tablename="contract_person"):
    """A person named to enter the school (R32): the fact and day of each clearance, never its content.

    ``id_index`` finds the same person on the roster. Whoever is taken off a signed contract stays with ``left_on``.
    """

    id = Serial(primary_key=True)
    contract = reference(Contract)
    name_sealed = sealed(null=False)
    id_number_sealed = sealed(null=False)
    certificate = Varchar(length=80)
    health_checked_on = calendar_day(null=True)
    record_queried_on = calendar_day(null=True)
    id_index = blind()
    joined_on = calendar_day(null=True)
    left_on = calendar_day(null=True)


class ContractVariation(Table, tablename="contract_variation"):
    """A change of a signed contract that both sides agree on (R23): what it is to be, and what it was.

    It holds from the day both confirmed it and its sealed scan was stored; the contract's columns then carry the
    new values. ``fee_cents`` is the fee of one lesson.
    """

    id = Serial(primary_key=True)
    contract = reference(Contract)
    number = Integer(default=1)
    state = Varchar(length=12, default="offered", index=True)
    course_title = Varchar(length=120)
    ends_on = calendar_day()
    fee_cents = Integer(null=True, default=None)
    was_course_title = Varchar(length=120)
    was_ends_on = calendar_day()
    was_fee_cents = Integer(null=True, default=None)
    reason = Text()
    answer = Text(default="")
    scan = reference(StoredFile, null=True)
    offered_by = Integer(default=None)
    offered_on = calendar_day()
    agreed_by = Integer(null=True, default=None)
    agreed_on = calendar_day(null=True)
    created_at = instant()

    known_state = one_of("state", VariationState)
    contract_variation_once = Unique([contract, number])
    agreed_by_both = Check(
        "state <> 'agreed' OR (agreed_by IS NOT NULL AND agreed_by <> offered_by AND agreed_on IS NOT NULL"
        " AND scan IS NOT NULL)"
    )
