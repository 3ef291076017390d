"""Contracts as they are read: one row with its school, entry and list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.contracts.rules import Phase, phase
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract. ``fee_cents`` is the fee of one lesson; ``policy`` the one frozen at signing, as JSON text."""

    id: int
    number: str
    state: str
    school_id: int
    school_name: str
    township: bool
    entry_id: int
    certificate_number: str
    provider_id: int
    provider_name: str
    credit_code: str
    list_id: int
    list_name: str
    bureau_id: int
    bureau_name: str
    category: str
    course_title: str
    starts_on: date
    ends_on: date
    fee_cents: int | None
    committee_applied: bool
    parents_asked: int | None
    parents_signed: int | None
    school_confirmed_by: int | None
    school_confirmed_at: datetime | None
    provider_confirmed_by: int | None
    provider_confirmed_at: datetime | None
    scan: int | None
    signed_on: date | None
    policy_version: str | None
    policy: str | None
    flagged_on: date | None
    flagged_case_id: int | None
    service_checked_on: date | None
    service_blocked_on: date | None
    service_blocked_reason: str
    terminated_on: date | None
    termination_ground: str | None
    termination_reason: str
    renews: int | None
    created_at: datetime

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the list's bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))

    @property
    def editable(self) -> bool:
        """Nothing is agreed yet: drafted or offered."""
        return self.state in {"draft", "offered"}

    @property
    def takes_scan(self) -> bool:
        """Whether the sealed scan may be uploaded: before signing, and for a contract signed on paper before it was
        brought along, which has none yet. One that is there stays once the contract is signed (R22)."""
        return self.editable or (self.scan is None and self.state in {"signed", "terminated"})

    def phase(self, as_of: date) -> Phase | None:
        """What a signed contract is on a day; None before it is signed."""
        if self.state not in {"signed", "terminated"}:
            return None
        return phase(self.starts_on, self.ends_on, self.terminated_on, as_of)

    def shown_state(self, as_of: date) -> str:
        """The state as pages name it: the stored one, or blocked or ended where the dates make it so."""
        current = self.phase(as_of)
        if current is Phase.RUNNING and self.service_blocked_on is not None:
            return "blocked"
        return "ended" if current is Phase.ENDED else self.state


SELECT = """
SELECT c.id, c.number, c.state, c.school AS school_id, k.name AS school_name, k.township, c.entry AS entry_id,
       e.certificate_number, e.provider AS provider_id, e.name AS provider_name, p.credit_code,
       e.list AS list_id, l.name AS list_name, l.bureau AS bureau_id, b.name AS bureau_name, c.category,
       c.course_title, c.starts_on, c.ends_on, c.fee_cents, c.committee_applied, c.parents_asked,
       c.parents_signed, c.school_confirmed_by, c.school_confirmed_at, c.provider_confirmed_by,
       c.provider_confirmed_at, c.scan, c.signed_on, c.policy_version, c.policy, c.flagged_on, c.flagged_case_id,
       c.service_checked_on, c.service_blocked_on, c.service_blocked_reason, c.terminated_on,
       c.termination_ground, c.termination_reason, c.renews, c.created_at
FROM contract c JOIN school k ON k.id = c.school JOIN entry e ON e.id = c.entry
JOIN provider p ON p.id = e.provider JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau
"""


async def load(contract_id: int) -> Contract:
    """One contract, whoever asks. Raises NotFound."""
    found = await row(f"{SELECT} WHERE c.id = {{}}", contract_id)
    if found is None:
        raise NotFound("没有找到这份合同")
    return Contract(**found)


async def lock(contract_id: int) -> Contract:
    """Load and lock a contract inside the caller's transaction, its entry's row first (R22). Raises NotFound.

    The entry of a contract never changes, so that it can be read before the lock.
    """
    found = await row("SELECT entry FROM contract WHERE id = {}", contract_id)
    if found is None:
        raise NotFound("没有找到这份合同")
    await rows("SELECT id FROM entry WHERE id = {} FOR UPDATE", found["entry"])
    await rows("SELECT id FROM contract WHERE id = {} FOR UPDATE", contract_id)
    return await load(contract_id)


def is_school(actor: Actor, contract: Contract) -> bool:
    """Whether the actor belongs to the contract's school."""
    return contract.school_id in actor.school_ids


def is_provider(actor: Actor, contract: Contract) -> bool:
    """Whether the actor belongs to the provider and may know the contract: a draft is the school's own."""
    return contract.provider_id in actor.provider_ids and (
        contract.state not in {"draft", "cancelled"} or contract.school_confirmed_at is not None
    )


def require_school(actor: Actor, contract: Contract) -> None:
    """Raises NotFound for another school's contract."""
    if not is_school(actor, contract):
        raise NotFound("没有找到这份合同")


def require_provider(actor: Actor, contract: Contract) -> None:
    """Raises NotFound for another provider's contract, and for a draft."""
    if not is_provider(actor, contract):
        raise NotFound("没有找到这份合同")


def of(found: dict[str, Any]) -> Contract:
    """A contract from a row of ``SELECT``."""
    return Contract(**found)
