"""Renewing a contract: a new one that looks at the list again, drafted from two months before the end (R22, R23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from registry.contracts import drafting, records
from registry.contracts.drafting import Terms
from registry.contracts.following_rules import renewal_opens, renewal_refusal
from registry.contracts.people import read_people, write_people
from registry.contracts.rules import default_end, latest_end
from registry.jurisdictions.queries import get_list
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, RuleRefusal
from registry.kernel.refusals import Refusal
from registry.notifications.commands import accounts_of, notify
from registry.schools.queries import serves
from registry.whitelist.queries import entries_of_provider

SYSTEM = Actor.for_system("contracts.renewing")


@dataclass(frozen=True, slots=True)
class Renewal:
    """Where a contract stands with its renewal: from when one may be drafted, and the one that was."""

    opens_on: date
    refusal: Refusal | None
    contract_id: int | None
    number: str


async def renewal_of(contract: records.Contract, as_of: date) -> Renewal:
    """Where a signed contract stands with its renewal on ``as_of``."""
    found = await row(
        "SELECT id, number FROM contract WHERE renews = {} AND state <> 'cancelled' ORDER BY id DESC LIMIT 1",
        contract.id,
    )
    refusal = renewal_refusal(contract.ends_on, flagged=contract.flagged_on is not None, as_of=as_of)
    return Renewal(
        renewal_opens(contract.ends_on),
        refusal,
        int(found["id"]) if found else None,
        str(found["number"]) if found else "",
    )


async def renew(actor: Actor, contract_id: int) -> int:
    """Draft the contract that follows a signed one, with its terms and people; returns its id.

    The list is looked at again: the provider must have an active entry on a list that serves the school, for the
    category (R22). Service begins the day after the end, or today where that has passed. Preconditions are to be met
    anew (R24). Raises RuleRefusal, Conflict where it was renewed already, NotFound.
    """
    as_of = await today()
    async with transaction():
        contract = await records.lock(contract_id)
        records.require_school(actor, contract)
        if contract.state != "signed":
            raise Conflict("只有已签订的合同可以续签。请刷新页面查看最新情况")
        standing = await renewal_of(contract, as_of)
        if standing.contract_id is not None:
            raise Conflict("这份合同已经续签：%(number)s。请刷新页面查看最新情况", number=standing.number)
        if standing.refusal is not None:
            raise RuleRefusal.of(standing.refusal)
        entry_id = await _entry(contract, as_of)
        starts_on = max(contract.ends_on + timedelta(days=1), as_of)
        policy = (await get_list(contract.list_id)).policy
        ends_on = min(
            default_end(starts_on, policy.contract.school_year_ends_on),
            latest_end(starts_on, policy.contract.max_years),
        )
        terms = Terms(contract.category, contract.course_title, starts_on, ends_on, contract.fee_cents)
        made = await drafting.draft(actor, contract.school_id, entry_id, terms)
        await rows("UPDATE contract SET renews = {} WHERE id = {}", contract_id, made)
        await write_people(made, await read_people(contract_id))
        await events.record(
            actor,
            subject="contract",
            subject_id=contract_id,
            action="renew",
            chains=contract.chains,
            from_state=contract.state,
            to_state=contract.state,
            data={"by": made},
        )
    return made


async def _entry(contract: records.Contract, as_of: date) -> int:
    """The provider's entry to sign under: the old one while it is active, else a newer one that serves the school."""
    entries = await entries_of_provider([contract.provider_id], as_of)
    active = sorted(
        (one for one in entries if one.active and contract.category in one.categories),
        key=lambda one: (one.id != contract.entry_id, -one.ends_on.toordinal()),
    )
    for one in active:
        if await serves(one.list_id, contract.school_id):
            return one.id
    return contract.entry_id


async def remind(day: date) -> int:
    """Tell schools once, two months before a contract ends, that it may be renewed; returns how many were told.

    ``day`` may be one that is caught up: a contract that has ended meanwhile is not told of.
    """
    now = max(day, await today())
    due = await rows(
        "SELECT c.id FROM contract c WHERE c.state = 'signed' AND c.flagged_on IS NULL AND c.ends_on >= {}"
        " AND c.ends_on <= {}::date + 62 AND NOT EXISTS (SELECT 1 FROM contract r WHERE r.renews = c.id AND r.state"
        " <> 'cancelled') AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.key = 'contract-renewal-' || c.id)"
        " ORDER BY c.id",
        now,
        now,
    )
    told = 0
    for one in due:
        contract = await records.load(one["id"])
        if now < renewal_opens(contract.ends_on):
            continue
        async with transaction():
            await notify(
                await accounts_of(school_id=contract.school_id),
                key=f"contract-renewal-{contract.id}",
                subject=f"合同 {contract.number} 即将期满",
                body=f"合同至 {contract.ends_on.isoformat()} 期满，需要继续服务的可以续签；续签时重新核对机构是否在册。",
                link=f"/school/contracts/{contract.id}",
            )
        told += 1
    return told
