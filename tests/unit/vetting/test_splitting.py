"""Telling documents apart: any order, several on a page, several pages to one (R7)."""

from __future__ import annotations

import random

import pytest

from tests.unit.vetting import papers
from tests.unit.vetting.made import line, page, rows
from vetting.model import PageKind, PageReading
from vetting.splitting.split import kind_of_file_name, split


def found(pages: list[PageReading]) -> list[tuple[str, int, int]]:
    return [(b.kind.type, b.first_page, b.last_page) for b in split(pages).bundles]


@pytest.mark.parametrize("type_", sorted(papers.ALL))
def test_each_type_is_told(type_: str) -> None:
    assert found([page(1, papers.ALL[type_]())]) == [(type_, 1, 1)]


def test_any_order() -> None:
    chance = random.Random(7)
    types = sorted(papers.ALL)
    for _ in range(5):
        chance.shuffle(types)
        pages = [page(n, papers.ALL[t]()) for n, t in enumerate(types, start=1)]
        assert found(pages) == [(t, n, n) for n, t in enumerate(types, start=1)]


def test_a_plan_goes_on_without_a_title() -> None:
    second = rows(
        [
            "四、师资队伍",
            "任课教师均持有教师资格证书、职业技能等级证书或社会体育指导员证书，经查询后上岗。",
            "五、课程特色",
            "课程结合本地资源设计，注重动手和体验，教具器材由机构统一采购。",
        ]
    )
    pages = [page(1, papers.service_plan()), page(2, second), page(3, papers.commitment())]
    assert found(pages) == [("service_plan", 1, 2), ("commitment", 3, 3)]


def test_a_table_goes_on_in_the_same_columns() -> None:
    more = papers.roster_rows(["黄若溪", "韦婉清", "覃佳宁"], first=4)
    pages = [page(1, papers.teacher_roster()), page(2, more), page(3, papers.annual_inspection())]
    assert found(pages) == [("teacher_roster", 1, 2), ("annual_inspection", 3, 3)]


def test_blank_and_repeated_pages_are_skipped() -> None:
    pages = [
        page(1, papers.service_plan()),
        page(2, [], kind=PageKind.BLANK),
        page(3, papers.plan_end()),
        page(4, papers.plan_end(), kind=PageKind.DUPLICATE, duplicate_of=3),
        page(5, papers.commitment()),
    ]
    assert found(pages) == [("service_plan", 1, 3), ("commitment", 5, 5)]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("teacher_qualification", "skill_certificate"),
        ("resident_id", "teacher_qualification"),
        ("sports_instructor_certificate", "resident_id"),
        ("business_licence", "resident_id"),
        ("authorization_letter", "resident_id"),
    ],
)
def test_two_documents_on_one_page(upper: str, lower: str) -> None:
    lines = papers.squeezed(papers.ALL[upper](), 0.0) + papers.squeezed(papers.ALL[lower](), 0.5)
    assert found([page(1, lines)]) == [(upper, 1, 1), (lower, 1, 1)]


def test_two_certificates_of_one_type_on_one_page() -> None:
    one = papers.teacher_qualification("蒙佳宁", "450103199602260002")
    other = papers.teacher_qualification("农雨桐", "450102199605070005")
    lines = papers.squeezed(one, 0.0) + papers.squeezed(other, 0.5)
    assert found([page(1, lines)]) == [("teacher_qualification", 1, 1)] * 2


def test_front_and_back_of_a_card_on_two_pages_are_one() -> None:
    front, back = papers.card_front(), papers.card_back()
    assert found([page(1, front), page(2, back)]) == [("resident_id", 1, 2)]


def test_the_end_of_a_plan_and_a_commitment_share_a_page() -> None:
    lines = papers.squeezed(papers.plan_end(), 0.0) + papers.squeezed(papers.commitment(), 0.5)
    pages = [page(1, papers.service_plan()), page(2, lines)]
    assert found(pages) == [("service_plan", 1, 2), ("commitment", 2, 2)]


def test_a_heading_over_a_card_is_no_second_document() -> None:
    heading = [line("法定代表人身份证复印件", 0.35, 0.05, height=0.02)]
    assert found([page(1, heading + papers.resident_id())]) == [("resident_id", 1, 1)]


def test_a_page_that_belongs_to_nothing_is_reported() -> None:
    stray = rows(["# 收据", "今收到场地押金人民币伍佰元。", "经手人"])
    result = split([page(1, papers.commitment()), page(2, stray), page(3, papers.annual_inspection())])
    assert result.unassigned == (2,)
    assert [b.kind.type for b in result.bundles] == ["commitment", "annual_inspection"]


def test_mentions_are_no_titles() -> None:
    lines = rows(
        ["# 情况说明书", "本机构教师均持有教师资格证书，营业执照和居民身份证复印件附后。", "承诺书另附。"]
    )
    assert split([page(1, lines)]).bundles == ()


def test_an_unreadable_page_of_a_named_file_keeps_its_type() -> None:
    pages = [
        page(1, papers.commitment(), file="10_承诺书.pdf", file_page=1),
        page(2, [], file="08_年检情况.pdf", file_page=1, readable=False),
    ]
    bundles = split(pages).bundles
    assert [(b.kind.type, b.readable) for b in bundles] == [
        ("commitment", True),
        ("annual_inspection", False),
    ]


def test_the_page_wins_over_its_file_name() -> None:
    pages = [
        page(1, papers.commitment(), file="营业执照.pdf", file_page=1),
        page(2, papers.annual_inspection(), file="b.pdf", file_page=1),
    ]
    assert found(pages) == [("commitment", 1, 1), ("annual_inspection", 2, 2)]


def test_file_names() -> None:
    kind = kind_of_file_name("06_社会体育指导员证书_卢云飞.pdf")
    assert kind is not None
    assert kind.type == "sports_instructor_certificate"
    assert kind_of_file_name("南宁市听荷艺术培训有限公司机构申报课后服务备选库材料.pdf") is None
