"""Where lines stand on the sheet once skew and perspective are taken out, and the order to read them in.

Pure geometry on fractions of the upright page; no image library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vetting.model import Box

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]

_LONG = 0.08  # shorter lines say little about the slope of the page
_LINES_FOR_PERSPECTIVE = 6


@dataclass(frozen=True, slots=True)
class Tilt:
    """Slope of the text (rise over run, in page units of ``aspect``): ``flat + across * x + down * y``."""

    flat: float = 0.0
    across: float = 0.0
    down: float = 0.0
    aspect: float = 1.0  # height over width of the page, in pixels

    def level(self, x: float, y: float) -> Point:
        """Move a point of the page (fractions) to where it would stand on a straight sheet."""
        middle = 0.5
        run = x - middle
        slope = self.flat + self.across * (x + middle) / 2 + self.down * y
        lean = self.flat + self.across * middle + self.down * middle
        return x + lean * (y - middle) * self.aspect, y - slope * run / self.aspect


def bounds(quad: Quad) -> Box:
    """The upright rectangle around a quad, kept on the page."""
    xs, ys = [p[0] for p in quad], [p[1] for p in quad]
    return (max(0.0, min(xs)), max(0.0, min(ys)), min(1.0, max(xs)), min(1.0, max(ys)))


def tilt_of(quads: Sequence[Quad], aspect: float) -> Tilt:
    """Estimate the tilt of a page from its longer text lines (quads clockwise from top left)."""
    samples: list[tuple[float, float, float, float]] = []
    for top_left, top_right, bottom_right, bottom_left in quads:
        left = ((top_left[0] + bottom_left[0]) / 2, (top_left[1] + bottom_left[1]) / 2)
        right = ((top_right[0] + bottom_right[0]) / 2, (top_right[1] + bottom_right[1]) / 2)
        run = right[0] - left[0]
        if run >= _LONG:
            slope = (right[1] - left[1]) * aspect / run
            samples.append(((left[0] + right[0]) / 2, (left[1] + right[1]) / 2, slope, run))
    if not samples:
        return Tilt(aspect=aspect)
    middle = _weighted_median([(s[2], s[3]) for s in samples])
    near = [s for s in samples if abs(s[2] - middle) < 0.03]
    if len(near) < _LINES_FOR_PERSPECTIVE:
        return Tilt(flat=middle, aspect=aspect)
    return _fit(near, middle, aspect)


def _weighted_median(values: list[tuple[float, float]]) -> float:
    values = sorted(values)
    half, seen = sum(w for _, w in values) / 2, 0.0
    for value, weight in values:
        seen += weight
        if seen >= half:
            return value
    return values[-1][0]


def _fit(samples: list[tuple[float, float, float, float]], middle: float, aspect: float) -> Tilt:
    """Weighted least squares of the slope over x and y, pulled towards an even slope where data are few."""
    ridge = 0.02
    # Centred on the page so that the ridge only dampens the change of slope, not the slope itself.
    matrix = [[0.0] * 3 for _ in range(3)]
    right = [0.0] * 3
    for x, y, slope, weight in samples:
        row = (1.0, x - 0.5, y - 0.5)
        for i in range(3):
            right[i] += weight * row[i] * (slope - middle)
            for j in range(3):
                matrix[i][j] += weight * row[i] * row[j]
    matrix[1][1] += ridge
    matrix[2][2] += ridge
    solved = _solve(matrix, right)
    if solved is None or abs(solved[1]) > 0.25 or abs(solved[2]) > 0.25:
        return Tilt(flat=middle, aspect=aspect)
    flat, across, down = solved
    return Tilt(middle + flat - (across + down) / 2, across, down, aspect)


def _solve(matrix: list[list[float]], right: list[float]) -> list[float] | None:
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        if abs(rows[pivot][i]) < 1e-12:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(size):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def level_box(quad: Quad, tilt: Tilt) -> Box:
    """Where the line would stand on a straight sheet, as a rectangle with the line's own height."""
    top_left, top_right, bottom_right, bottom_left = quad
    left = tilt.level((top_left[0] + bottom_left[0]) / 2, (top_left[1] + bottom_left[1]) / 2)
    right = tilt.level((top_right[0] + bottom_right[0]) / 2, (top_right[1] + bottom_right[1]) / 2)
    height = ((bottom_left[1] - top_left[1]) + (bottom_right[1] - top_right[1])) / 2
    middle = (left[1] + right[1]) / 2
    return (left[0], middle - height / 2, right[0], middle + height / 2)


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Indices of level boxes, row by row from the top, each row from the left.

    A box joins the row whose middle lies within it; rows of very different height do not merge.
    """
    rows: list[list[int]] = []
    for i in sorted(range(len(boxes)), key=lambda k: (boxes[k][1] + boxes[k][3]) / 2):
        middle = (boxes[i][1] + boxes[i][3]) / 2
        for row in reversed(rows[-3:]):
            first = boxes[row[0]]
            height = min(first[3] - first[1], boxes[i][3] - boxes[i][1])
            if abs(middle - (first[1] + first[3]) / 2) <= 0.5 * height:
                row.append(i)
                break
        else:
            rows.append([i])
    return [i for row in rows for i in sorted(row, key=lambda k: boxes[k][0])]
