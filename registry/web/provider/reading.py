"""From posted fields to the parts of an application form, and back into fields.

What cannot be read (a price of "abc") is an error at its field; what is merely missing is judged by
``registry.applications.completeness``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from registry.applications.form import (
    MAX_COURSES,
    MAX_TEACHERS,
    Agent,
    ApplicationForm,
    CertificateType,
    Contact,
    Course,
    Declarations,
    InspectionResult,
    Teacher,
)
from registry.kernel.errors import FieldError
from registry.providers.facts import MAX_FORMER_NAMES, ProviderFacts
from registry.providers.facts import Contact as ProviderContact
from registry.providers.rules import RegistrationKind
from registry.web.components.forms import Form, Row
from registry.web.components.i18n import N_

DECLARATIONS = ("truthful", "good_credit", "no_violations", "not_blacklisted")
_ROW_GROUPS = ("courses", "teachers")


def read_provider(form: Form) -> dict[str, Any]:
    """The provider's own facts, keyed as in ``ApplicationForm``; nothing is required here."""
    return {
        "name": form.text("name", N_("机构名称"), required=False),
        "former_names": _former_names(form),
        "credit_code": form.text("credit_code", N_("统一社会信用代码"), required=False, max_length=40),
        "kind": form.choice("kind", N_("登记类型"), list(RegistrationKind), required=False),
        "registered_address": form.text("registered_address", N_("登记地址"), required=False, max_length=300),
        "legal_representative": form.text(
            "legal_representative", N_("法定代表人"), required=False, max_length=80
        ),
        "legal_representative_id": form.text(
            "legal_representative_id", N_("法定代表人身份证号码"), required=False, max_length=40
        ),
        "contact": Contact(
            name=form.text("contact_name", N_("联系人"), required=False, max_length=80),
            phone=form.text("contact_phone", N_("联系电话"), required=False, max_length=40),
            email=form.text("contact_email", N_("电子邮箱"), required=False, max_length=200),
        ),
    }


def provider_facts(values: Mapping[str, Any]) -> ProviderFacts:
    """What ``read_provider`` gave, as the facts that are registered."""
    contact: Contact = values["contact"]
    own = {key: value for key, value in values.items() if key != "contact"}
    return ProviderFacts(**own, contact=ProviderContact(contact.name, contact.phone, contact.email))


def _former_names(form: Form) -> tuple[str, ...]:
    text = form.text("former_names", N_("曾用名"), required=False, max_length=2000, multiline=True)
    names = tuple(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))
    if len(names) > MAX_FORMER_NAMES:
        form.fail("former_names", N_("曾用名最多填写 %(max)s 个"), max=MAX_FORMER_NAMES)
    if any(len(name) > 200 for name in names):
        form.fail("former_names", N_("每个曾用名最多 200 个字"))
        return ()
    return names[:MAX_FORMER_NAMES]


def read_basics(form: Form, categories: Iterable[str]) -> dict[str, Any]:
    """Section 基本信息: the provider, its agent, categories and scope."""
    return {
        **read_provider(form),
        "brand": form.text("brand", N_("品牌名称"), required=False, max_length=80),
        "agent": Agent(
            name=form.text("agent_name", N_("委托授权人姓名"), required=False, max_length=80),
            id_number=form.text("agent_id", N_("委托授权人身份证号码"), required=False, max_length=40),
        ),
        "categories": form.choices("categories", N_("申报类别"), categories, required=False),
        "business_scope": form.text(
            "business_scope", N_("经营范围"), required=False, max_length=4000, multiline=True
        ),
    }


def read_courses(form: Form, categories: Iterable[str]) -> dict[str, Any]:
    """Section 课程."""
    allowed = list(categories)
    rows = form.rows("courses", max_rows=MAX_COURSES, label=N_("课程"))
    return {"courses": tuple(_course(row, allowed) for row in rows)}


def _course(row: Row, categories: list[str]) -> Course:
    # Asked in the order of the page: errors are listed in the order they are found.
    title = row.text("title", N_("课程名称"), required=False, max_length=120)
    category = row.choice("category", N_("课程类别"), categories, required=False)
    grades = row.text("grades", N_("适合年级"), required=False, max_length=60)
    class_size = row.integer("class_size", N_("班额"), required=False, minimum=1, maximum=500)
    price = row.amount("price", N_("每课时价格"), required=False, maximum=Decimal(100_000))
    return Course(
        title=title,
        category=category,
        grades=grades,
        class_size=class_size,
        price_cents=None if price is None else int(price * 100),
    )


def read_teachers(form: Form) -> dict[str, Any]:
    """Section 教师."""
    rows = form.rows("teachers", max_rows=MAX_TEACHERS, label=N_("教师"))
    return {"teachers": tuple(_teacher(row) for row in rows)}


def _teacher(row: Row) -> Teacher:
    return Teacher(
        name=row.text("name", N_("教师姓名"), required=False, max_length=80),
        id_number=row.text("id_number", N_("教师身份证号码"), required=False, max_length=40),
        course=row.text("course", N_("任教课程"), required=False, max_length=120),
        certificate_type=row.choice(
            "certificate_type", N_("证书类型"), list(CertificateType), required=False
        ),
        certificate_number=row.text("certificate_number", N_("证书编号"), required=False, max_length=80),
        valid_until=row.date("valid_until", N_("证书有效期至"), required=False),
    )


def read_commitment(form: Form, years: Iterable[int]) -> dict[str, Any]:
    """Section 年检与承诺."""
    results = list(InspectionResult)
    inspections = {
        str(year): form.choice(f"inspection_{year}", N_("年检情况"), results, required=False)
        for year in years
    }
    return {
        "annual_inspections": {year: result for year, result in inspections.items() if result},
        "declarations": Declarations(**{name: form.ticked(f"declaration_{name}") for name in DECLARATIONS}),
    }


def fields_of(form: ApplicationForm) -> dict[str, object]:
    """A stored form as the fields of its pages, for ``filled``."""
    return {
        **provider_fields(form.facts),
        "brand": form.brand,
        "agent_name": form.agent.name,
        "agent_id": form.agent.id_number,
        "categories": list(form.categories),
        "business_scope": form.business_scope,
        "courses": [
            {
                "title": course.title,
                "category": course.category,
                "grades": course.grades,
                "class_size": course.class_size,
                "price": _yuan(course.price_cents),
            }
            for course in form.courses
        ],
        "teachers": [
            {
                "name": teacher.name,
                "id_number": teacher.id_number,
                "course": teacher.course,
                "certificate_type": teacher.certificate_type,
                "certificate_number": teacher.certificate_number,
                "valid_until": teacher.valid_until,
            }
            for teacher in form.teachers
        ],
        **{f"inspection_{year}": result for year, result in form.annual_inspections.items()},
        **{f"declaration_{name}": getattr(form.declarations, name) for name in DECLARATIONS},
    }


def provider_fields(facts: ProviderFacts) -> dict[str, object]:
    """A provider's facts as fields, for ``filled``."""
    return {
        "name": facts.name,
        "former_names": "\n".join(facts.former_names),
        "credit_code": facts.credit_code,
        "kind": facts.kind,
        "registered_address": facts.registered_address,
        "legal_representative": facts.legal_representative,
        "legal_representative_id": facts.legal_representative_id,
        "contact_name": facts.contact.name,
        "contact_phone": facts.contact.phone,
        "contact_email": facts.contact.email,
    }


def _yuan(cents: int | None) -> str | None:
    if cents is None:
        return None
    return f"{cents // 100}.{cents % 100:02d}" if cents % 100 else str(cents // 100)


def show_errors(form: Form, errors: Iterable[FieldError]) -> None:
    """Put the domain's errors at the fields of a posted form; its rows may have gaps in their numbers."""
    numbers = {
        group: [n for n in form.row_numbers(group) if not form.row(group, n).empty] for group in _ROW_GROUPS
    }
    for error in errors:
        form.fail(_place(error.field, numbers), error.message, **error.params)


def _place(field: str, numbers: Mapping[str, list[int]]) -> str:
    group, _, rest = field.partition("-")
    index, _, name = rest.partition("-")
    known = numbers.get(group)
    if known and index.isdigit() and int(index) < len(known):
        return f"{group}-{known[int(index)]}-{name}"
    return field
