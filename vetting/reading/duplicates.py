"""Telling the same page handed in twice from two pages that merely look alike.

Two certificates of one kind differ in a few characters only; a page saved again differs nowhere by much.
So what counts is the worst place, not the mean.
"""

from __future__ import annotations

from collections.abc import Sequence

from vetting.model import Line

HEADER = 4
COARSE_SIDE = 16
FINE = (384, 512)

_COARSE = COARSE_SIDE * COARSE_SIDE
_COARSE_LIMIT = 8.0
_BLOCK = 6
_BLOCK_LIMIT = 26.0
_SHAPE_SLACK = 0.012
_SHIFT = 0.004


def may_be_same(a: bytes, b: bytes) -> bool:
    """Whether two fingerprints (:func:`vetting.reading.scan.fingerprint`) may be of one picture.

    Saving again, another compression or resolution do not matter; a different name in one place does.
    A single changed digit is too small to show here: the pictures themselves must be compared.
    """
    if a == b:
        return True
    if abs(_shape(a) / _shape(b) - 1) > _SHAPE_SLACK:
        return False
    fine = HEADER + _COARSE
    if _mean_difference(a[HEADER:fine], b[HEADER:fine]) > _COARSE_LIMIT:
        return False
    width = min(FINE) if _shape(a) >= 1 else max(FINE)
    return worst_block(a[fine:], b[fine:], width) < _BLOCK_LIMIT


def _shape(fingerprint: bytes) -> float:
    """Height over width of the page."""
    width, height = int.from_bytes(fingerprint[0:2], "big"), int.from_bytes(fingerprint[2:4], "big")
    return height / max(1, width)


def _mean_difference(a: bytes, b: bytes) -> float:
    total: int = sum(abs(x - y) for x, y in zip(a, b, strict=True))
    return total / max(1, len(a))


def worst_block(a: bytes, b: bytes, width: int) -> float:
    """The largest mean difference (0..255) of two grey pictures over a block as large as a printed character."""
    worst: float = 0.0
    step = _BLOCK * width
    for start in range(0, min(len(a), len(b)) - step + 1, step):
        if a[start : start + step] == b[start : start + step]:
            continue
        different = [
            abs(x - y) for x, y in zip(a[start : start + step], b[start : start + step], strict=True)
        ]
        columns = [sum(different[i::width]) for i in range(width)]
        for left in range(0, width - _BLOCK + 1, _BLOCK):
            worst = max(worst, sum(columns[left : left + _BLOCK]) / (_BLOCK * _BLOCK))
        if worst >= _BLOCK_LIMIT:
            return worst
    return worst


def same_text(a: Sequence[Line], b: Sequence[Line]) -> bool:
    """Whether two text layers say the same in the same places."""
    if len(a) != len(b) or not a:
        return False
    return all(
        x.text == y.text and all(abs(p - q) < _SHIFT for p, q in zip(x.box, y.box, strict=True))
        for x, y in zip(a, b, strict=True)
    )
