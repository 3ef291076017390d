"""Putting files away, recording them, locking what was handed in (R7).

The order is: put the object, commit the record, lock on submission. A crash in between leaves an object
without a record, which a sweep removes after an hour; never a record without its object.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from registry.documents.store import object_store, told
from registry.documents.tables import StoredFile
from registry.kernel import jobs
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.errors import Conflict
from registry.kernel.years import add_years
from registry.settings import get_settings
from storage.errors import ObjectLocked
from storage.keys import Area, derived_key, new_key, parse_key


@dataclass(frozen=True, slots=True)
class PutFile:
    """A file whose object is stored and whose record is not written yet.

    ``name`` is safe to show and to offer for download; ``display_key`` is the object of a sanitised copy.
    ``notes`` is what intake saw (``{"code": "javascript", "detail": ""}``).
    """

    name: str
    media_type: str
    size: int
    pages: int | None
    sha256: str
    object_key: str
    object_version: str
    display_key: str | None = None
    notes: Sequence[Mapping[str, str]] = ()


async def put(
    path: Path,
    *,
    name: str,
    media_type: str,
    pages: int | None = None,
    display: Path | None = None,
    notes: Sequence[Mapping[str, str]] = (),
) -> PutFile:
    """Store the bytes of ``path`` unchanged, and a sanitised copy beside them if ``display`` is given.

    ``name`` is safe to show and to offer for download (``registry.checks.uploads`` makes it so). Raises
    Unavailable where the store does not answer; nothing is recorded then.
    """
    store, limit = object_store(), get_settings().max_upload_bytes
    key = new_key(Area.UPLOADS, media_type)
    with told():
        with path.open("rb") as source:
            stored = await store.put(key, source, content_type=media_type, limit=limit)
        display_key = None
        if display is not None:
            display_key = derived_key(key, "display", "application/pdf")
            with display.open("rb") as source:
                # A rewritten copy may be larger than its original; the original has passed the limit.
                await store.put(display_key, source, content_type="application/pdf", limit=limit * 4)
    return PutFile(
        name=name,
        media_type=media_type,
        size=stored.size,
        pages=pages,
        sha256=stored.sha256,
        object_key=stored.key,
        object_version=stored.version_id,
        display_key=display_key,
        notes=tuple(notes),
    )


async def record(actor: Actor, file: PutFile, *, owner: str, owner_id: int) -> int:
    """Write the record of a put file in the caller's transaction; returns its id."""
    made = StoredFile(
        owner=owner,
        owner_id=owner_id,
        given_name=file.name,
        media_type=file.media_type,
        size=file.size,
        pages=file.pages,
        sha256=file.sha256,
        object_key=file.object_key,
        object_version=file.object_version,
        display_key=file.display_key,
        notes=json.dumps([dict(note) for note in file.notes], ensure_ascii=False),
        uploaded_by=actor.account_id,
        uploaded_at=real_now(),
    )
    await made.save()
    return int(made.id)


async def retain(file_ids: Iterable[int]) -> datetime:
    """Decide in the caller's transaction that files are kept for the retention period, and queue their lock.

    From here they cannot be deleted; the store's own lock follows with ``lock``. Returns the end of the
    period (real time).
    """
    ids = sorted(set(file_ids))
    now = real_now()
    until = datetime.combine(add_years(now.date(), get_settings().retention_years), now.timetz())
    await rows(
        "UPDATE stored_file SET retain_until = greatest(retain_until, {}) WHERE id = ANY({}) AND state <> 'deleted'",
        until,
        ids,
    )
    for file_id in ids:
        await jobs.defer("documents.lock", lock=f"file:{file_id}", file_id=file_id)
    return until


async def lock(file_id: int) -> None:
    """Put the store's COMPLIANCE lock on a file whose retention was decided. Doing it again is fine."""
    found = await rows(
        "SELECT object_key, object_version, retain_until FROM stored_file"
        " WHERE id = {} AND retain_until IS NOT NULL AND state = 'stored'",
        file_id,
    )
    if not found:
        return
    file = found[0]
    with told():
        # Locked for longer already: longer is what the rule asks for at least.
        with suppress(ObjectLocked):
            await object_store().lock(
                parse_key(file["object_key"]), file["object_version"], until=file["retain_until"]
            )
    await rows("UPDATE stored_file SET state = 'locked' WHERE id = {} AND state = 'stored'", file_id)


async def discard(file_id: int) -> None:
    """Give up a draft's file in the caller's transaction; the hourly sweep removes its objects.

    Raises Conflict for a file that was handed in: it is kept for the retention period (R7).
    """
    changed = await rows(
        "UPDATE stored_file SET state = 'deleted' WHERE id = {} AND state = 'stored' AND retain_until IS NULL"
        " RETURNING id",
        file_id,
    )
    if not changed:
        raise Conflict("这个文件已提交，按规定须原样保存，不能删除")
