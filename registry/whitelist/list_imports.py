"""Importing a list as one act of a person: what it would do to listed providers decides whether one is enough (R20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Invalid
from registry.policies import Policy, load
from registry.screening import imports
from registry.screening import queries as screening
from registry.whitelist.lifecycle import Cause

Done = Literal["applied", "waiting"]


async def import_list(
    actor: Actor,
    bureau_id: int,
    kind: str,
    name: str,
    content: bytes,
    mapping: Mapping[str, int] | None = None,
) -> tuple[int, Done]:
    """Upload a list file and import it at once; returns its id and whether it waits for a second person.

    Raises as ``imports.upload`` and ``carry_out``; nothing is imported then.
    """
    import_id = await imports.upload(actor, bureau_id, kind, name, content, mapping)
    try:
        return import_id, await carry_out(actor, import_id)
    except Invalid:
        # Nobody looks at this draft: who imports at once reads the errors here.
        await imports.discard(actor, import_id)
        raise


async def carry_out(actor: Actor, import_id: int) -> Done:
    """Import a draft; one that would suspend more entries than the policy lets pass waits for a second person."""
    found = await screening.get_import(actor, import_id)
    async with transaction():
        # Nobody is listed between the count and the import.
        await imports.hold_lists(found.bureau_id, shared=False)
        suspends = len(await would_suspend(actor, import_id))
        waits = suspends > (await _policy(found.bureau_id)).import_threshold
        if waits:
            await imports.propose(actor, import_id, suspends)
        else:
            await imports.apply(actor, import_id)
    return "waiting" if waits else "applied"


async def would_suspend(actor: Actor, import_id: int) -> list[tuple[int, str]]:
    """The entries (id, name) that importing a file would suspend by itself: exact codes on a list that the policy
    names, not suspended for a list already (R20)."""
    found = await screening.get_import(actor, import_id)
    policy = await _policy(found.bureau_id)
    if found.kind not in {kind.value for kind in policy.auto_suspension}:
        return []
    as_of = await today()
    return await _listed_with(found.bureau_id, await imports.codes_in_force(actor, import_id, as_of))


async def _listed_with(bureau_id: int, codes: Iterable[str]) -> list[tuple[int, str]]:
    found = await rows(
        "SELECT e.id, e.name FROM entry e JOIN registry_list l ON l.id = e.list JOIN provider p ON p.id = e.provider"
        " WHERE l.bureau = {} AND e.state IN ('listed', 'suspended') AND e.ends_on >= {} AND p.credit_code = ANY({})"
        " AND NOT EXISTS (SELECT 1 FROM suspension s WHERE s.entry = e.id AND s.cause = {} AND s.ended_on IS NULL)"
        " ORDER BY e.name, e.id",
        bureau_id,
        await today(),
        sorted(codes),
        Cause.LIST_HIT.value,
    )
    return [(one["id"], one["name"]) for one in found]


async def _policy(bureau_id: int) -> Policy:
    found = await row("SELECT policy_name FROM bureau WHERE id = {}", bureau_id)
    assert found is not None
    return load(found["policy_name"])


async def threshold(bureau_id: int) -> int:
    """How many entries one person may suspend with an import (R20)."""
    return (await _policy(bureau_id)).import_threshold
