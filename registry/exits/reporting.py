"""How an exit case begins: reports, terminations, the bureau itself; several reports join one case (R27)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Literal

from registry.contracts import records as contracts
from registry.contracts.signing import terminate
from registry.exits import records
from registry.exits.lifecycle import EXIT_CASE
from registry.exits.origins import require_complaint, require_evaluation
from registry.exits.rules import answer_deadline, ground_refusal
from registry.exits.tables import ExitCase, ExitReport
from registry.jurisdictions.queries import calendar, get_list
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal
from registry.notifications.commands import accounts_of, notify
from registry.policies import Policy, freeze
from registry.policies.vocabulary import Ground
from registry.schools.queries import serves
from registry.whitelist.commands import LockedEntry, lock_entry, require_officer, suspend
from registry.whitelist.lifecycle import Cause
from registry.whitelist.numbers import hold_serials, next_serial

Source = Literal["school", "list_hit", "complaint", "evaluation", "bureau"]
MAX_FACTS = 5000


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. ``id`` is one of ``reserve_report_id`` where evidence was uploaded for it before.

    ``complaint_id`` or ``evaluation_id`` is what it follows from: the facts are the officer's own words.
    """

    ground: Ground
    facts: str
    source: Source = "school"
    school_id: int | None = None
    contract_id: int | None = None
    evidence: int | None = None
    id: int | None = None
    complaint_id: int | None = None
    evaluation_id: int | None = None


async def reserve_report_id() -> int:
    """The id a report will have, so that its evidence can be stored as its own before it is made."""
    found = await row("SELECT nextval(pg_get_serial_sequence('exit_report', 'id')) AS id")
    assert found is not None
    return int(found["id"])


async def report(actor: Actor, entry_id: int, made: Report) -> int:
    """A school reports a ground with facts; returns the case it opened or joined (R27).

    The school is served by the entry's list or has a contract under it. Raises NotFound for another school and
    for an entry it has nothing to do with, RuleRefusal (R26) for a ground that the policy does not know.
    """
    if made.school_id is None or made.school_id not in actor.school_ids:
        raise NotFound("没有找到这所学校")
    async with transaction():
        entry = await lock_entry(entry_id)
        if not await _concerns(entry, made.school_id):
            raise NotFound("没有找到这个名单条目")
        case_id = await open_or_join(actor, entry, made)
    return case_id  # noqa: RET504 -- inside the block mypy sees a way out without a value


async def _concerns(entry: LockedEntry, school_id: int) -> bool:
    if await serves(entry.list_id, school_id):
        return True
    found = await row(
        "SELECT 1 AS one FROM contract WHERE entry = {} AND school = {} LIMIT 1", entry.id, school_id
    )
    return found is not None


async def open_case(actor: Actor, entry_id: int, made: Report) -> int:
    """The bureau opens a case itself, or for a list hit, a complaint or an evaluation; returns its id (R27).

    The system may for a hit or an evaluation. Raises NotFound for another bureau's entry, Forbidden, RuleRefusal.
    """
    async with transaction():
        entry = await lock_entry(entry_id)
        if not actor.system:
            require_officer(actor, entry, Role.REVIEWER, Role.APPROVER)
        if made.complaint_id is not None:
            await require_complaint(entry_id, made.complaint_id)
        if made.evaluation_id is not None:
            await require_evaluation(entry_id, made.evaluation_id)
        case_id = await open_or_join(actor, entry, made)
    return case_id  # noqa: RET504 -- inside the block mypy sees a way out without a value


async def open_or_join(actor: Actor, entry: LockedEntry, made: Report) -> int:
    """Put a report into the entry's open case, or open one, in the caller's transaction and under the entry's lock.

    A report that joins gives the provider a new time to answer: nobody is judged on facts it was not asked
    about. A proposal that was made without it falls, so that the provider can answer and somebody proposes on all
    the facts. Raises Conflict for an entry that was removed already.
    """
    if entry.state == "removed":
        raise Conflict("该机构已被移出名单，无需再次报告")
    _check(made)
    as_of = await today()
    found = await row("SELECT id FROM exit_case WHERE entry = {} AND state IN ('open', 'proposed')", entry.id)
    if found is None:
        return await _open(actor, entry, made, as_of)
    case = await records.lock(found["id"])
    _require_known(made.ground, case.policy)
    until = await _answer_until(case.policy, as_of)
    report_id = await _insert_report(actor, case.id, made, as_of)
    await move(
        EXIT_CASE,
        ExitCase,
        case.id,
        "join_report",
        actor,
        chains=case.chains,
        values={
            "answer_from": as_of,
            "answer_until": max(until, case.answer_until) if until and case.answer_until else None,
            "answered_on": None,
            "proposed_by": None,
            "proposal": None,
            "proposal_reason": "",
        },
        data={"report": report_id, "source": made.source, "ground": made.ground.value},
    )
    await _tell(
        case.id, case.number, entry, f"report-{report_id}", joined=True, fallen=case.state == "proposed"
    )
    return case.id


def _check(made: Report) -> None:
    if not made.facts.strip():
        raise Invalid(fields=[FieldError("facts", "请写明时间、地点和具体事实")])
    if len(made.facts) > MAX_FACTS:
        raise Invalid(
            fields=[FieldError("facts", "事实最多 %(max)s 字，请缩短或上传附件", {"max": str(MAX_FACTS)})]
        )


def _require_known(ground: Ground, policy: Policy) -> None:
    refusal = ground_refusal(ground, policy.exit_grounds)
    if refusal is not None:
        raise RuleRefusal.of(refusal)


async def _answer_until(policy: Policy, told_on: date) -> date | None:
    window = answer_deadline(told_on, policy.exit.answer_days, await calendar(policy.calendar))
    return window.settled_last_day


def _prefix(division: str, as_of: date) -> str:
    return f"TC-{division}-{as_of.year}-"


async def _open(actor: Actor, entry: LockedEntry, made: Report, as_of: date) -> int:
    on_list = await get_list(entry.list_id)
    policy = on_list.policy
    _require_known(made.ground, policy)
    prefix = _prefix(on_list.bureau_division, as_of)
    frozen = freeze(policy)
    case = ExitCase(
        number=f"{prefix}{await next_serial('exit_case', 'number', prefix):04d}",
        entry=entry.id,
        bureau=entry.bureau_id,
        ground=made.ground.value,
        state="open",
        opened_on=as_of,
        answer_from=as_of,
        answer_until=await _answer_until(policy, as_of),
        policy_version=frozen["version"],
        policy=json.dumps(frozen, ensure_ascii=False),
        created_at=real_now(),
    )
    await case.save()
    case_id = int(case.id)
    report_id = await _insert_report(actor, case_id, made, as_of)
    await events.record(
        actor,
        subject="exit_case",
        subject_id=case_id,
        action="open",
        chains=entry.chains,
        to_state="open",
        data={"entry": entry.id, "report": report_id, "source": made.source, "ground": made.ground.value},
    )
    await _tell(case_id, str(case.number), entry, "opened", joined=False)
    return case_id


async def _insert_report(actor: Actor, case_id: int, made: Report, as_of: date) -> int:
    report_id = made.id or await reserve_report_id()
    if made.evidence is not None:
        await records.require_own_file("exit_report", report_id, made.evidence)
    await ExitReport.insert(
        ExitReport(
            id=report_id,
            case=case_id,
            source=made.source,
            school=made.school_id,
            contract=made.contract_id,
            complaint=made.complaint_id,
            evaluation=made.evaluation_id,
            ground=made.ground.value,
            facts_sealed=seal(made.facts.strip(), "exit_report.facts"),
            evidence=made.evidence,
            reported_by=actor.account_id,
            reported_on=as_of,
            created_at=real_now(),
        )
    )
    return report_id


async def _tell(
    case_id: int, number: str, entry: LockedEntry, what: str, *, joined: bool, fallen: bool = False
) -> None:
    subject = f"退出案件 {number} 有新的报告" if joined else f"退出案件 {number} 已立案"
    key = f"exit-{case_id}-{what}"
    await notify(
        await accounts_of(provider_id=entry.provider_id),
        key=key,
        subject=subject,
        body="请查看情形和事实，并在期限内作书面陈述申辩。",
        link=f"/provider/exits/{case_id}",
    )
    await notify(
        await accounts_of(bureau_id=entry.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
        key=key,
        subject=subject,
        body=f"涉及机构：{entry.name}。"
        + ("原处理意见未包括新的事实，请待机构陈述申辩后重新提出。" if fallen else ""),
        link=f"/bureau/exits/{case_id}",
    )


async def terminate_contract(
    actor: Actor,
    contract_id: int,
    *,
    ground: Ground | None,
    reason: str,
    evidence: int | None = None,
    report_id: int | None = None,
) -> int | None:
    """A school ends a signed contract (R27); returns the exit case this opened or joined, if any.

    On an exit ground the termination is a report, and suspends the entry at once where the policy says so. No
    report is made for a contract that was flagged by a removal, and for one that both sides agreed to end
    (``ground`` None). Raises as ``report``, Conflict where the contract is over.
    """
    as_of = await today()
    async with transaction():
        contract = await contracts.lock(contract_id)
        contracts.require_school(actor, contract)
        reports = ground is not None and contract.flagged_on is None
        if reports:
            # The case's number comes before the first event, as for everybody who opens a case.
            await hold_serials(_prefix((await get_list(contract.list_id)).bureau_division, as_of))
        await terminate(actor, contract, ground=ground, reason=reason, as_of=as_of)
        if ground is None or not reports:
            case_id = None
        else:
            case_id = await _report_termination(actor, contract, ground, reason, evidence, report_id)
    return case_id


async def _report_termination(
    actor: Actor,
    contract: contracts.Contract,
    ground: Ground,
    reason: str,
    evidence: int | None,
    report_id: int | None,
) -> int | None:
    entry = await lock_entry(contract.entry_id)
    if entry.state == "removed":
        return None
    made = Report(
        ground=ground,
        facts=reason,
        school_id=contract.school_id,
        contract_id=contract.id,
        evidence=evidence,
        id=report_id,
    )
    case_id = await open_or_join(actor, entry, made)
    case = await records.load(case_id)
    if case.policy.exit.termination_suspends:
        for entry_id in await _standing(entry):
            await suspend(
                actor,
                entry_id,
                cause=Cause.TERMINATED_BY_SCHOOL,
                reference_id=case_id,
                reason=f"学校以“{ground.zh}”终止合同，案件 {case.number}",
            )
    return case_id


async def _standing(entry: LockedEntry) -> list[int]:
    """The entry and those of its provider on its list that run: a contract can outlive the cycle it was signed in (R23)."""
    found = await rows(
        "SELECT id FROM entry WHERE provider = {} AND list = {} AND (id = {} OR (state IN ('listed', 'suspended')"
        " AND ends_on >= {})) ORDER BY id",
        entry.provider_id,
        entry.list_id,
        entry.id,
        await today(),
    )
    return [int(one["id"]) for one in found]
