"""The provider's answer, the proposal, and the decision by a second person (R27, R13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from registry.bans import commands as bans
from registry.contracts.queries import running_under
from registry.exits import records
from registry.exits.effects import end_suspensions, lock_all, suspend_elsewhere, tell_parties
from registry.exits.handover import flag
from registry.exits.lifecycle import EXIT_CASE
from registry.exits.rules import decision_refusal, ground_refusal
from registry.exits.tables import ExitCase
from registry.jurisdictions.queries import get_list
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import transaction
from registry.kernel.errors import FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal_json, unseal_json
from registry.notifications.commands import accounts_of, notify
from registry.policies.vocabulary import Ground
from registry.whitelist.commands import remove

Verdict = Literal["uphold", "dismiss"]
MAX_ANSWER = 5000
_CONTEXT = "exit_case.answer"


async def answer(actor: Actor, case_id: int, text: str) -> None:
    """The provider answers in writing, within its time; more can be added while the case is open (R27).

    Raises NotFound for another provider's case, RuleRefusal when the time is over, Conflict where it is proposed
    or decided, Invalid without text.
    """
    if not text.strip() or len(text) > MAX_ANSWER:
        raise Invalid(
            fields=[FieldError("text", "请填写陈述申辩，最多 %(max)s 字", {"max": str(MAX_ANSWER)})]
        )
    as_of = await today()
    async with transaction():
        case = await records.lock(case_id)
        if case.provider_id not in actor.provider_ids:
            raise NotFound("没有找到这个退出案件")
        window = await records.answer_window(case)
        if case.state == "open" and window.has_passed(as_of):
            raise RuleRefusal(
                "陈述申辩的期限已于 %(day)s 届满。可联系教育局说明情况",
                code="answer_late",
                rule="R27",
                day=window.last_day.isoformat(),
            )
        said = [*answers_of(case), Answer(as_of, text.strip())]
        kept = [{"on": one.on.isoformat(), "text": one.text} for one in said]
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "answer",
            actor,
            chains=case.chains,
            values={"answered_on": as_of, "answer_sealed": seal_json(kept, _CONTEXT)},
            data={"part": len(said)},
        )
        await notify(
            await accounts_of(bureau_id=case.bureau_id, roles=[Role.REVIEWER]),
            key=f"exit-{case_id}-answer-{len(said)}",
            subject=f"退出案件 {case.number}：机构已陈述申辩",
            body="可以提出处理意见。",
            link=f"/bureau/exits/{case_id}",
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A part of what the provider answered, and the day."""

    on: date
    text: str


def answers_of(case: records.Case) -> list[Answer]:
    """What the provider answered, opened, in the order of saying."""
    if case.answer_sealed is None:
        return []
    kept = unseal_json(case.answer_sealed, _CONTEXT)
    return [Answer(date.fromisoformat(one["on"]), one["text"]) for one in kept]


async def propose(actor: Actor, case_id: int, verdict: Verdict, ground: Ground, reason: str) -> None:
    """A reviewer proposes how to decide, and on which ground (R13, R26).

    Not before the provider answered or its time is over. Raises RuleRefusal (R13, R26, R27), Conflict, NotFound.
    """
    records.require_reason(reason)
    as_of = await today()
    async with transaction():
        case = await records.lock(case_id)
        await records.require_officer(actor, case, Role.REVIEWER)
        refusal = ground_refusal(ground, case.policy.exit_grounds)
        if refusal is not None:
            raise RuleRefusal.of(refusal)
        if case.state == "open":
            await _require_heard(case, as_of)
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "propose",
            actor,
            chains=case.chains,
            reason=reason.strip(),
            values={
                "proposed_by": actor.account_id,
                "proposal": verdict,
                "proposal_reason": reason.strip(),
                "ground": ground.value,
            },
            data={"proposal": verdict, "ground": ground.value},
        )
        await notify(
            await accounts_of(bureau_id=case.bureau_id, roles=[Role.APPROVER]),
            key=f"exit-{case_id}-proposed-{as_of.isoformat()}",
            subject=f"退出案件 {case.number} 待复审决定",
            body=f"涉及机构：{case.entry_name}。",
            link=f"/bureau/exits/{case_id}",
        )


async def send_back(actor: Actor, case_id: int, reason: str) -> None:
    """The approver does not follow the proposal and hands the case back with a reason (R13)."""
    records.require_reason(reason)
    async with transaction():
        case = await records.lock(case_id)
        await records.require_officer(actor, case, Role.APPROVER)
        if case.state == "proposed":
            await _require_other(actor, case)
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "send_back",
            actor,
            chains=case.chains,
            reason=reason.strip(),
            values={"proposed_by": None, "proposal": None, "proposal_reason": ""},
        )


async def decide(actor: Actor, case_id: int, verdict: Verdict, reason: str) -> int | None:
    """A second person decides as was proposed (R13); returns the ban's id where the case is upheld (R27, R28).

    Upheld, in one transaction: the entry is removed, every contract under that list that runs or will is
    flagged to its school with a checklist, the provider is banned from this moment on, and its entries on
    other lists that the ban reaches are suspended where their policy says so (R20). Dismissed: what the case
    suspended ends. Raises RuleRefusal (R13, R27), Conflict where it was decided meanwhile, NotFound.
    """
    records.require_reason(reason)
    as_of = await today()
    async with transaction():
        case = await lock_all(case_id)
        await records.require_officer(actor, case, Role.APPROVER)
        if case.state == "proposed":
            await _require_other(actor, case)
            await _require_heard(case, as_of)
            if case.proposal != verdict:
                raise RuleRefusal(
                    "决定须与处理意见一致。不同意处理意见的，请退回并说明理由",
                    code="not_as_proposed",
                    rule="R13",
                )
        ban_id = (
            await _uphold(actor, case, reason, as_of)
            if verdict == "uphold" and case.state == "proposed"
            else None
        )
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            verdict,
            actor,
            chains=case.chains,
            reason=reason.strip(),
            values={"decided_by": actor.account_id, "decided_on": as_of, "decision_reason": reason.strip()},
            data={"ban": ban_id},
        )
        if verdict == "dismiss":
            await end_suspensions(actor, case, f"退出案件 {case.number} 不成立")
        word = "退出成立，已移出名单并禁入" if verdict == "uphold" else "不成立"
        await tell_parties(case, "decided", word, "决定和理由见案件页面。")
    return ban_id


async def _uphold(actor: Actor, case: records.Case, reason: str, as_of: date) -> int:
    await remove(actor, case.entry_id, ground=case.ground, case_id=case.id, reason=reason.strip())
    await flag(actor, case.id, case.number, await running_under(case.list_id, case.provider_id, as_of), as_of)
    ban_id = await bans.decide(
        actor,
        on_list=await get_list(case.list_id),
        provider_id=case.provider_id,
        case_id=case.id,
        ground=case.ground,
        policy=case.policy,
        as_of=as_of,
    )
    await suspend_elsewhere(case, ban_id, as_of)
    return ban_id


async def _require_other(actor: Actor, case: records.Case) -> None:
    """Raises RuleRefusal (R13) for whoever proposed in this case, also where that was sent back or fell."""
    if await records.took_part(actor, case.id, "propose"):
        raise RuleRefusal("处理意见由您提出，请由另一名复审人员决定", code="same_person", rule="R13")


async def _require_heard(case: records.Case, as_of: date) -> None:
    refusal = decision_refusal(case.answered_on, await records.answer_window(case), as_of)
    if refusal is not None:
        raise RuleRefusal.of(refusal)
