"""Reading contracts: lists by side, one contract, its preconditions and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.contracts import records
from registry.contracts.records import SELECT, Contract
from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.kernel.errors import NotFound

SHOWN_TO_PROVIDER = ("offered", "signed", "terminated")


@dataclass(frozen=True, slots=True)
class ContractPage:
    """One page of contracts, the newest first; ``after`` continues it."""

    contracts: tuple[Contract, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class PreconditionView:
    """A recorded precondition (R24)."""

    kind: str
    met_on: date
    note: str
    file: int | None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a contract as its timeline shows it."""

    action: str
    on_day: date
    at: datetime
    actor: str
    reason: str


async def get_contract(actor: Actor, contract_id: int) -> Contract:
    """One contract for its school, its provider, or an official of the list's bureau. Raises NotFound."""
    contract = await records.load(contract_id)
    official = contract.bureau_id in actor.bureau_ids() and contract.state != "draft"
    if not (official or records.is_school(actor, contract) or records.is_provider(actor, contract)):
        raise NotFound("没有找到这份合同")
    return contract


async def may_read_files(actor: Actor, contract_id: int) -> bool:
    """Whether the actor may open the files of a contract."""
    try:
        await get_contract(actor, contract_id)
    except NotFound:
        return False
    return True


async def list_contracts(
    *,
    school_ids: Iterable[int] | None = None,
    provider_ids: Iterable[int] | None = None,
    entry_id: int | None = None,
    state: str = "",
    as_of: date,
    after: str | None = None,
    limit: int = 50,
) -> ContractPage:
    """Contracts of some schools, of some providers (without drafts) or under an entry, the newest first.

    ``state`` is draft, offered, signed (all that were signed and not ended), flagged, over, or "" for all.
    """
    conditions, values = ["true"], list[Any]()
    if school_ids is not None:
        conditions.append("c.school = ANY({})")
        values.append(sorted(set(school_ids)))
    if provider_ids is not None:
        conditions.append("e.provider = ANY({}) AND c.state = ANY({})")
        values += [sorted(set(provider_ids)), list(SHOWN_TO_PROVIDER)]
    if entry_id is not None:
        conditions.append("c.entry = {} AND c.state IN ('signed', 'terminated')")
        values.append(entry_id)
    _of_state(conditions, values, state, as_of)
    if after and after.isascii() and after.isdigit() and len(after) < 10:
        conditions.append("c.id < {}")
        values.append(int(after))
    found = await rows(
        f"{SELECT} WHERE {' AND '.join(conditions)} ORDER BY c.id DESC LIMIT {{}}", *values, limit + 1
    )
    shown = tuple(records.of(one) for one in found[:limit])
    return ContractPage(shown, str(shown[-1].id) if len(found) > limit else None)


def _of_state(conditions: list[str], values: list[Any], state: str, as_of: date) -> None:
    if state in {"draft", "offered"}:
        conditions.append("c.state = {}")
        values.append(state)
    elif state == "signed":
        conditions.append("c.state = 'signed' AND c.ends_on >= {}")
        values.append(as_of)
    elif state == "flagged":
        conditions.append("c.state = 'signed' AND c.flagged_on IS NOT NULL")
    elif state == "over":
        conditions.append(
            "(c.state IN ('terminated', 'cancelled') OR (c.state = 'signed' AND c.ends_on < {}))"
        )
        values.append(as_of)


async def running_under(list_id: int, provider_id: int, as_of: date) -> list[Contract]:
    """The signed contracts of a provider under a list that run on ``as_of`` or will, also those that outlive an
    earlier entry (R23, R27), by id."""
    found = await rows(
        f"{SELECT} WHERE e.list = {{}} AND e.provider = {{}} AND c.state = 'signed' AND c.ends_on >= {{}} ORDER BY c.id",
        list_id,
        provider_id,
        as_of,
    )
    return [records.of(one) for one in found]


async def preconditions_of(contract_id: int) -> dict[str, PreconditionView]:
    """What was recorded of the preconditions, by kind."""
    found = await rows(
        "SELECT kind, met_on, note, file FROM contract_precondition WHERE contract = {}", contract_id
    )
    return {one["kind"]: PreconditionView(**one) for one in found}


async def happenings(contract_id: int) -> list[Happening]:
    """What happened to a contract, the newest first (at most 100)."""
    found = await rows(
        "SELECT action, on_day, recorded_at AS at, actor, reason FROM event WHERE subject = 'contract' AND subject_id = {}"
        " AND chain LIKE 'bureau:%' ORDER BY id DESC LIMIT 100",
        contract_id,
    )
    return [Happening(**one) for one in found]


def declined_because(happened: Iterable[Happening]) -> str:
    """Why the provider handed the contract back last, "" if it never did. ``happened``: the newest first."""
    return next((one.reason for one in happened if one.action == "decline"), "")
