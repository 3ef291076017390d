"""What a page, or a part of one, is: the evidence for each type of document, weighed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from vetting.model import Box
from vetting.splitting.kinds import BY_TYPE, KINDS, Kind
from vetting.text.layout import Row, Sheet, Word, union

PROMINENT_TITLE = 6.0
LONE_TITLE = 5.0
STRAY_TITLE = 2.0
MARK = 1.0
MOST_MARKS = 7
ENOUGH = 4.0
_PROMINENT = 1.22
_TOP = 0.34
_PROSE_ROW = 18
_PAGE_NUMBER = re.compile(
    r"^(?:[-—–_~·.]{0,3}|第)(\d{1,3})(?:[-—–_~·.]{0,3}|页(?:[/,]?共?\d{1,3}页)?|/\d{1,3})$"
)


@dataclass(frozen=True, slots=True)
class Title:
    """A row, or a piece of one, that reads as the title of a type of document."""

    kind: Kind
    box: Box
    weight: float

    @property
    def prominent(self) -> bool:
        """Whether it is printed larger than the rest."""
        return self.weight >= PROMINENT_TITLE


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much speaks for one type."""

    kind: Kind
    title: Title | None
    marks: int

    @property
    def score(self) -> float:
        """Weight of the title and of the marks together."""
        return (self.title.weight if self.title else 0.0) + MARK * min(self.marks, MOST_MARKS)


class Evidence:
    """What a sheet says of its type. Titles are weighed by size and place, marks are counted once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @cached_property
    def titles(self) -> list[Title]:
        """All titles on the sheet, from top to bottom."""
        usual = self.sheet.usual_height
        found: list[Title] = []
        for number, row in enumerate(self.sheet.rows):
            for words, alone in _pieces(row):
                text = "".join(g.key for w in words for g in w.glyphs)
                if not 3 <= len(text) <= 60:
                    continue
                for kind in KINDS:
                    if kind.title.fullmatch(text):
                        weight = self._weight(words, alone, number, usual)
                        if weight:
                            found.append(Title(kind, union(w.box for w in words), weight))
        return found

    def _weight(self, words: tuple[Word, ...], alone: bool, number: int, usual: float) -> float:
        height = max(w.height for w in words)
        if height >= _PROMINENT * usual:
            return PROMINENT_TITLE
        if not alone:
            return 0.0
        top = self.sheet.rows[0].box[1]
        bottom = self.sheet.rows[-1].box[3]
        if number < 3 or words[0].box[1] < top + _TOP * (bottom - top):
            return LONE_TITLE
        return STRAY_TITLE

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """All types that anything speaks for, the strongest first."""
        keys = [row.key for row in self.sheet.rows]
        pieces = ["".join(g.key for g in w.glyphs) for row in self.sheet.rows for w in row.words]
        whole = "".join(keys)
        found = []
        for kind in KINDS:
            best = max((t for t in self.titles if t.kind is kind), key=lambda t: t.weight, default=None)
            marks = sum(1 for mark in kind.marks if _marked(mark, whole, keys, pieces))
            if best or marks:
                found.append(Verdict(kind, best, marks))
        return sorted(found, key=lambda v: -v.score)

    @property
    def best(self) -> Verdict | None:
        """The strongest type, if it is strong enough to stand alone."""
        best = self.verdicts[0] if self.verdicts else None
        return best if best and best.score >= ENOUGH else None

    def of(self, type_: str) -> Verdict:
        """What speaks for one type."""
        none = Verdict(BY_TYPE[type_], None, 0)
        return next((v for v in self.verdicts if v.kind.type == type_), none)

    @cached_property
    def page_number(self) -> int | None:
        """The printed page number in the last rows, if there is one."""
        for row in self.sheet.rows[-4:]:
            for text in (row.key, *("".join(g.key for g in w.glyphs) for w in row.words)):
                match = _PAGE_NUMBER.match(text)
                if match and row.box[1] > 0.8:
                    return int(match[1])
        return None

    @cached_property
    def prose_rows(self) -> int:
        """How many rows are running text."""
        return sum(1 for row in self.sheet.rows if len(row.words) <= 2 and len(row.key) >= _PROSE_ROW)


def _marked(mark: re.Pattern[str], whole: str, keys: list[str], pieces: list[str]) -> bool:
    if mark.pattern.startswith("^"):
        return any(mark.match(k) for k in keys) or any(mark.match(p) for p in pieces)
    return mark.search(whole) is not None


def _pieces(row: Row) -> list[tuple[tuple[Word, ...], bool]]:
    """A row as a whole, and its pieces between wide gaps; whether each stands alone in its row.

    A spread-out title (承　诺　书) is one piece however wide its gaps, because they are even.
    """
    if len(row.words) == 1:
        return [(row.words, True)]
    found = [(row.words, True)]
    gaps = [b.box[0] - a.box[2] for a, b in zip(row.words, row.words[1:], strict=False)]
    widest = max(gaps)
    if widest > 0:
        piece: list[Word] = [row.words[0]]
        pieces = []
        for word, gap in zip(row.words[1:], gaps, strict=True):
            if gap > 0.6 * widest and gap > 0.02:
                pieces.append(tuple(piece))
                piece = []
            piece.append(word)
        pieces.append(tuple(piece))
        found += [(p, False) for p in pieces if len(p) < len(row.words)]
    found += [((w,), False) for w in row.words]
    return list(dict.fromkeys(found))
