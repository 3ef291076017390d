"""The index over all listings of one bureau, built once per version of its lists and kept in the process."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import Any

from registry.kernel.db import row, rows
from registry.screening.subjects import (
    BAN_PREFIX,
    ROW_PREFIX,
    ban_listing,
    known_subjects,
    listing_of,
    records,
    source,
)
from vetting.matching.evasion import LinkIndex
from vetting.matching.index import Screener
from vetting.matching.model import Listing, Subject


@dataclass(frozen=True, slots=True)
class Known:
    """One side of a screening: the index, every listing by id, and for a row of a list its kind and lineage."""

    screener: Screener
    listings: dict[str, Listing]
    kinds: dict[str, str]
    lineages: dict[str, int]

    def marked(self, list_id: str) -> Listing:
        """The listing under a name that stays when the row is merely prolonged or imported again."""
        listing = self.listings[list_id]
        lineage = self.lineages.get(list_id)
        return listing if lineage is None else replace(listing, list_id=f"{ROW_PREFIX}{lineage}")


# By database and bureau: an index belongs to the records it was built from.
_KEPT: dict[tuple[str, int], tuple[str, Known]] = {}
_LINKS: dict[tuple[str, int], tuple[str, LinkIndex]] = {}


async def versions(bureau_id: int) -> dict[str, Any]:
    """What a screening of this bureau is done against now: the last import of each list, and the bans.

    ``imports`` maps a kind to [import, day]; a kind that was never imported is absent. ``bans`` are their
    number, the last one's id, and how many were overturned.
    """
    imports = await rows(
        "SELECT DISTINCT ON (list_kind) list_kind, id, imported_on FROM list_import WHERE bureau = {}"
        " AND state = 'applied' ORDER BY list_kind, imported_at DESC, id DESC",
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


async def known(bureau_id: int) -> tuple[Known, dict[str, Any]]:
    """The index and the versions it was built from; built anew only when a list or ban changed."""
    now = await versions(bureau_id)
    key = json.dumps(now, sort_keys=True)
    place = (source(), bureau_id)
    kept = _KEPT.get(place)
    if kept is None or kept[0] != key:
        listed = await rows(
            "SELECT * FROM listing WHERE bureau = {} AND gone_import IS NULL ORDER BY id", bureau_id
        )
        bans = await rows("SELECT * FROM ban ORDER BY id")
        banned = await _banned({int(ban["provider"]) for ban in bans})
        kept = (key, await asyncio.to_thread(_build, listed, bans, banned))
        _KEPT[place] = kept
    return kept[1], now


async def links(bureau_id: int) -> LinkIndex:
    """Who shares people, address or phone with whom: the listings, with providers that a chain may lead through."""
    found, now = await known(bureau_id)
    handed_in = await row("SELECT coalesce(max(id), 0) AS last FROM submission")
    key = json.dumps([now, handed_in], sort_keys=True)
    place = (source(), bureau_id)
    kept = _LINKS.get(place)
    if kept is None or kept[0] != key:
        providers = await known_subjects()
        kept = (key, await asyncio.to_thread(LinkIndex, found.listings.values(), providers))
        _LINKS[place] = kept
    return kept[1]


async def _banned(provider_ids: set[int]) -> dict[int, Subject]:
    recorded = await records(provider_ids)
    stated = {int(one.id): one for one in await known_subjects() if int(one.id) in provider_ids}
    return {**recorded, **stated}


def _build(listed: list[dict[str, Any]], bans: list[dict[str, Any]], banned: dict[int, Subject]) -> Known:
    listings = [*map(listing_of, listed), *(ban_listing(ban, banned.get(ban["provider"])) for ban in bans)]
    return Known(
        Screener(listings),
        {one.list_id: one for one in listings},
        {f"{ROW_PREFIX}{one['id']}": str(one["list_kind"]) for one in listed},
        {f"{ROW_PREFIX}{one['id']}": int(one["lineage"]) for one in listed},
    )


def is_ban(list_id: str) -> bool:
    """Whether a listing is a ban of ours rather than a row of a list."""
    return list_id.startswith(BAN_PREFIX)


def number_of(list_id: str) -> int:
    """The id of the row or ban behind a listing."""
    return int(list_id.partition(":")[2])
