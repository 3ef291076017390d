"""Correcting: only what was asked for, in time, and nothing half done is left behind."""

from __future__ import annotations

from datetime import date

import pytest

from registry.applications import commands, queries
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Invalid, RuleRefusal
from registry.review import commands as review
from tests.conftest import TestDatabase
from tests.factories.applying import Applicant, make_applicant, some_file
from tests.factories.listed import set_day

pytestmark = pytest.mark.usefixtures("settings_env")

ASKED_ON = date(2022, 6, 27)


async def _in_correction(*items: int) -> tuple[Applicant, int]:
    me = await make_applicant()
    application_id = await me.filled()
    await commands.add_file(me.actor, application_id, 5, await some_file("教师.pdf"))
    await commands.submit(me.actor, application_id)
    await rows("UPDATE application SET state = 'in_review' WHERE id = {}", application_id)
    await set_day(ASKED_ON)
    await review.request_correction(me.desk.reviewer, application_id, items, "教师证书看不清，请重新扫描")
    return me, application_id


async def test_a_named_item_is_exchanged_and_handed_in_again(database: TestDatabase) -> None:
    me, application_id = await _in_correction(5)
    merged, old = await queries.current_files(application_id)
    new = await commands.add_file(me.actor, application_id, 5, await some_file("教师新.pdf"))
    await commands.remove_file(me.actor, application_id, old.id)
    assert [file.id for file in await queries.submitted_files(application_id)] == [merged.id, old.id]

    receipt = await commands.resubmit(me.actor, application_id)

    found = await queries.get(application_id)
    assert (found.state, found.receipt_number) == ("submitted", receipt)
    assert [file.id for file in await queries.submitted_files(application_id)] == [merged.id, new]
    assert [one.number for one in await queries.submissions(application_id)] == [1, 2]
    assert database.execute("SELECT state FROM stored_file WHERE id = %s", old.id) != [("deleted",)]
    waiting = database.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'checks.vet'")
    assert waiting == [(2,)]


async def test_only_what_was_asked_for_can_be_changed() -> None:
    me, application_id = await _in_correction(5)
    form, version = await queries.working_form(application_id)
    [merged, _] = await queries.current_files(application_id)
    for act in (
        commands.save_form(me.actor, application_id, form.model_copy(update={"name": "x"}), version),
        commands.add_file(me.actor, application_id, 8, await some_file()),
        commands.add_file(me.actor, application_id, 0, await some_file()),
        commands.remove_file(me.actor, application_id, merged.id),
    ):
        with pytest.raises(Conflict) as refused:
            await act
        assert refused.value.code == "not_asked_for"


async def test_the_form_is_open_where_it_was_asked_for() -> None:
    me, application_id = await _in_correction(0)
    form, version = await queries.working_form(application_id)
    changed = form.model_copy(update={"business_scope": "文化艺术培训（修正）"})
    await commands.save_form(me.actor, application_id, changed, version)
    assert (await queries.submitted_form(application_id)).business_scope == form.business_scope
    await commands.resubmit(me.actor, application_id)
    assert (await queries.submitted_form(application_id)).business_scope == "文化艺术培训（修正）"


async def test_a_file_can_be_kept_after_all_and_nothing_changed_is_refused() -> None:
    me, application_id = await _in_correction(5)
    old = (await queries.current_files(application_id))[1]
    await commands.remove_file(me.actor, application_id, old.id)
    await commands.restore_file(me.actor, application_id, old.id)
    await commands.restore_file(me.actor, application_id, old.id)
    with pytest.raises(Invalid):
        await commands.resubmit(me.actor, application_id)
    assert (await queries.get(application_id)).state == "correction"


async def test_a_correction_ends_on_its_last_day(database: TestDatabase) -> None:
    me, application_id = await _in_correction(5, 0)
    until = (await queries.get(application_id)).correction_until
    assert until is not None
    await set_day(until)
    mine = await commands.add_file(me.actor, application_id, 5, await some_file())
    old = (await queries.current_files(application_id))[1]
    await commands.remove_file(me.actor, application_id, old.id)
    form, version = await queries.working_form(application_id)
    await commands.save_form(
        me.actor, application_id, form.model_copy(update={"business_scope": "y"}), version
    )

    await set_day(date.fromordinal(until.toordinal() + 1))
    for act in (
        commands.add_file(me.actor, application_id, 5, await some_file()),
        commands.resubmit(me.actor, application_id),
    ):
        with pytest.raises(RuleRefusal) as refused:
            await act
        assert (refused.value.rule, refused.value.code) == ("R5", "correction_over")

    from registry.kernel.actor import Actor

    assert await review.close_overdue_corrections(Actor.for_system("test")) == 1
    assert (await queries.get(application_id)).state == "in_review"
    assert (await queries.working_form(application_id))[0] == form
    files = await queries.current_files(application_id)
    assert mine not in {file.id for file in files}
    assert [file.leaving for file in files] == [False, False]
    assert database.execute("SELECT state FROM stored_file WHERE id = %s", mine) == [("deleted",)]


async def test_a_second_press_finds_it_handed_in() -> None:
    me, application_id = await _in_correction(5)
    await commands.add_file(me.actor, application_id, 5, await some_file())
    await commands.resubmit(me.actor, application_id)
    with pytest.raises(Conflict):
        await commands.resubmit(me.actor, application_id)
