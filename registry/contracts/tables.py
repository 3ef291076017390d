"""Contracts (合同) between a school and a listed provider."""

from __future__ import annotations

from piccolo.columns import JSONB, Boolean, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.contracts.lifecycle import ContractState
from registry.documents.tables import StoredFile
from registry.kernel.columns import calendar_day, instant, one_of, reference, sealed
from registry.schools.tables import School
from registry.whitelist.tables import Entry

# That people are cleared (R24, R32) follows from the people themselves and is not recorded apart.
PRECONDITIONS = ("parents_consulted", "plan_published", "liability_insurance")


class Contract(Table, tablename="contract"):
    """A contract. Signed means: both sides confirmed and the sealed scan is stored (R22).

    ``fee_cents`` is the fee of one lesson. ``parents_*`` and ``committee_applied`` are asked of township schools
    (R24). ``service_checked_on`` is the day on which the first day of service was judged; while
    ``service_blocked_on`` is set, service may not begin (R22).

    ``policy`` is the policy in force at signing, frozen then (R30). ``flagged_on`` is the day on which a
    removal obliged the school to terminate (R27).
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
    created_at = instant()

    known_state = one_of("state", ContractState)
    in_order = Check("starts_on <= ends_on AND (signed_on IS NULL OR signed_on <= starts_on)")
    signed_by_both = Check(
        "state NOT IN ('signed', 'terminated') OR (school_confirmed_by IS NOT NULL AND provider_confirmed_by IS NOT"
        " NULL AND scan IS NOT NULL AND signed_on IS NOT NULL AND policy IS NOT NULL)"
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
    """A person named to enter the school (R32): the fact and day of each clearance, never its content."""

    id = Serial(primary_key=True)
    contract = reference(Contract)
    name_sealed = sealed(null=False)
    id_number_sealed = sealed(null=False)
    certificate = Varchar(length=80)
    health_checked_on = calendar_day(null=True)
    record_queried_on = calendar_day(null=True)
