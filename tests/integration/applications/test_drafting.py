"""Starting an application, saving its form, its files while it is a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registry.applications import commands, queries
from registry.kernel.actor import Membership, Role
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from tests.conftest import TestDatabase
from tests.factories.applying import make_applicant, some_file, whole_form
from tests.factories.listed import account, set_day

pytestmark = pytest.mark.usefixtures("settings_env")


async def test_one_live_application_per_provider_and_round(database: TestDatabase) -> None:
    me = await make_applicant()
    first = await me.start()
    assert await me.start() == first
    form, version = await queries.working_form(first)
    assert (form.name, form.credit_code, version) == (me.facts.name, me.facts.credit_code, 0)
    await commands.withdraw(me.actor, first)
    second = await me.start()
    assert second != first
    assert database.execute("SELECT count(*) FROM application WHERE state = 'draft'") == [(1,)]


async def test_a_round_is_entered_on_its_days_only() -> None:
    me = await make_applicant()
    for day, code in ((date(2022, 5, 31), "round_not_open"), (date(2022, 6, 23), "round_closed")):
        await set_day(day)
        with pytest.raises(RuleRefusal) as refused:
            await me.start()
        assert (refused.value.code, refused.value.rule) == (code, "R5")
    await set_day(date(2022, 6, 22))
    assert await me.start()


async def test_nobody_applies_for_a_provider_that_is_not_theirs() -> None:
    me, other = await make_applicant(), await make_applicant()
    with pytest.raises(Forbidden):
        await commands.start(me.actor, me.desk.round_id, other.provider_id)
    both = replace(
        me.actor,
        memberships=tuple(
            Membership(Role.PROVIDER, provider_id=provider)
            for provider in (me.provider_id, other.provider_id)
        ),
    )
    with pytest.raises(Invalid):
        await commands.start(both, me.desk.round_id)
    assert await commands.start(both, me.desk.round_id, other.provider_id)
    with pytest.raises(NotFound):
        await commands.start(me.actor, 999)


async def test_a_stale_form_overwrites_nothing(database: TestDatabase) -> None:
    me = await make_applicant()
    application_id = await me.start()
    whole = whole_form(me.facts)
    assert await commands.save_form(me.actor, application_id, whole, 0) == 1
    assert await commands.save_form(me.actor, application_id, whole, 0) == 1, "the same again is no conflict"
    other = whole.model_copy(update={"business_scope": "体育培训"})
    with pytest.raises(Conflict) as stale:
        await commands.save_form(me.actor, application_id, other, 0)
    assert stale.value.code == "stale_form"
    assert (await queries.working_form(application_id))[0] == whole
    assert await commands.save_form(me.actor, application_id, other, 1) == 2
    saved = database.execute("SELECT application::text FROM application")[0][0]
    assert me.facts.legal_representative_id not in saved
    assert "体育培训" not in saved


async def test_another_providers_application_is_not_there() -> None:
    me, other = await make_applicant(), await make_applicant()
    application_id = await me.start()
    form, version = await queries.working_form(application_id)
    for act in (
        commands.save_form(other.actor, application_id, form, version),
        commands.check_upload(other.actor, application_id, 0),
        commands.submit(other.actor, application_id),
        commands.withdraw(other.actor, application_id, "不想报了"),
        queries.own(other.actor, application_id),
    ):
        with pytest.raises(NotFound):
            await act


async def test_files_come_and_go_while_it_is_a_draft(database: TestDatabase) -> None:
    me = await make_applicant()
    application_id = await me.start()
    merged = await some_file(content="a")
    first = await commands.add_file(me.actor, application_id, 0, merged)
    assert await commands.add_file(me.actor, application_id, 0, await some_file(content="a")) == first
    second = await commands.add_file(me.actor, application_id, 0, await some_file(content="b"))
    part = await commands.add_file(me.actor, application_id, 5, await some_file())
    assert [file.id for file in await queries.current_files(application_id)] == [second, part]
    await commands.remove_file(me.actor, application_id, part)
    await commands.remove_file(me.actor, application_id, part)
    assert [file.id for file in await queries.current_files(application_id)] == [second]
    states = dict(database.execute("SELECT id, state FROM stored_file"))
    assert states == {first: "deleted", second: "stored", part: "deleted"}


async def test_an_upload_after_the_deadline_is_refused_with_rule_and_date() -> None:
    me = await make_applicant()
    application_id = await me.start()
    await set_day(date(2022, 6, 22))
    await commands.check_upload(me.actor, application_id, 0)
    await set_day(date(2022, 6, 23))
    for act in (
        commands.check_upload(me.actor, application_id, 0),
        commands.add_file(me.actor, application_id, 0, await some_file()),
    ):
        with pytest.raises(RuleRefusal) as refused:
            await act
        assert refused.value.rule == "R5"
        assert "2022-06-22" in str(refused.value)


async def test_an_item_that_the_round_does_not_ask_for_is_refused() -> None:
    me = await make_applicant()
    application_id = await me.start()
    with pytest.raises(Invalid):
        await commands.add_file(me.actor, application_id, 9, await some_file())
    with pytest.raises(NotFound):
        await commands.remove_file(me.actor, application_id, 999)


async def test_giving_up_a_draft_deletes_its_files(database: TestDatabase) -> None:
    me = await make_applicant()
    application_id = await me.filled()
    await commands.withdraw(me.actor, application_id)
    assert database.execute("SELECT state FROM application") == [("withdrawn",)]
    assert database.execute("SELECT DISTINCT state FROM stored_file") == [("deleted",)]
    with pytest.raises(Conflict):
        await commands.add_file(me.actor, application_id, 0, await some_file())


async def test_who_may_read_the_files() -> None:
    me, other = await make_applicant(), await make_applicant()
    application_id = await me.filled()
    stranger = await account("别局", Membership(Role.REVIEWER, bureau_id=other.desk.bureau_id))
    assert await queries.may_read_files(me.actor, application_id)
    assert not await queries.may_read_files(me.desk.reviewer, application_id), "a draft is the provider's own"
    await commands.submit(me.actor, application_id)
    assert await queries.may_read_files(me.desk.reviewer, application_id)
    assert await queries.may_read_files(me.desk.auditor, application_id)
    assert not await queries.may_read_files(stranger, application_id)
    assert not await queries.may_read_files(other.actor, application_id)
    assert not await queries.may_read_files(me.actor, 999)
