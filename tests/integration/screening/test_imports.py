"""Importing lists: whole or not at all, as versions, by two people where much hangs on it (R3, R20)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from registry.screening import imports, queries
from registry.screening.queries.lists import Change
from registry.whitelist.list_imports import carry_out, import_list
from tests.factories.listed import credit_code, set_day
from tests.factories.lists import imported, list_file
from tests.factories.reviewing import MONDAY, make_desk

FIRST = {"编号": "1", "名称": "南宁快进学科辅导有限公司", "统一社会信用代码": credit_code(901)}
SECOND = {"编号": "2", "名称": "南宁听荷艺术培训中心"}
PERSON = {"编号": "3", "名称": "覃望川", "主体类型": "自然人", "法定代表人身份证号": "450103199001019018"}


async def _names(import_id: int, change: Change) -> list[str]:
    found, _ = await queries.rows_of_import(import_id, change)
    return [one.name for one in found]


async def test_each_import_is_a_version_that_says_what_changed() -> None:
    desk = await make_desk()
    first = await imported(desk, FIRST, SECOND, PERSON)
    one = await queries.get_import(desk.admin, first)
    assert (one.added, one.changed, one.gone, one.rows, one.imported_on) == (3, 0, 0, 3, MONDAY)
    assert one.uploaded_by == "黄管理"
    assert one.source_name == "名单.csv"
    # A line more on top, another number, one prolonged, one gone: rows are found again by who they are.
    new = {"编号": "1", "名称": "南宁新列教育有限公司"}
    second = await imported(
        desk, new, {**FIRST, "编号": "2", "届满日期": "2026-01-09"}, {**PERSON, "编号": "3"}
    )
    two = await queries.get_import(desk.reviewer, second)
    assert (two.added, two.changed, two.gone) == (1, 1, 1)
    assert await _names(second, "added") == ["南宁新列教育有限公司"]
    assert await _names(second, "gone") == [SECOND["名称"]]
    changed, _ = await queries.rows_of_import(second, "changed")
    assert changed[0].before == {"in_force_until": None}
    assert changed[0].in_force_until == date(2026, 1, 9)
    # The version before is still there, as it was.
    assert await _names(first, "added") == [FIRST["名称"], SECOND["名称"], PERSON["名称"]]
    listed = await rows("SELECT name FROM listing WHERE gone_import IS NULL ORDER BY name")
    assert len(listed) == 3


async def test_the_same_file_again_changes_nothing_but_the_day() -> None:
    desk = await make_desk()
    await imported(desk, FIRST, SECOND, {**SECOND, "编号": "9"})
    await set_day(MONDAY + timedelta(days=40))
    before = {
        one.kind: one.state for one in await queries.overview([desk.bureau_id], MONDAY + timedelta(days=40))
    }
    assert before["serious_violation"] == "stale"
    assert before["judgment_debtor"] == "never"
    again = await queries.get_import(desk.admin, await imported(desk, FIRST, SECOND))
    assert (again.added, again.changed, again.gone) == (0, 0, 0)
    after = {one.kind: one for one in await queries.overview([desk.bureau_id], MONDAY + timedelta(days=40))}
    assert after["serious_violation"].state == "current"
    assert after["serious_violation"].listed == 2


async def test_who_comes_back_unchanged_is_who_it_was() -> None:
    desk = await make_desk()
    await imported(desk, FIRST, SECOND)
    await imported(desk, FIRST)
    await imported(desk, FIRST, SECOND)
    found = await rows("SELECT id, lineage FROM listing WHERE name = {} ORDER BY id", SECOND["名称"])
    assert [one["lineage"] for one in found] == [found[0]["id"]] * 2


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"列入日期": "2022-13-01"}, 3),
        ({"名称": " "}, 3),
        ({"主体类型": "单位部门"}, 3),
        ({"届满日期": "2021-01-01"}, 3),
        ({"统一社会信用代码": "9" * 41}, 3),
        ({"名称": "名" * 201}, 3),
        ({"列入事由": "事\x07由"}, 3),
    ],
)
async def test_one_wrong_line_and_nothing_is_imported(wrong: dict[str, str], line: int) -> None:
    desk = await make_desk()
    with pytest.raises(Invalid) as caught:
        await import_list(
            desk.admin, desk.bureau_id, "serious_violation", "a.csv", list_file(FIRST, {**SECOND, **wrong})
        )
    assert caught.value.fields[0].field == f"line-{line}"
    assert not await rows("SELECT 1 AS one FROM listing")
    assert [one["state"] for one in await rows("SELECT state, source_sealed FROM list_import")] == [
        "discarded"
    ]
    assert (await queries.history([desk.bureau_id]))[0] == []


async def test_what_is_no_list_file_is_refused_at_once() -> None:
    desk = await make_desk()
    for content in (b"", b"\x00\x01\x02", b"PK\x03\x04 no zip", b"%PDF-1.7\n%"):
        with pytest.raises(Invalid):
            await import_list(desk.admin, desk.bureau_id, "serious_violation", "a.csv", content)
    with pytest.raises(Invalid):
        await import_list(desk.admin, desk.bureau_id, "own_ban", "a.csv", list_file(FIRST))
    assert not await rows("SELECT 1 AS one FROM listing")


async def test_columns_that_no_heading_names_are_mapped_by_hand() -> None:
    desk = await make_desk()
    content = list_file({"甲": "1", "乙": SECOND["名称"]}, headings=("甲", "乙"))
    draft = await imports.upload(desk.admin, desk.bureau_id, "serious_violation", "a.csv", content)
    with pytest.raises(Invalid):
        await carry_out(desk.admin, draft)
    for mapping in ({"list_id": 0}, {"name": 1, "grounds": 1}, {"name": 1, "nothing": 0}):
        with pytest.raises(Invalid):
            await imports.remap(desk.admin, draft, mapping)
    await imports.remap(desk.admin, draft, {"name": 1, "list_id": 0})
    assert await carry_out(desk.admin, draft) == "applied"
    assert await _names(draft, "added") == [SECOND["名称"]]
    with pytest.raises(Conflict):
        await carry_out(desk.admin, draft)
    with pytest.raises(Conflict):
        await imports.remap(desk.admin, draft, {"name": 1})


async def test_only_an_administrator_of_the_bureau_imports_and_others_see_nothing() -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    for actor in (desk.reviewer, desk.approver, desk.auditor):
        with pytest.raises(Forbidden):
            await import_list(actor, desk.bureau_id, "serious_violation", "a.csv", list_file(FIRST))
    with pytest.raises(NotFound):
        await import_list(other.admin, desk.bureau_id, "serious_violation", "a.csv", list_file(FIRST))
    made = await imported(desk, FIRST)
    draft = await imports.upload(desk.admin, desk.bureau_id, "serious_violation", "b.csv", list_file(SECOND))
    for actor, import_id in ((other.admin, made), (desk.reviewer, draft), (other.admin, draft)):
        with pytest.raises(NotFound):
            await queries.get_import(actor, import_id)
    with pytest.raises(NotFound):
        await imports.fetch_source(other.admin, made)
    with pytest.raises(Forbidden):
        await imports.fetch_source(desk.reviewer, made)
    assert (await queries.search([other.bureau_id], q="快进"))[0] == []
    assert len((await queries.search([desk.bureau_id], q="快　進"))[0]) == 1


async def test_the_file_is_kept_sealed_and_each_look_is_recorded() -> None:
    desk = await make_desk()
    made = await imported(desk, FIRST, PERSON)
    stored = await rows(
        "SELECT source_sealed, person_id_sealed FROM list_import i JOIN listing g ON g.first_import = i.id"
    )
    for one in stored:
        for value in one.values():
            assert PERSON["法定代表人身份证号"].encode() not in bytes(value or b"")
    name, content = await imports.fetch_source(desk.admin, made)
    assert (name, content) == ("名单.csv", list_file(FIRST, PERSON))
    assert await rows("SELECT 1 AS one FROM event WHERE subject = 'list_import' AND action = 'fetch'")
    events = str(await rows("SELECT * FROM event WHERE subject = 'list_import'"))
    assert PERSON["名称"] not in events
    assert PERSON["法定代表人身份证号"] not in events


async def test_a_draft_that_nobody_imports_is_forgotten() -> None:
    desk = await make_desk()
    draft = await imports.upload(desk.admin, desk.bureau_id, "serious_violation", "b.csv", list_file(SECOND))
    assert await imports.discard_forgotten() == 0
    await rows("UPDATE list_import SET uploaded_at = uploaded_at - interval '8 days'")
    assert await imports.discard_forgotten() == 1
    with pytest.raises(NotFound):
        await carry_out(desk.admin, draft)
