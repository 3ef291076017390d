"""The file that an import came from, kept sealed: it may name people (R34)."""

from __future__ import annotations

import asyncio
import base64
import json
import zlib

from registry.kernel.sealed import seal, unseal

_LONGEST_NAME = 200


async def pack(content: bytes, context: str) -> bytes:
    """A file compressed and sealed for a column; ``context`` is ``table.column``."""
    return await asyncio.to_thread(
        lambda: seal(base64.b64encode(zlib.compress(content, 6)).decode(), context)
    )


async def unpack(token: bytes, context: str) -> bytes:
    """The file that ``pack`` sealed, byte for byte. Raises what ``unseal`` raises for another context or key."""
    return await asyncio.to_thread(lambda: zlib.decompress(base64.b64decode(unseal(token, context))))


def printable_name(name: str, otherwise: str) -> str:
    """The last part of an uploaded file's name without control characters, at most 200 long."""
    return (
        "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())[:_LONGEST_NAME]
        or otherwise
    )


def mapping_of(stored: str | None) -> dict[str, int] | None:
    """A stored mapping (JSON) as field -> column, None where the headings say it."""
    return None if stored is None else {str(k): int(v) for k, v in json.loads(stored).items()}
