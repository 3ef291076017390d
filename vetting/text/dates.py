"""Dates and terms of validity in the spellings that Chinese documents use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from vetting.text.normalise import compact, half_width
from vetting.text.numerals import DIGIT_CLASS, NUMBER_CLASS, positional, small

LONG_TERM = "long-term"
_LOST_ZERO = re.compile(
    rf"(?<![{DIGIT_CLASS}])二([一二三四五六七八九])([{DIGIT_CLASS}])年([{NUMBER_CLASS}]{{1,3}})月([{NUMBER_CLASS}]{{1,4}})日"
)
_LOST_CENTURY = re.compile(
    rf"^[^0-9{DIGIT_CLASS}]{{0,2}}([012][0-9]|[〇○零一二][{DIGIT_CLASS}])年([{NUMBER_CLASS}]{{1,2}})月([{NUMBER_CLASS}]{{1,3}})(?:日|$)"
)
_SEPARATOR = r"[./\-‐-―－~·,，。]"
_WRITTEN = re.compile(
    rf"([{DIGIT_CLASS}]{{4}})年([{NUMBER_CLASS}]{{1,3}})月([{NUMBER_CLASS}]{{1,4}})(?:日|号|曰|目|$|(?![{NUMBER_CLASS}]))"
)
_PLAIN = re.compile(
    rf"(?<![0-9])([0-9OoIl]{{4}})(?:年|{_SEPARATOR})([0-9OoIl]{{1,2}})(?:月|{_SEPARATOR})([0-9OoIl]{{1,2}})(?![0-9年])日?"
)
_RUN = re.compile(r"(?<![0-9A-Za-z])((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9A-Za-z])")
_FOREVER = re.compile(r"长期|長期|永久|无固定期限|无限期|不约定期限")
_UNTIL = re.compile(r"(?:至|到|止于|截止|截至|终止)[日期于为：:]*$")
_FIRST_YEAR, _LAST_YEAR = 1900, 2150


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it stands in the text without spaces (``start`` inclusive, ``end`` exclusive)."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term of validity; ``until`` is None where no end is printed, ``forever`` where it says 长期."""

    since: date | None
    until: date | None
    forever: bool

    @property
    def valid_until(self) -> str | None:
        """The end as the corpus writes it: an ISO date, ``long-term`` or None."""
        if self.forever:
            return LONG_TERM
        return self.until.isoformat() if self.until else None


def _as_date(year: int | None, month: int | None, day: int | None) -> date | None:
    if year is None or month is None or day is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:  # 30 February is not a date: it is left to a person
        return None


def _candidates(text: str) -> Iterator[FoundDate]:
    for match in _WRITTEN.finditer(text):
        day = _as_date(positional(match[1]), small(match[2]), small(match[3]))
        if day:
            yield FoundDate(day, match.start(), match.end())
    for match in _LOST_ZERO.finditer(text):  # 〇 is a thin ring that OCR loses: 二一七年 is 二〇一七年
        day = _as_date(positional(f"二〇{match[1]}{match[2]}"), small(match[3]), small(match[4]))
        if day:
            yield FoundDate(day, match.start(), match.end())
    for match in _PLAIN.finditer(text):
        day = _as_date(positional(match[1]), positional(match[2]), positional(match[3]))
        if day:
            yield FoundDate(day, match.start(), match.end())


def find_dates(text: str) -> list[FoundDate]:
    """All dates in ``text`` in order; positions count in ``compact(text)``. Impossible dates are none."""
    text = half_width(compact(text))
    found: list[FoundDate] = []
    for one in sorted(_candidates(text), key=lambda f: (f.start, -f.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def without_century(text: str) -> FoundDate | None:
    """A date that begins a line and lost the 20 of its year to a seal: 22年5月30日, 一九年四月八日."""
    match = _LOST_CENTURY.match(half_width(compact(text)))
    year = positional(match[1]) if match else None
    if match is None or year is None:
        return None
    day = _as_date(2000 + year, small(match[2]), small(match[3]))
    return FoundDate(day, match.start(1), match.end()) if day else None


def lost_a_zero(text: str) -> bool:
    """Whether a year in ``text`` was read without its 〇."""
    return _LOST_ZERO.search(half_width(compact(text))) is not None


def parse_date(text: str) -> date | None:
    """The one date that ``text`` holds, also as eight digits (20180315); None for none or several."""
    days = {f.day for f in find_dates(text)}
    if not days:
        days = {
            d
            for m in _RUN.finditer(half_width(compact(text)))
            if (d := _as_date(int(m[1]), int(m[2]), int(m[3])))
        }
    return days.pop() if len(days) == 1 else None


def parse_term(text: str) -> Term | None:
    """A term of validity (自…起至…止, …-长期, 长期, an end alone); None where nothing can be read.

    One date alone is the end after 至 and before nothing else, the start before 起, else the end.
    """
    text = half_width(compact(text))
    dates = find_dates(text)
    forever = _FOREVER.search(text) is not None
    if not dates:
        return Term(None, None, True) if forever else None
    if forever:
        return Term(dates[0].day, None, True)
    if len(dates) >= 2:
        first, last = dates[0].day, dates[1].day
        return Term(first, last, False) if first <= last else None
    only = dates[0]
    rest = text[only.end :]
    if rest.startswith("起") or (re.match(r"[-‐-―—~至到]", rest) and not _UNTIL.search(text[: only.start])):
        return Term(only.day, None, False)
    return Term(None, only.day, False)
