"""Remove what a crash left behind: objects without a record, uploads that never ended.

A file is put first and recorded second, so a crash in between leaves an object nobody knows. It is
removed an hour later, when no request that could still record it is alive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from storage.client import translated
from storage.errors import InvalidKey, ObjectLocked
from storage.keys import Area, ObjectKey, parse_key
from storage.store import ObjectStore, ObjectVersion

GRACE: Final = timedelta(hours=1)
BATCH: Final = 500

# Given keys, those of them that a record names.
Known = Callable[[frozenset[ObjectKey]], Awaitable[frozenset[ObjectKey]]]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: versions removed, their bytes, versions kept by a lock, uploads ended."""

    removed: int = 0
    freed_bytes: int = 0
    locked: int = 0
    uploads_ended: int = 0


async def sweep_orphans(
    store: ObjectStore,
    area: Area,
    known: Known,
    *,
    older_than: timedelta = GRACE,
    now: datetime | None = None,
) -> Swept:
    """Delete every version in `area` older than `older_than` that `known` does not know.

    `known` is asked in batches of keys. Names that are no keys of ours are left alone: somebody else put
    them there. `now` is real time. Ends abandoned multipart uploads of the same age as well.
    """
    before = (now or datetime.now(UTC)) - older_than
    removed = freed = locked = 0
    batch: list[ObjectVersion] = []

    async def flush() -> None:
        nonlocal removed, freed, locked
        keys = frozenset(ObjectKey(version.key) for version in batch)
        orphans = keys - await known(keys)
        for version in batch:
            if version.key not in orphans:
                continue
            try:
                await store.delete(ObjectKey(version.key), version.version_id)
            except ObjectLocked:
                locked += 1
            else:
                removed += 1
                freed += version.size
        batch.clear()

    async for version in store.versions(f"{area.value}/"):
        if version.stored_at >= before or not _is_ours(version.key):
            continue
        batch.append(version)
        if len(batch) >= BATCH:
            await flush()
    if batch:
        await flush()
    ended = await asyncio.to_thread(_end_uploads, store, area, before)
    return Swept(removed=removed, freed_bytes=freed, locked=locked, uploads_ended=ended)


def _is_ours(name: str) -> bool:
    try:
        parse_key(name)
    except InvalidKey:
        return False
    return True


def _end_uploads(store: ObjectStore, area: Area, before: datetime) -> int:
    """Abort multipart uploads begun before `before`: their parts hold bytes no listing shows.

    The SDK has no public call for this; the two internals it uses itself are pinned by a test.
    """
    ended = 0
    with translated():
        listed = store.client._list_multipart_uploads(store.bucket, prefix=f"{area.value}/", max_uploads=1000)
        for upload in listed.uploads:
            begun = upload.initiated_time
            if begun is not None and begun < before and upload.upload_id:
                store.client._abort_multipart_upload(store.bucket, upload.object_name, upload.upload_id)
                ended += 1
    return ended
