"""Existing records in files: whole or not at all, never twice, obeying what records obey, by two people (R13, R33)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from registry.audit.queries import verify
from registry.contracts import drafting, entering
from registry.contracts.people import Person
from registry.kernel.actor import Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.onboarding import commands, queries
from registry.onboarding.kinds import KINDS
from registry.onboarding.templates import template
from registry.providers.commands import register
from registry.providers.facts import Contact, ProviderFacts
from registry.whitelist import queries as whitelist
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import account, credit_code, resident_id, scan, set_day
from tests.factories.records import (
    BASIS,
    as_csv,
    as_xlsx,
    bring,
    count,
    entry,
    firm,
    list_name,
    problems,
    table_of,
)  # fmt: skip
from tests.factories.reviewing import MONDAY, make_desk


async def test_a_bureau_starts_with_what_it_has() -> None:
    desk = await make_desk()
    await bring(
        desk,
        "schools",
        {"name": "示例市第一小学", "code": "2145010001", "lists": (await list_name(desk)), "township": "否"},
        {"name": "示例乡中心小学", "township": "是"},
    )
    await bring(
        desk,
        "providers",
        firm(801, contact_name="李某", contact_phone="0771-1234567", registered_until="长期"),
    )
    await bring(
        desk,
        "entries",
        entry(801, courses="少儿书法、国画", brand="小枫叶"),
        entry(802, categories="体育类", courses="足球"),
    )
    contract = {
        "school": "2145010001", "provider": credit_code(801), "course_title": "少儿书法", "signed_on": "2021-08-20",
        "starts_on": "2021/9/1", "fee": "¥40.00",
    }  # fmt: skip
    made = await bring(desk, "contracts", contract)
    ban = {
        **firm(803),
        "ground": "将课后服务分包或转包给其他机构",
        "decided_on": "2021年1月10日",
        "document": "示教〔2021〕1 号",
    }
    await bring(desk, "bans", ban)

    assert [await count(t) for t in ("provider", "entry", "course", "contract", "ban")] == [3, 2, 3, 1, 1]
    stored = (await rows("SELECT * FROM contract"))[0]
    assert (stored["state"], stored["ends_on"], stored["fee_cents"], stored["import_id"]) == (
        "signed", date(2022, 8, 31), 4000, made,
    )  # fmt: skip
    assert stored["number"].startswith("HT-450191-2021-")
    held = (await rows("SELECT * FROM ban"))[0]
    assert (held["last_day"], held["reach"], held["document"]) == (
        date(2024, 1, 10),
        "450100",
        "示教〔2021〕1 号",
    )
    entries = await rows("SELECT * FROM entry ORDER BY id")
    assert [(e["listed_on"], e["ends_on"]) for e in entries] == [(date(2021, 7, 12), date(2023, 7, 11))] * 2
    assert [(e["brand"], "小枫叶" in e["search_text"]) for e in entries] == [("小枫叶", True), ("", False)]
    assert (await whitelist.status(entries[0]["id"], MONDAY)).active
    done = await queries.get(desk.auditor, made)
    assert (done.state, done.added, done.imported_on, done.confirmed_by) == (
        "applied",
        1,
        MONDAY,
        desk.approver.name,
    )


async def test_a_contract_brought_along_gets_its_scan_and_people_afterwards() -> None:
    desk = await make_desk()
    await bring(
        desk, "schools", {"name": "示例市第一小学", "code": "2145010001", "lists": (await list_name(desk))}
    )
    await bring(desk, "providers", firm(821))
    await bring(desk, "entries", entry(821, courses="少儿书法"))
    line = {
        "school": "2145010001", "provider": credit_code(821), "course_title": "少儿书法", "signed_on": "2021-08-20",
        "starts_on": "2021/9/1",
    }  # fmt: skip
    await bring(desk, "contracts", line)
    (contract,) = await rows("SELECT id, school FROM contract")
    school = await account("学校", Membership(Role.SCHOOL, school_id=contract["school"]))
    first, second = [await scan(contract["id"]) for _ in range(2)]
    await drafting.attach_scan(school, contract["id"], first)
    with pytest.raises(Conflict):
        await drafting.attach_scan(school, contract["id"], second)
    person = Person("梁文博", resident_id(5), "教师资格证", MONDAY, MONDAY)
    await entering.join(school, contract["id"], person)
    async with visitors(school) as (headmaster,):
        shown = text_of(await headmaster.get(f"/school/contracts/{contract['id']}"))
        assert "打开扫描件" in shown
        assert "梁文博" in shown


async def test_personal_data_is_sealed_and_in_no_event() -> None:
    desk = await make_desk()
    line = firm(811, contact_name="李某", contact_phone="0771-1234567")
    made = await bring(desk, "providers", line)
    stored = (await rows("SELECT * FROM provider"))[0]
    told = " ".join(str(value) for value in stored.values())
    assert line["legal_representative_id"] not in told
    assert "1234567" not in told
    assert stored["legal_representative_id_index"]
    kept = (await rows("SELECT source_sealed FROM data_import"))[0]["source_sealed"]
    assert line["name"].encode() not in bytes(kept)
    events = await rows("SELECT * FROM event ORDER BY id")
    written = " ".join(str(event) for event in events)
    assert line["legal_representative_id"] not in written
    assert "李某" not in written
    # Who, when, from which file: on the chain of the bureau and of the provider.
    sha256 = (await queries.get(desk.admin, made)).source_sha256
    on_provider = [e for e in events if e["chain"] == f"provider:{stored['id']}"]
    assert [(e["action"], e["account_id"]) for e in on_provider] == [("import", desk.admin.account_id)]
    assert sha256 in on_provider[0]["data"]
    assert [e["action"] for e in events if e["subject"] == "data_import"] == ["upload", "import"]
    for chain in {e["chain"] for e in events}:
        assert await verify(chain) == []


async def test_the_same_file_again_imports_nothing_twice() -> None:
    desk = await make_desk()
    lists = await list_name(desk)
    files = {
        "schools": as_csv(table_of("schools", [{"name": "示例市第一小学", "lists": lists}])),
        "providers": as_csv(table_of("providers", [firm(821, former_names="旧名培训中心")])),
        "entries": as_csv(table_of("entries", [entry(821), entry(822)])),
        "bans": as_csv(table_of("bans", [{**firm(823), "ground": "被列入黑名单", "decided_on": "2021-01-10"}])),
        "contracts": as_csv(
            table_of(
                "contracts",
                [{"school": "示例市第一小学", "provider": credit_code(821), "course_title": "书法", "signed_on": "2021-08-20",
                  "starts_on": "2021-09-01"}],
            )
        ),
    }  # fmt: skip
    for kind, content in files.items():
        await bring(desk, kind, content=content)
    before = [
        await count(t)
        for t in ("provider", "former_name", "school", "list_school", "entry", "ban", "contract")
    ]
    written = await count("event")
    for kind, content in files.items():
        again = await queries.get(desk.admin, await bring(desk, kind, content=content))
        assert (again.added, again.changed) == (0, 0), kind
        assert again.kept == again.rows, kind
    assert before == [
        await count(t)
        for t in ("provider", "former_name", "school", "list_school", "entry", "ban", "contract")
    ]
    only = await rows("SELECT DISTINCT subject FROM event WHERE id > {}", written)
    assert [one["subject"] for one in only] == ["data_import"]


async def test_one_wrong_line_and_nothing_is_imported() -> None:
    desk = await make_desk()
    wrong = firm(832) | {"credit_code": credit_code(832)[:-1] + "I"}
    content = as_csv(table_of("providers", [firm(831), wrong, {"name": ""}, firm(831)]))
    made = await commands.upload(desk.admin, desk.bureau_id, "providers", "a.csv", content)
    with pytest.raises(Invalid) as told:
        await commands.carry_out(desk.admin, made)
    lines = [(one.field, one.message % one.params) for one in told.value.fields]
    assert [field for field, _ in lines] == ["line-3", "line-5"]
    assert "“统一社会信用代码”" in lines[0][1]
    assert "与第 2 行重复" in lines[1][1]
    assert await count("provider") == 0
    assert (await queries.get(desk.admin, made)).state == "draft"


async def test_weighty_files_need_a_second_person_and_are_judged_again() -> None:
    desk = await make_desk()
    made = await commands.upload(
        desk.admin, desk.bureau_id, "entries", "a.csv", as_csv(table_of("entries", [entry(891)]))
    )
    with pytest.raises(Invalid) as told:
        await commands.carry_out(desk.admin, made)
    assert told.value.fields[0].field == "basis"
    await commands.set_basis(desk.admin, made, BASIS)
    assert await commands.carry_out(desk.admin, made) == "waiting"
    assert await count("entry") == 0
    with pytest.raises(RuleRefusal) as refused:
        await commands.confirm(desk.admin, made)
    assert refused.value.rule == "R13"
    with pytest.raises(Forbidden):
        await commands.confirm(desk.reviewer, made)
    # Meanwhile somebody else banned it: the second person's import is refused whole.
    await bring(desk, "bans", {**firm(891), "ground": "被列入黑名单", "decided_on": "2021-01-10"})
    with pytest.raises(Invalid):
        await commands.confirm(desk.approver, made)
    assert (await count("entry"), (await queries.get(desk.admin, made)).state) == (0, "waiting")
    await commands.refuse(desk.approver, made, "已被禁入")
    with pytest.raises(Conflict):
        await commands.confirm(desk.approver, made)
    with pytest.raises(Conflict):
        await commands.set_basis(desk.admin, made, "另一文件")


async def test_only_administrators_of_the_bureau_and_nobody_of_another() -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    content = as_csv(table_of("providers", [firm(901)]))
    with pytest.raises(Forbidden):
        await commands.upload(desk.approver, desk.bureau_id, "providers", "a.csv", content)
    with pytest.raises(NotFound):
        await commands.upload(desk.admin, other.bureau_id, "providers", "a.csv", content)
    made = await commands.upload(desk.admin, desk.bureau_id, "providers", "a.csv", content)
    for act in (
        commands.carry_out(other.admin, made), commands.discard(other.admin, made), commands.fetch_source(other.admin, made),
        queries.get(other.reviewer, made), commands.confirm(other.approver, made),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await act


async def test_drafts_are_forgotten_after_a_week_and_each_look_at_a_file_is_an_event() -> None:
    desk = await make_desk()
    content = as_csv(table_of("providers", [firm(905)]))
    made = await commands.upload(desk.admin, desk.bureau_id, "providers", "../../机构\x00.csv", content)
    assert await commands.fetch_source(desk.admin, made) == ("机构.csv", content)
    assert (await rows("SELECT action FROM event ORDER BY id DESC LIMIT 1"))[0]["action"] == "fetch"
    assert await commands.discard_forgotten() == 0
    await rows("UPDATE data_import SET uploaded_at = uploaded_at - interval '8 days'")
    assert await commands.discard_forgotten() == 1
    with pytest.raises(NotFound):
        await commands.fetch_source(desk.admin, made)


async def test_a_provider_that_registered_keeps_what_it_said() -> None:
    desk = await make_desk()
    await bring(desk, "providers", {**firm(911), "legal_representative": "", "legal_representative_id": ""})
    second = await queries.get(
        desk.admin, await bring(desk, "providers", firm(911, registered_address="示例路 1 号"))
    )
    assert (second.added, second.changed, second.kept) == (0, 1, 0)
    stored = (await rows("SELECT * FROM provider"))[0]
    assert (stored["legal_representative"], stored["registered_address"]) == ("卢晓岚", "示例路 1 号")
    third = await queries.get(
        desk.admin, await bring(desk, "providers", firm(911, registered_address="别处"))
    )
    assert (third.changed, third.kept) == (0, 1)
    found = await problems(desk, "providers", {**firm(911), "name": "另一家有限公司"})
    assert found == [(2, "credit_code", "这个代码已登记为另一名称的机构，请核对名称和代码")]


async def test_schools_are_updated_and_stay_with_their_bureau() -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    await bring(desk, "schools", {"name": "示例市第一小学", "code": "2145010001"})
    changed = await queries.get(
        desk.admin,
        await bring(desk, "schools", {"name": "示例市第一实验小学", "code": "2145010001", "township": "是"}),
    )
    assert (changed.added, changed.changed) == (0, 1)
    stored = (await rows("SELECT name, township FROM school WHERE code = '2145010001'"))[0]
    assert (stored["name"], stored["township"]) == ("示例市第一实验小学", True)
    assert (await problems(other, "schools", {"name": "别处小学", "code": "2145010001"}))[0][1] == "code"
    assert (await problems(desk, "schools", {"name": "甲小学", "division": "没有这里"}))[0][1] == "division"


async def test_usual_headings_serial_days_and_a_mapping() -> None:
    desk = await make_desk()
    table = [
        ["在册机构一览表", "制表：2022年"],
        ["培训机构名称（全称）", "信用代码", "类 别", "有效期起", "备注"],
        [
            firm(921)["name"],
            credit_code(921),
            "文化艺术",
            (date(2021, 7, 12) - date(1899, 12, 30)).days,
            "甲",
        ],
        [firm(922)["name"], credit_code(922), "arts", date(2021, 7, 12), "乙"],
    ]
    made = await commands.upload(desk.admin, desk.bureau_id, "entries", "a.xlsx", as_xlsx(table), basis=BASIS)
    seen = await queries.preview(await queries.get(desk.admin, made))
    assert (seen.ok, seen.sheet.unused, seen.judged.added) == (True, ("备注",), 2), seen.errors
    odd = as_csv([["甲", "乙"], [firm(923)["name"], credit_code(923)]])
    made = await commands.upload(desk.admin, desk.bureau_id, "providers", "b.csv", odd)
    seen = await queries.preview(await queries.get(desk.admin, made))
    assert (seen.ok, seen.sheet.missing) == (False, ("机构名称", "统一社会信用代码"))
    with pytest.raises(Invalid):
        await commands.carry_out(desk.admin, made)
    for wrong in ({"name": 0}, {"name": 0, "credit_code": 0}, {"name": 0, "credit_code": 1, "colour": 1}):
        with pytest.raises(Invalid):
            await commands.remap(desk.admin, made, wrong)
    await commands.remap(desk.admin, made, {"name": 0, "credit_code": 1})
    assert await commands.carry_out(desk.admin, made) == "applied"


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"PK\x03\x04", "只有一格\n".encode(), "机构名称,信用代码\n".encode()]
)
async def test_what_is_no_table_is_refused_at_the_file(content: bytes) -> None:
    desk = await make_desk()
    with pytest.raises(Invalid) as told:
        await commands.upload(desk.admin, desk.bureau_id, "providers", "a.csv", content)
    assert [one.field for one in told.value.fields] == ["file"]
    assert await count("data_import") == 0


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
async def test_every_template_is_read_back_with_its_example(kind: str, file_format: str) -> None:
    desk = await make_desk()
    name, content = template(kind, file_format)
    assert name.endswith(file_format)
    made = await commands.upload(desk.admin, desk.bureau_id, kind, name, content)
    seen = await queries.preview(await queries.get(desk.admin, made))
    assert (seen.sheet.missing, seen.sheet.unused, len(seen.sheet.lines)) == ((), (), 1)
    assert set(seen.sheet.mapping) == set(KINDS[kind].known)


async def test_two_imports_at_once_bring_it_once() -> None:
    desk = await make_desk()
    content = as_csv(table_of("providers", [firm(number) for number in range(930, 940)]))
    made = [
        await commands.upload(desk.admin, desk.bureau_id, "providers", "a.csv", content) for _ in range(2)
    ]
    await asyncio.gather(*(commands.carry_out(desk.admin, one) for one in made))
    assert await count("provider") == 10
    done = [await queries.get(desk.admin, one) for one in made]
    assert sorted(one.added for one in done) == [0, 10]


async def test_thousands_of_lines() -> None:
    desk = await make_desk()
    lines = [entry(number, legal_representative_id="", courses="书法") for number in range(10_000, 13_000)]
    content = as_xlsx(table_of("entries", lines))
    made = await bring(desk, "entries", content=content)
    assert (await queries.get(desk.admin, made)).added == 3_000
    assert (await count("entry"), await count("course")) == (3_000, 3_000)
    assert await verify(f"bureau:{desk.bureau_id}") == []
    await set_day(MONDAY + timedelta(days=1))
    again = await queries.get(desk.admin, await bring(desk, "entries", content=content))
    assert (again.added, again.kept) == (0, 3_000)


async def test_an_imported_provider_is_joined_by_who_knows_its_representative() -> None:
    desk = await make_desk()
    await bring(desk, "entries", entry(985))
    line = firm(985)
    facts = ProviderFacts(
        name=line["name"], credit_code=line["credit_code"], kind="private_nonenterprise_certificate",
        legal_representative="卢晓岚", legal_representative_id=line["legal_representative_id"],
        registered_address="示例路 1 号", contact=Contact("卢晓岚", "0771-1234567"),
    )  # fmt: skip
    somebody, owner, late = await account("甲"), await account("乙"), await account("丙")
    for wrong in (
        replace(facts, legal_representative_id=resident_id(1)),
        replace(facts, name="另一家培训中心"),
    ):
        with pytest.raises(Invalid) as told:
            await register(somebody, wrong)
        assert [one.field for one in told.value.fields] == ["credit_code"]
    provider_id = await register(owner, facts)
    stored = (await rows("SELECT * FROM provider WHERE id = {}", provider_id))[0]
    assert stored["registered_address"] == "示例路 1 号"
    with pytest.raises(Invalid):
        await register(late, facts)
    members = await rows("SELECT account FROM membership WHERE provider = {}", provider_id)
    assert [one["account"] for one in members] == [owner.account_id]
    acts = await rows(
        "SELECT action FROM event WHERE chain = {} AND subject = 'provider' ORDER BY id",
        f"provider:{provider_id}",
    )
    assert [one["action"] for one in acts] == ["import", "claim", "update_facts"]
    # From now on a file changes nothing of it.
    again = await queries.get(
        desk.admin, await bring(desk, "providers", {**line, "registered_address": "别处"})
    )
    assert (again.changed, again.kept) == (0, 1)
