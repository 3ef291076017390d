"""Materials that a policy asks for each teacher (R6, R30), with the near misses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.factories.vetting import FORM, MATERIALS, POLICY, TEACHER, codes, document, findings, infos, sports
from vetting.checks.catalogue import sentence
from vetting.model import Document, Teacher

OTHER = Teacher("蒙佳宁", "450103199001010071", "社会体育指导员证书", "4501201988761")
PER_TEACHER = ("no_criminal_record", "labour_contract")
ASKS = replace(POLICY, required_materials=(*MATERIALS, *PER_TEACHER), per_teacher=PER_TEACHER)
TWO = replace(FORM, teachers=(TEACHER, OTHER))
THEIR_SPORTS = replace(
    sports(name=OTHER.name, id_number=OTHER.id_number, certificate_number=OTHER.certificate_number), id="d19"
)


def record(teacher: Teacher, page: int, **changed: str) -> Document:
    values: dict[str, Any] = {"name": teacher.name, "id_number": teacher.id_number, **changed}
    return document(f"d{page}", "no_criminal_record_certificate", page, **values)


def contract(teacher: Teacher, page: int) -> Document:
    values: dict[str, Any] = {"name": FORM.name, "employee": teacher.name, "id_number": teacher.id_number}
    return document(f"d{page}", "labour_contract", page, **values)


def found(*extra: Document) -> list[str]:
    return codes(policy=ASKS, form=TWO, extra=(THEIR_SPORTS, *extra))


def test_each_teacher_has_their_own() -> None:
    everything = (record(TEACHER, 20), record(OTHER, 21), contract(TEACHER, 22), contract(OTHER, 23))
    assert found(*everything) == []
    assert found(*everything[:-1]) == ["teacher_material_missing:labour_contract"]
    assert found(*everything[1:]) == ["teacher_material_missing:no_criminal_record"]


def test_what_nobody_has_is_missing_once() -> None:
    assert found(record(TEACHER, 20), record(OTHER, 21)) == ["missing_document:labour_contract"]


def test_the_number_tells_whose_where_the_name_was_misread() -> None:
    misread = record(OTHER, 21, name="蒙佳宇")
    assert found(record(TEACHER, 20), misread, contract(TEACHER, 22), contract(OTHER, 23)) == []


def test_a_document_that_names_nobody_is_for_a_person() -> None:
    nameless = document("d21", "no_criminal_record_certificate", 21, issue_date="2022-05-30")
    extra = (THEIR_SPORTS, record(TEACHER, 20), nameless, contract(TEACHER, 22), contract(OTHER, 23))
    assert codes(policy=ASKS, form=TWO, extra=extra) == []
    assert "teacher_material_missing:no_criminal_record" in infos(policy=ASKS, form=TWO, extra=extra)


def test_a_policy_that_asks_once_is_content_with_one() -> None:
    once = replace(ASKS, per_teacher=())
    extra = (THEIR_SPORTS, record(TEACHER, 20), contract(TEACHER, 22))
    assert codes(policy=once, form=TWO, extra=extra) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "未找到教师蒙佳宁的无犯罪记录证明。"),
        ("en", "No no-criminal-record certificate was found for the teacher 蒙佳宁."),
    ],
)
def test_the_sentence_names_teacher_and_material(language: str, words: str) -> None:
    one = next(
        f
        for f in findings(
            policy=ASKS,
            form=TWO,
            extra=(THEIR_SPORTS, record(TEACHER, 20), contract(TEACHER, 22), contract(OTHER, 23)),
        )
        if f.code.startswith("teacher_material_missing")
    )
    assert sentence(one.code, {k: str(v) for k, v in one.params.items()}, language) == words
