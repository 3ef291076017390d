"""The index over all listings of one bureau, built once per version of its lists and kept in the process."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from registry.kernel.db import row, rows
from registry.screening.subjects import ban_listing, listing_of
from vetting.matching.index import Screener

_KEPT: dict[int, tuple[str, Screener]] = {}


async def versions(bureau_id: int) -> dict[str, Any]:
    """What a screening of this bureau is done against now: the last import of each list, and the bans."""
    imports = await rows(
        "SELECT list_kind, max(id) AS id, max(imported_on) AS imported_on FROM list_import WHERE bureau = {}"
        " GROUP BY list_kind ORDER BY list_kind",
        bureau_id,
    )
    bans = await row(
        "SELECT count(*) AS n, coalesce(max(id), 0) AS last, count(overturned_on) AS overturned FROM ban"
    )
    assert bans is not None
    return {
        "imports": {r["list_kind"]: [r["id"], r["imported_on"].isoformat()] for r in imports},
        "bans": [bans["n"], bans["last"], bans["overturned"]],
    }


async def screener(bureau_id: int) -> tuple[Screener, dict[str, Any]]:
    """The index and the versions it was built from; built anew only when a list or ban changed."""
    now = await versions(bureau_id)
    key = json.dumps(now, sort_keys=True)
    kept = _KEPT.get(bureau_id)
    if kept is None or kept[0] != key:
        listed = await rows(
            "SELECT * FROM listing WHERE bureau = {} AND gone_import IS NULL ORDER BY id", bureau_id
        )
        bans = await rows("SELECT * FROM ban ORDER BY id")
        built = await asyncio.to_thread(lambda: Screener([*map(listing_of, listed), *map(ban_listing, bans)]))
        kept = (key, built)
        _KEPT[bureau_id] = kept
    return kept[1], now
