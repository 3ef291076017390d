"""Imported records obey what records obey: periods, overlaps, bans, categories, places (R19, R22, R23, R28, R31)."""

from __future__ import annotations

import pytest

from registry.kernel.db import rows
from tests.factories.listed import credit_code
from tests.factories.records import bring, entry, firm, list_name, problems
from tests.factories.reviewing import make_desk


@pytest.mark.parametrize(
    ("more", "column", "words"),
    [
        ({"ends_on": "2023-07-12"}, "ends_on", "最迟至 2023-07-11"),
        ({"ends_on": "2021-01-01"}, "ends_on", "早于入库日期"),
        ({"listed_on": "2022-06-28"}, "listed_on", "今天之后"),
        ({"listed_on": "2021-02-30"}, "listed_on", "不是日期"),
        ({"listed_on": ""}, "listed_on", "不能为空"),
        ({"categories": "数学类"}, "categories", "体育类、文化艺术类、综合实践类"),
        ({"categories": "体育、文化艺术", "courses": "足球"}, "courses", "用括号注明类别"),
        ({"list": "没有这个库"}, "list", "本教育局没有这个备选库"),
        ({"certificate_number": "450191-2021-甲"}, "certificate_number", "只能是数字"),
        ({"legal_representative_id": "450103199001011234"}, "legal_representative_id", "校验不符"),
        ({"credit_code": "11450100MJX0008419"}, "credit_code", ""),
    ],
)
async def test_entries_obey_the_rules(more: dict[str, str], column: str, words: str) -> None:
    desk = await make_desk()
    found = await problems(desk, "entries", entry(841, **more))
    assert [(line, field) for line, field, _ in found][:1] == [(2, column)]
    assert words in found[0][2]


async def test_entries_never_overlap_nor_take_a_number_twice() -> None:
    desk = await make_desk()
    await bring(desk, "entries", entry(851, certificate_number="450191-2021-0007"))
    assert await problems(desk, "entries", entry(851, listed_on="2022-01-01")) == [
        (2, "listed_on", "与已有条目 450191-2021-0007（2021-07-12 至 2023-07-11）的时间重叠")
    ]
    assert await problems(desk, "entries", entry(852, certificate_number="450191-2021-0007")) == [
        (2, "certificate_number", "这个证书编号已经在用")
    ]
    found = await problems(desk, "entries", entry(853), entry(853, listed_on="2022-02-01"))
    assert found == [(3, "listed_on", "与第 2 行的时间重叠")]
    # The next number counts on past the imported one.
    await bring(desk, "entries", entry(854))
    numbers = await rows("SELECT certificate_number AS n FROM entry ORDER BY id")
    assert [one["n"] for one in numbers] == ["450191-2021-0007", "450191-2021-0008"]


async def test_nobody_is_listed_while_banned_by_code_or_by_representative() -> None:
    desk = await make_desk()
    banned = {**firm(861), "ground": "被列入黑名单", "decided_on": "2021-01-10"}
    await bring(desk, "bans", banned)
    assert (await problems(desk, "entries", entry(861)))[0][1:] == (
        "credit_code", "该机构（或其法定代表人）2021-01-10 至 2024-01-10 处于禁入期，与在册时间重叠",
    )  # fmt: skip
    other = entry(862) | {"legal_representative_id": banned["legal_representative_id"]}
    assert "禁入期" in (await problems(desk, "entries", other))[0][2]
    assert await problems(desk, "entries", entry(861, listed_on="2018-01-01", ends_on="2019-12-31")) == []


async def test_bans_obey_the_policy_and_a_listed_provider_leaves_through_a_case() -> None:
    desk = await make_desk()
    ban = {**firm(871), "ground": "被列入黑名单", "decided_on": "2021-01-10"}
    assert (await problems(desk, "bans", {**ban, "last_day": "2024-01-11"}))[0][1:] == (
        "last_day", "超过本地规则的 3 年，最迟至 2024-01-10",
    )  # fmt: skip
    assert (await problems(desk, "bans", {**ban, "last_day": "2021-01-10"}))[0][1] == "last_day"
    assert (await problems(desk, "bans", {**ban, "decided_on": "2023-01-10"}))[0][1] == "decided_on"
    assert (await problems(desk, "bans", {**ban, "ground": "看着不顺眼"}))[0][1] == "ground"
    await bring(desk, "entries", entry(871))
    assert (await problems(desk, "bans", ban))[0][2] == "该机构目前在册，请通过退出案件作出决定"
    assert await problems(desk, "bans", {**ban, "decided_on": "2016-01-10"}) == []


async def test_a_ban_suspends_on_the_lists_of_others_that_it_reaches() -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    await bring(other, "entries", entry(875))
    await bring(desk, "bans", {**firm(875), "ground": "被列入黑名单", "decided_on": "2021-01-10"})
    held = await rows("SELECT e.state, s.cause FROM entry e JOIN suspension s ON s.entry = e.id")
    assert [(one["state"], one["cause"]) for one in held] == [("suspended", "banned")]


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"signed_on": "2021-09-02"}, "signed_on"),
        ({"signed_on": "2021-07-01"}, "signed_on"),
        ({"signed_on": "2022-07-01", "starts_on": "2022-07-02"}, "signed_on"),
        ({"ends_on": "2023-09-01"}, "ends_on"),
        ({"ends_on": "2021-08-31"}, "ends_on"),
        ({"starts_on": "2023-07-12"}, "starts_on"),
        ({"school": "没有这所学校"}, "school"),
        ({"school": "示例市第二小学"}, "school"),
        ({"provider": credit_code(999)}, "provider"),
        ({"category": "体育类"}, "category"),
        ({"number": "HT-450191-2021-甲"}, "number"),
        ({"fee": "四十"}, "fee"),
    ],
)
async def test_contracts_obey_the_rules(more: dict[str, str], column: str) -> None:
    desk = await make_desk()
    lists = await list_name(desk)
    await bring(desk, "schools", {"name": "示例市第一小学", "lists": lists}, {"name": "示例市第二小学"})
    await bring(desk, "entries", entry(881))
    contract = {
        "school": "示例市第一小学", "provider": credit_code(881), "course_title": "书法", "signed_on": "2021-08-20",
        "starts_on": "2021-09-01",
    }  # fmt: skip
    found = await problems(desk, "contracts", contract | more)
    assert [field for _, field, _ in found][:1] == [column], found


async def test_contracts_need_an_entry_that_holds_and_never_overlap() -> None:
    desk = await make_desk()
    await bring(desk, "schools", {"name": "示例市第一小学", "lists": await list_name(desk)})
    await bring(desk, "entries", entry(885))
    contract = {
        "school": "示例市第一小学", "provider": credit_code(885), "course_title": "书法", "signed_on": "2021-08-20",
        "starts_on": "2021-09-01",
    }  # fmt: skip
    await bring(desk, "contracts", contract)
    assert (await problems(desk, "contracts", {**contract, "starts_on": "2022-01-01"}))[0][1] == "starts_on"
    found = await problems(
        desk,
        "contracts",
        {**contract, "course_title": "国画"},
        {**contract, "course_title": "国画", "starts_on": "2022-01-01"},
    )
    assert [(line, field) for line, field, _ in found] == [(3, "starts_on")]
    await rows("UPDATE entry SET state = 'suspended'")
    assert (await problems(desk, "contracts", {**contract, "course_title": "国画"}))[0][1] == "provider"
