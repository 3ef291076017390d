"""What entries are on a day, gathered for ``rules.entry_status``, and the same answer as an SQL expression.

Pages, signing, QR and exports ask here (R19). The SQL only narrows lists; what is shown is what the rule says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from registry.kernel.db import rows
from registry.kernel.errors import NotFound
from registry.whitelist.rules import EntryFacts, EntryStatus, StatusKind, SuspensionFacts, entry_status

# The kind of ``entry e`` with ``provider p`` on ``asked.day``, in the order of rules.entry_status.
KIND_SQL = """
CASE WHEN asked.day < e.listed_on THEN 'not_yet'
     WHEN EXISTS (SELECT 1 FROM removal v WHERE v.entry = e.id AND v.removed_on <= asked.day
                  AND (v.restored_on IS NULL OR asked.day < v.restored_on)) THEN 'removed'
     WHEN e.withdrawn_on <= asked.day THEN 'withdrawn'
     WHEN asked.day > e.ends_on THEN 'expired'
     WHEN EXISTS (SELECT 1 FROM suspension s WHERE s.entry = e.id AND s.started_on <= asked.day
                  AND (s.ended_on IS NULL OR asked.day < s.ended_on)) THEN 'suspended'
     WHEN p.registered_until < asked.day AND coalesce(p.validity_learned_on <= asked.day, true) THEN 'lapsed'
     ELSE 'listed' END
"""

# ``KIND_SQL`` = 'listed', said so that the planner can walk an index in order: most entries are active.
ACTIVE_SQL = """
e.listed_on <= asked.day AND e.ends_on >= asked.day
AND (e.withdrawn_on IS NULL OR e.withdrawn_on > asked.day)
AND (p.registered_until IS NULL OR p.registered_until >= asked.day OR p.validity_learned_on > asked.day)
AND NOT EXISTS (SELECT 1 FROM removal v WHERE v.entry = e.id AND v.removed_on <= asked.day
                AND (v.restored_on IS NULL OR asked.day < v.restored_on))
AND NOT EXISTS (SELECT 1 FROM suspension s WHERE s.entry = e.id AND s.started_on <= asked.day
                AND (s.ended_on IS NULL OR asked.day < s.ended_on))
"""

STATUS_GROUPS: dict[str, tuple[StatusKind, ...]] = {
    "active": (StatusKind.LISTED,),
    "suspended": (StatusKind.SUSPENDED, StatusKind.LAPSED),
    "over": (StatusKind.EXPIRED, StatusKind.WITHDRAWN, StatusKind.REMOVED),
    "removed": (StatusKind.REMOVED,),
    "": tuple(kind for kind in StatusKind if kind is not StatusKind.NOT_YET),
}


async def statuses(entry_ids: Iterable[int], as_of: date) -> dict[int, EntryStatus]:
    """What some entries are on ``as_of``, by id; unknown ids are left out. Three queries."""
    gathered = await _gather(sorted(set(entry_ids)), as_of)
    return {entry_id: entry_status(facts, held, as_of) for entry_id, (facts, held) in gathered.items()}


async def status(entry_id: int, as_of: date) -> EntryStatus:
    """What one entry is on ``as_of`` (R19). Raises NotFound."""
    found = await statuses([entry_id], as_of)
    if entry_id not in found:
        raise NotFound("没有找到这个名单条目")
    return found[entry_id]


async def status_at_start(entry_id: int, starts_on: date, as_of: date) -> EntryStatus:
    """What an entry will be on the first day of service, as far as its period says (R22).

    Known are the acts up to ``as_of``. A registration that lapses meanwhile can be renewed and is judged on
    the first day itself.
    """
    gathered = await _gather([entry_id], as_of)
    if entry_id not in gathered:
        raise NotFound("没有找到这个名单条目")
    facts, held = gathered[entry_id]
    period = EntryFacts(facts.listed_on, facts.ends_on, facts.withdrawn_on, facts.removed_on)
    return entry_status(period, held, max(starts_on, as_of))


async def _gather(
    entry_ids: list[int], as_of: date
) -> dict[int, tuple[EntryFacts, tuple[SuspensionFacts, ...]]]:
    if not entry_ids:
        return {}
    entries = await rows(
        "SELECT e.id, e.listed_on, e.ends_on, e.withdrawn_on, p.registered_until, p.validity_learned_on"
        " FROM entry e JOIN provider p ON p.id = e.provider WHERE e.id = ANY({})",
        entry_ids,
    )
    suspensions = await rows(
        "SELECT entry, cause, started_on, ended_on FROM suspension WHERE entry = ANY({}) ORDER BY started_on, id",
        entry_ids,
    )
    # Of a removal that was overturned later only the days before count; the latest act wins.
    removals = await rows(
        "SELECT entry, min(removed_on) AS removed_on FROM removal WHERE entry = ANY({})"
        " AND removed_on <= {}::date AND (restored_on IS NULL OR restored_on > {}::date) GROUP BY entry",
        entry_ids,
        as_of,
        as_of,
    )
    removed: dict[int, date] = {one["entry"]: one["removed_on"] for one in removals}
    held: dict[int, list[SuspensionFacts]] = defaultdict(list)
    for one in suspensions:
        held[one["entry"]].append(SuspensionFacts(one["started_on"], one["ended_on"], one["cause"]))
    return {one["id"]: (_facts(one, removed.get(one["id"])), tuple(held[one["id"]])) for one in entries}


def _facts(one: dict[str, Any], removed_on: date | None) -> EntryFacts:
    return EntryFacts(
        listed_on=one["listed_on"],
        ends_on=one["ends_on"],
        withdrawn_on=one["withdrawn_on"],
        removed_on=removed_on,
        registered_until=one["registered_until"],
        validity_learned_on=one["validity_learned_on"],
    )
