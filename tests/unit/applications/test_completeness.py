"""What an application still lacks: each part alone, and the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registry.applications.completeness import RoundFrame, Section, file_errors, missing
from registry.applications.form import (
    Agent,
    ApplicationForm,
    Contact,
    Course,
    Declarations,
    Teacher,
    parse_form,
)
from registry.policies import load

POLICY = load("nanning-2022")
FRAME = RoundFrame(("sports", "arts"), (2020, 2021), POLICY, date(2022, 6, 22))
TEACHER = Teacher(
    name="蒙佳宁",
    id_number="450103199602260002",
    certificate_type="教师资格证书",
    certificate_number="20164500932008414",
)
COURSE = Course(title="书法", category="arts", grades="三至六年级", class_size=30, price_cents=0)
WHOLE = ApplicationForm(
    name="青檬树（南宁）体育文化有限公司",
    credit_code="91450105MA5NKRE41R",
    kind="business_licence",
    registered_address="南宁市岚山区邕南路38号",
    legal_representative="卢晓岚",
    legal_representative_id="452122197906250008",
    contact=Contact(name="岑子墨", phone="19900002910"),
    categories=("arts",),
    business_scope="艺术培训",
    courses=(COURSE,),
    teachers=(TEACHER,),
    annual_inspections={"2020": "合格", "2021": "年报已公示"},
    declarations=Declarations(truthful=True, good_credit=True, no_violations=True, not_blacklisted=True),
)


def lacking(items: set[int] | None = None, **changes: Any) -> list[tuple[Section, str]]:
    found = missing(WHOLE.model_copy(update=changes), {0} if items is None else items, FRAME)
    return [(one.section, one.error.field) for one in found]


def test_a_whole_form_lacks_nothing() -> None:
    assert lacking() == []


@pytest.mark.parametrize(
    ("changes", "section", "field"),
    [
        ({"name": ""}, Section.BASICS, "name"),
        ({"credit_code": "91450105MA5NKRE41Q"}, Section.BASICS, "credit_code"),
        ({"legal_representative_id": "452122197906250009"}, Section.BASICS, "legal_representative_id"),
        ({"agent": Agent(name="莫言之")}, Section.BASICS, "agent_id"),
        ({"agent": Agent(id_number="450103199602260002")}, Section.BASICS, "agent_name"),
        ({"contact": Contact(name="岑子墨")}, Section.BASICS, "contact_phone"),
        ({"business_scope": ""}, Section.BASICS, "business_scope"),
        ({"courses": ()}, Section.COURSES, "courses"),
        ({"courses": (COURSE.model_copy(update={"title": ""}),)}, Section.COURSES, "courses-0-title"),
        (
            {"courses": (COURSE.model_copy(update={"class_size": None}),)},
            Section.COURSES,
            "courses-0-class_size",
        ),
        ({"courses": (COURSE.model_copy(update={"price_cents": None}),)}, Section.COURSES, "courses-0-price"),
        (
            {"courses": (COURSE.model_copy(update={"category": "sports"}),)},
            Section.COURSES,
            "courses-0-category",
        ),
        ({"categories": ("arts", "sports")}, Section.COURSES, "courses"),
        ({"teachers": ()}, Section.TEACHERS, "teachers"),
        ({"teachers": (TEACHER.model_copy(update={"name": ""}),)}, Section.TEACHERS, "teachers-0-name"),
        ({"teachers": (TEACHER, TEACHER)}, Section.TEACHERS, "teachers-1-id_number"),
        (
            {"teachers": (TEACHER.model_copy(update={"certificate_number": ""}),)},
            Section.TEACHERS,
            "teachers-0-certificate_number",
        ),
        ({"annual_inspections": {"2020": "合格"}}, Section.COMMITMENT, "inspection_2021"),
        ({"annual_inspections": {"2020": "合格", "2021": "通过"}}, Section.COMMITMENT, "inspection_2021"),
    ],
)
def test_what_is_missing_is_told_at_its_field(changes: dict[str, Any], section: Section, field: str) -> None:
    assert lacking(**changes) == [(section, field)]


def test_a_category_outside_the_round_is_refused() -> None:
    assert (Section.BASICS, "categories") in lacking(categories=("comprehensive_practice",))


@pytest.mark.parametrize("declaration", ["truthful", "good_credit", "no_violations", "not_blacklisted"])
def test_every_declaration_is_asked_for(declaration: str) -> None:
    changed = WHOLE.declarations.model_copy(update={declaration: False})
    assert lacking(declarations=changed) == [(Section.COMMITMENT, f"declaration_{declaration}")]


def test_a_teacher_without_certificate_is_left_to_the_reviewer() -> None:
    artist = TEACHER.model_copy(update={"certificate_type": "暂无证书", "certificate_number": ""})
    assert lacking(teachers=(artist,)) == []


def test_a_merged_file_stands_for_all_materials() -> None:
    assert lacking({0}) == []
    assert lacking({0, 5}) == []


def test_parts_are_asked_for_one_by_one() -> None:
    assert lacking(set(range(1, 9))) == []
    assert lacking(set(range(1, 8))) == [(Section.FILES, "item_8")]


def test_the_licence_serves_as_the_certificate_of_the_code() -> None:
    """三证合一: items 2 and 3 are satisfied by the same documents (R6)."""
    assert lacking({1, 2, 4, 5, 6, 7, 8}) == []
    assert lacking({1, 3, 4, 5, 6, 7, 8}) == []
    assert lacking({1, 4, 5, 6, 7, 8}) == [(Section.FILES, "item_2"), (Section.FILES, "item_3")]


def test_extra_materials_of_a_policy_are_asked_for_each() -> None:
    policy = load("taishan-2026")
    numbers = {number for number, _ in policy.materials}
    assert len(numbers) > 8
    assert len(file_errors(set(range(1, 9)), policy)) == len(numbers) - 8


def test_an_empty_draft_lacks_everything_and_does_not_fail() -> None:
    found = missing(ApplicationForm(), (), FRAME)
    assert {one.section for one in found} == set(Section)


def test_a_form_of_the_corpus_can_be_read() -> None:
    form = parse_form(
        {
            "name": "青檬树(南宁)体育文化有限公司",
            "credit_code": "91450105MA5NKRE41R",
            "categories": ["sports"],
            "teachers": [{"name": "卢云飞", "id_number": "452122198005169995", "valid_until": None}],
            "contact": {"name": "岑子墨", "phone": "19900002910", "email": "d01@example.com"},
            "annual_inspections": {"2020": "合格"},
        }
    )
    assert form.teachers[0].name == "卢云飞"
    assert not form.declarations.complete


def test_frames_differ_by_round() -> None:
    other = replace(FRAME, inspection_years=(2019,))
    assert [one.error.field for one in missing(WHOLE, {0}, other)] == ["inspection_2019"]
