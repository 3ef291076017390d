"""Page readings kept by file hash and engine version: only what changed is read again (R12)."""

from __future__ import annotations

from collections.abc import Sequence

from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.sealed import seal, unseal


class Readings:
    """The cache that vetting asks while it reads; loaded before and stored after, so that it does no I/O."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known
        self.added: dict[str, str] = {}

    def get(self, sha256: str, engine: str) -> str | None:
        """The readings of a file (the codec's JSON text), None where it was not read by this engine."""
        return self._known.get(sha256)

    def put(self, sha256: str, engine: str, readings: str) -> None:
        """Keep readings for the next run."""
        if sha256 not in self._known:
            self.added[sha256] = readings


async def load(hashes: Sequence[str], engine: str) -> Readings:
    """What is known of these files."""
    found = await rows(
        "SELECT file_sha256, readings_sealed FROM page_reading_cache WHERE file_sha256 = ANY({}) AND engine = {}",
        list(hashes),
        engine,
    )
    return Readings(
        {r["file_sha256"]: unseal(r["readings_sealed"], "page_reading_cache.readings") for r in found}
    )


async def store(readings: Readings, engine: str) -> None:
    """Write what a run added; another run that was faster wins."""
    for sha256, text in readings.added.items():
        await rows(
            "INSERT INTO page_reading_cache (file_sha256, engine, readings_sealed, created_at) VALUES ({}, {}, {}, {})"
            " ON CONFLICT DO NOTHING",
            sha256,
            engine,
            seal(text, "page_reading_cache.readings"),
            real_now(),
        )
