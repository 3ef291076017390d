"""What identifies a provider and its people (R2, R4), and how it is shown to those who need no more."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from registry.kernel.terms import Term

_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CODE_FORBIDDEN = "IOSVZ"
_LOOKALIKE = {"I": "1", "O": "0", "S": "5", "Z": "2"}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# GB/T 2260: for each region (first digit) how far its provinces run (second digit).
_PROVINCES = {
    "1": "12345",
    "2": "123",
    "3": "1234567",
    "4": "123456",
    "5": "01234",
    "6": "12345",
    "7": "1",
    "8": "123",
}
# Permanent residence cards of foreigners since 2023 have 18 digits that begin with 9.
_FOREIGN_RESIDENT = "9"


class RegistrationKind(Term):
    """What a provider is registered as (R2)."""

    BUSINESS_LICENCE = "business_licence", "营业执照"
    PRIVATE_NONENTERPRISE = "private_nonenterprise_certificate", "民办非企业单位登记证书"
    SOCIAL_ORGANISATION = "social_organization_certificate", "社会团体法人登记证书"


@dataclass(frozen=True, slots=True)
class NumberAnswer:
    """Whether a number is right. ``value`` is the normalised number.

    Where it is not, ``problem`` says why in Chinese, ``code`` in one word, and ``position`` (1-based)
    which character, where one can be named. ``problem`` never repeats the number.
    """

    value: str
    ok: bool
    code: str = ""
    problem: str = ""
    position: int | None = None


def normalise_number(text: str) -> str:
    """A code or ID number without width, case, spaces and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in folded if character.isalnum())


def check_credit_code(text: str) -> NumberAnswer:
    """Check a unified social credit code (统一社会信用代码, GB 32100-2015; R4)."""
    value = normalise_number(text)
    if not value:
        return NumberAnswer(value, False, "empty", "请填写统一社会信用代码")
    for position, character in enumerate(value, start=1):
        if character in _CODE_FORBIDDEN:
            digit = _LOOKALIKE.get(character)
            hint = f"，是否应为数字 {digit}" if digit else ""
            problem = f"第 {position} 位是字母 {character}，统一社会信用代码不使用字母 I、O、S、V、Z{hint}"
            return NumberAnswer(value, False, "forbidden_letter", problem, position)
        if character not in _CODE_ALPHABET:
            problem = f"第 {position} 位不是数字或大写字母"
            return NumberAnswer(value, False, "bad_character", problem, position)
    if len(value) != 18:
        return NumberAnswer(value, False, "length", f"统一社会信用代码应为 18 位，现为 {len(value)} 位")
    for position in range(3, 9):
        if not value[position - 1].isdigit():
            problem = f"第 {position} 位应为数字（第 3 至 8 位是登记机关行政区划码）"
            return NumberAnswer(value, False, "bad_character", problem, position)
    if value[17] != _code_check(value[:17]):
        problem = "第 18 位校验码不符，请对照证照逐位核对"
        return NumberAnswer(value, False, "check_character", problem, 18)
    return NumberAnswer(value, True)


def check_resident_id(text: str, *, as_of: date | None = None) -> NumberAnswer:
    """Check a resident ID number (公民身份号码, GB 11643; R4).

    With ``as_of``, a birthday after it is a problem too. Old numbers of 15 digits are not taken.
    """
    value = normalise_number(text)
    if not value:
        return NumberAnswer(value, False, "empty", "请填写身份证号码")
    for position, character in enumerate(value, start=1):
        if not (character in "0123456789" or (character == "X" and position == 18)):
            problem = f"第 {position} 位应为数字" + ("或 X" if position == 18 else "")
            return NumberAnswer(value, False, "bad_character", problem, position)
    if len(value) != 18:
        return NumberAnswer(value, False, "length", f"身份证号码应为 18 位，现为 {len(value)} 位")
    if value[0] != _FOREIGN_RESIDENT and value[1] not in _PROVINCES.get(value[0], ""):
        return NumberAnswer(value, False, "region", "第 1、2 位不是有效的省级行政区划代码", 1)
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return NumberAnswer(value, False, "birthday", "第 7 至 14 位不是有效的出生日期", 7)
    if born.year < 1900 or (as_of is not None and born > as_of):
        return NumberAnswer(value, False, "birthday", "第 7 至 14 位的出生日期不合理", 7)
    total = sum(int(digit) * weight for digit, weight in zip(value[:17], _ID_WEIGHTS, strict=True))
    if value[17] != _ID_CHECKS[total % 11]:
        return NumberAnswer(value, False, "check_character", "第 18 位校验码不符，请对照身份证逐位核对", 18)
    return NumberAnswer(value, True)


def mask_id(number: str) -> str:
    """An ID number with only its first and last four characters (R34): ``4501**********1234``."""
    return _masked(number, 4, 4)


def mask_phone(number: str) -> str:
    """A phone number with only its first three and last four digits (R34): ``138****1234``."""
    return _masked(number, 3, 4)


def mask_name(name: str) -> str:
    """A person's name with only its first character (R34): ``王**``."""
    return _masked(name, 1, 0)


def _masked(text: str, head: int, tail: int) -> str:
    # What is too short to keep a hidden part is hidden whole.
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


def _code_check(body: str) -> str:
    total = sum(_CODE_ALPHABET.index(c) * weight for c, weight in zip(body, _CODE_WEIGHTS, strict=True))
    return _CODE_ALPHABET[(31 - total % 31) % 31]
