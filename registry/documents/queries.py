"""Reading stored files: the record, the bytes, whether they are still the ones that were handed in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from registry.documents.store import object_store, told
from registry.kernel.db import row
from registry.kernel.errors import NotFound
from storage.errors import ObjectMissing
from storage.keys import derived_key, parse_key


@dataclass(frozen=True, slots=True)
class FileView:
    """The record of a stored file. ``notes`` are (code, detail) pairs of intake."""

    id: int
    owner: str
    owner_id: int
    given_name: str
    media_type: str
    size: int
    pages: int | None
    sha256: str
    object_key: str
    object_version: str
    display_key: str | None
    state: str
    uploaded_at: datetime
    retain_until: datetime | None
    notes: tuple[tuple[str, str], ...]


_SELECT = """
SELECT id, owner, owner_id, given_name, media_type, size, pages, sha256, object_key, object_version, display_key,
       state, uploaded_at, retain_until, notes
FROM stored_file
"""


async def get(file_id: int) -> FileView:
    """The record of a file that is not deleted. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE id = {{}} AND state <> 'deleted'", file_id)
    if found is None:
        raise NotFound("没有找到这个文件")
    notes = tuple((note["code"], note.get("detail", "")) for note in json.loads(found.pop("notes")))
    return FileView(**found, notes=notes)


@asynccontextmanager
async def open_stream(file: FileView) -> AsyncIterator[AsyncIterator[bytes]]:
    """The original's bytes as a stream. Raises NotFound, Unavailable."""
    with told():
        async with object_store().open(parse_key(file.object_key), version_id=file.object_version) as chunks:
            yield chunks


async def copy_original(file: FileView, target: IO[bytes]) -> None:
    """Write the original into an open file, its SHA-256 compared. Raises NotFound, Unavailable."""
    with told():
        await object_store().copy_to(
            parse_key(file.object_key), target, sha256=file.sha256, version_id=file.object_version
        )


async def copy_for_display(file: FileView, target: IO[bytes]) -> None:
    """Write the sanitised copy into an open file, or the original where there is none."""
    if file.display_key is None:
        await copy_original(file, target)
        return
    with told():
        await object_store().copy_to(parse_key(file.display_key), target)


async def cached_page(file: FileView, part: str) -> bytes | None:
    """A page image made before under the name ``part`` (``page-0001-150``), or None."""
    try:
        with told():
            return await object_store().read(
                derived_key(parse_key(file.object_key), part, "image/png"), limit=_PAGE_LIMIT
            )
    except NotFound as gone:
        if isinstance(gone.__cause__, ObjectMissing):
            return None
        raise


async def keep_page(file: FileView, part: str, image: bytes) -> None:
    """Keep a page image for the next look; it can always be made again."""
    with told():
        await object_store().put(
            derived_key(parse_key(file.object_key), part, "image/png"),
            image,
            content_type="image/png",
            limit=_PAGE_LIMIT,
        )


_PAGE_LIMIT = 64 * 1024 * 1024
