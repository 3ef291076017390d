"""Jobs of stored files: locking what was handed in, sweeping what nobody recorded."""

from __future__ import annotations

from datetime import datetime

import structlog

from registry.documents import commands
from registry.documents.store import object_store
from registry.kernel.db import rows
from registry.kernel.jobs import job
from storage.keys import Area, ObjectKey, uuid_of
from storage.sweep import Swept, sweep_orphans

log = structlog.get_logger(__name__)


@job("documents.lock", retries=20)
async def lock(file_id: int) -> None:
    """Put the store's lock on a file that was handed in (R7)."""
    await commands.lock(file_id)


@job("documents.sweep", cron="17 * * * *")
async def sweep() -> None:
    """Remove objects older than an hour that no record names: a crash or a deleted draft left them."""
    for area in (Area.UPLOADS, Area.DERIVED):
        swept = await sweep_area(area)
        if swept.removed or swept.uploads_ended:
            log.info(
                "orphan objects swept",
                area=area.value,
                removed=swept.removed,
                freed_bytes=swept.freed_bytes,
                uploads_ended=swept.uploads_ended,
            )


async def sweep_area(area: Area, now: datetime | None = None) -> Swept:
    """Sweep one area as of ``now`` (real time); what is derived stays as long as its original is recorded."""
    return await sweep_orphans(object_store(), area, known, now=now)


async def known(keys: frozenset[ObjectKey]) -> frozenset[ObjectKey]:
    """Those of ``keys`` that belong to a recorded file: itself, or what was made from it."""
    by_uuid: dict[str, set[ObjectKey]] = {}
    for key in keys:
        by_uuid.setdefault(uuid_of(key).hex, set()).add(key)
    found = await rows(
        # The expression is that of an index: the uuid in area/xx/uuid.ext.
        "SELECT split_part(split_part(object_key, '/', 3), '.', 1) AS uuid FROM stored_file"
        " WHERE split_part(split_part(object_key, '/', 3), '.', 1) = ANY({}) AND state <> 'deleted'",
        list(by_uuid),
    )
    return frozenset(key for one in found for key in by_uuid[one["uuid"]])
