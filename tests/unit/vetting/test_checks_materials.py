"""Checks of inspections, teachers, scope, commitment and pages, with the near misses (R1, R2, R6, R10, R11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories.vetting import (
    AGENT_ID,
    FORM,
    TEACHER,
    card,
    clean,
    codes,
    document,
    field,
    findings,
    infos,
    inspection,
    licence,
    reading,
    sports,
)
from vetting.checks.catalogue import ENTRIES, sentence
from vetting.model import FileNote, Line, PageKind, Severity


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
    assert codes(form=replace(FORM, brand="小神童数学")) == ["academic_scope"]
    assert codes(form=replace(FORM, brand="小枫叶")) == []


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
