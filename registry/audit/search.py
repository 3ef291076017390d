"""Looking things up in the record, and how chains stand (R33)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.audit.queries import COLUMNS as _COLUMNS
from registry.audit.queries import Break, EventView, verify, view_of
from registry.kernel.clock import SHANGHAI
from registry.kernel.db import row, rows


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What narrows the record; empty parts do not."""

    subject: str = ""
    subject_id: int | None = None
    action: str = ""
    account_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events, the latest first; ``after`` continues it, None at the end."""

    events: tuple[EventView, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How a chain stands: its length, head hash, breaks, and when its head was last sealed."""

    chain: str
    length: int
    head: str
    breaks: tuple[Break, ...]
    sealed_at: datetime | None

    @property
    def unbroken(self) -> bool:
        """Every event is in its place and unchanged."""
        return not self.breaks


def _where(chains: Iterable[str], wanted: EventFilter) -> tuple[str, list[Any]]:
    conditions, values = ["chain = ANY({})"], list[Any]([sorted(chains)])
    for condition, value in (
        ("subject = {}", wanted.subject or None),
        ("subject_id = {}", wanted.subject_id),
        ("action = {}", wanted.action or None),
        ("account_id = {}", wanted.account_id),
        ("on_day >= {}", wanted.since),
        ("on_day <= {}", wanted.until),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    return " AND ".join(conditions), values


async def search(
    chains: Sequence[str], wanted: EventFilter, *, after: int | None = None, limit: int = 50
) -> EventPage:
    """Events of some chains, narrowed, older than event id ``after``. One query."""
    where, values = _where(chains, wanted)
    if after is not None:
        where += " AND id < {}"
        values.append(after)
    found = await rows(
        f"SELECT {_COLUMNS} FROM event WHERE {where} ORDER BY id DESC LIMIT {{}}",  # noqa: S608 -- constants and places only
        *values,
        limit + 1,
    )
    events = tuple(view_of(one) for one in found[:limit])
    return EventPage(events, str(events[-1].id) if len(found) > limit else None)


async def actors_of(chains: Sequence[str]) -> list[tuple[int, str]]:
    """Who appears in some chains, as (account id, name), for the filter."""
    found = await rows(
        "SELECT DISTINCT ON (account_id) account_id, actor FROM event WHERE chain = ANY({}) AND account_id IS NOT NULL"
        " ORDER BY account_id, id DESC LIMIT 500",
        list(chains),
    )
    return sorted(((one["account_id"], one["actor"]) for one in found), key=lambda pair: pair[1])


async def report(chain: str) -> ChainReport:
    """Walk a chain and say how it stands."""
    breaks = await verify(chain)
    head = await row("SELECT number, hash FROM chain_head WHERE chain = {}", chain)
    sealed = await row("SELECT sealed_at FROM chain_seal WHERE heads ? {} ORDER BY id DESC LIMIT 1", chain)
    return ChainReport(
        chain=chain,
        length=int(head["number"]) if head else 0,
        head=str(head["hash"]) if head else "",
        breaks=tuple(breaks),
        sealed_at=sealed["sealed_at"].astimezone(SHANGHAI) if sealed else None,
    )
