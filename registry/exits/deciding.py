"""The provider's answer, the proposal, the decision by a second person, and the appeal (R27, R13)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from registry.bans import commands as bans
from registry.bans.queries import ban_that_bars, hold_representative
from registry.contracts.queries import running_under
from registry.exits import records
from registry.exits.handover import flag, unflag
from registry.exits.lifecycle import EXIT_CASE
from registry.exits.rules import decision_refusal, ground_refusal
from registry.exits.tables import ExitCase
from registry.jurisdictions.queries import get_list
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import rows, transaction
from registry.kernel.errors import FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal_json, unseal_json
from registry.notifications.commands import accounts_of, notify
from registry.policies.vocabulary import Ground, ListKind
from registry.whitelist.commands import reinstate, remove, restore, suspend
from registry.whitelist.lifecycle import Cause

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
        said = answers_of(case)
        said.append({"on": as_of.isoformat(), "text": text.strip()})
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "answer",
            actor,
            chains=case.chains,
            values={"answered_on": as_of, "answer_sealed": seal_json(said, _CONTEXT)},
            data={"part": len(said)},
        )
        await notify(
            await accounts_of(bureau_id=case.bureau_id, roles=[Role.REVIEWER]),
            key=f"exit-{case_id}-answer-{len(said)}",
            subject=f"退出案件 {case.number}：机构已陈述申辩",
            body="可以提出处理意见。",
            link=f"/bureau/exits/{case_id}",
        )


def answers_of(case: records.Case) -> list[dict[str, str]]:
    """What the provider answered: a list of {on, text}, opened."""
    if case.answer_sealed is None:
        return []
    return [dict(one) for one in unseal_json(case.answer_sealed, _CONTEXT)]


async def propose(actor: Actor, case_id: int, verdict: Verdict, ground: Ground, reason: str) -> None:
    """A reviewer proposes how to decide, and on which ground (R13, R26).

    Not before the provider answered or its time is over. Raises RuleRefusal (R13, R26, R27), Conflict, NotFound.
    """
    _require_reason(reason)
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
    _require_reason(reason)
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
    _require_reason(reason)
    as_of = await today()
    async with transaction():
        case = await _lock_all(case_id)
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
            await _end_suspensions(actor, case, f"退出案件 {case.number} 不成立")
        await _tell_decision(case, verdict)
    return ban_id


async def _lock_all(case_id: int) -> records.Case:
    """Lock what a decision changes, in the documented order: all entries of the provider, the contracts under
    the list, the case, and last the provider with its legal representative. Raises NotFound.

    That lock orders a ban and a listing of the same provider: whichever is second sees the other (R28).
    """
    case = await records.load(case_id)
    await rows("SELECT id FROM entry WHERE provider = {} ORDER BY id FOR UPDATE", case.provider_id)
    await rows(
        "SELECT c.id FROM contract c JOIN entry e ON e.id = c.entry WHERE e.provider = {} AND e.list = {}"
        " AND c.state = 'signed' ORDER BY c.id FOR UPDATE OF c",
        case.provider_id,
        case.list_id,
    )
    case = await records.lock(case_id)
    found = await rows(
        "SELECT legal_representative_id_index AS index FROM provider WHERE id = {} FOR NO KEY UPDATE",
        case.provider_id,
    )
    # Before the first event: its chain is what everybody else locks last.
    await hold_representative(found[0]["index"], shared=False)
    return case


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
    await _suspend_elsewhere(case, ban_id, as_of)
    return ban_id


async def _end_suspensions(actor: Actor, case: records.Case, reason: str) -> None:
    """End what the case suspended: its entry, and a later one of the same provider on the list."""
    for cause in (Cause.TERMINATED_BY_SCHOOL, Cause.EXIT_CASE):
        held = await rows(
            "SELECT entry FROM suspension WHERE cause = {} AND reference_id = {} AND ended_on IS NULL ORDER BY entry",
            cause.value,
            case.id,
        )
        for one in held:
            await reinstate(actor, one["entry"], cause=cause, reference_id=case.id, reason=reason)


async def _suspend_elsewhere(case: records.Case, ban_id: int, as_of: date) -> None:
    """Suspend the provider's entries on other lists that the new ban bars (R20, R28)."""
    others = await rows(
        "SELECT e.id, e.list, p.credit_code FROM entry e JOIN provider p ON p.id = e.provider WHERE e.provider = {}"
        " AND e.id <> {} AND e.state IN ('listed', 'suspended') AND e.ends_on >= {} ORDER BY e.id",
        case.provider_id,
        case.entry_id,
        as_of,
    )
    for other in others:
        await _suspend_where_barred(
            other["id"], other["list"], other["credit_code"], as_of, f"处于禁入期(案件 {case.number})", ban_id
        )


async def _suspend_where_barred(
    entry_id: int, list_id: int, credit_code: str, as_of: date, reason: str, ban_id: int | None = None
) -> None:
    """Suspend an entry if a ban in force bars its list and the policy there says so (R20, R28).

    The cause is ``ban_id`` or else the ban that bars it.
    """
    barring = await ban_that_bars(
        list_id=list_id, credit_code=credit_code, representative_index=None, as_of=as_of
    )
    if barring is None or ListKind.OWN_BAN not in (await get_list(list_id)).policy.auto_suspension:
        return
    await suspend(
        Actor.for_system("exits.ban"),
        entry_id,
        cause=Cause.BANNED,
        reference_id=ban_id or barring.ban.id,
        reason=reason,
    )


async def _tell_decision(case: records.Case, verdict: Verdict) -> None:
    word = "退出成立，已移出名单并禁入" if verdict == "uphold" else "不成立"
    await notify(
        await accounts_of(provider_id=case.provider_id),
        key=f"exit-{case.id}-decided",
        subject=f"退出案件 {case.number}：{word}",
        body="决定和理由见案件页面。",
        link=f"/provider/exits/{case.id}",
    )
    schools = await rows(
        'SELECT DISTINCT school FROM exit_report WHERE "case" = {} AND school IS NOT NULL', case.id
    )
    for one in schools:
        await notify(
            await accounts_of(school_id=one["school"]),
            key=f"exit-{case.id}-decided",
            subject=f"退出案件 {case.number}：{word}",
            body=f"涉及机构：{case.entry_name}。",
            link="/school/reports",
        )


async def overturn(actor: Actor, case_id: int, reason: str) -> bool:
    """Carry out that an appeal set the decision aside (R27): the ban is lifted, the entry and the contracts come
    back as far as they can, the history stays. Returns whether the entry could be restored.

    Raises RuleRefusal (R13), Conflict where the case is not upheld, NotFound.
    """
    _require_reason(reason)
    as_of = await today()
    async with transaction():
        case = await _lock_all(case_id)
        await records.require_officer(actor, case, Role.APPROVER)
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "overturn",
            actor,
            chains=case.chains,
            reason=reason.strip(),
            values={
                "overturned_by": actor.account_id,
                "overturned_on": as_of,
                "overturned_reason": reason.strip(),
            },
        )
        await unflag(actor, case_id)
        await _end_suspensions(actor, case, f"退出案件 {case.number} 的决定已撤销")
        restored = await restore(actor, case.entry_id, case_id=case_id, reason=reason.strip())
        ban_id = await bans.overturn(actor, case_id=case_id, reason=reason.strip(), as_of=as_of)
        elsewhere = await rows(
            "SELECT entry FROM suspension WHERE cause = {} AND reference_id = {} AND ended_on IS NULL ORDER BY entry",
            Cause.BANNED.value,
            ban_id,
        )
        for one in elsewhere:
            await reinstate(
                actor, one["entry"], cause=Cause.BANNED, reference_id=ban_id, reason="禁入决定已撤销"
            )
        if restored:
            # While it was removed no other ban could suspend it.
            provider = (await rows("SELECT credit_code FROM provider WHERE id = {}", case.provider_id))[0]
            await _suspend_where_barred(
                case.entry_id, case.list_id, provider["credit_code"], as_of, "处于其他案件的禁入期"
            )
        await notify(
            await accounts_of(provider_id=case.provider_id),
            key=f"exit-{case_id}-overturned",
            subject=f"退出案件 {case.number}：原决定已撤销",
            body="禁入自今日起解除，理由见案件页面。",
            link=f"/provider/exits/{case_id}",
        )
    return restored


async def _require_heard(case: records.Case, as_of: date) -> None:
    refusal = decision_refusal(case.answered_on, await records.answer_window(case), as_of)
    if refusal is not None:
        raise RuleRefusal.of(refusal)


async def _require_other(actor: Actor, case: records.Case) -> None:
    """Raises RuleRefusal (R13) for whoever proposed in this case, also where that was sent back or fell."""
    proposed = await rows(
        "SELECT 1 AS one FROM event WHERE subject = 'exit_case' AND subject_id = {} AND action = 'propose'"
        " AND account_id = {} LIMIT 1",
        case.id,
        actor.account_id,
    )
    if proposed:
        raise RuleRefusal("处理意见由您提出，请由另一名复审人员决定", code="same_person", rule="R13")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
