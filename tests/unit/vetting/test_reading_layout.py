"""Skewed sheets are levelled, and lines put into reading order."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.reading.layout import Quad, bounds, level_box, reading_order, tilt_of

ASPECT = 1.414


def turned(x0: float, y0: float, x1: float, y1: float, slope: float) -> Quad:
    """A line box on a page that was turned by ``slope`` about its middle."""

    def move(x: float, y: float) -> tuple[float, float]:
        px, py = x - 0.5, (y - 0.5) * ASPECT
        c, s = math.cos(math.atan(slope)), math.sin(math.atan(slope))
        return (px * c - py * s + 0.5, (px * s + py * c) / ASPECT + 0.5)

    return (move(x0, y0), move(x1, y0), move(x1, y1), move(x0, y1))


@given(st.floats(-0.06, 0.06))
def test_a_skewed_page_is_levelled(slope: float) -> None:
    quads = [turned(0.1, y / 20, 0.1 + 0.04 * y, y / 20 + 0.02, slope) for y in range(3, 18)]
    tilt = tilt_of(quads, ASPECT)
    for y, quad in zip(range(3, 18), quads, strict=True):
        box = level_box(quad, tilt)
        assert box[1] == pytest.approx(y / 20, abs=0.004)
        assert box[0] == pytest.approx(0.1, abs=0.006)


def test_rows_of_a_skewed_table_stay_together() -> None:
    quads = [
        turned(x, y, x + 0.1, y + 0.02, 0.05) for y in (0.2, 0.226, 0.252, 0.278) for x in (0.1, 0.4, 0.7)
    ]
    boxes = [level_box(quad, tilt_of(quads, ASPECT)) for quad in quads]
    assert reading_order(boxes) == list(range(12))
    assert reading_order([bounds(quad) for quad in quads]) != list(range(12))


def test_a_page_without_lines_is_level() -> None:
    tilt = tilt_of([], ASPECT)
    assert tilt.level(0.3, 0.4) == (0.3, 0.4)
    assert reading_order([]) == []
