"""Labels and the values that stand beside or below them, whatever the layout."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from vetting.model import Box
from vetting.text.layout import Glyph, Row, Sheet, Span, Word, span_of, union

# Labels of any document: what ends a value to the left of them.
GENERAL_STOPS = (
    "统一社会信用代码", "注册号", "证照编号", "注册资本", "注册资金", "开办资金", "成立日期", "营业期限", "经营范围", "业务范围",
    "法定代表人", "业务主管单位", "登记机关", "登记管理机关", "发证机关", "签发机关", "有效期限", "有效期至", "证书编号", "证书号码",
    "身份证号码", "身份证号", "公民身份号码", "证件号码", "证件类型", "发证日期", "批准日期", "出生年月", "填表日期", "申请日期",
)  # fmt: skip
_AFTER_LABEL = re.compile(
    r"(?:\((?:盖章|签字|签名|公章|盖公章|签章|签字或盖章|全称|印章|手写|签字盖章|元|万元)\))*[:;.·\-_—]*"
)
# What makes a label part of a longer word: 职业技能等级证书 is a title, 名称变更 a subject.
_PART_OF_WORD = re.compile(r"证书|变更|登记表|一览表|授权|委托|证明|通知书|身份证(?:复印|正反)|承诺")
_LINE_GAP = 0.9
_LINE_GAP_ABOVE = 0.75
_PIECE_GAP = 1.3
_LARGER = 1.45
_COLUMN_REACH = 5.0
_RUNS_ON = 0.8


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found in a row: glyphs ``start`` to ``end``, what belongs to the label included."""

    field: str
    sheet: Sheet
    row: Row
    start: int
    end: int

    @property
    def box(self) -> Box:
        """Where the label stands on the straight sheet."""
        return union(g.box for g in self.row.glyphs[self.start : self.end])

    @property
    def set_off(self) -> bool:
        """Whether it is a label and not a word in a sentence: a mark or a gap divides it from its value."""
        if self.end >= len(self.row.glyphs) or self.row.key[self.end - 1] in ":;":
            return True
        return self.row.starts_word(self.end) and self.row.key[self.end - 1] not in "(,.、。"

    @property
    def place(self) -> Box:
        """Where people see it."""
        return self.row.span(self.start, self.end).box


class LabelledText:
    """Sheets searched for the labels of one type of document.

    ``labels`` maps a field to its labels in comparison form, the most telling first. On a scan labels may
    be ``damaged``: one character lost or misread.
    """

    def __init__(
        self, sheets: Sequence[Sheet], labels: Mapping[str, Sequence[str]], *, damaged: bool = False
    ) -> None:
        self.sheets = tuple(sheets)
        known = {label: field for field, names in labels.items() for label in names}
        for stop in GENERAL_STOPS:
            known.setdefault(stop, "")
        self._labels = sorted(known.items(), key=lambda kv: -len(kv[0]))
        self._rank = {label: i for names in labels.values() for i, label in enumerate(names)}
        self._hits: list[Hit] = []
        self._order: dict[int, int] = {}
        for sheet in self.sheets:
            for row in sheet.rows:
                self._hits.extend(self._scan(sheet, row))
        if damaged:
            self._add_damaged(labels)

    def _scan(self, sheet: Sheet, row: Row) -> Iterable[Hit]:
        at = 0
        while at < len(row.key):
            label = self._label_at(row, at)
            if label is None:
                at += 1
                continue
            name, field = label
            end = at + len(name)
            after = _AFTER_LABEL.match(row.key, end)
            end = after.end() if after else end
            hit = Hit(field, sheet, row, at, end)
            self._order[id(hit)] = self._rank.get(name, 99)
            yield hit
            at = max(end, at + 1)

    def _add_damaged(self, labels: Mapping[str, Sequence[str]]) -> None:
        """Labels that lost a character to a seal or a fold, for fields whose label was found nowhere."""
        seen = {h.field for h in self._hits}
        for field, names in labels.items():
            if field in seen:
                continue
            for sheet in self.sheets:
                for row in sheet.rows:
                    hit = self._damaged_at_start(field, names, sheet, row)
                    if hit:
                        self._order[id(hit)] = 50
                        self._hits.append(hit)

    def _damaged_at_start(self, field: str, names: Sequence[str], sheet: Sheet, row: Row) -> Hit | None:
        starts = [i for i in range(len(row.glyphs)) if row.starts_word(i)]
        for start in starts:
            if any(h.row is row and h.start <= start < h.end for h in self._hits):
                continue
            for name in names:
                length = self._damaged_length(row, start, name)
                if length:
                    return self._close_hit(field, sheet, row, start, start + length)
                if len(name) == 2 and self._remnant(row, start, name):
                    return self._close_hit(field, sheet, row, start, start + 1)
        return None

    def _damaged_length(self, row: Row, start: int, name: str) -> int:
        """How many glyphs are a label with one character misread or lost; 0 where they are none."""
        lengths = []
        for length in (len(name), len(name) - 1):
            piece = row.key[start : start + length]
            whole = len(name) >= 4 and len(piece) == length and piece not in self._rank
            if whole and Levenshtein.distance(piece, name) == 1:
                lengths.append(length)
        at_gap = [n for n in lengths if start + n < len(row.glyphs) and row.starts_word(start + n)]
        return next(iter(at_gap or lengths), 0)

    @staticmethod
    def _remnant(row: Row, at: int, name: str) -> bool:
        """One character left of a two-character label, in a word of its own with its value beside it."""
        if row.key[at] != name[1] or at + 1 >= len(row.glyphs):
            return False
        beside = row.starts_word(at + 1) or row.key[at + 1] in ":·"
        return beside and len(row.glyphs) - at - 1 >= 2

    @staticmethod
    def _close_hit(field: str, sheet: Sheet, row: Row, start: int, end: int) -> Hit:
        after = _AFTER_LABEL.match(row.key, end)
        return Hit(field, sheet, row, start, after.end() if after else end)

    def _label_at(self, row: Row, at: int) -> tuple[str, str] | None:
        starts = row.starts_word(at)
        for name, field in self._labels:
            if not row.key.startswith(name, at) or not (starts or len(name) >= 4):
                continue
            if not _PART_OF_WORD.match(row.key, at + len(name)) and self._spread_evenly(row, at, len(name)):
                return name, field
        return None

    @staticmethod
    def _spread_evenly(row: Row, at: int, length: int) -> bool:
        """A label may be spread over its column, but not over another column's text."""
        glyphs = row.glyphs[at : at + length]
        width = max(g.box[2] - g.box[0] for g in glyphs)
        return all(b.box[0] - a.box[2] < 7 * width for a, b in itertools.pairwise(glyphs))

    def hits(self, field: str) -> list[Hit]:
        """All places of a field's labels, the most telling label first, then down the page."""
        found = [h for h in self._hits if h.field == field]
        return sorted(found, key=lambda h: self._order[id(h)])

    def _row_end(self, hit: Hit) -> int:
        """Where a value ends at the latest: before the next label, or before the next column of labels."""
        later = [h.start for h in self._hits if h.row is hit.row and h.start >= hit.end]
        beyond = self._beyond(hit.row, hit.end, self._column_edge(hit))
        return min(later + beyond, default=len(hit.row.glyphs))

    @staticmethod
    def _beyond(row: Row, start: int, edge: float) -> list[int]:
        """The first glyph past an edge, unless the text runs on across it: a cell as wide as two columns."""
        first = next((i for i, g in enumerate(row.glyphs) if i >= start and g.box[0] >= edge), None)
        if first is None:
            return []
        width = max(g.box[2] - g.box[0] for g in row.glyphs[max(0, first - 1) : first + 1])
        runs_on = first > start and row.gap_before(first) < _RUNS_ON * width
        return [] if runs_on else [first]

    def _column_edge(self, hit: Hit) -> float:
        """The left edge of the next column of labels to the right: two or more, one under another.

        The column must have begun beside or just above the label; one further down is another matter.
        """
        own = hit.box
        height = own[3] - own[1]
        boxes = [h.box for h in self._hits if h.sheet is hit.sheet and h.box[0] > own[2] + 2 * height]
        columns = []
        for box in boxes:
            same = [b for b in boxes if abs(b[0] - box[0]) < 0.4 * height]
            near = [b for b in same if -0.6 * height < own[1] - b[1] < _COLUMN_REACH * height]
            if len(same) >= 2 and near:
                columns.append(box[0])
        return min(columns, default=2.0) - 0.3 * height

    def right_of(self, hit: Hit) -> tuple[Glyph, ...]:
        """What stands to the right of a label, up to the next label."""
        return hit.row.glyphs[hit.end : self._row_end(hit)]

    def below(self, hit: Hit) -> tuple[Glyph, ...]:
        """What stands right under a label where nothing stands beside it."""
        x0, y0, x1, y1 = hit.box
        height = y1 - y0
        for row in hit.sheet.rows:
            if not y1 - 0.3 * height <= (row.box[1] + row.box[3]) / 2 <= y1 + 2.6 * height:
                continue
            claimed = {id(row.glyphs[h.start]) for h in self._hits if h.row is row}
            words = [
                w for w in row.words if w.box[0] < x1 and w.box[2] > x0 and abs(w.box[0] - x0) < 3 * height
            ]
            if words and not any(id(w.glyphs[0]) in claimed for w in words):
                return tuple(g for w in words for g in w.glyphs)
        return ()

    def lines(self, field: str, *, below: bool = True) -> list[Span]:
        """The one-line values of a field, best first; empty ones are left out."""
        spans = []
        for hit in self.hits(field):
            glyphs = self.right_of(hit)
            if not glyphs and below:
                glyphs = self.below(hit)
            if glyphs:
                spans.append(span_of(glyphs))
        return spans

    def pieces(self, field: str, *, set_off: bool = False) -> list[Span]:
        """As ``lines``, each cut at the first wide gap: noise further right is left out.

        ``set_off`` asks for labels that are divided from their value: in running text others are words.
        """
        spans = []
        for hit in self.hits(field):
            if set_off and not hit.set_off:
                continue
            glyphs = self.right_of(hit) or self.below(hit)
            if glyphs:
                spans.append(span_of(_first_piece(glyphs)))
        return spans

    def blocks(self, field: str) -> list[Span]:
        """The values of a field that may run over several lines, as a cell or a column holds them."""
        return [span for hit in self.hits(field) if (span := self._block(hit)).text]

    def _block(self, hit: Hit) -> Span:
        first = _first_piece(self.right_of(hit))
        if not first:
            first = _first_piece(self.below(hit))
        column = self._column(hit, first)
        if not first and not column:
            return span_of(())
        left = first[0].box[0] if first else min(w.box[0] for w in column)
        row_height = max((g.height for g in first), default=hit.box[3] - hit.box[1])
        lines = [(first[0].box[1], first[0].box[3], first)] if first else []
        if not lines:
            nearest = min(column, key=lambda w: abs(w.middle - (hit.box[1] + hit.box[3]) / 2))
            if abs(nearest.middle - (hit.box[1] + hit.box[3]) / 2) > 1.5 * row_height:
                return span_of(())
            lines = [(nearest.box[1], nearest.box[3], nearest.glyphs)]
            left = nearest.box[0]
        used = {id(w) for w in column if any(w.glyphs[0] is line[2][0] for line in lines)}
        grown = True
        while grown:
            grown = False
            top, bottom = min(line[0] for line in lines), max(line[1] for line in lines)
            for word in column:
                if (
                    id(word) in used
                    or abs(word.box[0] - left) > 2.6 * row_height
                    or word.height > _LARGER * row_height
                ):
                    continue
                height = word.height
                under = word.box[1] - bottom
                if self._belongs_below(hit, word, under) or _belongs_above(
                    hit.sheet.words, word, top - word.box[3]
                ):
                    continue
                if (
                    -0.6 * height < under < _LINE_GAP * height
                    or -0.6 * height < top - word.box[3] < _LINE_GAP_ABOVE * height
                ):
                    used.add(id(word))
                    lines.append((word.box[1], word.box[3], self._rest_of_row(hit.sheet, word, hit)))
                    grown = True
        lines.sort(key=lambda line: line[0] + line[1])
        if len(lines) == 1 and first:
            lines += self._wrapped(hit, first)
        return span_of([g for line in lines for g in line[2]])

    def _wrapped(self, hit: Hit, first: Sequence[Glyph]) -> list[tuple[float, float, tuple[Glyph, ...]]]:
        """Lines that begin again under the label, after one that ran to the edge of the text."""
        lines: list[tuple[float, float, tuple[Glyph, ...]]] = []
        edge = max(w.box[2] for w in hit.sheet.words)
        bottom, right, height = hit.box[3], first[-1].box[2], hit.box[3] - hit.box[1]
        for row in hit.sheet.rows:
            if row.box[1] < bottom - 0.5 * height:
                continue
            claimed = any(h.row is row for h in self._hits)
            if claimed or right < edge - 0.05 or row.box[1] - bottom > _LINE_GAP * height:
                break
            if abs(row.box[0] - hit.box[0]) > height:
                break
            lines.append((row.box[1], row.box[3], row.glyphs))
            bottom, right = row.box[3], row.box[2]
        return lines

    def _belongs_below(self, hit: Hit, word: Word, gap_above: float) -> bool:
        """Whether a line is nearer to the value of the next label than to the one above it.

        So it is where a label stands in the middle of its cell, beside the second line of its value.
        """
        after = [
            h
            for h in self._hits
            if h.sheet is hit.sheet and h.start < h.end and h.box[1] > hit.box[3] and h.field != hit.field
        ]
        for other in after:
            beside = [
                w
                for w in other.row.words
                if w.box[0] >= other.box[2] - 0.01 and abs(w.box[0] - word.box[0]) < 2 * word.height
            ]
            for neighbour in beside:
                gap_below = neighbour.box[1] - word.box[3]
                if -0.6 * word.height < gap_below < gap_above - 0.1 * word.height:
                    return True
        return False

    def _rest_of_row(self, sheet: Sheet, word: Word, hit: Hit) -> tuple[Glyph, ...]:
        """A continuation line with the pieces that the reader cut off it."""
        row = next(r for r in sheet.rows if any(w is word for w in r.words))
        start = next(i for i, g in enumerate(row.glyphs) if g is word.glyphs[0])
        edge = self._column_edge(hit)
        stops = [h.start for h in self._hits if h.row is row and h.start > start]
        stops += self._beyond(row, start + 1, edge)
        return _first_piece(row.glyphs[start : min(stops, default=len(row.glyphs))])

    def _column(self, hit: Hit, first: Sequence[Glyph]) -> list[Word]:
        """Words that may continue a value: right of its label, in rows where no label claims them."""
        label = hit.box
        found = []
        for row in hit.sheet.rows:
            if row is hit.row:
                continue
            claims = [h for h in self._hits if h.row is row]
            for word in row.words:
                start = next(i for i, g in enumerate(row.glyphs) if g is word.glyphs[0])
                owner = max((h.start for h in claims if h.start <= start), default=None)
                if owner is not None and row.glyphs[owner].box[0] > label[0] - 4 * (label[3] - label[1]):
                    continue
                if word.box[0] >= label[2] - 0.5 * (label[3] - label[1]) or (
                    first and abs(word.box[0] - first[0].box[0]) < 0.02
                ):
                    found.append(word)
        return found


def _belongs_above(words: Sequence[Word], word: Word, gap_below: float) -> bool:
    """Whether a line above a value is nearer to one further up: the last line of the cell above."""
    if gap_below < 0:
        return False
    gaps = [
        word.box[1] - w.box[3]
        for w in words
        if w is not word and abs(w.box[0] - word.box[0]) < 2 * word.height and w.middle < word.middle
    ]
    return bool(gaps) and -0.6 * word.height < min(gaps) < gap_below - 0.15 * word.height


def _first_piece(glyphs: Sequence[Glyph]) -> tuple[Glyph, ...]:
    for i in range(1, len(glyphs)):
        here, before = glyphs[i], glyphs[i - 1]
        width = max(before.box[2] - before.box[0], here.box[2] - here.box[0])
        if here.box[0] - before.box[2] > _PIECE_GAP * width:
            return tuple(glyphs[:i])
    return tuple(glyphs)


def first_piece(span_glyphs: Sequence[Glyph]) -> Span:
    """The glyphs up to the first wide gap."""
    return span_of(_first_piece(span_glyphs))
