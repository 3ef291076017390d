"""Registering a provider and changing its facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from asyncpg.exceptions import UniqueViolationError
from piccolo.columns import Column

from registry.accounts.commands import add_membership
from registry.kernel import events
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Invalid, NotFound, NotSignedIn
from registry.kernel.sealed import blind_index, seal, seal_json
from registry.providers.facts import ProviderFacts, check_facts, name_key
from registry.providers.queries import belongs_to
from registry.providers.tables import FormerName, Provider


def code_taken() -> Invalid:
    """The error for a credit code that another account holds: it cannot be taken over."""
    return Invalid(
        fields=[
            FieldError(
                "credit_code",
                "这个统一社会信用代码已由其他账号登记。请由原登记人登录办理；"
                "联系不上原登记人的，请持登记证照联系教育局处理",
            )
        ]
    )


def representative_index(number: str) -> str | None:
    """The blind index of a legal representative's normalised ID number, None for none."""
    return blind_index(number, "person_id") if number else None


async def register(actor: Actor, facts: ProviderFacts) -> int:
    """Record a provider and make the actor's account its member; returns its id (R4).

    Registering one's own provider again gives the same id. One that a bureau entered from its records is joined by who
    knows its name and the number of its legal representative. Raises Invalid with field errors, and at
    ``credit_code`` where another account holds that code: a code cannot be taken over.
    """
    if actor.account_id is None:
        raise NotSignedIn("请先登录")
    errors = check_facts(facts, as_of=await today())
    if errors:
        raise Invalid(fields=errors)
    try:
        async with transaction():
            existing = await row(
                "SELECT p.id, p.name_key, p.legal_representative_id_index AS index, EXISTS (SELECT 1 FROM membership m"
                " WHERE m.provider = p.id) AS claimed FROM provider p WHERE p.credit_code = {} FOR NO KEY UPDATE OF p",
                facts.code,
            )
            if existing is not None:
                if not existing["claimed"]:
                    await _claim(actor, existing, facts)
                    return int(existing["id"])
                return _own_or_taken(actor, int(existing["id"]))
            provider_id = await _insert(facts)
            await add_membership(actor.account_id, Membership(Role.PROVIDER, provider_id=provider_id))
            await events.record(
                actor,
                subject="provider",
                subject_id=provider_id,
                action="register",
                chains=(events.provider_chain(provider_id),),
            )
    except UniqueViolationError as error:
        # Two registrations of one code at the same moment; a double click of one account is none of its worry.
        owner = await row(
            "SELECT p.id FROM provider p JOIN membership m ON m.provider = p.id"
            " WHERE p.credit_code = {} AND m.account = {}",
            facts.code,
            actor.account_id,
        )
        if owner is None:
            raise code_taken() from error
        return int(owner["id"])
    return provider_id


async def known_or_entered(actor: Actor, name: str, code: str) -> int:
    """The provider with a checked credit code; one that nobody registered is recorded with its name, without an account.

    Runs in the caller's transaction: for what comes to a bureau on paper (R8).
    """
    found = await row("SELECT id FROM provider WHERE credit_code = {}", code)
    if found is not None:
        return int(found["id"])
    provider_id = await _insert(ProviderFacts(name.strip(), code, "", "", ""))
    await events.record(
        actor,
        subject="provider",
        subject_id=provider_id,
        action="enter",
        chains=(events.provider_chain(provider_id),),
    )
    return provider_id


async def update(actor: Actor, provider_id: int, facts: ProviderFacts) -> None:
    """Change a provider's facts. Raises NotFound for a provider that is not the actor's, Invalid as ``register``."""
    if not belongs_to(actor, provider_id):
        raise NotFound("没有找到这个机构")
    errors = check_facts(facts, as_of=await today())
    if errors:
        raise Invalid(fields=errors)
    try:
        async with transaction():
            await write_facts(actor, provider_id, facts)
    except UniqueViolationError as error:
        raise code_taken() from error


async def write_facts(actor: Actor, provider_id: int, facts: ProviderFacts) -> None:
    """Write checked facts and the event that names the changed columns, in the caller's transaction.

    Raises UniqueViolationError where the code is another provider's.
    """
    before = await row("SELECT * FROM provider WHERE id = {} FOR UPDATE", provider_id)
    if before is None:
        raise NotFound("没有找到这个机构")
    values = _columns(facts)
    visible = [c for c, value in values.items() if not isinstance(value, bytes) and before[c] != value]
    former = {r["name"] for r in await rows("SELECT name FROM former_name WHERE provider = {}", provider_id)}
    changed = visible + (["former_names"] if former != set(facts.former_names) else [])
    await Provider.update(dict[Column | str, Any](values.items())).where(Provider.id == provider_id)
    await _write_former_names(provider_id, facts.former_names)
    if changed:
        await events.record(
            actor,
            subject="provider",
            subject_id=provider_id,
            action="update_facts",
            chains=(events.provider_chain(provider_id),),
            data={"changed": sorted(changed)},
        )


async def _claim(actor: Actor, existing: dict[str, Any], facts: ProviderFacts) -> None:
    """Join a provider that a bureau entered and nobody has registered: who knows its name and its representative's number.

    Raises Invalid at ``credit_code`` where they do not fit, or where the bureau did not enter the number.
    """
    index = representative_index(facts.representative_id)
    if (
        existing["index"] is None
        or existing["index"] != index
        or existing["name_key"] != name_key(facts.name)
    ):
        raise Invalid(
            fields=[
                FieldError(
                    "credit_code",
                    "这家机构已由教育局录入，所填名称或法定代表人身份证号与录入的不一致，或尚未录入。"
                    "请持登记证照联系教育局核对",
                )
            ]
        )
    provider_id = int(existing["id"])
    assert actor.account_id is not None
    await add_membership(actor.account_id, Membership(Role.PROVIDER, provider_id=provider_id))
    await events.record(
        actor,
        subject="provider",
        subject_id=provider_id,
        action="claim",
        chains=(events.provider_chain(provider_id),),
    )
    await write_facts(actor, provider_id, facts)


def _own_or_taken(actor: Actor, provider_id: int) -> int:
    if provider_id in actor.provider_ids:
        return provider_id
    raise code_taken()


async def _insert(facts: ProviderFacts) -> int:
    made = Provider(**_columns(facts), created_at=real_now())
    await made.save()
    provider_id = int(made.id)
    await _write_former_names(provider_id, facts.former_names)
    return provider_id


def _columns(facts: ProviderFacts) -> dict[str, Any]:
    return {
        "name": facts.name.strip(),
        "name_key": name_key(facts.name),
        "credit_code": facts.code,
        "kind": str(facts.kind),
        "legal_representative": facts.legal_representative.strip(),
        "legal_representative_id_sealed": seal(facts.representative_id, "provider.legal_representative_id"),
        "legal_representative_id_index": representative_index(facts.representative_id),
        "registered_address": facts.registered_address.strip(),
        "contact_sealed": seal_json(asdict(facts.contact), "provider.contact"),
        "phone_index": blind_index(facts.contact.phone.strip(), "phone")
        if facts.contact.phone.strip()
        else None,
    }


async def _write_former_names(provider_id: int, names: Iterable[str]) -> None:
    await rows("DELETE FROM former_name WHERE provider = {}", provider_id)
    kept = {name_key(name): name.strip() for name in names if name_key(name)}
    for key, name in kept.items():
        await FormerName.insert(FormerName(provider=provider_id, name=name, name_key=key))
