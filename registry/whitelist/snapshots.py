"""The daily signed snapshot of each public list: made once a day, kept in a locked object, checked offline (R21)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from registry.audit.commands import signing_key
from registry.documents import commands as documents
from registry.jurisdictions.queries import get_list
from registry.kernel import jobs
from registry.kernel.actor import Actor
from registry.kernel.clock import SHANGHAI, real_now
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import NotFound
from registry.whitelist import snapshot_file
from registry.whitelist.export import exported
from registry.whitelist.tables import ListSnapshot

_ACTOR = Actor.for_system("whitelist.snapshots")


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """A snapshot that was made. ``file_id`` is its stored file."""

    id: int
    list_id: int
    list_name: str
    day: date
    made_at: datetime
    entries: int
    size: int
    sha256: str
    signature: str
    public_key: str
    file_id: int

    @property
    def file_name(self) -> str:
        """The name it is kept under by whoever downloads it."""
        return f"whitelist-{self.list_id}-{self.day.isoformat()}.jsonl"


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """One page of snapshots, the latest day first; ``after`` continues it, None at the end."""

    snapshots: tuple[SnapshotView, ...]
    after: str | None


_SELECT = """
SELECT s.id, s.list AS list_id, l.name AS list_name, s.day, s.made_at, s.entries, s.size, s.sha256, s.signature,
       s.public_key, s.file AS file_id
FROM list_snapshot s JOIN registry_list l ON l.id = s.list
"""


async def ask_for(day: date) -> int:
    """Queue the snapshots of ``day`` that are not made yet; returns how many. A list without entries has none."""
    found = await rows(
        "SELECT l.id FROM registry_list l WHERE l.public"
        " AND EXISTS (SELECT 1 FROM entry e WHERE e.list = l.id AND e.listed_on <= {})"
        " AND NOT EXISTS (SELECT 1 FROM list_snapshot s WHERE s.list = l.id AND s.day = {}) ORDER BY l.id",
        day,
        day,
    )
    for one in found:
        async with transaction():
            await jobs.defer(
                "whitelist.snapshot",
                queueing_lock=f"snapshot:{one['id']}:{day}",
                list_id=one["id"],
                day=day.isoformat(),
            )
    return len(found)


async def make(list_id: int, day: date) -> int:
    """Make the snapshot of a list as of ``day`` unless there is one; returns its id. Doing it again is harmless.

    Raises NotFound, Unavailable.
    """
    made = await _made(list_id, day)
    if made is not None:
        return made
    on_list = await get_list(list_id)
    entries = [one async for one in exported(as_of=day, list_ids=[list_id])]
    entries.sort(key=lambda one: str(one["certificate_number"]))
    now = real_now()
    head = {
        "list": on_list.name, "list_id": list_id, "bureau": on_list.bureau_name, "day": day.isoformat(),
        "made_at": now.isoformat(timespec="seconds"), "entries": len(entries),
    }  # fmt: skip
    signed = snapshot_file.write(head, entries, signing_key())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.jsonl"
        path.write_bytes(signed.content)
        put = await documents.put(
            path, name=f"{on_list.name}{day}.jsonl", media_type=snapshot_file.MEDIA_TYPE
        )
    async with transaction():
        # Two workers at once: the second finds the first one's; its object is swept as one that nobody recorded.
        await rows("SELECT id FROM registry_list WHERE id = {} FOR UPDATE", list_id)
        made = await _made(list_id, day)
        if made is not None:
            return made
        file_id = await documents.record(_ACTOR, put, owner="list_snapshot", owner_id=list_id)
        snapshot = ListSnapshot(
            list=list_id, day=day, made_at=now, entries=len(entries), size=len(signed.content),
            sha256=hashlib.sha256(signed.content).hexdigest(), signature=signed.signature,
            public_key=signed.public_key, file=file_id,
        )  # fmt: skip
        await snapshot.save()
        await documents.retain([file_id])
    return int(snapshot.id)


async def _made(list_id: int, day: date) -> int | None:
    found = await row("SELECT id FROM list_snapshot WHERE list = {} AND day = {}", list_id, day)
    return int(found["id"]) if found else None


async def get(snapshot_id: int) -> SnapshotView:
    """One snapshot of a public list. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE s.id = {{}} AND l.public", snapshot_id)
    if found is None:
        raise NotFound("没有找到这份名单快照")
    return _view(found)


async def snapshots(
    *,
    list_ids: Iterable[int] | None = None,
    day: date | None = None,
    after: str | None = None,
    limit: int = 30,
) -> SnapshotPage:
    """Snapshots of public lists, the latest day first."""
    conditions, values = ["l.public"], list[Any]()
    if list_ids is not None:
        conditions.append("s.list = ANY({})")
        values.append(sorted(set(list_ids)))
    if day is not None:
        conditions.append("s.day = {}")
        values.append(day)
    cursor = _cursor(after)
    if cursor is not None:
        conditions.append("(s.day, s.id) < ({}, {})")
        values += cursor
    found = await rows(
        f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY s.day DESC, s.id DESC LIMIT {{}}",
        *values,
        limit + 1,
    )
    shown = tuple(_view(one) for one in found[:limit])
    return SnapshotPage(shown, f"{shown[-1].day.isoformat()}_{shown[-1].id}" if len(found) > limit else None)


def _view(found: dict[str, Any]) -> SnapshotView:
    return SnapshotView(**{**found, "made_at": found["made_at"].astimezone(SHANGHAI)})


def _cursor(after: str | None) -> list[Any] | None:
    day, _, number = (after or "").partition("_")
    try:
        return [date.fromisoformat(day), int(number)] if number.isascii() and len(number) < 10 else None
    except ValueError:
        return None
