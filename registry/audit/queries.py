"""Reading the record: events of a subject, of a chain, and whether a chain is unbroken (R33)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.kernel.clock import SHANGHAI
from registry.kernel.db import row, rows
from registry.kernel.events import GENESIS, digest

COLUMNS = (
    "id, chain, number, subject, subject_id, action, from_state, to_state, account_id, actor, reason, data, on_day,"
    " recorded_at, previous, hash"
)


@dataclass(frozen=True, slots=True)
class EventView:
    """One event as pages show it."""

    id: int
    chain: str
    number: int
    subject: str
    subject_id: int
    action: str
    from_state: str | None
    to_state: str | None
    account_id: int | None
    actor: str
    reason: str
    data: dict[str, Any]
    on_day: date
    recorded_at: datetime
    previous: str
    hash: str

    @property
    def intact(self) -> bool:
        """Whether the stored hash is the one of the row."""
        return self.hash == digest(
            chain=self.chain,
            number=self.number,
            subject=self.subject,
            subject_id=self.subject_id,
            action=self.action,
            from_state=self.from_state,
            to_state=self.to_state,
            account_id=self.account_id,
            actor=self.actor,
            reason=self.reason,
            data=self.data,
            on_day=self.on_day,
            recorded_at=self.recorded_at,
            previous=self.previous,
        )


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the number of the event and what is wrong."""

    number: int
    what: str


def view_of(found: dict[str, Any]) -> EventView:
    """The event of a row with ``COLUMNS``."""
    return EventView(
        **{
            **found,
            "data": json.loads(found["data"]),
            "recorded_at": found["recorded_at"].astimezone(SHANGHAI),
        }
    )


async def of_subject(subject: str, subject_id: int, chain_prefix: str = "bureau:") -> list[EventView]:
    """What happened to one record, in order, each act once (the copy in the chain named by the prefix)."""
    found = await rows(
        f"SELECT {COLUMNS} FROM event WHERE subject = {{}} AND subject_id = {{}} AND chain LIKE {{}} ORDER BY id",  # noqa: S608 -- constants and places only
        subject,
        subject_id,
        f"{chain_prefix}%",
    )
    return [view_of(r) for r in found]


async def of_chains(chains: Sequence[str], before: int | None = None, limit: int = 50) -> list[EventView]:
    """The latest events of some chains, older than event id ``before`` (keyset)."""
    found = await rows(
        f"SELECT {COLUMNS} FROM event WHERE chain = ANY({{}}) AND id < {{}} ORDER BY id DESC LIMIT {{}}",  # noqa: S608 -- constants and places only
        list(chains),
        before or 2**62,
        limit,
    )
    return [view_of(r) for r in found]


async def verify(chain: str) -> list[Break]:
    """Walk a chain from its first event to its head; every break found, none for an unbroken one.

    Streams in pages of 1,000 events, so a long chain does not fill memory.
    """
    breaks: list[Break] = []
    expected, previous = 1, GENESIS
    while True:
        found = await rows(
            f"SELECT {COLUMNS} FROM event WHERE chain = {{}} AND number >= {{}} ORDER BY number LIMIT 1000",  # noqa: S608 -- constants and places only
            chain,
            expected,
        )
        if not found:
            break
        for event in map(view_of, found):
            if event.number != expected:
                breaks.append(Break(expected, "缺少事件"))
            if event.previous != previous:
                breaks.append(Break(event.number, "与前一事件不相接"))
            if not event.intact:
                breaks.append(Break(event.number, "内容与哈希不符"))
            expected, previous = event.number + 1, event.hash
    head = await row("SELECT number, hash FROM chain_head WHERE chain = {}", chain)
    if head is not None and (head["number"] != expected - 1 or head["hash"] != previous):
        breaks.append(Break(expected, "链首记录与最后事件不符"))
    return breaks


async def chains() -> list[str]:
    """The names of all chains."""
    return [r["chain"] for r in await rows("SELECT chain FROM chain_head ORDER BY chain")]
