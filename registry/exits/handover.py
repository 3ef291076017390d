"""After a removal a school ends its contract and hands over, step by step (R27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.contracts import records as contracts
from registry.exits.tables import HandoverItem
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import NotFound
from registry.notifications.commands import accounts_of, notify

STEP_NAMES: dict[str, str] = {
    "notify": "书面通知机构终止合同，附退出决定",
    "leave": "停止该机构人员入校，收回出入证件和场地、设备",
    "replace": "安排替代课程或看护，保证课后服务不中断",
    "parents": "告知家长终止的原因和后续安排",
    "settle": "与机构结清费用，退还家长未发生的服务费",
    "data": "收回或监督销毁机构持有的学生个人信息",
    "record": "在本系统登记合同终止",
}
STEPS = tuple(STEP_NAMES.values())


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a checklist."""

    id: int
    position: int
    text: str
    done_on: date | None


async def flag(
    actor: Actor, case_id: int, case_number: str, flagged: Sequence[contracts.Contract], as_of: date
) -> None:
    """Oblige the schools of some contracts to terminate, with a checklist each; in the decision's transaction."""
    for contract in flagged:
        await rows(
            "UPDATE contract SET flagged_on = {}, flagged_case_id = {} WHERE id = {}",
            as_of,
            case_id,
            contract.id,
        )
        await HandoverItem.insert(
            *[
                HandoverItem(contract=contract.id, case=case_id, position=n, text=text)
                for n, text in enumerate(STEPS, 1)
            ]
        )
        await events.record(
            actor,
            subject="contract",
            subject_id=contract.id,
            action="flag",
            chains=contract.chains,
            from_state=contract.state,
            to_state=contract.state,
            data={"case": case_id},
        )
        await notify(
            await accounts_of(school_id=contract.school_id),
            key=f"contract-flagged-{contract.id}-{case_id}",
            subject=f"合同 {contract.number} 须终止",
            body=f"“{contract.provider_name}”已被移出名单(案件 {case_number})。请按交接清单终止合同。",
            link=f"/school/contracts/{contract.id}/handover",
        )


async def unflag(actor: Actor, case_id: int) -> int:
    """Take the obligation back where the removal was overturned and the contract still runs; returns how many."""
    flagged = await rows(
        "SELECT id FROM contract WHERE flagged_case_id = {} AND state = 'signed' ORDER BY id FOR UPDATE",
        case_id,
    )
    for one in flagged:
        contract = await contracts.load(one["id"])
        await rows("UPDATE contract SET flagged_on = NULL, flagged_case_id = NULL WHERE id = {}", contract.id)
        await events.record(
            actor,
            subject="contract",
            subject_id=contract.id,
            action="unflag",
            chains=contract.chains,
            from_state=contract.state,
            to_state=contract.state,
            data={"case": case_id},
        )
        await notify(
            await accounts_of(school_id=contract.school_id),
            key=f"contract-unflagged-{contract.id}-{case_id}",
            subject=f"合同 {contract.number} 无需终止",
            body="移出名单的决定已被撤销，合同可以继续履行。",
            link=f"/school/contracts/{contract.id}",
        )
    return len(flagged)


async def steps_of(actor: Actor, contract_id: int) -> tuple[contracts.Contract, list[Step]]:
    """A flagged contract of the actor's school with its checklist. Raises NotFound."""
    contract = await contracts.load(contract_id)
    contracts.require_school(actor, contract)
    found = await rows(
        'SELECT id, position, text, done_on FROM handover_item WHERE contract = {} AND "case" = {}::int'
        " ORDER BY position, id",
        contract_id,
        contract.flagged_case_id,
    )
    if not found:
        raise NotFound("这份合同没有交接清单")
    return contract, [Step(**one) for one in found]


async def tick(actor: Actor, contract_id: int, step_id: int, *, done: bool) -> None:
    """Mark a step as done today, or as not done after all; doing it twice is fine. Raises NotFound."""
    as_of = await today()
    async with transaction():
        contract = await contracts.lock(contract_id)
        contracts.require_school(actor, contract)
        changed = await row(
            "UPDATE handover_item SET done_on = CASE WHEN {} THEN coalesce(done_on, {}::date) END, done_by = {}"
            " WHERE id = {} AND contract = {} RETURNING id",
            done,
            as_of,
            actor.account_id,
            step_id,
            contract_id,
        )
        if changed is None:
            raise NotFound("没有找到这一步")
        await events.record(
            actor,
            subject="contract",
            subject_id=contract_id,
            action="tick_handover" if done else "untick_handover",
            chains=contract.chains,
            data={"step": step_id},
        )
