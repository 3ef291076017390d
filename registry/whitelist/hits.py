"""Suspending what a list or a ban names by its exact code, and ending it when that is over (R20, R28).

Which lists suspend is the policy's. Rows only come here once their import is applied, and an import that
suspends many waits for two people before that. A row that a person judged to be somebody else does not count.
"""

from __future__ import annotations

from datetime import date

from registry.jurisdictions.queries import lists_by_id
from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.policies import Policy
from registry.policies.vocabulary import ListKind, Severity
from registry.whitelist.commands import reinstate, suspend
from registry.whitelist.lifecycle import Cause

SYSTEM = Actor.for_system("whitelist.hits")

# Rows of imported lists that name the provider of a live entry by its code and count on a day.
_HITS = """
SELECT DISTINCT e.id AS entry, e.list, coalesce(h.lineage, h.id) AS reference, h.list_kind
FROM entry e JOIN provider p ON p.id = e.provider JOIN registry_list l ON l.id = e.list
JOIN listing h ON h.credit_code = p.credit_code AND h.bureau = l.bureau
WHERE e.state IN ('listed', 'suspended') AND e.ends_on >= {} AND h.gone_import IS NULL
  AND (h.in_force_from IS NULL OR h.in_force_from <= {}) AND (h.in_force_until IS NULL OR h.in_force_until >= {})
  AND (h.lifted_on IS NULL OR h.lifted_on > {})
  AND (SELECT m.judgement FROM screening_match m JOIN screening s ON s.id = m.screening JOIN listing g ON g.id = m.listing
       WHERE g.lineage = h.lineage AND s.provider = p.id ORDER BY m.id DESC LIMIT 1) IS DISTINCT FROM 'different'
ORDER BY e.id, reference
"""
# Rows of imported lists that name a provider by its code and count on a day.
_NAMED = """
SELECT DISTINCT h.list_kind FROM provider p JOIN listing h ON h.credit_code = p.credit_code AND h.bureau = {}
WHERE p.id = {} AND h.gone_import IS NULL AND (h.in_force_from IS NULL OR h.in_force_from <= {})
  AND (h.in_force_until IS NULL OR h.in_force_until >= {}) AND (h.lifted_on IS NULL OR h.lifted_on > {})
  AND (SELECT m.judgement FROM screening_match m JOIN screening s ON s.id = m.screening JOIN listing g ON g.id = m.listing
       WHERE coalesce(g.lineage, g.id) = coalesce(h.lineage, h.id) AND s.provider = p.id ORDER BY m.id DESC LIMIT 1) IS DISTINCT FROM 'different'
"""
_HELD = """
SELECT s.entry, s.reference_id AS reference FROM suspension s JOIN entry e ON e.id = s.entry
WHERE s.cause = {} AND s.ended_on IS NULL AND e.state = 'suspended' ORDER BY s.entry, reference
"""


async def suspend_hits(day: date) -> int:
    """Suspend entries for exact-code hits on lists the policy names; returns how many suspensions began."""
    done = 0
    for entry, reference, kind in await _counting(day):
        done += await suspend(
            SYSTEM,
            entry,
            cause=Cause.LIST_HIT,
            reference_id=reference,
            reason=f"统一社会信用代码被列入{kind.zh}",
        )
    return done


async def blocking_lists(provider_id: int, bureau_id: int, policy: Policy, day: date) -> tuple[ListKind, ...]:
    """The lists that name a provider by its exact code on a day and block by the policy (R3, R18).

    Asked under ``imports.hold_lists``, because screening follows an import only a minute later.
    """
    found = await rows(_NAMED, bureau_id, provider_id, day, day, day)
    kinds = {one["list_kind"] for one in found}
    return tuple(
        kind
        for kind, severity in policy.list_hits.items()
        if kind.value in kinds and severity == Severity.BLOCK
    )


async def reinstate_cleared(day: date) -> int:
    """End suspensions whose row left its list, was lifted or has run out, and those of bans that are over."""
    done = 0
    counting = {(entry, reference) for entry, reference, _ in await _counting(day)}
    for held in await rows(_HELD, Cause.LIST_HIT.value):
        if (held["entry"], held["reference"]) not in counting:
            done += await reinstate(
                SYSTEM,
                held["entry"],
                cause=Cause.LIST_HIT,
                reference_id=held["reference"],
                reason="已不在名单中",
            )
    for held in await rows(_HELD, Cause.BANNED.value):
        ban = await rows(
            "SELECT id FROM ban WHERE id = {} AND last_day >= {} AND (overturned_on IS NULL OR overturned_on > {})",
            held["reference"],
            day,
            day,
        )
        if not ban:
            done += await reinstate(
                SYSTEM, held["entry"], cause=Cause.BANNED, reference_id=held["reference"], reason="禁入期已满"
            )
    return done


async def _counting(day: date) -> list[tuple[int, int, ListKind]]:
    found = await rows(_HITS, day, day, day, day)
    lists = await lists_by_id(one["list"] for one in found)
    counting = []
    for one in found:
        kind = next((known for known in ListKind if known.value == one["list_kind"]), None)
        if kind is not None and kind in lists[one["list"]].policy.auto_suspension:
            counting.append((one["entry"], one["reference"], kind))
    return counting
