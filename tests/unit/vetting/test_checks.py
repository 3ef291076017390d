"""Each check from constructed documents, with the cases that are nearly one (R1, R2, R4, R6, R9-R11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from vetting.checks.case import Case
from vetting.checks.catalogue import ENTRIES, sentence
from vetting.checks.run import run_checks
from vetting.model import (
    Document,
    FieldValue,
    FileNote,
    Finding,
    Form,
    Line,
    Mode,
    PageKind,
    PageReading,
    Severity,
    Teacher,
    VettingPolicy,
)

NAME, FORMER = "青檬树（南宁）体育文化有限公司", "南宁市小拇指教育咨询有限公司"
CODE, OTHER_CODE = "91450105MA5NKRE41R", "91450109MA0D8Q1BX5"
BOSS, BOSS_ID = "卢晓岚", "452122197906250008"
AGENT, AGENT_ID = "岑子墨", "450103199208149998"
DAY = date(2022, 6, 22)
MATERIALS = (
    "application_form",
    "subject_certificate",
    "credit_code_certificate",
    "legal_rep_id",
    "teacher_roster",
    "annual_inspection",
    "service_plan",
    "commitment",
)
POLICY = VettingPolicy(MATERIALS, ("sports", "arts", "comprehensive_practice"))
TEACHER = Teacher("卢云飞", "452122198005169995", "社会体育指导员证书", "4501201988760")
FORM = Form(
    name=NAME,
    credit_code=CODE,
    legal_representative=BOSS,
    legal_representative_id=BOSS_ID,
    teachers=(TEACHER,),
)


def field(value: Any, confidence: float = 1.0, page: int = 1) -> FieldValue:
    return FieldValue(value, confidence, page, (0.1, 0.1, 0.2, 0.2), str(value))


def document(id_: str, type_: str, page: int, *, readable: bool = True, **values: Any) -> Document:
    fields = {k: v if isinstance(v, FieldValue) else field(v, page=page) for k, v in values.items()}
    return Document(id_, type_, "材料.pdf", page, page, fields, readable=readable)


def licence(page: int = 2, id_: str = "d02", **more: Any) -> Document:
    values: dict[str, Any] = {
        "name": NAME,
        "credit_code": CODE,
        "legal_representative": BOSS,
        "valid_from": "2018-03-15",
        "valid_until": "2028-03-14",
        "issue_date": "2018-03-15",
        "business_scope": "体育竞赛组织；面向中小学生开展的体育类非学科培训。",
    }
    return document(id_, "business_licence", page, **{**values, **more})


def card(page: int = 3, **more: Any) -> Document:
    values: dict[str, Any] = {
        "name": BOSS,
        "id_number": BOSS_ID,
        "valid_from": "2016-05-18",
        "valid_until": "2036-05-18",
    }
    return document("d03", "resident_id", page, **{**values, **more})


def sports(page: int = 5, **more: Any) -> Document:
    values: dict[str, Any] = {
        "name": TEACHER.name,
        "id_number": TEACHER.id_number,
        "certificate_number": TEACHER.certificate_number,
        "level": "二级社会体育指导员",
        "valid_until": None,
    }
    return document("d05", "sports_instructor_certificate", page, **{**values, **more})


def inspection(years: Mapping[str, str] | None = None, page: int = 6, **more: Any) -> Document:
    found = {"2020": "passed", "2021": "passed"} if years is None else dict(years)
    words = {
        y: {"passed": "合格", "failed": "不合格", "conditional": "基本合格"}[r] for y, r in found.items()
    }
    return document("d06", "annual_inspection", page, years=found, years_printed=words, **more)


def clean() -> dict[str, Document]:
    return {
        "application_form": document("d01", "application_form", 1, name=NAME, credit_code=CODE),
        "licence": licence(),
        "card": card(),
        "roster": document("d04", "teacher_roster", 4, teachers=[]),
        "sports": sports(),
        "inspection": inspection(),
        "plan": document("d07", "service_plan", 7, name=NAME, academic=False, academic_terms=[]),
        "commitment": document("d08", "commitment", 8, name=NAME, signed=True, sealed=True),
    }


def reading(number: int, **more: Any) -> PageReading:
    values: dict[str, Any] = {
        "page": number,
        "file": "材料.pdf",
        "file_page": number,
        "kind": PageKind.CONTENT,
        "mode": Mode.DIGITAL,
        "rotation": 0,
        "readable": True,
        "width": 595.0,
        "height": 842.0,
    }
    return PageReading(**{**values, **more})


def findings(
    changes: Mapping[str, Document | None] | None = None,
    *,
    form: Form | None = FORM,
    extra: tuple[Document, ...] = (),
    pages: tuple[PageReading, ...] | None = None,
    policy: VettingPolicy = POLICY,
    as_of: date = DAY,
    notes: tuple[FileNote, ...] = (),
    unassigned: tuple[int, ...] = (),
) -> list[Finding]:
    documents = {**clean(), **(changes or {})}
    present = [d for d in (*documents.values(), *extra) if d is not None]
    case = Case(
        form=form,
        documents=tuple(sorted(present, key=lambda d: d.first_page)),
        pages=pages if pages is not None else tuple(reading(n) for n in range(1, 9)),
        as_of=as_of,
        cycle_ends=date(2024, 6, 22),
        inspection_years=(2020, 2021),
        policy=policy,
        notes=notes,
        unassigned=unassigned,
    )
    return list(run_checks(case))


def codes(*args: Any, **more: Any) -> list[str]:
    """Codes of the findings that block or warn."""
    return sorted({f.code for f in findings(*args, **more) if f.severity is not Severity.INFO})


def infos(*args: Any, **more: Any) -> list[str]:
    return sorted({f.code for f in findings(*args, **more) if f.severity is Severity.INFO})


def test_a_clean_application() -> None:
    assert codes() == []


def test_without_a_form_only_documents_speak() -> None:
    assert codes(form=None) == []
    assert codes(form=Form()) == []


# Completeness (R6)


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("application_form", "missing_document:application_form"),
        ("card", "missing_document:legal_rep_id"),
        ("roster", "missing_document:teacher_roster"),
        ("inspection", "missing_document:annual_inspection"),
        ("plan", "missing_document:service_plan"),
        ("commitment", "missing_document:commitment"),
        ("licence", "missing_document:subject_certificate"),
    ],
)
def test_missing_documents(gone: str, code: str) -> None:
    assert codes({gone: None}) == [code]


def test_more_materials_by_policy() -> None:
    policy = replace(
        POLICY, required_materials=(*MATERIALS, "school_licence", "no_criminal_record", "labour_contract")
    )
    assert codes(policy=policy) == [
        "missing_document:labour_contract",
        "missing_document:no_criminal_record",
        "missing_document:school_licence",
    ]
    more = (
        document("d09", "school_licence", 9, valid_until="2027-08-31"),
        document("d10", "no_criminal_record_certificate", 10),
        document("d11", "labour_contract", 11),
    )
    assert codes(policy=policy, extra=more) == []


def test_severities_by_policy() -> None:
    policy = replace(
        POLICY, severities={"missing_document": Severity.INFO, "missing_document:commitment": Severity.WARN}
    )
    found = findings({"commitment": None, "plan": None}, policy=policy)
    severities = {f.code: f.severity for f in found}
    assert severities["missing_document:commitment"] is Severity.WARN
    assert severities["missing_document:service_plan"] is Severity.INFO


def test_any_registration_certificate_serves() -> None:
    certificate = replace(licence(), type="social_organization_certificate")
    assert codes({"licence": certificate}) == []


# Validity of the certificate (R10)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2022-06-21", ["licence_expired"]),
        ("2022-06-22", []),
        ("2022-06-23", []),
        ("long-term", []),
        (None, []),
    ],
)
def test_licence_expired(until: str | None, expected: list[str]) -> None:
    assert codes({"licence": licence(valid_until=until)}) == expected


def test_an_unsure_end_is_for_a_person() -> None:
    unsure = licence(valid_until=field("2022-06-21", 0.4))
    assert codes({"licence": unsure}) == ["unreadable_field:business_licence.valid_until"]


def test_lapse_before_the_cycle_ends() -> None:
    assert "lapses_before_cycle_end" in infos({"licence": licence(valid_until="2024-06-21")})
    assert "lapses_before_cycle_end" not in infos({"licence": licence(valid_until="2024-06-22")})


# Credit code (R4, R9)


def test_credit_code_mismatch() -> None:
    assert codes({"licence": licence(credit_code=OTHER_CODE)}) == ["credit_code_mismatch"]


@pytest.mark.parametrize("typed", ["91450105ma5nkre41r", " 91450105MA5NKRE41R", "９１４５０１０５MA5NKRE41R"])
def test_the_same_code_in_another_spelling(typed: str) -> None:
    assert codes(form=replace(FORM, credit_code=typed)) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("9145O105MA5NKRE41R", "字母"),
        ("91450105MA5NKRE41A", "校验码"),
        ("91450105MA5NKRE41", "18位"),
    ],
)
def test_credit_code_invalid(typed: str, words: str) -> None:
    found = [f for f in findings(form=replace(FORM, credit_code=typed)) if f.severity is Severity.BLOCK]
    assert [f.code for f in found] == ["credit_code_invalid"]
    assert words in found[0].message


def test_a_code_that_was_not_read_is_for_a_person() -> None:
    blurred = licence(credit_code=field("91450105MA5NKRE4?R", 0.3))
    assert codes({"licence": blurred}) == ["unreadable_field:business_licence.credit_code"]


# Name (R6, R9)


def test_name_mismatch() -> None:
    assert codes({"licence": licence(name=FORMER)}) == ["name_mismatch"]


@pytest.mark.parametrize(
    "typed",
    ["青檬树(南宁)体育文化有限公司", "青檬樹（南寧）體育文化有限公司", "青檬树 （南宁）体育文化有限公司"],
)
def test_spellings_of_the_same_name(typed: str) -> None:
    assert codes(form=replace(FORM, name=typed)) == []


def test_a_change_notice_explains_the_name() -> None:
    notice = document("d09", "name_change_notice", 9, name=NAME, former_name=FORMER)
    found = {"licence": licence(name=FORMER)}
    assert codes(found, extra=(notice,)) == []
    assert "name_change_explained" in infos(found, extra=(notice,))


def test_a_change_notice_of_another_firm_explains_nothing() -> None:
    notice = document(
        "d09", "name_change_notice", 9, name="南宁市绿芽劳动实践教育有限公司", former_name=FORMER
    )
    assert codes({"licence": licence(name=FORMER)}, extra=(notice,)) == ["name_mismatch"]


def test_two_changes_one_after_the_other() -> None:
    between = "南宁市大拇指教育咨询有限公司"
    notices = (
        document("d09", "name_change_notice", 9, name=NAME, former_name=between),
        document("d10", "name_change_notice", 10, name=between, former_name=FORMER),
    )
    assert codes({"licence": licence(name=FORMER)}, extra=notices) == []
    assert codes({"licence": licence(name=FORMER)}, extra=notices[:1]) == ["name_mismatch"]


def test_a_typed_former_name_is_no_proof() -> None:
    form = replace(FORM, former_names=(FORMER,))
    assert codes({"licence": licence(name=FORMER)}, form=form) == ["name_mismatch"]


def test_the_newer_licence_counts() -> None:
    old = licence(2, "d02", name=FORMER, issue_date="2016-01-01", valid_until="2021-12-31")
    new = licence(9, "d09")
    assert codes({"licence": old}, extra=(new,)) == []
    assert "superseded_document:d02" in infos({"licence": old}, extra=(new,))


def test_the_same_licence_twice_is_not_superseded() -> None:
    assert not [c for c in infos(extra=(licence(9, "d09"),)) if c.startswith("superseded")]


# Legal representative (R6, R9)


def test_legal_rep_on_the_certificate() -> None:
    assert codes({"licence": licence(legal_representative="甘子墨")}) == ["legal_rep_mismatch"]


def test_legal_rep_on_the_card() -> None:
    assert codes({"card": card(name="甘子墨", id_number=AGENT_ID)}) == ["legal_rep_mismatch"]


def test_another_number_under_the_same_name() -> None:
    assert codes({"card": card(id_number=AGENT_ID)}) == ["legal_rep_mismatch"]


def test_an_agent_with_a_letter() -> None:
    letter = document(
        "d09", "authorization_letter", 9, agent_name=AGENT, agent_id_number=AGENT_ID, valid_until="2022-12-31"
    )
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents, extra=(letter,)) == []
    assert codes(agents, extra=(letter,), form=replace(FORM, agent_name=AGENT, agent_id=AGENT_ID)) == []


def test_an_agent_without_a_letter() -> None:
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents) == ["legal_rep_mismatch"]
    assert codes(agents, form=replace(FORM, agent_name=AGENT)) == ["missing_document:authorization_letter"]


def test_a_letter_for_someone_else() -> None:
    letter = document(
        "d09", "authorization_letter", 9, agent_name="韦国栋", agent_id_number="452122198309280000"
    )
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents, extra=(letter,)) == ["legal_rep_mismatch"]


def test_an_agent_named_beside_the_bosss_own_card() -> None:
    assert codes(form=replace(FORM, agent_name=AGENT)) == []


def test_an_old_letter() -> None:
    letter = document(
        "d09", "authorization_letter", 9, agent_name=AGENT, agent_id_number=AGENT_ID, valid_until="2022-06-21"
    )
    agents = {"card": card(name=AGENT, id_number=AGENT_ID)}
    assert codes(agents, extra=(letter,)) == ["authorization_expired"]


def test_both_cards_with_a_letter() -> None:
    letter = document("d09", "authorization_letter", 9, agent_name=AGENT, agent_id_number=AGENT_ID)
    agent = replace(card(10, name=AGENT, id_number=AGENT_ID), id="d10")
    assert codes(extra=(letter, agent)) == []


@pytest.mark.parametrize(
    ("until", "expected"), [("2022-06-21", ["legal_rep_id_expired"]), ("2022-06-22", []), ("long-term", [])]
)
def test_card_expired(until: str, expected: list[str]) -> None:
    assert codes({"card": card(valid_until=until)}) == expected


def test_without_a_form_card_and_certificate_are_compared() -> None:
    assert codes({"card": card(name="甘子墨", id_number=AGENT_ID)}, form=None) == ["legal_rep_mismatch"]


# Annual inspections (R2)


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ({"2020": "passed"}, ["annual_inspection_missing:2021"]),
        ({"2020": "failed", "2021": "passed"}, ["annual_inspection_failed:2020"]),
        ({"2020": "passed", "2021": "conditional"}, ["annual_inspection_conditional:2021"]),
        ({"2019": "passed", "2020": "passed", "2021": "passed"}, []),
        ({}, ["unreadable_field:annual_inspection.years"]),
    ],
)
def test_annual_inspections(years: dict[str, str], expected: list[str]) -> None:
    assert codes({"inspection": inspection(years)}) == expected


def test_one_page_for_each_year() -> None:
    other = replace(inspection({"2021": "passed"}, 9), id="d09")
    assert codes({"inspection": inspection({"2020": "passed"})}, extra=(other,)) == []


def test_an_unreadable_inspection_is_neither_passed_nor_missed() -> None:
    unread = document("d06", "annual_inspection", 6, readable=False)
    pages = tuple(reading(n, readable=n != 6) for n in range(1, 9))
    assert codes({"inspection": unread}, pages=pages) == ["unreadable_page"]


# Teachers (R6)


def test_a_teacher_without_certificate() -> None:
    assert codes({"sports": None}) == ["teacher_certificate_missing"]


def test_a_certificate_of_someone_else() -> None:
    other = sports(name="黄若溪", id_number="450105198612080003", certificate_number="4501201474358")
    assert codes({"sports": other}) == ["teacher_certificate_missing"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2022-06-21", ["teacher_certificate_expired"]),
        ("2022-06-22", []),
        ("2022-06-23", []),
        (None, []),
        ("long-term", []),
    ],
)
def test_teacher_certificate_expired(until: str | None, expected: list[str]) -> None:
    assert codes({"sports": sports(valid_until=until)}) == expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("国家级社会体育指导员", []),
        ("一级社会体育指导员", []),
        ("二级社会体育指导员", []),
        ("三级社会体育指导员", ["teacher_certificate_level_insufficient"]),
    ],
)
def test_level_of_a_sports_instructor(level: str, expected: list[str]) -> None:
    assert codes({"sports": sports(level=level)}) == expected


def test_one_good_certificate_is_enough() -> None:
    good = document(
        "d09", "teacher_qualification", 9, name=TEACHER.name, id_number=TEACHER.id_number, valid_until=None
    )
    assert codes({"sports": sports(level="三级社会体育指导员")}, extra=(good,)) == []


def test_teacher_id_mismatch() -> None:
    found = findings({"sports": sports(id_number="450105198612080003")})
    mismatch = next(f for f in found if f.code == "teacher_id_mismatch")
    assert mismatch.severity is Severity.WARN
    assert "450105198612080003" not in mismatch.message
    assert "452122198005169995" not in mismatch.message


def test_a_number_misread_by_ocr_is_no_mismatch() -> None:
    assert codes({"sports": sports(id_number=field("452122198005169996", 0.6))}) == []


def test_a_name_misread_by_a_character_is_found_by_the_number() -> None:
    assert codes({"sports": sports(name="卢云天")}) == []


def test_a_heritage_inheritor_is_told_not_held() -> None:
    heritage = document(
        "d09", "heritage_inheritor_certificate", 9, name=TEACHER.name, id_number=TEACHER.id_number
    )
    assert codes({"sports": None}, extra=(heritage,)) == []
    assert "heritage_inheritor" in infos({"sports": None}, extra=(heritage,))


def test_without_a_form_the_roster_lists_the_teachers() -> None:
    row = {
        "name": "黄若溪",
        "id_number": "450105198612080003",
        "certificate_type": "",
        "certificate_number": "",
        "valid_until": None,
    }
    roster = document("d04", "teacher_roster", 4, teachers=[row])
    assert codes({"roster": roster}, form=None) == ["teacher_certificate_missing"]


def test_what_was_not_read_of_a_certificate_is_told() -> None:
    blurred = replace(sports(), fields={k: v for k, v in sports().fields.items() if k != "level"})
    assert codes({"sports": blurred}) == []
    assert "unreadable_field:sports_instructor_certificate.level" in infos({"sports": blurred})


# Academic scope (R1)


def test_academic_courses_in_the_plan() -> None:
    plan = document("d07", "service_plan", 7, academic=True, academic_terms=["语文", "数学"])
    found = [f for f in findings({"plan": plan}) if f.code == "academic_scope"]
    assert len(found) == 1
    assert found[0].params["terms"] == "语文、数学"
    assert found[0].evidence[0].document == "d07"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("语文、数学、英语培训。", ["academic_scope"]),
        ("教育咨询服务（不含语文、数学、英语等学科类培训）；劳动与技术类非学科培训。", []),
    ],
)
def test_academic_scope_of_the_licence(scope: str, expected: list[str]) -> None:
    assert codes({"licence": licence(business_scope=scope)}) == expected


def test_academic_courses_typed() -> None:
    assert codes(form=replace(FORM, courses=("少儿篮球", "小学数学培优"))) == ["academic_scope"]


def test_a_teacher_of_chinese_who_teaches_woodwork() -> None:
    other = document("d09", "teacher_qualification", 9, name=TEACHER.name, subject="语文", valid_until=None)
    assert codes({"sports": None}, extra=(other,)) == []


# Commitment and seals (R6)


@pytest.mark.parametrize(
    ("signed", "sealed", "words"),
    [(True, False, "未盖章"), (False, True, "未签字"), (False, False, "未签字、未盖章")],
)
def test_commitment(signed: bool, sealed: bool, words: str) -> None:
    paper = document("d08", "commitment", 8, signed=signed, sealed=sealed)
    found = [f for f in findings({"commitment": paper}) if f.severity is Severity.BLOCK]
    assert [f.code for f in found] == ["commitment_unsigned_or_unsealed"]
    assert words in found[0].message


def test_material_unsealed_is_only_told() -> None:
    assert "material_unsealed" in infos()
    assert "material_unsealed" not in codes()


# Pages (R7, R11)


def test_pages() -> None:
    pages = (
        reading(1, rotation=90),
        reading(2, kind=PageKind.BLANK),
        reading(3, kind=PageKind.DUPLICATE, duplicate_of=1),
        reading(4, readable=False, problem="blurred"),
    )
    assert codes(pages=pages) == ["unreadable_page"]
    told = infos(pages=pages)
    assert {"rotated_page:1:90", "blank_page:2", "duplicate_page:3"} <= set(told)


def test_a_missing_document_may_be_on_a_page_that_cannot_be_read() -> None:
    pages = tuple(reading(n, readable=n != 8) for n in range(1, 9))
    found = next(
        f for f in findings({"commitment": None}, pages=pages) if f.code == "missing_document:commitment"
    )
    assert "无法辨认" in found.message
    assert found.evidence[0].page == 8


def test_a_page_that_belongs_to_nothing() -> None:
    assert "unassigned_page:7" in infos(unassigned=(7,))


def test_out_of_order() -> None:
    assert "documents_out_of_order" not in infos()
    late = replace(clean()["card"], first_page=9, last_page=9)
    assert "documents_out_of_order" in infos({"card": late})


def test_hidden_text() -> None:
    shown = (Line("承诺书", (0, 0, 1, 1)),)
    other = (Line("注册资本伍仟万元整", (0, 0, 1, 1)),)
    assert codes(pages=(reading(1, lines=shown, hidden=other),)) == ["hidden_text"]
    assert codes(pages=(reading(1, lines=shown, hidden=shown),)) == []


def test_notes_of_intake_are_for_a_person() -> None:
    assert codes(notes=(FileNote("a.pdf", "javascript"),)) == ["javascript"]
    assert codes(notes=(FileNote("a.pdf", "digital_signature"),)) == []
    assert codes(notes=(FileNote("a.pdf", "file_refused", "文件是空的。"),)) == ["file_refused"]


# The catalogue


@pytest.mark.parametrize("code", sorted(ENTRIES))
def test_every_entry_has_both_languages_and_a_rule(code: str) -> None:
    entry = ENTRIES[code]
    assert entry.rule.startswith("R")
    for language in ("zh", "en"):
        text = sentence(code, {}, language)
        assert text
        assert "{" not in text


def test_findings_are_sorted_by_weight_and_carry_evidence() -> None:
    found = findings({"licence": licence(valid_until="2022-06-21"), "card": card(valid_until="2022-06-21")})
    severities = [f.severity for f in found]
    assert severities == sorted(severities, key=list(Severity).index)
    expired = next(f for f in found if f.code == "licence_expired")
    assert (expired.evidence[0].document, expired.evidence[0].page) == ("d02", 2)
    assert expired.evidence[0].box == (0.1, 0.1, 0.2, 0.2)
    assert expired.rule == "R10"
