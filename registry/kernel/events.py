"""The event writer: the change and its event are one act, in one transaction (R33)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from registry.kernel import clock
from registry.kernel.actor import Actor
from registry.kernel.bulk import insert_many
from registry.kernel.db import engine, rows
from registry.kernel.tables import Event

GENESIS = "0" * 64
# What belongs to no bureau: who operates the system.
SYSTEM_CHAIN = "system"


def bureau_chain(bureau_id: int) -> str:
    """The chain of what one bureau did."""
    return f"bureau:{bureau_id}"


def provider_chain(provider_id: int) -> str:
    """The chain of what happened to one provider."""
    return f"provider:{provider_id}"


def digest(
    *,
    chain: str,
    number: int,
    subject: str,
    subject_id: int,
    action: str,
    from_state: str | None,
    to_state: str | None,
    account_id: int | None,
    actor: str,
    reason: str,
    data: Mapping[str, Any],
    on_day: date,
    recorded_at: datetime,
    previous: str,
) -> str:
    """The SHA-256 (hex) of an event's canonical JSON, chained through ``previous``."""
    canonical = json.dumps(
        [
            chain,
            number,
            subject,
            subject_id,
            action,
            from_state,
            to_state,
            account_id,
            actor,
            reason,
            data,
            on_day.isoformat(),
            recorded_at.isoformat(),
            previous,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


async def record(
    actor: Actor,
    *,
    subject: str,
    subject_id: int,
    action: str,
    chains: Iterable[str],
    from_state: str | None = None,
    to_state: str | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append one event to each of ``chains`` (``bureau:ID`` / ``provider:ID``).

    Must run inside the command's transaction, after its writes: chain heads are locked last, in the order of
    their names, so that transactions queue instead of deadlocking. ``data`` holds references, never personal
    data. Raises RuntimeError outside a transaction.
    """
    if not engine().transaction_exists():
        raise RuntimeError("an event is written in the transaction of its change")
    on_day = await clock.today()
    recorded_at = datetime.now(clock.SHANGHAI)
    facts: dict[str, Any] = json.loads(json.dumps(dict(data or {}), default=str))
    for chain in sorted(set(chains)):
        await rows(
            "INSERT INTO chain_head (chain, number, hash) VALUES ({}, 0, {}) ON CONFLICT DO NOTHING",
            chain,
            GENESIS,
        )
        head = (await rows("SELECT number, hash FROM chain_head WHERE chain = {} FOR UPDATE", chain))[0]
        values: dict[str, Any] = {
            "chain": chain,
            "number": head["number"] + 1,
            "subject": subject,
            "subject_id": subject_id,
            "action": action,
            "from_state": from_state,
            "to_state": to_state,
            "account_id": actor.account_id,
            "actor": actor.name,
            "reason": reason,
            "data": facts,
            "on_day": on_day,
            "recorded_at": recorded_at,
            "previous": head["hash"],
        }
        hashed = digest(**values)
        await Event.insert(Event(**{**values, "data": json.dumps(facts, ensure_ascii=False)}, hash=hashed))
        await rows(
            "UPDATE chain_head SET number = {}, hash = {} WHERE chain = {}", values["number"], hashed, chain
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """One of many acts of one transaction, for ``record_many``. Fields as in ``record``."""

    subject: str
    subject_id: int
    action: str
    chains: tuple[str, ...]
    from_state: str | None = None
    to_state: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


async def record_many(actor: Actor, happenings: Sequence[Happening], *, reason: str = "") -> None:
    """Append many events of one act, as ``record`` does for one: all heads are locked in the order of their names.

    Takes a handful of statements however many there are. Raises RuntimeError outside a transaction.
    """
    if not engine().transaction_exists():
        raise RuntimeError("an event is written in the transaction of its change")
    chains = sorted({chain for one in happenings for chain in one.chains})
    if not chains:
        return
    on_day, recorded_at = await clock.today(), datetime.now(clock.SHANGHAI)
    await rows(
        "INSERT INTO chain_head (chain, number, hash) SELECT c, 0, {} FROM unnest({}::varchar[]) AS c ORDER BY c"
        " ON CONFLICT DO NOTHING",
        GENESIS,
        chains,
    )
    # One by one in their order: a sorted SELECT … FOR UPDATE locks in that order.
    found = await rows(
        "SELECT chain, number, hash FROM chain_head WHERE chain = ANY({}) ORDER BY chain FOR UPDATE", chains
    )
    heads = {str(one["chain"]): (int(one["number"]), str(one["hash"])) for one in found}
    made: list[dict[str, Any]] = []
    for one in happenings:
        facts: dict[str, Any] = json.loads(json.dumps(dict(one.data), default=str))
        for chain in sorted(set(one.chains)):
            number, previous = heads[chain]
            values: dict[str, Any] = {
                "chain": chain, "number": number + 1, "subject": one.subject, "subject_id": one.subject_id,
                "action": one.action, "from_state": one.from_state, "to_state": one.to_state,
                "account_id": actor.account_id, "actor": actor.name, "reason": reason, "data": facts,
                "on_day": on_day, "recorded_at": recorded_at, "previous": previous,
            }  # fmt: skip
            hashed = digest(**values)
            made.append({**values, "hash": hashed})
            heads[chain] = (number + 1, hashed)
    await insert_many(Event, made)
    await rows(
        "UPDATE chain_head h SET number = n.number, hash = n.hash"
        " FROM unnest({}::varchar[], {}::bigint[], {}::varchar[]) AS n (chain, number, hash) WHERE h.chain = n.chain",
        chains,
        [heads[chain][0] for chain in chains],
        [heads[chain][1] for chain in chains],
    )
