"""Which way a sheet lies, told from the boxes of its lines."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vetting.reading.models import Quads
from vetting.reading.sheet import sideways


def lines(degrees: float, first: int = 0) -> Quads:
    """Long lines and a few single characters, turned; each quad begins at its corner ``first``."""
    turn = math.radians(degrees)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    shapes = [(900, 30, 40 * n) for n in range(12)] + [(28, 30, 500 + 40 * n) for n in range(6)]
    quads = [
        np.array([[0, y], [width, y], [width, y + height], [0, y + height]], float)
        for width, height, y in shapes
    ]
    return np.array([np.roll(quad, first, axis=0) @ matrix.T for quad in quads], np.float32)


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("slope", [-5.0, 0.0, 5.0])
def test_a_slope_and_the_first_corner_tell_nothing(slope: float, first: int) -> None:
    assert not sideways(lines(slope, first))
    assert sideways(lines(90 + slope, first))
    assert not sideways(lines(180 + slope, first))
    assert sideways(lines(270 + slope, first))


def test_an_empty_sheet_lies_as_it_is() -> None:
    assert not sideways(np.zeros((0, 4, 2), np.float32))
