"""What a provider says of itself (R6 item 1), parsed and judged field by field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
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
    errors = _required(
        ("name", facts.name, "请填写机构名称，与登记证照一致"),
        ("kind", facts.kind, "请选择登记类型"),
    )
    if facts.kind and facts.kind not in set(RegistrationKind):
        errors.append(FieldError("kind", "请选择登记类型"))
    errors += credit_code_errors("credit_code", facts.credit_code)
    errors += _required(
        ("registered_address", facts.registered_address, "请填写登记地址（住所），与登记证照一致"),
        ("legal_representative", facts.legal_representative, "请填写法定代表人姓名，与登记证照一致"),
    )
    errors += resident_id_errors("legal_representative_id", facts.legal_representative_id, as_of)
    if len(facts.former_names) > MAX_FORMER_NAMES:
        errors.append(FieldError("former_names", "曾用名最多填写 %(max)s 个", {"max": str(MAX_FORMER_NAMES)}))
    return errors + check_contact(facts.contact)


def check_contact(contact: Contact) -> list[FieldError]:
    """What is wrong with a contact; fields are ``contact_name``, ``contact_phone``, ``contact_email``."""
    errors = _required(("contact_name", contact.name, "请填写联系人姓名"))
    if not contact.phone.strip():
        errors.append(FieldError("contact_phone", "请填写联系电话"))
    elif not _PHONE.fullmatch(unicodedata.normalize("NFKC", contact.phone).strip()):
        errors.append(
            FieldError("contact_phone", "联系电话应为手机号码或带区号的座机号码，例如 0771-1234567")
        )
    if contact.email.strip() and not _EMAIL.fullmatch(contact.email.strip()):
        errors.append(FieldError("contact_email", "电子邮箱格式不正确，例如 name@example.com"))
    return errors


def _required(*fields: tuple[str, str, str]) -> list[FieldError]:
    return [FieldError(name, message) for name, value, message in fields if not value.strip()]


def credit_code_errors(field: str, typed: str) -> list[FieldError]:
    """What is wrong with a typed credit code (R4), at ``field``."""
    return _number(field, check_credit_code(typed), _CODE_PROBLEMS)


def resident_id_errors(field: str, typed: str, as_of: date) -> list[FieldError]:
    """What is wrong with a typed resident ID number (R4), at ``field``. The number is never repeated."""
    return _number(field, check_resident_id(typed, as_of=as_of), _ID_PROBLEMS)


_CODE_PROBLEMS = {
    "empty": "请填写统一社会信用代码",
    "forbidden_letter": "统一社会信用代码第 %(position)s 位是字母 %(character)s，而代码不使用字母 I、O、S、V、Z，"
    "请对照证照核对是否应为数字",
    "bad_character": "统一社会信用代码第 %(position)s 位有误，请对照证照核对",
    "length": "统一社会信用代码应为 18 位，现为 %(length)s 位",
    "check_character": "统一社会信用代码第 18 位校验不符，请对照证照逐位核对",
}
_ID_PROBLEMS = {
    "empty": "请填写身份证号码",
    "bad_character": "身份证号码第 %(position)s 位有误，应为数字，最后一位可为 X",
    "length": "身份证号码应为 18 位，现为 %(length)s 位",
    "region": "身份证号码前两位不是有效的省级行政区划代码，请核对",
    "birthday": "身份证号码第 7 至 14 位不是有效的出生日期，请核对",
    "check_character": "身份证号码第 18 位校验不符，请对照身份证逐位核对",
}


def _number(field: str, answer: NumberAnswer, messages: dict[str, str]) -> list[FieldError]:
    if answer.ok:
        return []
    message = messages[answer.code]
    places = {"length": str(len(answer.value))}
    if answer.position is not None:
        places |= {"position": str(answer.position), "character": answer.value[answer.position - 1]}
    # A digit of an ID number is personal data: only what the sentence asks for goes into the error.
    return [FieldError(field, message, {k: v for k, v in places.items() if f"%({k})s" in message})]
