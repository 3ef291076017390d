"""Registering a provider: what is taken, what is refused, what is sealed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.errors import Invalid, NotFound, NotSignedIn
from registry.kernel.sealed import blind_index
from registry.providers import commands, queries
from registry.providers.facts import ProviderFacts
from tests.conftest import TestDatabase
from tests.factories.applying import OPEN_DAY, some_facts
from tests.factories.listed import account, set_day

pytestmark = pytest.mark.usefixtures("settings_env")


@pytest.fixture(autouse=True)
async def _day(settings_env: dict[str, str]) -> None:
    await set_day(OPEN_DAY)


async def test_a_provider_is_registered_with_its_member_and_its_event(database: TestDatabase) -> None:
    someone = await account("岑子墨")
    provider_id = await commands.register(someone, replace(some_facts(1), former_names=("旧名称", "旧名称 ")))
    stored = await queries.facts(provider_id)
    assert stored.name == some_facts(1).name
    assert stored.legal_representative_id == some_facts(1).legal_representative_id
    assert stored.former_names == ("旧名称",)
    assert database.execute("SELECT role FROM membership WHERE provider = %s", provider_id) == [("provider",)]
    assert database.execute("SELECT chain, action FROM event") == [(f"provider:{provider_id}", "register")]


async def test_personal_data_lies_sealed(database: TestDatabase) -> None:
    facts = some_facts(2)
    provider_id = await commands.register(await account("岑子墨"), facts)
    row = database.execute("SELECT provider::text FROM provider WHERE id = %s", provider_id)[0][0]
    assert facts.legal_representative_id not in row
    assert facts.contact.phone not in row
    index = database.execute("SELECT legal_representative_id_index FROM provider")[0][0]
    assert index == blind_index(facts.legal_representative_id, "person_id")


async def test_width_case_and_spaces_of_numbers_do_not_matter(database: TestDatabase) -> None:
    facts = some_facts(3)
    typed = replace(facts, credit_code=" ".join(facts.credit_code.lower()))
    await commands.register(await account("岑子墨"), typed)
    assert database.execute("SELECT credit_code FROM provider") == [(facts.credit_code,)]


async def test_registering_ones_own_provider_again_gives_the_same(database: TestDatabase) -> None:
    someone = await account("岑子墨")
    first = await commands.register(someone, some_facts(4))
    member = replace(someone, memberships=(Membership(Role.PROVIDER, provider_id=first),))
    assert await commands.register(member, some_facts(4)) == first
    assert database.execute("SELECT count(*) FROM provider") == [(1,)]


async def test_a_code_cannot_be_taken_over(database: TestDatabase) -> None:
    await commands.register(await account("岑子墨"), some_facts(5))
    with pytest.raises(Invalid) as refused:
        await commands.register(await account("别的人"), some_facts(5, name="别的名字"))
    assert [error.field for error in refused.value.fields] == ["credit_code"]
    assert "教育局" in refused.value.fields[0].message
    assert database.execute("SELECT count(*) FROM membership") == [(1,)]


async def test_of_two_at_the_same_moment_one_gets_the_code(database: TestDatabase) -> None:
    people = [await account("甲"), await account("乙")]
    results = await asyncio.gather(
        *(commands.register(person, some_facts(6)) for person in people), return_exceptions=True
    )
    assert {type(result) for result in results} == {int, Invalid}
    assert database.execute("SELECT count(*) FROM provider") == [(1,)]
    assert database.execute("SELECT count(*) FROM membership") == [(1,)]


async def test_a_new_company_of_the_same_boss_may_register() -> None:
    first = await commands.register(await account("甲"), some_facts(7))
    second = await commands.register(await account("乙"), some_facts(8, boss=7))
    assert first != second


async def test_nobody_registers_without_an_account() -> None:
    with pytest.raises(NotSignedIn):
        await commands.register(Actor.public(), some_facts(9))


async def test_every_wrong_field_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        await commands.register(await account("岑子墨"), ProviderFacts("", "", "", "", ""))
    assert [error.field for error in refused.value.fields] == [
        "name",
        "kind",
        "credit_code",
        "registered_address",
        "legal_representative",
        "legal_representative_id",
        "contact_name",
        "contact_phone",
    ]


async def test_facts_change_and_the_event_names_columns_not_values(database: TestDatabase) -> None:
    someone = await account("岑子墨")
    provider_id = await commands.register(someone, some_facts(11))
    member = replace(someone, memberships=(Membership(Role.PROVIDER, provider_id=provider_id),))
    changed = replace(some_facts(11, boss=12), registered_address="南宁市虚构区新路 2 号")
    await commands.update(member, provider_id, changed)
    assert (await queries.facts(provider_id)).registered_address == "南宁市虚构区新路 2 号"
    data = database.execute("SELECT data FROM event WHERE action = 'update_facts'")[0][0]
    assert data == {"changed": ["legal_representative_id_index", "registered_address"]}


async def test_another_providers_facts_are_not_there_to_change() -> None:
    provider_id = await commands.register(await account("岑子墨"), some_facts(13))
    with pytest.raises(NotFound):
        await commands.update(await account("别的人"), provider_id, some_facts(13))
