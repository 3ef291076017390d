"""The school's part before anything is agreed: terms, preconditions, people, the scan (R23, R24, R32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.contracts import records
from registry.contracts.choosing import choices
from registry.contracts.judging import against_terms, policy_in_force, required_preconditions
from registry.contracts.lifecycle import CONTRACT
from registry.contracts.people import Person, check_people, write_people
from registry.contracts.tables import Contract
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.notifications.commands import accounts_of, notify
from registry.schools import queries as schools
from registry.whitelist.commands import lock_entry
from registry.whitelist.numbers import next_serial

_AGREED = "合同已经签订或结束，内容不能再改。请刷新页面查看最新情况"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract is about. ``fee_cents`` is the fee of one lesson, None where none is agreed."""

    category: str
    course_title: str
    starts_on: date
    ends_on: date
    fee_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """How parents of a township school asked for the service (R24)."""

    committee_applied: bool
    parents_asked: int | None = None
    parents_signed: int | None = None


async def draft(
    actor: Actor, school_id: int, entry_id: int, terms: Terms, *, choice_id: int | None = None
) -> int:
    """Start a contract of a school with a listed provider; returns its id.

    What already stands against it (R22, R23, R31) is refused here, so that nobody collects signatures for
    nothing. ``choice_id`` is the record of how the provider was chosen. Raises NotFound for another school, Invalid,
    RuleRefusal.
    """
    if school_id not in actor.school_ids:
        raise NotFound("没有找到这所学校")
    _check(terms)
    as_of = await today()
    async with transaction():
        school = await schools.get(school_id)
        entry = await lock_entry(entry_id)
        made = Contract(
            number=await _number(school.bureau_id, as_of.year),
            school=school_id,
            entry=entry_id,
            category=terms.category,
            course_title=terms.course_title.strip(),
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            fee_cents=terms.fee_cents,
            state="draft",
            created_at=real_now(),
        )
        await made.save()
        contract_id = int(made.id)
        await _judge_terms(contract_id, as_of)
        if choice_id is not None:
            await choices.attach(actor, choice_id, contract_id)
        await events.record(
            actor,
            subject="contract",
            subject_id=contract_id,
            action="draft",
            to_state="draft",
            chains=(events.bureau_chain(entry.bureau_id), events.provider_chain(entry.provider_id)),
            data={"school": school_id, "entry": entry_id},
        )
    return contract_id


async def _number(bureau_id: int, year: int) -> str:
    bureau = await row("SELECT division FROM bureau WHERE id = {}", bureau_id)
    assert bureau is not None
    prefix = f"HT-{bureau['division']}-{year}-"
    return f"{prefix}{await next_serial('contract', 'number', prefix):05d}"


def _check(terms: Terms) -> None:
    errors = []
    if not terms.course_title.strip():
        errors.append(FieldError("course_title", "请填写课程名称"))
    if terms.ends_on < terms.starts_on:
        errors.append(FieldError("ends_on", "终止日不能早于起始日"))
    if errors:
        raise Invalid(fields=errors)


async def _judge_terms(contract_id: int, as_of: date) -> None:
    refusals = await against_terms(await records.load(contract_id), as_of)
    if refusals:
        raise RuleRefusal.of(*refusals)


async def _drafted(actor: Actor, contract_id: int) -> records.Contract:
    """A locked draft of the actor's school. Raises NotFound, Conflict."""
    contract = await records.lock(contract_id)
    records.require_school(actor, contract)
    if contract.state == "offered":
        raise Conflict("合同已送机构确认，修改前请先撤回")
    if contract.state != "draft":
        raise Conflict(_AGREED)
    return contract


async def change_terms(actor: Actor, contract_id: int, terms: Terms) -> None:
    """Change the terms of a draft. Raises as ``draft``, Conflict where it is offered or agreed."""
    _check(terms)
    as_of = await today()
    async with transaction():
        contract = await _drafted(actor, contract_id)
        await rows(
            "UPDATE contract SET category = {}, course_title = {}, starts_on = {}, ends_on = {}, fee_cents = {}"
            " WHERE id = {}",
            terms.category,
            terms.course_title.strip(),
            terms.starts_on,
            terms.ends_on,
            terms.fee_cents,
            contract_id,
        )
        await _judge_terms(contract_id, as_of)
        await _note(actor, contract, "change_terms")


async def record_precondition(
    actor: Actor,
    contract_id: int,
    kind: str,
    met_on: date,
    note: str,
    *,
    file_id: int | None = None,
    consent: Consent | None = None,
) -> None:
    """Record that the school met a precondition, with its day and what shows it (R24); again replaces it.

    ``consent`` is asked of township schools with the consultation of parents. Raises Invalid for a day to
    come and for an unknown precondition, Conflict where the contract is agreed.
    """
    as_of = await today()
    async with transaction():
        contract = await records.lock(contract_id)
        records.require_school(actor, contract)
        if not contract.editable:
            raise Conflict(_AGREED)
        if kind not in required_preconditions(await policy_in_force(contract)):
            raise NotFound("本地规则没有这项签约前置条件")
        _check_precondition(met_on, note, file_id, consent, as_of)
        if file_id is not None:
            await require_own_file(contract_id, file_id)
        await rows(
            "INSERT INTO contract_precondition (contract, kind, met_on, note, file) VALUES ({}, {}, {}, {}, {}::int)"
            " ON CONFLICT (contract, kind) DO UPDATE SET met_on = excluded.met_on, note = excluded.note,"
            " file = coalesce(excluded.file, contract_precondition.file)",
            contract_id,
            kind,
            met_on,
            note.strip(),
            file_id,
        )
        if consent is not None:
            await rows(
                "UPDATE contract SET committee_applied = {}, parents_asked = {}::int, parents_signed = {}::int"
                " WHERE id = {}",
                consent.committee_applied,
                consent.parents_asked,
                consent.parents_signed,
                contract_id,
            )
        await _note(actor, contract, "record_precondition", {"kind": kind, "met_on": met_on, "file": file_id})


def _check_precondition(
    met_on: date, note: str, file_id: int | None, consent: Consent | None, as_of: date
) -> None:
    errors = []
    if met_on > as_of:
        errors.append(FieldError("met_on", "完成日期不能晚于今天"))
    if not note.strip() and file_id is None:
        errors.append(FieldError("note", "请写明完成情况，或上传证明材料"))
    if consent is not None and (consent.parents_signed or 0) > (consent.parents_asked or 0):
        errors.append(FieldError("parents_signed", "签字家长人数不能多于征求意见的家长人数"))
    if errors:
        raise Invalid(fields=errors)


async def name_people(actor: Actor, contract_id: int, people: Sequence[Person]) -> None:
    """Replace the people who will enter the school (R32).

    The school edits its draft. A provider that was offered the contract may fill them in: that hands the
    contract back, so that the school checks them and both confirm the same content. Raises Invalid with
    ``people-N-field``, Conflict, NotFound.
    """
    as_of = await today()
    errors = check_people(people, as_of)
    if errors:
        raise Invalid(fields=errors)
    async with transaction():
        contract = await records.lock(contract_id)
        if records.is_school(actor, contract):
            await _drafted(actor, contract_id)
            await write_people(contract_id, people)
            await _note(actor, contract, "name_people", {"people": len(people)})
            return
        records.require_provider(actor, contract)
        if contract.state != "offered":
            raise Conflict(_AGREED)
        await write_people(contract_id, people)
        await move(
            CONTRACT,
            Contract,
            contract_id,
            "decline",
            actor,
            chains=contract.chains,
            reason="机构填报了入校服务人员，请学校核对后再次确认",
            values={"school_confirmed_by": None, "school_confirmed_at": None},
            data={"people": len(people)},
        )
        await notify(
            await accounts_of(school_id=contract.school_id),
            key=f"contract-people-{contract_id}-{real_now().isoformat(timespec='seconds')}",
            subject=f"合同 {contract.number}：机构填报了入校服务人员",
            body="请核对人员后再次确认并送机构。",
            link=f"/school/contracts/{contract_id}",
        )


async def attach_scan(actor: Actor, contract_id: int, file_id: int) -> None:
    """Store the sealed scan; either side may, and until both have signed a new one replaces it (R22).

    A contract that was signed on paper and brought along gets its scan afterwards, once. Raises Conflict, NotFound.
    """
    async with transaction():
        contract = await records.lock(contract_id)
        if not records.is_school(actor, contract):
            records.require_provider(actor, contract)
        if not contract.takes_scan:
            raise Conflict(_AGREED)
        await require_own_file(contract_id, file_id)
        await rows("UPDATE contract SET scan = {} WHERE id = {}", file_id, contract_id)
        await _note(actor, contract, "attach_scan", {"file": file_id})


async def require_own_file(contract_id: int, file_id: int) -> None:
    """Raises NotFound for a file that was not uploaded for this contract."""
    found = await row(
        "SELECT 1 AS one FROM stored_file WHERE id = {} AND owner = 'contract' AND owner_id = {} AND state <> 'deleted'",
        file_id,
        contract_id,
    )
    if found is None:
        raise NotFound("没有找到这个文件")


async def _note(
    actor: Actor, contract: records.Contract, action: str, data: dict[str, object] | None = None
) -> None:
    await events.record(
        actor,
        subject="contract",
        subject_id=contract.id,
        action=action,
        chains=contract.chains,
        from_state=contract.state,
        to_state=contract.state,
        data=data,
    )
