"""Numbers in names: 第一 and 第1 have the same value, 第二 has not."""

from __future__ import annotations

import re
import unicodedata

from vetting.matching.normalise import name_key

_DIGITS = {d: i for i, d in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": "二十", "卅": "三十"}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
NUMERALS = frozenset({*_DIGITS, *_UNITS, *_TENS, *_MYRIADS})
_RUN = re.compile(rf"[0-9{''.join(sorted(NUMERALS))}]+")
_ROMAN = re.compile(r"[\u2160-\u2182]")


def number_key(raw: str) -> str:
    """``name_key`` with every number in Arabic digits, so that names that write one value two ways get one key."""
    roman = _ROMAN.sub(lambda m: str(int(unicodedata.numeric(m[0]))), raw)
    return _RUN.sub(lambda m: _value(m[0]), name_key(roman))


def _value(run: str) -> str:
    """The digits of one run of numerals; a run without units is read digit by digit (二〇二五, 007)."""
    for short, full in _TENS.items():
        run = run.replace(short, full)
    if not any(char in _UNITS or char in _MYRIADS for char in run):
        return "".join(str(_DIGITS.get(char, char)) for char in run)
    total = section = 0
    pending = ""
    for char in run:
        if char.isdigit() and char.isascii():
            pending += char
        elif char in _DIGITS:
            pending += str(_DIGITS[char])
        elif char in _UNITS:
            section += int(pending or 1) * _UNITS[char]
            pending = ""
        else:
            total = (total + (section + int(pending or 0) or 1)) * _MYRIADS[char]
            section, pending = 0, ""
    return str(total + section + int(pending or 0))
