"""Finding the bureau that a command is about."""

from __future__ import annotations

from registry.kernel.db import rows
from registry.kernel.errors import NotFound


async def bureau_named(written: str) -> int:
    """The id of the bureau with that name, short name or id. Raises NotFound for none or several."""
    found = await rows(
        "SELECT id FROM bureau WHERE name = {} OR short_name = {} OR id::varchar = {}",
        written,
        written,
        written,
    )
    if len(found) != 1:
        raise NotFound("没有找到这个教育局，或有几个同名的，请写编号")
    return int(found[0]["id"])
