"""Reading renewed documents: for the provider that handed them in and the officers who decide (R12, R20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel.actor import Actor
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.providers.registration import DocumentKind, document_kind
from registry.whitelist.lifecycle import RenewalState


@dataclass(frozen=True, slots=True)
class RenewalView:
    """A renewed document as pages show it."""

    id: int
    state: RenewalState
    provider_id: int
    provider_name: str
    credit_code: str
    list_id: int
    list_name: str
    bureau_id: int
    kind: DocumentKind
    file: int
    reading: int
    stated_until: date | None
    accepted_until: date | None
    registered_until: date | None
    handed_in_on: date
    decided_on: date | None
    decided_by: str | None
    reason: str


_SELECT = """
SELECT n.id, n.state, n.provider AS provider_id, p.name AS provider_name, p.credit_code, n.list AS list_id,
       l.name AS list_name, l.bureau AS bureau_id, n.kind, n.file, n.reading, n.stated_until, n.accepted_until,
       p.registered_until, n.handed_in_on, n.decided_on, a.display_name AS decided_by, n.reason
FROM renewal n JOIN provider p ON p.id = n.provider JOIN registry_list l ON l.id = n.list
LEFT JOIN account a ON a.id = n.decided_by
"""


def _view(found: dict[str, Any]) -> RenewalView:
    return RenewalView(
        **{**found, "kind": document_kind(found["kind"]), "state": RenewalState(found["state"])}
    )


async def get(actor: Actor, renewal_id: int) -> RenewalView:
    """One renewed document for its provider or an official of the list's bureau. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE n.id = {{}}", renewal_id)
    if found is None or not (
        found["provider_id"] in actor.provider_ids or found["bureau_id"] in actor.bureau_ids()
    ):
        raise NotFound("没有找到这份证照")
    return _view(found)


async def may_read_file(actor: Actor, file_id: int) -> bool:
    """Whether the actor may open the file of a renewed document."""
    found = await row("SELECT id FROM renewal WHERE file = {}", file_id)
    if found is None:
        return False
    try:
        await get(actor, found["id"])
    except NotFound:
        return False
    return True


async def of_provider(provider_id: int, list_id: int) -> list[RenewalView]:
    """What a provider handed in for a list, the latest first (at most 20)."""
    found = await rows(
        f"{_SELECT} WHERE n.provider = {{}} AND n.list = {{}} ORDER BY n.id DESC LIMIT 20",
        provider_id,
        list_id,
    )
    return [_view(one) for one in found]


async def waiting(bureau_ids: frozenset[int]) -> list[RenewalView]:
    """What waits for an officer of some bureaux, the longest waiting first (at most 200)."""
    found = await rows(
        f"{_SELECT} WHERE l.bureau = ANY({{}}) AND n.state = 'handed_in' ORDER BY n.id LIMIT 200",
        sorted(bureau_ids),
    )
    return [_view(one) for one in found]
