"""Where words stand: rows of a page, their characters with places, and the page as running text.

Nothing here knows a layout. A row is what stands at one height, however a reader cut it into lines;
each character keeps its box, so that a label may be spread out (名　　称) or stuck to its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

from vetting.model import Box, Line, PageReading
from vetting.text.normalise import compact, key_char

_SHORT = 24
# A label under a seal is boxed too wide: it may reach into its value, but not over half of a word.
_MOST_OVERLAP = 0.5
_PUNCTUATION = frozenset("()[],.;:、。，；：·\"'“”‘’-—/")
_INVISIBLE_WIDTH = 0.35
_NARROW_WIDTH = 0.55


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character: as written, its comparison form (one character), its boxes.

    ``box`` is where it would stand on a straight sheet, ``place`` where people see it.
    """

    char: str
    key: str
    box: Box
    place: Box
    confidence: float
    page: int
    line: int
    space_before: bool

    @property
    def height(self) -> float:
        """Height as a fraction of the page."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Word:
    """A line as the reader gave it, cut into glyphs."""

    glyphs: tuple[Glyph, ...]
    box: Box
    page: int

    @property
    def text(self) -> str:
        """As written, without spaces."""
        return "".join(g.char for g in self.glyphs)

    @property
    def span(self) -> Span:
        """The whole of it, as a piece of text."""
        return span_of(self.glyphs)

    @property
    def middle(self) -> float:
        """Height of the centre line."""
        return (self.box[1] + self.box[3]) / 2

    @property
    def height(self) -> float:
        """Height as a fraction of the page."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text with its place: what a field is read from."""

    text: str
    page: int
    box: Box
    confidence: float

    @property
    def key(self) -> str:
        """The comparison form, case kept."""
        return "".join(key_char(c) for c in self.text)


class Row:
    """The words that stand at one height, from left to right."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = tuple(sorted(words, key=lambda w: w.box[0]))
        self.glyphs: tuple[Glyph, ...] = tuple(g for w in self.words for g in w.glyphs)
        self.key = "".join(g.key for g in self.glyphs)
        self.box = union(w.box for w in self.words)

    @property
    def text(self) -> str:
        """As written, without spaces."""
        return "".join(g.char for g in self.glyphs)

    @property
    def height(self) -> float:
        """The usual height of its words."""
        return median(w.height for w in self.words)

    def starts_word(self, index: int) -> bool:
        """Whether something new begins at glyph ``index``: a word, or text after a gap or a mark."""
        if index == 0:
            return True
        here, before = self.glyphs[index], self.glyphs[index - 1]
        return here.line != before.line or here.space_before or before.key in "(:;,.、。·|□■☑☒√✓✔"

    def gap_before(self, index: int) -> float:
        """White space before glyph ``index`` as a fraction of the page's width."""
        return self.glyphs[index].box[0] - self.glyphs[index - 1].box[2] if index else 1.0

    def span(self, start: int, end: int) -> Span:
        """Glyphs ``start`` to ``end`` (exclusive) as one span."""
        return span_of(self.glyphs[start:end])


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around ``boxes``."""
    xs0, ys0, xs1, ys1 = zip(*boxes, strict=True)
    return (min(xs0), min(ys0), max(xs1), max(ys1))


def span_of(glyphs: Sequence[Glyph]) -> Span:
    """Glyphs as one span; where there are none, an empty one.

    A short text is as sure as its least sure character; a long one as its characters on average.
    """
    if not glyphs:
        return Span("", 0, (0.0, 0.0, 0.0, 0.0), 0.0)
    page = glyphs[0].page
    own = [g for g in glyphs if g.page == page]
    marks = [g.confidence for g in glyphs if g.key not in _PUNCTUATION] or [g.confidence for g in glyphs]
    confidence = min(marks) if len(marks) <= _SHORT else sum(marks) / len(marks)
    return Span("".join(g.char for g in glyphs), page, union(g.place for g in own), confidence)


def _advance(char: str) -> float:
    if char.isspace():
        return _INVISIBLE_WIDTH if char == " " else 1.0
    return _NARROW_WIDTH if char < "\u2e80" and char not in "“”‘’—…" else 1.0


def _word(line: Line, page: int, number: int) -> Word | None:
    """A line cut into glyphs, placed as the reader saw them, else by the usual widths of characters."""
    if not compact(line.text):
        return None
    x0, y0, x1, y1 = line.layout
    glyphs: list[Glyph] = []
    space = False
    for index, (start, end) in enumerate(_shares(line)):
        char = line.text[index]
        if not compact(char):
            space = True
            continue
        sure = line.sure[index] if len(line.sure) == len(line.text) else line.confidence
        box = (x0 + start * (x1 - x0), y0, x0 + end * (x1 - x0), y1)
        place = _share(line.box, start, end)
        for key in key_char(char)[:4].strip():
            glyphs.append(Glyph(char, key, box, place, sure, page, number, space))
            char = ""
        space = False
    return Word(tuple(glyphs), line.layout, page) if glyphs else None


def _share(box: Box, start: float, end: float) -> Box:
    width = box[2] - box[0]
    return (box[0] + start * width, box[1], box[0] + end * width, box[3])


def _shares(line: Line) -> list[tuple[float, float]]:
    """Where each character begins and ends along the line, 0 to 1."""
    widths = [_advance(c) for c in line.text]
    total = sum(widths) or 1.0
    if len(line.at) != len(line.text):
        ends = list(accumulate(widths))
        return [((end - width) / total, end / total) for end, width in zip(ends, widths, strict=True)]
    shares = []
    for index, middle in enumerate(line.at):
        half = 0.5 * widths[index] / total
        before = line.at[index - 1] if index else None
        after = line.at[index + 1] if index + 1 < len(line.at) else None
        low = max(middle - half, (before + middle) / 2) if before is not None else max(0.0, middle - half)
        high = min(middle + half, (after + middle) / 2) if after is not None else min(1.0, middle + half)
        shares.append((min(low, middle), max(high, middle)))
    return shares


def _same_row(word: Word, other: Word) -> bool:
    lower = min(word.height, other.height)
    if abs(word.middle - other.middle) > 0.5 * lower:
        return False
    overlap = min(word.box[2], other.box[2]) - max(word.box[0], other.box[0])
    return overlap < _MOST_OVERLAP * min(word.box[2] - word.box[0], other.box[2] - other.box[0])


def rows_of(words: Sequence[Word]) -> list[Row]:
    """Words gathered into rows, top to bottom. A slightly tilted row is followed from word to word."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box[0]):
        best: list[Word] | None = None
        nearest = 0.0
        for row in rows:
            neighbour = max(row, key=lambda w: w.box[2])
            if all(_overlaps_little(word, w) for w in row) and _same_row(word, neighbour):
                off = abs(word.middle - neighbour.middle)
                if best is None or off < nearest:
                    best, nearest = row, off
        if best is None:
            rows.append([word])
        else:
            best.append(word)
    merged: list[list[Word]] = []
    for own in sorted(rows, key=_middle):
        last = merged[-1] if merged else None
        if last and _interleaved(last, own):
            last.extend(own)
        else:
            merged.append(list(own))
    return sorted((Row(r) for r in merged), key=lambda r: (r.box[1] + r.box[3]) / 2)


def _middle(words: Sequence[Word]) -> float:
    return sum(w.middle for w in words) / len(words)


def _interleaved(one: Sequence[Word], other: Sequence[Word]) -> bool:
    """Whether two chains of words are one row, taken apart by an uneven height."""
    height = min(w.height for w in (*one, *other))
    if abs(_middle(one) - _middle(other)) > 0.45 * height:
        return False
    return all(_overlaps_little(a, b) for a in one for b in other)


def _overlaps_little(word: Word, other: Word) -> bool:
    overlap = min(word.box[2], other.box[2]) - max(word.box[0], other.box[0])
    return overlap < _MOST_OVERLAP * min(word.box[2] - word.box[0], other.box[2] - other.box[0])


class Sheet:
    """A page, or a part of one, as words, rows and running text."""

    def __init__(self, page: int, words: Sequence[Word]) -> None:
        self.page = page
        self.words = tuple(words)
        self.rows = rows_of(words)

    @classmethod
    def of(cls, reading: PageReading) -> Sheet:
        """The sheet of a whole page."""
        words = (_word(line, reading.page, n) for n, line in enumerate(reading.lines))
        return cls(reading.page, [w for w in words if w])

    def within(self, box: Box) -> Sheet:
        """The part whose words have their centre inside ``box``."""
        x0, y0, x1, y1 = box
        inside = [w for w in self.words if x0 <= (w.box[0] + w.box[2]) / 2 < x1 and y0 <= w.middle < y1]
        return Sheet(self.page, inside)

    @property
    def usual_height(self) -> float:
        """The usual height of a word, as a fraction of the page."""
        return median(w.height for w in self.words) if self.words else 0.0


class Flow:
    """Sheets as running text, row after row, for patterns that may wrap; keys with their glyphs."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.glyphs: list[Glyph] = []
        breaks: list[int] = []
        for row in (r for s in sheets for r in s.rows):
            breaks.append(len(self.glyphs))
            self.glyphs.extend(row.glyphs)
        self.key = "".join(g.key for g in self.glyphs)
        self.row_starts = tuple(breaks)

    def span(self, start: int, end: int) -> Span:
        """Characters ``start`` to ``end`` (exclusive) as a span."""
        return span_of(self.glyphs[start:end])

    def search(self, pattern: str | re.Pattern[str], group: int | str = 0) -> Span | None:
        """The first match of ``pattern`` in the comparison form, as a span of one of its groups."""
        match = re.search(pattern, self.key)
        return self.span(match.start(group), match.end(group)) if match and match.start(group) >= 0 else None

    def finditer(self, pattern: str | re.Pattern[str]) -> Iterator[re.Match[str]]:
        """All matches of ``pattern`` in the comparison form."""
        return re.finditer(pattern, self.key)
