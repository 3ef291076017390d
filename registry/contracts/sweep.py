"""What a day brings to contracts by itself: the first day of service is judged again (R22)."""

from __future__ import annotations

from datetime import date

from registry.contracts import records
from registry.contracts.judging import against_service
from registry.contracts.renewing import remind
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import rows, transaction
from registry.notifications.commands import accounts_of, notify

SYSTEM = Actor.for_system("contracts.sweep")


async def sweep(day: date) -> dict[str, int]:
    """Judge what begins on ``day``, lift what was blocked and holds now, tell what ends soon; returns how many.

    Idempotent.
    """
    return {
        "judged": await judge_first_days(day),
        "unblocked": await lift_blocks(max(day, await today())),
        "reminded": await remind(day),
    }


async def judge_first_days(day: date) -> int:
    """Judge every signed contract whose first day of service has come, as of that day; block service where R22
    does not hold. A late sweep judges the same day and comes to the same answer. While the first day lasts it is
    judged again by each sweep: an entry can be suspended after the first one. Returns how many were judged first."""
    due = await rows(
        "SELECT id FROM contract WHERE state = 'signed' AND starts_on <= {}"
        " AND (service_checked_on IS NULL OR (starts_on = {} AND service_blocked_on IS NULL)) ORDER BY id",
        day,
        await today(),
    )
    judged = 0
    for one in due:
        async with transaction():
            contract = await records.lock(one["id"])
            if contract.state != "signed" or contract.service_blocked_on is not None:
                continue
            judged += contract.service_checked_on is None
            refusals = await against_service(contract, contract.starts_on)
            await rows(
                "UPDATE contract SET service_checked_on = {} WHERE id = {}", contract.starts_on, contract.id
            )
            if refusals:
                await _block(contract, "；".join(refusal.text for refusal in refusals))
    return judged


async def _block(contract: records.Contract, why: str) -> None:
    await rows(
        "UPDATE contract SET service_blocked_on = {}, service_blocked_reason = {} WHERE id = {}",
        contract.starts_on,
        why,
        contract.id,
    )
    await _tell(contract, "block_service", "服务暂不得开始", why)


async def lift_blocks(day: date) -> int:
    """Let service begin where it was blocked and R22 holds on ``day``."""
    blocked = await rows(
        "SELECT id FROM contract WHERE state = 'signed' AND service_blocked_on IS NOT NULL AND ends_on >= {}"
        " AND flagged_on IS NULL ORDER BY id",
        day,
    )
    lifted = 0
    for one in blocked:
        async with transaction():
            contract = await records.lock(one["id"])
            if contract.service_blocked_on is None or await against_service(contract, day):
                continue
            await rows(
                "UPDATE contract SET service_blocked_on = NULL, service_blocked_reason = '' WHERE id = {}",
                contract.id,
            )
            await _tell(contract, "unblock_service", "服务可以开始", "机构已恢复在册")
            lifted += 1
    return lifted


async def _tell(contract: records.Contract, action: str, subject: str, why: str) -> None:
    await events.record(
        SYSTEM,
        subject="contract",
        subject_id=contract.id,
        action=action,
        chains=contract.chains,
        from_state=contract.state,
        to_state=contract.state,
        reason=why,
    )
    key = f"contract-{action}-{contract.id}-{contract.service_blocked_on or contract.starts_on}"
    for accounts, room in (
        (await accounts_of(school_id=contract.school_id), "school"),
        (await accounts_of(provider_id=contract.provider_id), "provider"),
    ):
        await notify(
            accounts,
            key=key,
            subject=f"合同 {contract.number}：{subject}",
            body=why,
            link=f"/{room}/contracts/{contract.id}",
        )
