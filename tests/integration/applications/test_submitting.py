"""Handing in: the rules, the evidence that stays, what follows."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest

from registry.applications import commands, queries
from registry.applications.commands.submitting import submission_digest
from registry.bans.tables import Ban
from registry.documents import commands as documents
from registry.kernel.clock import real_now
from registry.kernel.errors import Conflict, Invalid, RuleRefusal
from registry.kernel.sealed import blind_index
from registry.providers import queries as providers
from storage.keys import parse_key
from storage.store import ObjectStore
from tests.conftest import TestDatabase
from tests.factories.applying import Applicant, make_applicant, pdf_bytes, some_file, whole_form
from tests.factories.listed import set_day

pytestmark = pytest.mark.usefixtures("settings_env")


async def test_handing_in_locks_the_files_and_queues_vetting(
    database: TestDatabase, object_store: ObjectStore, tmp_path: Path
) -> None:
    me = await make_applicant()
    application_id = await me.start()
    await me.fill(application_id)
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_bytes())
    put = await documents.put(path, name="材料.pdf", media_type="application/pdf", pages=2)
    file_id = await commands.add_file(me.actor, application_id, 0, put)

    receipt = await commands.submit(me.actor, application_id)

    found = await queries.get(application_id)
    assert (found.state, found.receipt_number, found.submitted_on) == (
        "submitted",
        receipt,
        date(2022, 6, 20),
    )
    locked = await object_store.stat(parse_key(put.object_key), version_id=put.object_version)
    assert locked.locked_until is not None
    assert locked.locked_until.year >= real_now().year + 4
    assert database.execute("SELECT state FROM stored_file WHERE id = %s", file_id) == [("locked",)]
    jobs = database.execute("SELECT task_name, queue_name, lock, args FROM procrastinate_jobs ORDER BY id")
    assert ("checks.vet", "vetting", f"vet:{application_id}", {"application_id": application_id}) in jobs
    chains = database.execute("SELECT chain FROM event WHERE action = 'submit' ORDER BY chain")
    assert chains == [(f"bureau:{me.desk.bureau_id}",), (f"provider:{me.provider_id}",)]


async def test_what_was_handed_in_can_be_shown_unchanged(database: TestDatabase) -> None:
    me = await make_applicant()
    application_id = await me.submitted()
    [submission] = await queries.submissions(application_id)
    form = await queries.submitted_form(application_id)
    manifest = json.loads(database.execute("SELECT manifest::text FROM submission")[0][0])
    assert submission_digest(form, manifest) == submission.digest
    told = database.execute("SELECT data->>'digest' FROM event WHERE action = 'submit' LIMIT 1")
    assert told == [(submission.digest,)]
    other = form.model_copy(update={"business_scope": "别的"})
    assert submission_digest(other, manifest) != submission.digest
    manifest[0]["sha256"] = "0" * 64
    assert submission_digest(form, manifest) != submission.digest


async def test_twice_is_once(database: TestDatabase) -> None:
    me = await make_applicant()
    application_id = await me.filled()
    results = await asyncio.gather(
        *(commands.submit(me.actor, application_id) for _ in range(2)), return_exceptions=True
    )
    assert {type(result) for result in results} == {str, Conflict}
    assert database.execute("SELECT count(*) FROM submission") == [(1,)]
    with pytest.raises(Conflict):
        await commands.submit(me.actor, application_id)


async def test_what_was_handed_in_cannot_be_edited_or_taken_out() -> None:
    me = await make_applicant()
    application_id = await me.submitted()
    [file] = await queries.current_files(application_id)
    form, version = await queries.working_form(application_id)
    for act in (
        commands.save_form(me.actor, application_id, form.model_copy(update={"name": "x"}), version),
        commands.add_file(me.actor, application_id, 0, await some_file()),
        commands.remove_file(me.actor, application_id, file.id),
    ):
        with pytest.raises(Conflict):
            await act


async def test_an_incomplete_application_is_refused_with_every_missing_part() -> None:
    me = await make_applicant()
    application_id = await me.start()
    with pytest.raises(Invalid) as refused:
        await commands.submit(me.actor, application_id)
    fields = {error.field for error in refused.value.fields}
    assert {"categories", "business_scope", "courses", "teachers", "inspection_2020", "item_8"} <= fields
    assert (await queries.get(application_id)).state == "draft"


@pytest.mark.parametrize(
    ("day", "code"), [(date(2022, 5, 31), "round_not_open"), (date(2022, 6, 23), "round_closed")]
)
async def test_nothing_is_handed_in_outside_the_rounds_days(day: date, code: str) -> None:
    me = await make_applicant()
    application_id = await me.filled()
    await set_day(day)
    with pytest.raises(RuleRefusal) as refused:
        await commands.submit(me.actor, application_id)
    assert (refused.value.code, refused.value.rule) == (code, "R5")
    await set_day(date(2022, 6, 22))
    assert await commands.submit(me.actor, application_id), "the deadline day counts"


async def _ban(of: Applicant, *, reach: str = "450191", decided: date = date(2022, 6, 1)) -> None:
    await Ban.insert(
        Ban(
            provider=of.provider_id,
            bureau=of.desk.bureau_id,
            list=of.desk.list_id,
            reach=reach,
            case_id=1,
            name=of.facts.name,
            credit_code=of.facts.credit_code,
            legal_representative=of.facts.legal_representative,
            legal_representative_id_index=blind_index(of.facts.legal_representative_id, "person_id"),
            ground="false_credentials",
            decided_on=decided,
            last_day=decided.replace(year=decided.year + 3),
            policy_version="v",
            created_at=real_now(),
        )
    )


async def test_a_banned_provider_is_refused_with_the_ban_shown() -> None:
    me = await make_applicant()
    application_id = await me.filled()
    await _ban(me)
    with pytest.raises(RuleRefusal) as refused:
        await commands.submit(me.actor, application_id)
    told = str(refused.value)
    assert (refused.value.code, refused.value.rule) == ("banned", "R28")
    for part in ("提供虚假资质证明", "教育局", "2022-06-01", "2025-06-01", "2025-06-02"):
        assert part in told
    await set_day(date(2022, 6, 22))
    with pytest.raises(RuleRefusal):
        await commands.submit(me.actor, application_id)
    assert (await queries.get(application_id)).state == "draft"


async def test_the_bosss_new_company_is_refused_too() -> None:
    banned = await make_applicant()
    number = int(banned.facts.credit_code[11:17])
    await _ban(banned)
    fresh = await make_applicant(banned.desk, boss=number)
    assert fresh.facts.legal_representative_id == banned.facts.legal_representative_id
    application_id = await fresh.filled()
    with pytest.raises(RuleRefusal) as refused:
        await commands.submit(fresh.actor, application_id)
    assert refused.value.rule == "R28"
    assert banned.facts.name in str(refused.value)
    assert banned.facts.legal_representative_id not in str(refused.value)


async def test_a_ban_that_does_not_reach_here_or_is_over_bars_nobody(database: TestDatabase) -> None:
    database.execute("INSERT INTO division (code, name) VALUES ('110101', '别处')")
    elsewhere = await make_applicant()
    first = await elsewhere.filled()
    await _ban(elsewhere, reach="110101")
    assert await commands.submit(elsewhere.actor, first)
    over = await make_applicant(elsewhere.desk)
    second = await over.filled()
    database.execute("UPDATE ban SET case_id = 2")
    await _ban(over, decided=date(2019, 6, 19))
    assert await commands.submit(over.actor, second)


async def test_a_first_applicants_record_takes_over_the_forms_facts() -> None:
    me = await make_applicant()
    application_id = await me.filled()
    form, version = await queries.working_form(application_id)
    renamed = form.model_copy(update={"name": "南宁改名艺术培训有限公司", "former_names": (form.name,)})
    await commands.save_form(me.actor, application_id, renamed, version)
    await commands.submit(me.actor, application_id)
    stored = await providers.facts(me.provider_id)
    assert (stored.name, stored.former_names) == ("南宁改名艺术培训有限公司", (me.facts.name,))


async def test_a_code_typed_into_the_form_cannot_be_anothers() -> None:
    me = await make_applicant()
    other = await make_applicant(me.desk)
    application_id = await me.filled()
    form, version = await queries.working_form(application_id)
    taken = form.model_copy(update={"credit_code": other.facts.credit_code})
    await commands.save_form(me.actor, application_id, taken, version)
    with pytest.raises(Invalid) as refused:
        await commands.submit(me.actor, application_id)
    assert [error.field for error in refused.value.fields] == ["credit_code"]
    assert (await queries.get(application_id)).state == "draft"


async def test_withdrawing_what_was_handed_in_needs_a_reason_and_keeps_the_files(
    database: TestDatabase,
) -> None:
    me = await make_applicant()
    application_id = await me.submitted()
    with pytest.raises(Invalid):
        await commands.withdraw(me.actor, application_id, "  ")
    await commands.withdraw(me.actor, application_id, "材料需要重新准备")
    with pytest.raises(Conflict):
        await commands.withdraw(me.actor, application_id, "再撤一次")
    assert database.execute("SELECT count(*) FROM stored_file WHERE state = 'deleted'") == [(0,)]
    reasons = database.execute("SELECT DISTINCT reason FROM event WHERE action = 'withdraw'")
    assert reasons == [("材料需要重新准备",)]
    again = await me.start()
    assert again != application_id
    assert whole_form(me.facts).name == me.facts.name
