"""What an application still lacks (R6, R7): for the task list while it is written, and at submission."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.applications.form import ApplicationForm, CertificateType, InspectionResult, Teacher
from registry.kernel.errors import FieldError
from registry.policies import Policy
from registry.providers.facts import check_contact, check_facts, resident_id_errors
from registry.providers.rules import normalise_number

MERGED = 0
# Items of a correction that open the form: the form itself, and the material that is its printed copy.
FORM_ITEMS = frozenset({0, 1})


class Section(StrEnum):
    """The parts of the task list, in their order."""

    BASICS = "basics"
    COURSES = "courses"
    TEACHERS = "teachers"
    COMMITMENT = "commitment"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class RoundFrame:
    """What the round asks: its categories, inspection years, frozen policy and deadline."""

    categories: tuple[str, ...]
    inspection_years: tuple[int, ...]
    policy: Policy
    deadline: date


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing or wrong, the section it belongs to and the field it is at."""

    section: Section
    error: FieldError


def missing(form: ApplicationForm, items: Iterable[int], frame: RoundFrame) -> list[Missing]:
    """Everything that stands between a draft and its submission, in the order of the task list.

    ``items`` are the item numbers (0 for the merged PDF) of the files that are there.
    """
    found: list[Missing] = []
    for section, errors in (
        (Section.BASICS, basics_errors(form, frame)),
        (Section.COURSES, course_errors(form)),
        (Section.TEACHERS, teacher_errors(form, frame)),
        (Section.COMMITMENT, inspection_errors(form, frame) + declaration_errors(form)),
        (Section.FILES, file_errors(items, frame.policy)),
    ):
        found += [Missing(section, error) for error in errors]
    return found


def basics_errors(form: ApplicationForm, frame: RoundFrame) -> list[FieldError]:
    """What is wrong with the provider's own facts, its agent, contact and categories."""
    errors = [e for e in check_facts(form.facts, as_of=frame.deadline) if not e.field.startswith("contact_")]
    if form.agent.named:
        if not form.agent.name:
            errors.append(FieldError("agent_name", "请填写委托授权人姓名，或清空其证件号码"))
        errors += resident_id_errors("agent_id", form.agent.id_number, frame.deadline)
    errors += check_contact(form.facts.contact)
    if not form.categories:
        errors.append(FieldError("categories", "请至少选择一个申报类别"))
    elif not set(form.categories) <= set(frame.categories):
        errors.append(FieldError("categories", "所选类别不在本批次范围内，请重新选择"))
    if not form.business_scope:
        errors.append(FieldError("business_scope", "请填写经营范围（业务范围），与登记证照一致"))
    return errors


def course_errors(form: ApplicationForm) -> list[FieldError]:
    """What is wrong with the courses: there is one at least, each is whole and of a chosen category."""
    if not form.courses:
        return [FieldError("courses", "请至少填写一门课程")]
    errors: list[FieldError] = []
    for number, course in enumerate(form.courses):
        at = f"courses-{number}-"
        if not course.title:
            errors.append(FieldError(at + "title", "请填写课程名称"))
        if not course.category:
            errors.append(FieldError(at + "category", "请选择课程类别"))
        elif course.category not in form.categories:
            errors.append(FieldError(at + "category", "课程类别不在所申报的类别之内，请改选或补选申报类别"))
        if not course.grades:
            errors.append(FieldError(at + "grades", "请填写适合年级"))
        if course.class_size is None:
            errors.append(FieldError(at + "class_size", "请填写班额"))
        if course.price_cents is None:
            errors.append(FieldError(at + "price", "请填写每课时价格，免费的填 0"))
    uncovered = set(form.categories) - {course.category for course in form.courses}
    if uncovered and not errors:
        errors.append(FieldError("courses", "每个申报类别至少要有一门课程，请补充课程或取消该类别"))
    return errors


def teacher_errors(form: ApplicationForm, frame: RoundFrame) -> list[FieldError]:
    """What is wrong with the teachers: there is one at least, each is whole, none is listed twice."""
    if not form.teachers:
        return [FieldError("teachers", "请至少填写一名教师")]
    errors: list[FieldError] = []
    seen: dict[str, int] = {}
    for number, teacher in enumerate(form.teachers):
        at = f"teachers-{number}-"
        errors += _teacher_errors(at, teacher, frame)
        key = normalise_number(teacher.id_number)
        if key and key in seen:
            errors.append(
                FieldError(
                    at + "id_number", "与第 %(row)s 名教师的证件号码相同，请核对", {"row": str(seen[key] + 1)}
                )
            )
        seen.setdefault(key, number)
    return errors


def _teacher_errors(at: str, teacher: Teacher, frame: RoundFrame) -> list[FieldError]:
    errors: list[FieldError] = []
    if not teacher.name:
        errors.append(FieldError(at + "name", "请填写教师姓名"))
    errors += resident_id_errors(at + "id_number", teacher.id_number, frame.deadline)
    if not teacher.certificate_type:
        errors.append(FieldError(at + "certificate_type", "请选择证书类型"))
    elif teacher.certificate_type not in set(CertificateType):
        errors.append(FieldError(at + "certificate_type", "请从列出的证书类型中选择"))
    elif teacher.certificate_type != CertificateType.NONE and not teacher.certificate_number:
        errors.append(FieldError(at + "certificate_number", "请填写证书编号"))
    return errors


def inspection_errors(form: ApplicationForm, frame: RoundFrame) -> list[FieldError]:
    """Whether every inspection year that the round names is answered (R2)."""
    results = set(InspectionResult)
    return [
        FieldError(f"inspection_{year}", "请选择 %(year)s 年度年检（年报）情况", {"year": str(year)})
        for year in frame.inspection_years
        if form.annual_inspections.get(str(year), "") not in results
    ]


def declaration_errors(form: ApplicationForm) -> list[FieldError]:
    """Whether the four declarations are made (R6 item 8)."""
    made = form.declarations
    return [
        error
        for given, error in (
            (made.truthful, FieldError("declaration_truthful", "请确认申报材料真实")),
            (made.good_credit, FieldError("declaration_good_credit", "请确认信用状况良好")),
            (made.no_violations, FieldError("declaration_no_violations", "请确认无违法违规记录")),
            (made.not_blacklisted, FieldError("declaration_not_blacklisted", "请确认未被列入行业黑名单")),
        )
        if not given
    ]


def file_errors(items: Iterable[int], policy: Policy) -> list[FieldError]:
    """Which materials have no file yet: none is asked for beside a merged PDF (R7).

    A material counts as handed in where another one that the same documents satisfy is there (三证合一).
    """
    given = set(items)
    if MERGED in given:
        return []
    satisfied = {m.documents for number, m in policy.materials if number in given and m.documents}
    return [
        FieldError(
            f"item_{number}",
            "缺第 %(number)s 项：%(name)s",
            {"number": str(number), "name": material.name},
        )
        for number, material in policy.materials
        if number not in given and material.documents not in satisfied
    ]
