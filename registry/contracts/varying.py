"""Changing a signed contract by agreement of both sides, within its limit (R22, R23)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.contracts import records
from registry.contracts.drafting import require_own_file
from registry.contracts.following_rules import VariationFacts, variation_refusals
from registry.contracts.lifecycle import VARIATION
from registry.contracts.rules import Phase
from registry.contracts.tables import ContractVariation
from registry.documents.commands import retain
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.refusals import Refusal
from registry.notifications.commands import accounts_of, notify
from registry.policies import thaw
from registry.whitelist.queries import status


@dataclass(frozen=True, slots=True)
class Change:
    """What a contract is to become. ``fee_cents`` is the fee of one lesson, None where none is agreed."""

    course_title: str
    ends_on: date
    fee_cents: int | None


@dataclass(frozen=True, slots=True)
class Variation:
    """A variation: what it was, what it is to be, who said what."""

    id: int
    contract_id: int
    number: int
    state: str
    course_title: str
    ends_on: date
    fee_cents: int | None
    was_course_title: str
    was_ends_on: date
    was_fee_cents: int | None
    reason: str
    answer: str
    scan: int | None
    offered_by: int
    offered_on: date
    agreed_on: date | None

    @property
    def change(self) -> Change:
        """What the contract is to become."""
        return Change(self.course_title, self.ends_on, self.fee_cents)


_SELECT = (
    "SELECT id, contract AS contract_id, number, state, course_title, ends_on, fee_cents, was_course_title, was_ends_on,"
    " was_fee_cents, reason, answer, scan, offered_by, offered_on, agreed_on FROM contract_variation"
)


async def of_contract(contract_id: int) -> list[Variation]:
    """The variations of a contract, the latest first."""
    found = await rows(f"{_SELECT} WHERE contract = {{}} ORDER BY number DESC", contract_id)
    return [Variation(**one) for one in found]


async def offer(actor: Actor, contract_id: int, change: Change, reason: str) -> int:
    """The school proposes a change of its signed contract to the provider; returns the variation's id.

    Raises RuleRefusal with everything that stands against it (R22, R23, R27), Invalid where nothing would change or
    words are missing, Conflict while another change waits, NotFound.
    """
    as_of = await today()
    async with transaction():
        contract = await records.lock(contract_id)
        records.require_school(actor, contract)
        if contract.state != "signed":
            raise Conflict("只有已签订、尚在履行的合同可以变更。请刷新页面查看最新情况")
        _check(contract, change, reason)
        refusals = await against(contract, change, as_of)
        if refusals:
            raise RuleRefusal.of(*refusals)
        known = await of_contract(contract_id)
        if any(one.state == "offered" for one in known):
            raise Conflict("已有一项变更在等待机构确认。需要修改的，请先撤回")
        made = ContractVariation(
            contract=contract_id,
            number=len(known) + 1,
            course_title=change.course_title.strip(),
            ends_on=change.ends_on,
            fee_cents=change.fee_cents,
            was_course_title=contract.course_title,
            was_ends_on=contract.ends_on,
            was_fee_cents=contract.fee_cents,
            reason=reason.strip(),
            offered_by=actor.account_id,
            offered_on=as_of,
            created_at=real_now(),
        )
        await made.save()
        variation_id = int(made.id)
        await _event(actor, contract, "offer_variation", {"variation": variation_id}, reason.strip())
        await _tell_provider(
            contract, variation_id, "变更待确认", "学校提出变更合同，请核对后同意或说明理由。"
        )
    return variation_id


def _check(contract: records.Contract, change: Change, reason: str) -> None:
    errors = []
    if not change.course_title.strip():
        errors.append(FieldError("course_title", "请填写课程名称"))
    if not reason.strip():
        errors.append(FieldError("reason", "请写明变更的理由"))
    before = Change(contract.course_title, contract.ends_on, contract.fee_cents)
    if not errors and Change(change.course_title.strip(), change.ends_on, change.fee_cents) == before:
        errors.append(FieldError("", "没有任何变更。请修改课程、终止日或收费后再送机构"))
    if errors:
        raise Invalid(fields=errors)


async def against(contract: records.Contract, change: Change, as_of: date) -> tuple[Refusal, ...]:
    """What stands against a change on ``as_of``, under the policy frozen at signing (R30)."""
    policy = thaw(json.loads(contract.policy or "{}"))
    facts = VariationFacts(
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        new_ends_on=change.ends_on,
        max_years=policy.contract.max_years,
        flagged=contract.flagged_on is not None,
        over=contract.phase(as_of) in {None, Phase.ENDED, Phase.TERMINATED},
        status=await status(contract.entry_id, as_of),
    )
    return variation_refusals(facts, as_of)


async def attach_scan(actor: Actor, variation_id: int, file_id: int) -> None:
    """Store the sealed scan of the supplementary agreement; either side may, until it is agreed. Raises as ``agree``."""
    async with transaction():
        contract, variation = await _lock(variation_id)
        if not records.is_school(actor, contract):
            records.require_provider(actor, contract)
        if variation.state != "offered":
            raise Conflict("这项变更已经办结，不能再更换扫描件。请刷新页面查看最新情况")
        await require_own_file(contract.id, file_id)
        await rows("UPDATE contract_variation SET scan = {} WHERE id = {}", file_id, variation_id)
        await _event(actor, contract, "attach_variation_scan", {"variation": variation_id, "file": file_id})


async def agree(actor: Actor, variation_id: int) -> None:
    """The provider agrees: from now on the contract is as changed. Everything is judged again under the entry's lock.

    Raises RuleRefusal (R22, R23, R27; the same person on both sides; no sealed scan), Conflict, NotFound.
    """
    as_of = await today()
    async with transaction():
        contract, variation = await _lock(variation_id)
        records.require_provider(actor, contract)
        if variation.state == "offered":
            refusals = list(await against(contract, variation.change, as_of))
            if variation.scan is None:
                refusals.append(
                    Refusal(
                        "scan_missing",
                        "R22",
                        "盖章补充协议的扫描件尚未上传",
                        "双方盖章后，由学校或机构任一方上传",
                    )
                )
            if actor.account_id == variation.offered_by:
                refusals.append(
                    Refusal("same_person", "R22", "学校和机构须由不同的人确认", "由机构的其他人员办理")
                )
            if contract.state != "signed":
                refusals = refusals or [
                    Refusal("contract_over", "R23", "合同已经终止，不能再变更", "无需办理")
                ]
            if refusals:
                raise RuleRefusal.of(*refusals)
        await move(
            VARIATION,
            ContractVariation,
            variation_id,
            "agree",
            actor,
            chains=contract.chains,
            values={"agreed_by": actor.account_id, "agreed_on": as_of},
            data={"contract": contract.id},
        )
        await rows(
            "UPDATE contract SET course_title = {}, ends_on = {}, fee_cents = {}::int WHERE id = {}",
            variation.course_title,
            variation.ends_on,
            variation.fee_cents,
            contract.id,
        )
        assert variation.scan is not None
        await retain([variation.scan])
        await _event(
            actor,
            contract,
            "vary",
            {"variation": variation_id, "from": contract.ends_on, "to": variation.ends_on},
        )
        await _tell_school(contract, variation_id, "agreed", "变更已生效", "机构已同意变更。")


async def decline(actor: Actor, variation_id: int, reason: str) -> None:
    """The provider does not agree; the contract stays as it is. Raises Invalid without a reason, Conflict, NotFound."""
    if not reason.strip():
        raise Invalid(fields=[FieldError("answer", "请写明不同意的理由")])
    async with transaction():
        contract, _ = await _lock(variation_id)
        records.require_provider(actor, contract)
        await move(
            VARIATION,
            ContractVariation,
            variation_id,
            "decline",
            actor,
            chains=contract.chains,
            reason=reason.strip(),
            values={"answer": reason.strip()},
            data={"contract": contract.id},
        )
        await _event(actor, contract, "decline_variation", {"variation": variation_id}, reason.strip())
        await _tell_school(contract, variation_id, "declined", "机构不同意变更", "合同按原内容履行。")


async def take_back(actor: Actor, variation_id: int) -> None:
    """The school takes its proposal back. Raises Conflict, NotFound."""
    async with transaction():
        contract, _ = await _lock(variation_id)
        records.require_school(actor, contract)
        await move(
            VARIATION,
            ContractVariation,
            variation_id,
            "take_back",
            actor,
            chains=contract.chains,
            data={"contract": contract.id},
        )
        await _event(actor, contract, "take_back_variation", {"variation": variation_id})


async def contract_of(variation_id: int) -> int:
    """The contract of a variation. Raises NotFound."""
    found = await row("SELECT contract FROM contract_variation WHERE id = {}", variation_id)
    if found is None:
        raise NotFound("没有找到这项变更")
    return int(found["contract"])


async def _lock(variation_id: int) -> tuple[records.Contract, Variation]:
    contract = await records.lock(await contract_of(variation_id))
    found = await row(f"{_SELECT} WHERE id = {{}} FOR UPDATE", variation_id)
    assert found is not None
    return contract, Variation(**found)


async def _event(
    actor: Actor, contract: records.Contract, action: str, data: dict[str, Any], reason: str = ""
) -> None:
    await events.record(
        actor,
        subject="contract",
        subject_id=contract.id,
        action=action,
        chains=contract.chains,
        from_state=contract.state,
        to_state=contract.state,
        reason=reason,
        data=data,
    )


async def _tell_provider(contract: records.Contract, variation_id: int, what: str, body: str) -> None:
    await notify(
        await accounts_of(provider_id=contract.provider_id),
        key=f"contract-variation-{variation_id}",
        subject=f"合同 {contract.number}：{what}",
        body=body,
        link=f"/provider/contracts/{contract.id}",
    )


async def _tell_school(contract: records.Contract, variation_id: int, key: str, what: str, body: str) -> None:
    await notify(
        await accounts_of(school_id=contract.school_id),
        key=f"contract-variation-{variation_id}-{key}",
        subject=f"合同 {contract.number}：{what}",
        body=body,
        link=f"/school/contracts/{contract.id}",
    )
