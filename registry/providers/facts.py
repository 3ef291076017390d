"""What a provider says of itself (R6 item 1), parsed and judged field by field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from registry.kernel.errors import FieldError
from registry.providers.rules import (
    NumberAnswer,
    RegistrationKind,
    check_credit_code,
    check_resident_id,
    normalise_number,
)

_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
MAX_FORMER_NAMES = 10


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the bureau can reach."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """The facts of a provider as typed. ``kind`` is a ``RegistrationKind``; numbers may carry spaces."""

    name: str
    credit_code: str
    kind: str
    legal_representative: str
    legal_representative_id: str
    registered_address: str = ""
    contact: Contact = Contact()
    former_names: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The credit code, normalised."""
        return normalise_number(self.credit_code)

    @property
    def representative_id(self) -> str:
        """The legal representative's ID number, normalised."""
        return normalise_number(self.legal_representative_id)


def name_key(name: str) -> str:
    """A name for equality: without width, case, spaces and invisible characters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})


def check_facts(facts: ProviderFacts, *, as_of: date) -> list[FieldError]:
    """What is wrong with the facts, in the order of the form; field names are those of ``ProviderFacts``."""
    errors = _missing(
        (facts.name, FieldError("name", "请填写机构名称，与登记证照一致")),
        (
            facts.kind if facts.kind in set(RegistrationKind) else "",
            FieldError("kind", "请选择登记类型"),
        ),
    )
    errors += credit_code_errors("credit_code", facts.credit_code)
    errors += _missing(
        (
            facts.registered_address,
            FieldError("registered_address", "请填写登记地址（住所），与登记证照一致"),
        ),
        (
            facts.legal_representative,
            FieldError("legal_representative", "请填写法定代表人姓名，与登记证照一致"),
        ),
    )
    errors += resident_id_errors("legal_representative_id", facts.legal_representative_id, as_of)
    if len(facts.former_names) > MAX_FORMER_NAMES:
        errors.append(FieldError("former_names", "曾用名最多填写 %(max)s 个", {"max": str(MAX_FORMER_NAMES)}))
    return errors + check_contact(facts.contact)


def check_contact(contact: Contact) -> list[FieldError]:
    """What is wrong with a contact; fields are ``contact_name``, ``contact_phone``, ``contact_email``."""
    errors = _missing((contact.name, FieldError("contact_name", "请填写联系人姓名")))
    if not contact.phone.strip():
        errors.append(FieldError("contact_phone", "请填写联系电话"))
    elif not _PHONE.fullmatch(unicodedata.normalize("NFKC", contact.phone).strip()):
        errors.append(
            FieldError("contact_phone", "联系电话应为手机号码或带区号的座机号码，例如 0771-1234567")
        )
    if contact.email.strip() and not _EMAIL.fullmatch(contact.email.strip()):
        errors.append(FieldError("contact_email", "电子邮箱格式不正确，例如 name@example.com"))
    return errors


def credit_code_errors(field: str, typed: str) -> list[FieldError]:
    """What is wrong with a typed credit code (R4), at ``field``."""
    return _number(field, check_credit_code(typed), _CODE_PROBLEMS)


def resident_id_errors(field: str, typed: str, as_of: date) -> list[FieldError]:
    """What is wrong with a typed resident ID number (R4), at ``field``. The number is never repeated."""
    return _number(field, check_resident_id(typed, as_of=as_of), _ID_PROBLEMS)


# By the code of the answer; the field is filled in.
_CODE_PROBLEMS = {
    "empty": FieldError("", "请填写统一社会信用代码"),
    "forbidden_letter": FieldError(
        "",
        "统一社会信用代码第 %(position)s 位是字母 %(character)s，而代码不使用字母 I、O、S、V、Z，"
        "请对照证照核对是否应为数字",
    ),
    "bad_character": FieldError("", "统一社会信用代码第 %(position)s 位有误，请对照证照核对"),
    "length": FieldError("", "统一社会信用代码应为 18 位，现为 %(length)s 位"),
    "check_character": FieldError("", "统一社会信用代码第 18 位校验不符，请对照证照逐位核对"),
}
_ID_PROBLEMS = {
    "empty": FieldError("", "请填写身份证号码"),
    "bad_character": FieldError("", "身份证号码第 %(position)s 位有误，应为数字，最后一位可为 X"),
    "length": FieldError("", "身份证号码应为 18 位，现为 %(length)s 位"),
    "region": FieldError("", "身份证号码前两位不是有效的省级行政区划代码，请核对"),
    "birthday": FieldError("", "身份证号码第 7 至 14 位不是有效的出生日期，请核对"),
    "check_character": FieldError("", "身份证号码第 18 位校验不符，请对照身份证逐位核对"),
}


def _missing(*fields: tuple[str, FieldError]) -> list[FieldError]:
    return [error for value, error in fields if not value.strip()]


def _number(field: str, answer: NumberAnswer, problems: dict[str, FieldError]) -> list[FieldError]:
    if answer.ok:
        return []
    told = problems[answer.code]
    places = {"length": str(len(answer.value))}
    if answer.position is not None:
        places |= {"position": str(answer.position), "character": answer.value[answer.position - 1]}
    # A digit of an ID number is personal data: only what the sentence asks for goes into the error.
    asked = {name: value for name, value in places.items() if f"%({name})s" in told.message}
    return [replace(told, field=field, params=asked)]
