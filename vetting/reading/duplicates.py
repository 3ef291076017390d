"""Telling the same page handed in twice from two pages that merely look alike.

Two certificates of one kind differ in a few characters only; a page saved again differs nowhere by much.
So what counts is the worst place, not the mean.
"""

from __future__ import annotations

from collections.abc import Sequence

from vetting.model import Line

_COARSE = 256
_COARSE_LIMIT = 8.0
_BLOCK = 6
_BLOCK_LIMIT = 14.0
_SIZE_SLACK = 2
_SHIFT = 0.004


def same_picture(a: bytes, b: bytes) -> bool:
    """Whether two fingerprints (:func:`vetting.reading.scan.fingerprint`) are of one picture.

    Saving again, another compression or resolution do not matter; a different name in one place does.
    """
    if a == b:
        return True
    width, height = int.from_bytes(a[0:2], "big"), int.from_bytes(a[2:4], "big")
    other_width, other_height = int.from_bytes(b[0:2], "big"), int.from_bytes(b[2:4], "big")
    if abs(width - other_width) > _SIZE_SLACK or abs(height - other_height) > _SIZE_SLACK:
        return False
    if _mean_difference(a[4 : 4 + _COARSE], b[4 : 4 + _COARSE]) > _COARSE_LIMIT:
        return False
    return _worst_block(a[4 + _COARSE :], width, height, b[4 + _COARSE :], other_width, other_height) < (
        _BLOCK_LIMIT
    )


def _mean_difference(a: bytes, b: bytes) -> float:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / max(1, len(a))


def _worst_block(a: bytes, width: int, height: int, b: bytes, other_width: int, other_height: int) -> float:
    worst = 0.0
    across, down = min(width, other_width), min(height, other_height)
    for top in range(0, down - _BLOCK + 1, _BLOCK):
        rows = [
            [abs(x - y) for x, y in zip(a[r * width : r * width + across], b[r * other_width :], strict=False)]
            for r in range(top, top + _BLOCK)
        ]
        sums = [sum(column) for column in zip(*rows, strict=True)]
        for left in range(0, across - _BLOCK + 1, _BLOCK):
            # The mean, signless, over a block about as large as a printed character.
            value = sum(sums[left : left + _BLOCK]) / (_BLOCK * _BLOCK)
            if value > worst:
                worst = value
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
