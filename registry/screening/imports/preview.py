"""What an import would do, without doing it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from registry.screening.imports import reading, versions
from vetting.matching.listfile import ListFile


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as read, and how many of its rows are new, changed, unchanged, repeated; how many rows would go."""

    file: ListFile
    added: int
    changed: int
    kept: int
    gone: int
    repeated: int


async def preview(
    bureau_id: int, kind: str, content: bytes, mapping: Mapping[str, int] | None = None
) -> Preview:
    """Compare a file with the list as it stands. Raises as ``reading.check``."""
    file = await reading.check(content, kind, mapping)
    current = await versions.current_rows(bureau_id, kind)
    planned = await asyncio.to_thread(lambda: versions.plan(versions.lines(file.rows), current))
    return Preview(
        file, len(planned.added), len(planned.changed), len(planned.kept), len(planned.gone), planned.repeated
    )
