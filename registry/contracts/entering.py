"""Who enters the school while a contract runs (R32): people join and leave, clearances are asked for again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta

from registry.contracts import records
from registry.contracts.people import (
    MAX_PEOPLE,
    Person,
    add_person,
    check_people,
    people_by_id,
    people_counts,
    person_index,
)
from registry.contracts.records import Contract
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, RuleRefusal
from registry.notifications.commands import accounts_of, notify
from registry.policies import thaw
from registry.providers.rules import check_resident_id

_REMIND_DAYS = (30, 7, 0)


def clearance_months(contract: Contract) -> int:
    """How long clearances hold under a signed contract, in months: by the policy frozen in it (R30)."""
    if contract.policy is None:
        raise ValueError("the contract is not signed")
    return thaw(json.loads(contract.policy)).contract.clearance_months


async def join(actor: Actor, contract_id: int, person: Person) -> None:
    """The school lets one more person in under a signed contract.

    Raises Invalid at the fields, RuleRefusal (R32) for somebody who is not cleared or whom the bureau has not
    admitted to the provider's roster, Conflict where the contract is over, NotFound for another school's.
    """
    as_of = await today()
    async with transaction():
        contract = await _running(actor, contract_id, as_of)
        known = await people_by_id(contract_id)
        errors = [
            FieldError(one.field.removeprefix("people-0-"), one.message, one.params)
            for one in check_people([person], as_of)
        ]
        number = check_resident_id(person.id_number).value
        if any(one.id_number == number for one in known.values()):
            errors.append(FieldError("id_number", "这个身份证号码已在名单中，请勿重复填写"))
        if len(known) >= MAX_PEOPLE:
            errors.append(FieldError("name", "入校服务人员最多 %(max)s 名", {"max": str(MAX_PEOPLE)}))
        if errors:
            raise Invalid(fields=errors)
        if not person.cleared_on(as_of, clearance_months(contract)):
            raise RuleRefusal(
                "这名人员没有登记资格、健康或违法犯罪记录查询，或登记已超过有效期，不能入校。请补齐后再登记",
                code="person_uncleared",
                rule="R32",
            )
        await add_person(contract_id, person, as_of)
        counts = await people_counts(contract_id, as_of, clearance_months(contract))
        if counts.off_roster and await _off_roster(contract, number, as_of):
            raise RuleRefusal(
                "这名人员在机构教师名册中尚未核准、未获核准、已离开或资格证件已过期，不能入校。请由机构申请核准",
                code="people_off_roster",
                rule="R32",
            )
        await _note(actor, contract, "let_in", {"people": counts.named})


async def _off_roster(contract: Contract, number: str, as_of: date) -> bool:
    found = await row(
        "SELECT bool_or(state = 'active' AND (valid_until IS NULL OR valid_until >= {}::date)) AS admitted"
        " FROM roster_person WHERE entry = {} AND id_index = {}",
        as_of,
        contract.entry_id,
        person_index(number),
    )
    return found is not None and found["admitted"] is False


async def leave(actor: Actor, contract_id: int, person_id: int) -> None:
    """The school takes a person off a signed contract; that they were named stays. Raises as ``join``."""
    as_of = await today()
    async with transaction():
        contract = await _running(actor, contract_id, as_of)
        known = await people_by_id(contract_id)
        if person_id not in known:
            raise NotFound("没有找到这名人员")
        if len(known) == 1:
            raise Conflict("合同须至少列明一名入校服务人员。请先登记接替的人员")
        await rows("UPDATE contract_person SET left_on = {} WHERE id = {}", as_of, person_id)
        await _note(actor, contract, "let_out", {"person": person_id, "people": len(known) - 1})


async def renew(
    actor: Actor,
    contract_id: int,
    person_id: int,
    *,
    health_checked_on: date | None,
    record_queried_on: date | None,
) -> None:
    """The school records that clearances were looked at again, with their day. Raises as ``join``."""
    as_of = await today()
    async with transaction():
        contract = await _running(actor, contract_id, as_of)
        person = (await people_by_id(contract_id)).get(person_id)
        if person is None:
            raise NotFound("没有找到这名人员")
        errors = []
        for field, given in (
            ("health_checked_on", health_checked_on),
            ("record_queried_on", record_queried_on),
        ):
            before: date | None = getattr(person, field)
            if given is not None and given > as_of:
                errors.append(FieldError(field, "日期不能晚于今天"))
            elif given is not None and before is not None and given < before:
                errors.append(FieldError(field, "日期不能早于已登记的日期"))
        if errors or (health_checked_on is None and record_queried_on is None):
            raise Invalid(fields=errors or [FieldError("health_checked_on", "请填写新的查验日期")])
        await rows(
            "UPDATE contract_person SET health_checked_on = coalesce({}::date, health_checked_on),"
            " record_queried_on = coalesce({}::date, record_queried_on) WHERE id = {}",
            health_checked_on,
            record_queried_on,
            person_id,
        )
        await _note(
            actor,
            contract,
            "renew_clearance",
            {"person": person_id, "health": health_checked_on, "record": record_queried_on},
        )


async def _running(actor: Actor, contract_id: int, as_of: date) -> Contract:
    contract = await records.lock(contract_id)
    records.require_school(actor, contract)
    if contract.state != "signed" or as_of > contract.ends_on:
        raise Conflict("这份合同不在履行期内，不能更改入校人员")
    return contract


async def _note(actor: Actor, contract: Contract, action: str, data: Mapping[str, object]) -> None:
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


async def remind(day: date) -> int:
    """Ask again for clearances that lapse: 30, 7 and 0 days before, once each; returns how many contracts.

    To the school, which lets people in, and to the provider, which brings them. Idempotent; of the reminders due
    the most urgent alone is sent. ``day`` may be one that is caught up: what is told is true on the day it is told.
    """
    now = max(day, await today())
    found = await rows(
        "SELECT c.id, min(least(p.health_checked_on, p.record_queried_on) + make_interval(months =>"
        " coalesce((c.policy->'contract'->>'clearance_months')::int, 12)))::date AS lapses_on"
        " FROM contract c JOIN contract_person p ON p.contract = c.id AND p.left_on IS NULL"
        " WHERE c.state = 'signed' AND c.ends_on >= {} AND c.flagged_on IS NULL AND p.health_checked_on IS NOT NULL"
        " AND p.record_queried_on IS NOT NULL GROUP BY c.id"
        " HAVING min(least(p.health_checked_on, p.record_queried_on) + make_interval(months =>"
        " coalesce((c.policy->'contract'->>'clearance_months')::int, 12)))::date <= {}::date + {}::int ORDER BY c.id",
        now,
        now,
        max(_REMIND_DAYS),
    )
    sent = 0
    for one in found:
        left = (one["lapses_on"] - now).days
        reminder = min((days for days in _REMIND_DAYS if left <= days), default=None)
        sent += reminder is not None and await _remind_one(one["id"], one["lapses_on"], reminder, left)
    return sent


async def _remind_one(contract_id: int, lapses_on: date, reminder: int, left: int) -> bool:
    key = f"contract-clearance-{contract_id}-{lapses_on.isoformat()}-{reminder}"
    async with transaction():
        if await row("SELECT 1 AS one FROM notification WHERE key = {} LIMIT 1", key) is not None:
            return False
        contract = await records.load(contract_id)
        last_day = lapses_on - timedelta(days=1)
        what = "已到期，有关人员不得入校" if left <= 0 else f"有效期至 {last_day.isoformat()}"
        for accounts, link in (
            (await accounts_of(school_id=contract.school_id), f"/school/contracts/{contract_id}/entering"),
            (await accounts_of(provider_id=contract.provider_id), f"/provider/contracts/{contract_id}"),
        ):
            await notify(
                accounts,
                key=key,
                subject=f"合同 {contract.number}：入校人员的健康或违法犯罪记录查询{what}",
                body="请重新查验，由学校登记新的查验日期。",
                link=link,
            )
    return True
