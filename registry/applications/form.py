"""The application form (R6 item 1): what the provider types, stored sealed as JSON.

A draft may be incomplete in any way; what is missing for a submission is judged by ``completeness``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from registry.kernel.sealed import seal, unseal
from registry.kernel.terms import Term
from registry.providers.facts import Contact as ProviderContact
from registry.providers.facts import ProviderFacts

_CONTEXT = "application.form"
MAX_COURSES = 60
MAX_TEACHERS = 300


class CertificateType(Term):
    """What a teacher holds (R6 item 5). The code is the word the form stores."""

    QUALIFICATION = "教师资格证书", "教师资格证书"
    SKILL = "专业技能证书", "专业技能证书"
    OCCUPATION = "职业资格证书", "职业资格证书"
    SPORTS = "社会体育指导员证书", "社会体育指导员证书"
    HERITAGE = "非遗传承人证书", "非遗传承人证书"
    NONE = "暂无证书", "暂无证书（民间艺人等，由审核人员酌定）"


class InspectionResult(Term):
    """What a year's annual inspection, report or spot check came to (R2)."""

    PASSED = "合格", "年检合格"
    REPORTED = "年报已公示", "年报已公示"
    SPOT_CHECKED = "抽查未发现问题", "抽查未发现问题"
    CONDITIONAL = "基本合格", "基本合格"
    FAILED = "不合格", "不合格"
    NONE = "无", "当年没有年检或年报"


class _Part(BaseModel):
    # A stored form is read by later software too: what it no longer knows is passed over.
    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


class Contact(_Part):
    """Whom the bureau can reach."""

    name: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=200)


class Agent(_Part):
    """Somebody the legal representative authorised to handle the application."""

    name: str = Field(default="", max_length=80)
    id_number: str = Field(default="", max_length=40)

    @property
    def named(self) -> bool:
        """Whether an agent is named at all."""
        return bool(self.name or self.id_number)


class Course(_Part):
    """One course on offer. ``price_cents`` is per pupil and lesson, ``class_size`` the most pupils."""

    title: str = Field(default="", max_length=120)
    category: str = Field(default="", max_length=40)
    grades: str = Field(default="", max_length=60)
    class_size: int | None = Field(default=None, ge=1, le=500)
    price_cents: int | None = Field(default=None, ge=0, le=100_000_00)


class Teacher(_Part):
    """One teacher with the certificate that qualifies them. ``valid_until`` is None where it does not expire."""

    name: str = Field(default="", max_length=80)
    id_number: str = Field(default="", max_length=40)
    course: str = Field(default="", max_length=120)
    certificate_type: str = Field(default="", max_length=60)
    certificate_number: str = Field(default="", max_length=80)
    valid_until: date | None = None


class Declarations(_Part):
    """The four declarations of the commitment (R6 item 8)."""

    truthful: bool = False
    good_credit: bool = False
    no_violations: bool = False
    not_blacklisted: bool = False

    @property
    def complete(self) -> bool:
        """Whether all four are made."""
        return self.truthful and self.good_credit and self.no_violations and self.not_blacklisted


class ApplicationForm(_Part):
    """Everything the form asks (R6 item 1). ``annual_inspections`` maps a year to an ``InspectionResult``.

    ``brand`` is the name that parents know it by (品牌), where that is not its registered one.
    """

    name: str = Field(default="", max_length=200)
    brand: str = Field(default="", max_length=80)
    former_names: tuple[str, ...] = ()
    credit_code: str = Field(default="", max_length=40)
    kind: str = Field(default="", max_length=40)
    registered_address: str = Field(default="", max_length=300)
    legal_representative: str = Field(default="", max_length=80)
    legal_representative_id: str = Field(default="", max_length=40)
    agent: Agent = Agent()
    contact: Contact = Contact()
    categories: tuple[str, ...] = ()
    business_scope: str = Field(default="", max_length=4000)
    courses: tuple[Course, ...] = Field(default=(), max_length=MAX_COURSES)
    teachers: tuple[Teacher, ...] = Field(default=(), max_length=MAX_TEACHERS)
    annual_inspections: Mapping[str, str] = Field(default_factory=dict)
    declarations: Declarations = Declarations()

    @classmethod
    def of_provider(cls, facts: ProviderFacts) -> ApplicationForm:
        """A first form with what the registry knows of the provider."""
        return cls(
            name=facts.name,
            former_names=facts.former_names,
            credit_code=facts.credit_code,
            kind=facts.kind,
            registered_address=facts.registered_address,
            legal_representative=facts.legal_representative,
            legal_representative_id=facts.legal_representative_id,
            contact=Contact(name=facts.contact.name, phone=facts.contact.phone, email=facts.contact.email),
        )

    @property
    def facts(self) -> ProviderFacts:
        """The part of the form that is about the provider itself."""
        return ProviderFacts(
            name=self.name,
            credit_code=self.credit_code,
            kind=self.kind,
            legal_representative=self.legal_representative,
            legal_representative_id=self.legal_representative_id,
            registered_address=self.registered_address,
            contact=ProviderContact(self.contact.name, self.contact.phone, self.contact.email),
            former_names=self.former_names,
        )

    def sealed(self) -> bytes:
        """The form as a sealed value."""
        return seal(self.model_dump_json(), _CONTEXT)


def open_form(token: bytes | None) -> ApplicationForm:
    """The form of a sealed value; an empty form for None. Raises SealBroken."""
    return ApplicationForm.model_validate_json(unseal(token, _CONTEXT)) if token else ApplicationForm()


def parse_form(data: Mapping[str, Any]) -> ApplicationForm:
    """A form from JSON-like data (a corpus ``form``, an import). Raises pydantic's ValidationError."""
    return ApplicationForm.model_validate(data)
