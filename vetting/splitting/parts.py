"""Cutting a page that holds several documents, or the end of one and the start of the next."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from vetting.model import WHOLE_PAGE, Box
from vetting.splitting.classify import ENOUGH, Evidence, Title, Verdict
from vetting.text.codes import find_resident_ids
from vetting.text.layout import Sheet

_STRONG = 5.0
_TAIL_ROWS = 3
_LEAST_ROWS = 2
_SPLITTABLE = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A page or a part of it that belongs to one document."""

    page: int
    box: Box
    sheet: Sheet
    evidence: Evidence

    @property
    def verdict(self) -> Verdict | None:
        """What it is, where that can be said from it alone."""
        return self.evidence.best


def parts_of(sheet: Sheet, box: Box = WHOLE_PAGE, depth: int = 0) -> list[Part]:
    """The documents that one page holds, top to bottom and left to right; one part where it holds one."""
    whole = Part(sheet.page, box, sheet, Evidence(sheet))
    if depth >= _SPLITTABLE or len(sheet.rows) < 2 * _LEAST_ROWS or not _may_hold_two(whole):
        return [whole]
    cut = _best_cut(whole)
    if cut is None:
        return [whole]
    first, second = cut
    return [
        *parts_of(sheet.within(first), first, depth + 1),
        *parts_of(sheet.within(second), second, depth + 1),
    ]


def _may_hold_two(whole: Part) -> bool:
    """A quick look that spares most pages the search for a cut."""
    titles = [t for t in whole.evidence.titles if t.weight >= _STRONG]
    card = whole.evidence.of("resident_id")
    if len({t.kind.type for t in titles}) > 1 or len(_numbers(whole.evidence)) > 1:
        return True
    if card.marks >= 3 and any(t.kind is not card.kind for t in titles):
        return True
    return any(
        t.prominent and sum(1 for r in whole.sheet.rows if r.box[3] <= t.box[1]) >= _TAIL_ROWS for t in titles
    )


def _best_cut(whole: Part) -> tuple[Box, Box] | None:
    best: tuple[float, Box, Box] | None = None
    for first, second, gap in _cuts(whole):
        weight = _weigh(whole, Evidence(whole.sheet.within(first)), Evidence(whole.sheet.within(second)))
        if weight is not None and (best is None or weight + gap > best[0]):
            best = (weight + gap, first, second)
    return (best[1], best[2]) if best else None


def _cuts(whole: Part) -> Iterator[tuple[Box, Box, float]]:
    """Cuts between rows and between columns, each with the width of its gap."""
    x0, y0, x1, y1 = whole.box
    rows = whole.sheet.rows
    for above, below in itertools.pairwise(rows):
        y = ((above.box[1] + above.box[3]) / 2 + (below.box[1] + below.box[3]) / 2) / 2
        yield (x0, y0, x1, y), (x0, y, x1, y1), below.box[1] - above.box[3]
    words = whole.sheet.words
    for x in _column_gaps([(w.box[0], w.box[2]) for w in words]):
        yield (x0, y0, x, y1), (x, y0, x1, y1), 0.0


def _column_gaps(spans: list[tuple[float, float]]) -> Iterator[float]:
    right = None
    for start, end in sorted(spans):
        if right is not None and start - right > 0.01:
            yield (start + right) / 2
        right = end if right is None else max(right, end)


def _weigh(whole: Part, first: Evidence, second: Evidence) -> float | None:
    """How well a cut explains a page, or None where it does not explain it better than one document."""
    a, b = first.best, second.best
    if a and b and _stands(a) and _stands(b) and (a.kind is not b.kind or _two_people(first, second)):
        if a.kind is b.kind and not (a.title and b.title) and a.kind.type != "resident_id":
            return None
        if _one_card(whole, a, b):
            return None
        return a.score + b.score
    return _tail_and_head(first, second)


def _stands(verdict: Verdict) -> bool:
    if verdict.kind.type == "resident_id":
        return verdict.marks >= 3
    return verdict.title is not None and verdict.score >= _STRONG + 2 and verdict.marks >= 2


def _one_card(whole: Part, a: Verdict, b: Verdict) -> bool:
    """Whether a cut only separates a heading or a side remark from its document."""
    best = whole.evidence.best
    if best is None:
        return False
    other = b if a.kind is best.kind else a
    return other.title is not None and not other.title.prominent and other.marks < 2


def _two_people(first: Evidence, second: Evidence) -> bool:
    """Two documents of one type on a page are told apart by the numbers that they carry."""
    one, two = _numbers(first), _numbers(second)
    return bool(one and two and not one & two)


def _numbers(evidence: Evidence) -> set[str]:
    text = "".join(row.key for row in evidence.sheet.rows)
    return {code.value for code, _, _ in find_resident_ids(text)}


def _tail_and_head(first: Evidence, second: Evidence) -> float | None:
    """The end of a text that began on the page before, and a new document with a large title below."""
    head = second.best
    if head is None or head.title is None or not head.title.prominent or head.score < _STRONG + 2:
        return None
    if not _opens(second, head.title) or first.prose_rows < _TAIL_ROWS:
        return None
    if first.best is not None and first.best.title is not None and first.best.score >= ENOUGH:
        return None
    own = first.of(head.kind.type)
    return head.score if own.marks < 2 else None


def _opens(evidence: Evidence, title: Title) -> bool:
    """Whether a title stands in the first rows of its part."""
    above = [r for r in evidence.sheet.rows if r.box[3] <= title.box[1] + 0.2 * (title.box[3] - title.box[1])]
    return len(above) <= 1
