"""Codes with a check character: unified social credit code (GB 32100) and resident ID (GB 11643), R4.

What the provider typed is only judged. What was read from a page may be corrected, where characters
that look alike are swapped and exactly one valid code comes out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from vetting.text.normalise import compact, compare_key, half_width

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What OCR takes for what. A group holds characters that are printed alike; two places at once are
# swapped only within the close groups, else chance would make valid codes.
_CLOSE_GROUPS = ("0DQ", "8B", "1LT", "5S", "2Z")
_LOOSE_GROUPS = ("0ODQCUG", "8BS3", "1ILTJ7", "5S6", "2Z7", "6GB", "VYUX", "KXH", "MNWH", "PRFE", "A4", "9GQ")
_IMPOSSIBLE = {"O": "0DQ", "I": "1LTJ", "S": "58", "V": "YUW", "Z": "27"}
_DIGIT_FOR = {
    "O": "0",
    "D": "0",
    "Q": "0",
    "U": "0",
    "C": "0",
    "I": "1",
    "L": "1",
    "T": "1",
    "J": "1",
    "Z": "2",
    "S": "5",
    "G": "6",
    "B": "8",
    "A": "4",
    "|": "1",
}
_RUN = re.compile(r"[0-9A-Za-z|]{15,24}")


@dataclass(frozen=True, slots=True)
class ReadCode:
    """A code read from a page; ``corrected_from`` is the raw reading where it was corrected."""

    value: str
    valid: bool
    corrected_from: str | None = None


def is_credit_code(code: str) -> bool:
    """Whether ``code`` is a unified social credit code with the right check character (R4)."""
    code = compare_key(code).upper()
    return len(code) == _LENGTH and bool(uscc.is_valid(code))


def is_resident_id(number: str) -> bool:
    """Whether ``number`` is an 18-character resident ID: a real day of birth, the right check character.

    The place code is not looked up: places are merged and renamed, old IDs keep their code.
    """
    number = compare_key(number).upper()
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number) or not mod_11_2.is_valid(number):
        return False
    return birth_date(number) is not None


def birth_date(number: str) -> date | None:
    """The day of birth inside a resident ID, or None."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _organisation_part_fits(code: str) -> bool:
    """Places 9 to 17 are an organisation code with a check character of its own (GB 11714)."""
    total = sum(_ALPHANUMERIC.index(c) * w for c, w in zip(code[8:16], _ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return code[16] == {10: "X", 11: "0"}.get(check, str(check))


def _look_alikes(char: str, groups: tuple[str, ...]) -> str:
    found = dict.fromkeys(c for group in groups if char in group for c in group if c != char)
    return "".join(c for c in found if c in CREDIT_ALPHABET)


def _swaps(code: str, count: int, groups: tuple[str, ...]) -> Iterator[str]:
    for places in itertools.combinations(range(len(code)), count):
        for chars in itertools.product(*(_look_alikes(code[p], groups) for p in places)):
            swapped = list(code)
            for place, char in zip(places, chars, strict=True):
                swapped[place] = char
            yield "".join(swapped)


def _without_impossible(code: str) -> list[str]:
    """The readings of ``code`` that hold only characters codes can have; digits where digits stand."""
    choices = []
    for place, char in enumerate(code):
        if 2 <= place <= 7:
            choices.append(char if char.isdigit() else _DIGIT_FOR.get(char, ""))
        else:
            choices.append(_IMPOSSIBLE.get(char, char))
    if any(not c for c in choices):
        return []
    return ["".join(c) for c in itertools.islice(itertools.product(*choices), 256)]


def _single(candidates: set[str]) -> str | None:
    valid = {c for c in candidates if is_credit_code(c)}
    if len(valid) > 1:
        valid = {c for c in valid if _organisation_part_fits(c)}
    return valid.pop() if len(valid) == 1 else None


def read_credit_code(raw: str) -> ReadCode:
    """A credit code as read by OCR, corrected only where exactly one valid code comes out (R4)."""
    code = compare_key(raw).upper()
    if len(code) != _LENGTH:
        return ReadCode(code, False)
    if is_credit_code(code):
        return ReadCode(code, True)
    bases = _without_impossible(code)
    fixed = _single(set(bases))
    for count, groups in ((1, _LOOSE_GROUPS), (2, _CLOSE_GROUPS)):
        if fixed:
            break
        found = {s for base in bases[:8] for s in _swaps(base, count, groups)}
        if any(is_credit_code(c) for c in found):
            fixed = _single({c for c in found if _organisation_part_fits(c)})
            break
    return ReadCode(fixed, True, code) if fixed else ReadCode(code, False)


def read_resident_id(raw: str) -> ReadCode:
    """A resident ID as read by OCR: letters that stand for digits are put right if it then is valid."""
    number = compare_key(raw).upper()
    if is_resident_id(number):
        return ReadCode(number, True)
    if len(number) != _LENGTH:
        return ReadCode(number, False)
    fixed = "".join(c if c.isdigit() else _DIGIT_FOR.get(c, c) for c in number[:17])
    last = number[17]
    fixed += last if last in "0123456789X" else {"K": "X", "Y": "X"}.get(last, _DIGIT_FOR.get(last, last))
    if fixed != number and is_resident_id(fixed):
        return ReadCode(fixed, True, number)
    return ReadCode(number, False)


def code_runs(text: str) -> list[tuple[str, int, int]]:
    """Runs of letters and digits that may hold a code: (run, start, end) in ``compact(text)``."""
    return [(m.group().upper(), m.start(), m.end()) for m in _RUN.finditer(half_width(compact(text)))]


def find_credit_codes(text: str) -> list[tuple[ReadCode, int, int]]:
    """Credit codes in ``text`` (18 characters, not a resident ID), valid ones first in their run."""
    found = []
    for run, start, _end in code_runs(text):
        windows = [(start + i, run[i : i + _LENGTH]) for i in range(max(1, len(run) - _LENGTH + 1))]
        reads = [(read_credit_code(w), at) for at, w in windows if not is_resident_id(w)]
        reads = [(r, at) for r, at in reads if len(r.value) == _LENGTH]
        best = min(reads, key=lambda r: (not r[0].valid, r[0].corrected_from is not None), default=None)
        if best:
            found.append((best[0], best[1], best[1] + _LENGTH))
    return found


def find_resident_ids(text: str) -> list[tuple[ReadCode, int, int]]:
    """Resident IDs in ``text``: 17 digits and a check character, put right where that is certain."""
    found = []
    for run, start, _end in code_runs(text):
        windows = [(start + i, run[i : i + _LENGTH]) for i in range(max(1, len(run) - _LENGTH + 1))]
        reads = [(read_resident_id(w), at) for at, w in windows if sum(c.isdigit() for c in w) >= 14]
        reads = [(r, at) for r, at in reads if len(r.value) == _LENGTH]
        best = min(reads, key=lambda r: (not r[0].valid, r[0].corrected_from is not None), default=None)
        if best:
            found.append((best[0], best[1], best[1] + _LENGTH))
    return found
