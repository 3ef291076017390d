"""The event writer: the change and its event are one act, in one transaction (R33)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from registry.kernel import clock
from registry.kernel.actor import Actor
from registry.kernel.db import engine, rows
from registry.kernel.tables import Event

GENESIS = "0" * 64


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
