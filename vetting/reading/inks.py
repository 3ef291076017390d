"""Finding handwriting where a page asks for it: beside the words that call for a signature.

Print and handwriting are told apart by size, slope and colour against the print of the label itself, so
that a typed name in the place of a signature is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vetting.reading.scan import darkness, to_grey
from vetting.reading.seals import FoundSeal, red_mask_near

Image = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]

_CALLS = re.compile(
    r"签\s*(?:[字名章署](?:[^:：]{0,6}[:：]|\s*[)）])?|[^:：\w]{0,2}[:：])|手\s*签[:：]?|亲\s*笔[:：]?"
)
# What stands around a signature, where the label itself could not be read under it.
_AROUND = re.compile(r"盖\s*章|法定代表|负责人|承诺单位|日\s*期|\d{4}\s*年\s*\d{1,2}\s*月")
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,5}$")
_TALL_LINE = 1.5
_REACH = 0.32  # how far right of the label a signature may stand, as a share of the page width
_MIN_INK = 0.25  # ink of a signature, in squares of the text height
_TALLER = 1.22
_BLUE_SHARE = 0.30


@dataclass(frozen=True, slots=True)
class Written:
    """A line of text known on the page: its box in pixels and where its characters stand (0..1)."""

    text: str
    box: Box
    at: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FoundInk:
    """Handwriting in pixels of the upright image."""

    box: Box
    confidence: float


def find_inks(image: Image, lines: Sequence[Written], seals: Sequence[FoundSeal]) -> list[FoundInk]:
    """Find signatures on an upright RGB page image whose lines and seals are known."""
    em = _text_height(lines)
    if em <= 0:
        return []
    found: list[FoundInk] = []
    for line in lines:
        match = _CALLS.search(line.text)
        if match is None:
            continue
        ink = _beside(image, line, match.end(), em, lines, seals)
        if ink is not None:
            found.append(ink)
    return found or _tall_names(lines, em)


def _tall_names(lines: Sequence[Written], em: float) -> list[FoundInk]:
    """Short lines much taller than the print, among the words that stand around a signature."""
    around = [line for line in lines if _AROUND.search(line.text)]
    found: list[FoundInk] = []
    for line in lines:
        _, y0, x1, y1 = line.box
        if not _NAME.match(line.text) or y1 - y0 < _TALL_LINE * em:
            continue
        above = any(-0.5 * em < y0 - other.box[1] < 4 * em and other.box[0] < x1 for other in around)
        below = any(0 < other.box[3] - y1 < 4 * em and other.box[0] < x1 for other in around)
        if above and below:
            found.append(FoundInk(line.box, 0.7))
    return found


def _text_height(lines: Sequence[Written]) -> float:
    heights = [line.box[3] - line.box[1] for line in lines if len(line.text) >= 6]
    return float(np.median(heights)) if heights else 0.0


def _beside(
    image: Image,
    line: Written,
    end: int,
    em: float,
    lines: Sequence[Written],
    seals: Sequence[FoundSeal],
) -> FoundInk | None:
    height, width = image.shape[:2]
    start = _edge(line, end, em)
    middle = (line.box[1] + line.box[3]) / 2
    x0, x1 = round(max(0.0, start)), round(min(width, start + _REACH * width))
    y0, y1 = round(max(0.0, middle - 1.7 * em)), round(min(height, middle + 1.7 * em))
    if x1 - x0 < em or y1 - y0 < em:
        return None
    area = image[y0:y1, x0:x1]
    raw = _dark(area)
    print_height = _label_height(image, line, end, em, lines)
    mask = raw.copy()
    _erase_seals(mask, seals, x0, y0)
    mask = _strokes(mask)
    for other in lines:
        # Print above and below does not count; what was read on the same line may be the signature.
        centre = (other.box[1] + other.box[3]) / 2
        if other is not line and abs(centre - middle) > 0.75 * em:
            inset = 0.22 * (other.box[3] - other.box[1])
            _erase(mask, other.box, x0, y0, inset)
    found = _judge(area, mask, (x0, y0), print_height, em)
    if found is None and _stamped_over(raw, mask, seals, (x0, y0), em):
        # The stamp lies on the very place: strokes darker than its ink are all that can be gone by.
        deep = _strokes(_dark(area, share=0.8))
        under = _judge(area, deep, (x0, y0), print_height, em)
        found = FoundInk(under.box, 0.5) if under is not None else None
    return found


def _edge(line: Written, end: int, em: float) -> float:
    """Where the label ends, in pixels."""
    x0, _, x1, _ = line.box
    if end >= len(line.text) or not line.at or len(line.at) != len(line.text):
        return x1 if end >= len(line.text) else x0 + (x1 - x0) * end / max(1, len(line.text))
    before, after = line.at[end - 1], line.at[end]
    return x0 + (x1 - x0) * min(after, (before + after) / 2)


def _dark(part: Image, share: float = 0.4) -> Mask:
    """The pixels of dark ink that is not red; ``share`` of the darkest ink counts as dark."""
    dark = darkness(to_grey(part))
    mask = dark > max(30.0, share * float(np.percentile(dark, 99.5)))
    if part.ndim == 3:
        mask &= ~cv2.dilate(red_mask_near(part).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return np.asarray(mask, np.bool_)


def _strokes(mask: Mask) -> Mask:
    """A mask without specks and without the ruled lines of a form, which run right across."""
    height, width = mask.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= 6
    keep[0] = False
    keep &= ~((stats[:, cv2.CC_STAT_WIDTH] > 0.8 * width) | (stats[:, cv2.CC_STAT_HEIGHT] > 0.95 * height))
    return np.asarray(keep[labels], np.bool_) if count > 1 else np.zeros_like(mask)


def _stamped_over(
    raw: Mask, mask: Mask, seals: Sequence[FoundSeal], origin: tuple[int, int], em: float
) -> bool:
    """Whether a stamp without colour hides the place where the writing would begin."""
    near = [
        s
        for s in seals
        if not s.red and s.x0 < origin[0] + em and s.x1 > origin[0] + 2 * em and s.y1 > origin[1]
    ]
    return bool(near) and float(raw.sum() - mask.sum()) > em * em


def _erase(mask: Mask, box: Box, x0: int, y0: int, inset: float) -> None:
    left, right = max(0, round(box[0] - x0)), max(0, round(box[2] - x0))
    top, bottom = max(0, round(box[1] + inset - y0)), max(0, round(box[3] - inset - y0))
    mask[top:bottom, left:right] = False


def _erase_seals(mask: Mask, seals: Sequence[FoundSeal], x0: int, y0: int) -> None:
    ys, xs = np.ogrid[: mask.shape[0], : mask.shape[1]]
    for seal in seals:
        if seal.red:
            continue  # its colour has taken it out already
        cx, cy = (seal.x0 + seal.x1) / 2 - x0, (seal.y0 + seal.y1) / 2 - y0
        rx, ry = (seal.x1 - seal.x0) / 2 * 1.05, (seal.y1 - seal.y0) / 2 * 1.05
        if rx > 0 and ry > 0:
            mask[((xs - cx) / rx) ** 2 + ((ys - cy) / ry) ** 2 < 1.0] = False


def _label_height(image: Image, line: Written, end: int, em: float, lines: Sequence[Written]) -> float:
    """Height of the label's print, in pixels; a stamp across it must not make it taller than other print."""
    own = _print_height(image, line, end, em)
    long = sorted(lines, key=lambda other: -len(other.text))[:4]
    others = [_print_height(image, other, len(other.text), em) for other in long if other is not line]
    return min(own, 1.1 * float(np.median(others))) if others else own


def _print_height(image: Image, line: Written, end: int, em: float) -> float:
    """Height of the printed characters of the label itself, in pixels."""
    start, stop = line.box[0], max(line.box[0] + 2, _edge(line, end, em))
    middle = (line.box[1] + line.box[3]) / 2
    height, width = image.shape[:2]
    box = (
        round(max(0.0, start)),
        round(max(0.0, middle - 0.7 * em)),
        round(min(width, stop)),
        round(min(height, middle + 0.7 * em)),
    )
    if box[2] - box[0] < 4 or box[3] - box[1] < 4:
        return 0.7 * em
    mask = _strokes(_dark(image[box[1] : box[3], box[0] : box[2]]))
    # Character by character, so that the slope of the line does not make it taller.
    heights = [
        _extent(mask[:, x : x + round(em)])
        for x in range(0, max(1, mask.shape[1] - round(em)), max(1, round(em)))
    ]
    heights = [h for h in heights if h > 0.35 * em]
    return float(np.median(heights)) if heights else 0.7 * em


def _extent(mask: Mask) -> float:
    rows = np.flatnonzero(mask.any(axis=1))
    return float(rows[-1] - rows[0] + 1) if rows.size else 0.0


def _judge(
    area: Image, mask: Mask, origin: tuple[int, int], print_height: float, em: float
) -> FoundInk | None:
    amount = float(mask.sum()) / max(1.0, em * em)
    if amount < _MIN_INK:
        return None
    columns = np.flatnonzero(mask.any(axis=0))
    rows = np.flatnonzero(mask.sum(axis=1) > 0)
    windows = [mask[:, x : x + round(1.2 * em)] for x in range(int(columns[0]), int(columns[-1]), round(em))]
    # Weighted by ink: a speck or the tail of a stroke says nothing about the height of the writing.
    tall = _weighted_median([(_extent(w), float(w.sum())) for w in windows]) / max(1.0, print_height)
    blue = _blue_share(area, mask)
    box = (
        float(origin[0] + columns[0]),
        float(origin[1] + rows[0]),
        float(origin[0] + columns[-1] + 1),
        float(origin[1] + rows[-1] + 1),
    )
    if blue >= _BLUE_SHARE:
        return FoundInk(box, 0.97)
    if tall >= _TALLER:
        return FoundInk(box, min(0.95, 0.6 + 0.5 * (tall - _TALLER)))
    return None


def _weighted_median(values: list[tuple[float, float]]) -> float:
    values = sorted(values)
    half, seen = sum(w for _, w in values) / 2, 0.0
    for value, weight in values:
        seen += weight
        if seen >= half:
            return value
    return 0.0


def _blue_share(area: Image, mask: Mask) -> float:
    if area.ndim == 2 or not mask.any():
        return 0.0
    work = area.astype(np.int16)
    paper = np.percentile(work.reshape(-1, 3), 80, axis=0)
    levelled = work[mask] - (paper - paper.mean())
    return float((levelled[:, 2] - levelled[:, 0] > 25).mean())
