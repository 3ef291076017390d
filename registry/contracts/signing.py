"""Offering, declining, signing, cancelling and ending a contract (R22–R24, R27)."""

from __future__ import annotations

import json
from datetime import date

from registry.contracts import records
from registry.contracts.judging import against_offering, policy_in_force, signing_facts
from registry.contracts.lifecycle import CONTRACT
from registry.contracts.rules import signing_refusals
from registry.contracts.tables import Contract
from registry.documents.commands import retain
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, RuleRefusal
from registry.kernel.lifecycle import move
from registry.notifications.commands import accounts_of, notify
from registry.policies import freeze
from registry.policies.vocabulary import Ground

_UNCONFIRMED = {"school_confirmed_by": None, "school_confirmed_at": None}


async def offer(actor: Actor, contract_id: int) -> None:
    """The school confirms a draft and hands it to the provider.

    Raises RuleRefusal with everything the school has to settle first (R22–R24), Conflict, NotFound.
    """
    as_of = await today()
    async with transaction():
        contract = await records.lock(contract_id)
        records.require_school(actor, contract)
        if contract.state == "draft":
            refusals = await against_offering(contract, as_of)
            if refusals:
                raise RuleRefusal.of(*refusals)
        now = real_now()
        await move(
            CONTRACT,
            Contract,
            contract_id,
            "offer",
            actor,
            chains=contract.chains,
            values={"school_confirmed_by": actor.account_id, "school_confirmed_at": now},
        )
        await notify(
            await accounts_of(provider_id=contract.provider_id),
            key=f"contract-offered-{contract_id}-{now.isoformat(timespec='seconds')}",
            subject=f"{contract.school_name}送来合同 {contract.number}",
            body="请核对内容后确认签约，或退回学校修改。",
            link=f"/provider/contracts/{contract_id}",
        )


async def sign(actor: Actor, contract_id: int) -> None:
    """The provider confirms: the contract is signed (R22).

    Under the lock on the entry everything is judged on today with the policy in force, which is frozen into the
    contract (R30). A removal or suspension either comes before, and refuses this, or waits until it is done.
    Raises RuleRefusal with everything that stands against it and who can do what, Conflict, NotFound.
    """
    async with transaction():
        contract = await records.lock(contract_id)
        # Who waited for the lock over midnight signs on the new day.
        as_of = await today()
        records.require_provider(actor, contract)
        if contract.state == "signed":
            raise Conflict("这份合同已经签订，无需再次确认。请刷新页面查看最新情况")
        policy = await policy_in_force(contract)
        if contract.state == "offered":
            if actor.account_id is not None and actor.account_id == contract.school_confirmed_by:
                raise RuleRefusal("学校和机构须由不同的人确认", code="same_person", rule="R22")
            facts = await signing_facts(contract, policy, as_of, provider_confirms=True)
            refusals = signing_refusals(facts, as_of)
            if refusals:
                raise RuleRefusal.of(*refusals)
        frozen = freeze(policy)
        await move(
            CONTRACT,
            Contract,
            contract_id,
            "sign",
            actor,
            chains=contract.chains,
            values={
                "provider_confirmed_by": actor.account_id,
                "provider_confirmed_at": real_now(),
                "signed_on": as_of,
                "policy": json.dumps(frozen, ensure_ascii=False),
                "policy_version": frozen["version"],
                "service_checked_on": as_of if contract.starts_on == as_of else None,
            },
            data={"scan": contract.scan, "policy": policy.name, "policy_version": frozen["version"]},
        )
        assert contract.scan is not None
        await retain([contract.scan])
        await notify(
            await accounts_of(school_id=contract.school_id),
            key=f"contract-signed-{contract_id}",
            subject=f"合同 {contract.number} 已签订",
            body=f"“{contract.provider_name}”已确认签约。",
            link=f"/school/contracts/{contract_id}",
        )


async def decline(actor: Actor, contract_id: int, reason: str) -> None:
    """The provider hands an offered contract back for changes. Raises Invalid without a reason, Conflict, NotFound."""
    _require_reason(reason)
    async with transaction():
        contract = await records.lock(contract_id)
        records.require_provider(actor, contract)
        await move(
            CONTRACT,
            Contract,
            contract_id,
            "decline",
            actor,
            chains=contract.chains,
            reason=reason.strip(),
            values=_UNCONFIRMED,
        )
        await notify(
            await accounts_of(school_id=contract.school_id),
            key=f"contract-declined-{contract_id}-{real_now().isoformat(timespec='seconds')}",
            subject=f"合同 {contract.number} 被机构退回",
            body="请查看机构的意见，修改后再次确认。",
            link=f"/school/contracts/{contract_id}",
        )


async def take_back(actor: Actor, contract_id: int) -> None:
    """The school takes an offered contract back to change it. Raises Conflict, NotFound."""
    async with transaction():
        contract = await records.lock(contract_id)
        records.require_school(actor, contract)
        await move(
            CONTRACT, Contract, contract_id, "take_back", actor, chains=contract.chains, values=_UNCONFIRMED
        )


async def cancel(actor: Actor, contract_id: int, reason: str) -> None:
    """The school gives a contract up before it is signed. Raises Conflict, NotFound."""
    async with transaction():
        contract = await records.lock(contract_id)
        records.require_school(actor, contract)
        await move(
            CONTRACT, Contract, contract_id, "cancel", actor, chains=contract.chains, reason=reason.strip()
        )


async def terminate(
    actor: Actor, contract: records.Contract, *, ground: Ground | None, reason: str, as_of: date
) -> None:
    """End a signed contract, in the caller's transaction and under ``records.lock`` (R27).

    ``ground`` is an exit ground, None for an end that both agreed. Raises Conflict where it is over already.
    """
    _require_reason(reason)
    records.require_school(actor, contract)
    if contract.state == "signed" and as_of > contract.ends_on:
        raise Conflict("这份合同已经期满，无需终止")
    await move(
        CONTRACT,
        Contract,
        contract.id,
        "terminate",
        actor,
        chains=contract.chains,
        values={
            "terminated_on": as_of,
            "termination_ground": ground.value if ground else None,
            "termination_reason": reason.strip(),
        },
        data={"ground": ground.value if ground else None},
    )
    await notify(
        await accounts_of(provider_id=contract.provider_id),
        key=f"contract-terminated-{contract.id}",
        subject=f"合同 {contract.number} 已终止",
        body=f"{contract.school_name}已终止合同" + (f"，情形：{ground.zh}。" if ground else "。"),
        link=f"/provider/contracts/{contract.id}",
    )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
