"""The text layer of a page: its characters put together into lines, and what of it a viewer does not show.

Pure: works on the characters the child sends, in fractions of the page as shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from vetting.intake.marks import COVERED, INVISIBLE, STAMPED, TRANSPARENT, UNMAPPED
from vetting.model import Box, Line

_TINY_POINTS = 3.0
_GAP = 1.0  # a gap wider than this many line heights begins another run of text
_WORD_GAP = 0.22
_SAME_PLACE = 0.15
_BAD_SHARE = 0.10
# Programs that write PDF take the radical for the character, which is drawn alike (⻘ for 青).
_RADICALS = {
    **dict(
        zip(
            "⺁⺟⺠⺮⻁⻄⻅⻆⻉⻋⻌⻑⻒⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⺶⺷⻏⻐⺎⺒⺕⺝⻱",
            "厂母民竹虎西见角贝车辶長镸长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟羊羊阝钅兀巳彐月亀",
            strict=True,
        )
    ),
    **{chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
}


@dataclass(frozen=True, slots=True)
class Char:
    """A character with its box on the upright page and the child's marks."""

    text: str
    box: Box
    marks: int = 0


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The text of a page. ``rotation`` is how far clockwise its text appears turned.

    ``covered`` tells whether ``hidden`` is for the most part a layer under or over a scan, as OCR
    programs write it; ``garbled`` whether the fonts do not say what the glyphs are.
    """

    rotation: int
    lines: tuple[Line, ...]
    hidden: tuple[Line, ...]
    covered: bool
    garbled: bool


def text_layer(chars: Sequence[Sequence[Any]], width: float, height: float) -> TextLayer:
    """Put characters ``[text, x0, y0, x1, y1, marks]`` of a page of ``width`` x ``height`` points together."""
    rotation = _rotation(chars, width, height)
    upright_height = width if rotation in (90, 270) else height
    aspect = (width / height) if rotation in (90, 270) else (height / width)
    shown: list[Char] = []
    hidden: list[Char] = []
    layer = bad = 0
    for text, x0, y0, x1, y1, marks in chars:
        char = Char(text, turn_box((x0, y0, x1, y1), rotation), marks)
        if marks & UNMAPPED or _is_bad(text):
            bad += 1
        if marks & (INVISIBLE | TRANSPARENT | COVERED) or _off_page(char.box):
            hidden.append(char)
            layer += 1 if marks & (INVISIBLE | COVERED) else 0
        elif marks & STAMPED:
            continue  # seen as a seal on the picture, or as nothing: it crosses the lines of the page
        elif (char.box[3] - char.box[1]) * upright_height < _TINY_POINTS:
            hidden.append(char)
        else:
            shown.append(char)
    return TextLayer(
        rotation=rotation,
        lines=lines_of(shown, aspect),
        hidden=lines_of(hidden, aspect),
        covered=layer > 0 and layer >= 0.5 * len(hidden) and layer > len(shown),
        garbled=len(chars) > 0 and bad > _BAD_SHARE * len(chars),
    )


def turn_box(box: Box, rotation: int) -> Box:
    """Where a box of a page that appears turned ``rotation`` degrees clockwise is once it is upright."""
    x0, y0, x1, y1 = box
    if rotation == 90:
        return (y0, 1 - x1, y1, 1 - x0)
    if rotation == 180:
        return (1 - x1, 1 - y1, 1 - x0, 1 - y0)
    if rotation == 270:
        return (1 - y1, x0, 1 - y0, x1)
    return (x0, y0, x1, y1)


def unturn_box(box: Box, rotation: int) -> Box:
    """The inverse of :func:`turn_box`."""
    return turn_box(box, (360 - rotation) % 360)


def lines_of(chars: Sequence[Char], aspect: float) -> tuple[Line, ...]:
    """Group characters into runs of text, in reading order. ``aspect`` is height over width of the page."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: c.box[1] + c.box[3]):
        middle = (char.box[1] + char.box[3]) / 2
        for row in reversed(rows[-4:]):
            last = row[-1].box
            height = min(last[3] - last[1], char.box[3] - char.box[1])
            if abs(middle - (last[1] + last[3]) / 2) < 0.35 * height:
                row.append(char)
                break
        else:
            rows.append([char])
    return tuple(line for row in rows for line in _runs(row, aspect))


def _runs(row: list[Char], aspect: float) -> list[Line]:
    row = sorted(row, key=lambda c: c.box[0])
    runs: list[list[Char]] = []
    for char in row:
        em = (char.box[3] - char.box[1]) * aspect
        if runs:
            last = runs[-1][-1]
            if char.text == last.text and abs(char.box[0] - last.box[0]) < _SAME_PLACE * em:
                continue  # bold by drawing twice
            if char.box[0] - last.box[2] <= _GAP * em:
                runs[-1].append(char)
                continue
        runs.append([char])
    return [_line(run, aspect) for run in runs]


def _line(run: list[Char], aspect: float) -> Line:
    box = (
        min(c.box[0] for c in run),
        min(c.box[1] for c in run),
        max(c.box[2] for c in run),
        max(c.box[3] for c in run),
    )
    text: list[str] = []
    at: list[float] = []
    width = max(1e-9, box[2] - box[0])
    for i, char in enumerate(run):
        if i:
            gap = char.box[0] - run[i - 1].box[2]
            em = (char.box[3] - char.box[1]) * aspect
            if gap > _WORD_GAP * em and char.text.isascii() and run[i - 1].text.isascii():
                text.append(" ")
                at.append((char.box[0] - gap / 2 - box[0]) / width)
        for part in unicodedata.normalize("NFC", _RADICALS.get(char.text, char.text)):
            text.append(part)
            at.append(((char.box[0] + char.box[2]) / 2 - box[0]) / width)
    return Line("".join(text), box, 1.0, at=tuple(at))


def _rotation(chars: Sequence[Sequence[Any]], width: float, height: float) -> int:
    """The direction in which most characters follow each other, as a turn of the page."""
    votes = {0: 0, 90: 0, 180: 0, 270: 0}
    for before, after in pairwise(chars):
        dx = ((after[1] + after[3]) - (before[1] + before[3])) / 2 * width
        dy = ((after[2] + after[4]) - (before[2] + before[4])) / 2 * height
        size = max((after[3] - after[1]) * width, (after[4] - after[2]) * height, 0.1)
        if max(abs(dx), abs(dy)) > 2.5 * size:
            continue
        if abs(dx) > 3 * abs(dy):
            votes[0 if dx > 0 else 180] += 1
        elif abs(dy) > 3 * abs(dx):
            votes[90 if dy > 0 else 270] += 1
    return max(votes, key=lambda turn: (votes[turn], turn == 0)) if chars else 0


def _off_page(box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0)


def _is_bad(text: str) -> bool:
    return any(ch == "\ufffd" or unicodedata.category(ch) in ("Co", "Cn", "Cc") for ch in text)
