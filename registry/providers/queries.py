"""Reading providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.kernel.actor import Actor
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.sealed import unseal, unseal_json
from registry.providers.facts import Contact, ProviderFacts


@dataclass(frozen=True, slots=True)
class ProviderName:
    """A provider as lists show it."""

    id: int
    name: str
    credit_code: str
    kind: str


def belongs_to(actor: Actor, provider_id: int) -> bool:
    """Whether the actor is a member of the provider."""
    return provider_id in actor.provider_ids


async def names_of(provider_ids: frozenset[int]) -> list[ProviderName]:
    """Some providers by id, in the order they were registered."""
    found = await rows(
        "SELECT id, name, credit_code, kind FROM provider WHERE id = ANY({}) ORDER BY id",
        sorted(provider_ids),
    )
    return [ProviderName(**one) for one in found]


async def facts(provider_id: int) -> ProviderFacts:
    """A provider's facts with its personal data opened: for the provider itself and for vetting.

    Raises NotFound.
    """
    found = await row("SELECT * FROM provider WHERE id = {}", provider_id)
    if found is None:
        raise NotFound("没有找到这个机构")
    former = await rows("SELECT name FROM former_name WHERE provider = {} ORDER BY id", provider_id)
    return _facts(found, tuple(str(one["name"]) for one in former))


def _facts(found: dict[str, Any], former: tuple[str, ...]) -> ProviderFacts:
    sealed_id, sealed_contact = found["legal_representative_id_sealed"], found["contact_sealed"]
    return ProviderFacts(
        name=found["name"],
        credit_code=found["credit_code"],
        kind=found["kind"],
        legal_representative=found["legal_representative"],
        legal_representative_id=unseal(sealed_id, "provider.legal_representative_id") if sealed_id else "",
        registered_address=found["registered_address"],
        contact=Contact(**unseal_json(sealed_contact, "provider.contact")) if sealed_contact else Contact(),
        former_names=former,
    )
