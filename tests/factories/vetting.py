"""Constructed documents and forms for the tests of the checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from vetting.checks.case import Case
from vetting.checks.run import run_checks
from vetting.model import (
    Document,
    FieldValue,
    FileNote,
    Finding,
    Form,
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
