"""From typed text to values: pure parsers that say in Chinese what is wrong and what to do.

Each takes clean text and gives the value, or raises :class:`Unreadable` with a message of the catalogues.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from registry.web.components.i18n import N_


class Unreadable(ValueError):
    """Text that is not what the field asks for. ``message`` is a Chinese message, ``params`` fill it."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


_DATE_SHAPES = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"),
    re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
# Invisible on the page, so a person cannot see why two texts differ; taken out, not refused.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# Would turn the reading order of what follows: refused like control characters.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def clean(raw: str, *, multiline: bool = False) -> str:
    """``raw`` in NFC, stripped, zero-width characters taken out, line ends as ``\\n``.

    Raises :class:`Unreadable` for control characters (line ends and tabs are fine in ``multiline`` text) and
    for characters that turn the direction of writing.
    """
    text = unicodedata.normalize("NFC", raw).translate(_INVISIBLE)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    allowed = "\n\t" if multiline else ""
    for character in text:
        if character in allowed:
            continue
        if character in _BIDI or unicodedata.category(character) in {"Cc", "Cs"}:
            raise Unreadable(N_("含有不可见的控制字符，请删除后重新输入"))
    return text


def folded(text: str) -> str:
    """Full-width digits, letters and marks as half-width ones, for numbers, dates and codes."""
    return unicodedata.normalize("NFKC", text).strip()


def to_integer(text: str) -> int:
    """A whole number; ``１２`` and ``1,200`` are understood."""
    digits = folded(text).replace(",", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", digits):
        raise Unreadable(N_("请填写整数，例如 20"))
    return int(digits)


def to_decimal(text: str, places: int = 2) -> Decimal:
    """An amount with at most ``places`` decimals; a leading ¥ and 元 are understood."""
    digits = folded(text).replace(",", "").lstrip("¥￥").removesuffix("元").strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]+)?", digits):
        raise Unreadable(N_("请填写数字，例如 40 或 40.50"))
    value = Decimal(digits)
    if value != value.quantize(Decimal(1).scaleb(-places)):
        raise Unreadable(N_("最多保留 %(places)s 位小数"), places=places)
    return value


def to_date(text: str) -> date:
    """A calendar day written 2022-07-04, 2022/7/4, 2022.7.4, 2022年7月4日 or 20220704."""
    typed = folded(text).replace(" ", "")
    for shape in _DATE_SHAPES:
        if found := shape.fullmatch(typed):
            year, month, day = (int(part) for part in found.groups())
            try:
                return date(year, month, day)
            except ValueError:
                raise Unreadable(N_("%(typed)s 这一天不存在，请核对年月日"), typed=text) from None
    raise Unreadable(N_("请按“2022-07-04”的格式填写日期"))
