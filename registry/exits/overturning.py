"""Setting the decision of an exit case aside: proposed by one person, carried out by another (R27, R13)."""

from __future__ import annotations

from registry.bans import commands as bans
from registry.exits import records
from registry.exits.appeals import require_uninvolved
from registry.exits.effects import end_suspensions, lock_all, suspend_where_barred, tell_parties
from registry.exits.handover import unflag
from registry.exits.lifecycle import EXIT_CASE
from registry.exits.tables import ExitCase
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import rows, transaction
from registry.kernel.lifecycle import move
from registry.notifications.commands import accounts_of, notify
from registry.whitelist.commands import reinstate, restore
from registry.whitelist.lifecycle import Cause


async def propose(actor: Actor, case_id: int, reason: str) -> None:
    """A reviewer or an approver proposes to overturn a decision: on an appeal, after a judgment (R27).

    Whoever took part in the decision may propose. Raises Invalid without a reason, Conflict where the case is not
    upheld or it is proposed already, Forbidden, RuleRefusal (R13), NotFound.
    """
    records.require_reason(reason)
    async with transaction():
        case = await records.lock(case_id)
        await records.require_officer(actor, case, Role.REVIEWER, Role.APPROVER)
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "propose_overturn",
            actor,
            chains=case.chains,
            reason=reason.strip(),
            values={"overturn_proposed_by": actor.account_id, "overturn_proposal_reason": reason.strip()},
        )
        await notify(
            await accounts_of(bureau_id=case.bureau_id, roles=[Role.APPROVER]),
            key=f"exit-{case_id}-overturning-{actor.account_id}-{(await today()).isoformat()}",
            subject=f"退出案件 {case.number}：撤销原决定待复审",
            body=f"涉及机构：{case.entry_name}。请由未参与原决定的人员办理。",
            link=f"/bureau/exits/{case_id}",
        )


async def send_back(actor: Actor, case_id: int, reason: str) -> None:
    """An approver who had no part in it does not follow the proposal: the decision stands for now (R13).

    Raises as ``overturn``.
    """
    records.require_reason(reason)
    async with transaction():
        case = await records.lock(case_id)
        await records.require_officer(actor, case, Role.APPROVER)
        if case.state == "overturning":
            await require_uninvolved(actor, case_id)
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "send_overturn_back",
            actor,
            chains=case.chains,
            reason=reason.strip(),
            values={"overturn_proposed_by": None, "overturn_proposal_reason": ""},
        )


async def overturn(actor: Actor, case_id: int, reason: str) -> bool:
    """An approver carries out what another person proposed (R27): the ban is lifted, the entry and the contracts come
    back as far as they can, the history stays. Returns whether the entry could be restored.

    Raises Invalid without a reason, RuleRefusal (R13) for who proposed it and for who proposed or made the decision,
    Conflict where nobody proposed it, Forbidden, NotFound.
    """
    records.require_reason(reason)
    as_of = await today()
    async with transaction():
        case = await lock_all(case_id)
        await records.require_officer(actor, case, Role.APPROVER)
        if case.state == "overturning":
            await require_uninvolved(actor, case_id)
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
        await end_suspensions(actor, case, f"退出案件 {case.number} 的决定已撤销")
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
            await suspend_where_barred(
                case.entry_id, case.list_id, provider["credit_code"], as_of, "处于其他案件的禁入期"
            )
        await tell_parties(case, "overturned", "原决定已撤销", "禁入自今日起解除，理由见案件页面。")
    return restored
