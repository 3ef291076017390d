"""The name on a round seal: the ring is unrolled into a line, which the engine reads like any other.

A registration certificate often names its issuing office nowhere but on its seal.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from vetting.intake.bitmap import Bitmap
from vetting.model import Box, Line

Pixels = npt.NDArray[np.uint8]
ReadLine = Callable[[Bitmap], Sequence[Line]]

# Width in pixels at which a page is drawn: a character on a seal then has some 40 pixels.
PAGE_WIDTH = 2600
_LINE_HEIGHT = 56
_RED_SHARE = 0.03
# Rings of text as shares of the radius: seals differ in how close to the edge they are lettered.
_RINGS: tuple[tuple[float, float], ...] = ((0.62, 0.93), (0.56, 0.90), (0.68, 0.97))
_HAN = re.compile(r"[^\u3400-\u9fff（）()]")
_LEAST = 4


def read_seal(page_png: bytes, box: Box, read: ReadLine) -> tuple[Line, ...]:
    """Read the ring of a round seal, once for each way of unrolling it; only Chinese characters are kept.

    Args:
        page_png: the upright page, ``PAGE_WIDTH`` pixels wide.
        box: the seal, as fractions of the page.
        read: reads a bitmap of one line.
    """
    with Image.open(io.BytesIO(page_png)) as picture:
        page = np.asarray(picture.convert("RGB"), np.uint8)
    found = []
    for strip in _strips(page, box):
        lines = read(_bitmap(strip))
        text = _HAN.sub("", "".join(line.text for line in lines))
        if len(text) >= _LEAST:
            found.append(Line(text, box, min(line.confidence for line in lines)))
    return tuple(found)


def _strips(page: Pixels, box: Box) -> Iterator[Pixels]:
    height, width = page.shape[:2]
    x0, y0, x1, y1 = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    centre = ((x0 + x1) / 2, (y0 + y1) / 2)
    radii = ((x1 - x0) / 2, (y1 - y0) / 2)
    margin = 1.05
    left, top = max(0, int(centre[0] - margin * radii[0])), max(0, int(centre[1] - margin * radii[1]))
    part = page[top : int(centre[1] + margin * radii[1]) + 1, left : int(centre[0] + margin * radii[0]) + 1]
    ink = _ink(part)
    for inner, outer in _RINGS:
        yield _unrolled(ink, (centre[0] - left, centre[1] - top), radii, inner, outer)


def _ink(part: Pixels) -> Pixels:
    """Dark where the seal is: its red alone where it is red, so that print under it does not disturb."""
    work = part.astype(np.int16)
    red = work[:, :, 0] - np.maximum(work[:, :, 1], work[:, :, 2])
    red = np.clip(red - int(np.median(red)), 0, 255)
    if (red > 50).mean() > _RED_SHARE:
        strong = max(60.0, float(np.percentile(red[red > 50], 80)))
        return np.asarray(255 - np.clip(red * (255.0 / strong), 0, 255), np.uint8)
    return np.asarray(work.mean(axis=2), np.uint8)


def _unrolled(
    ink: Pixels, centre: tuple[float, float], radii: tuple[float, float], inner: float, outer: float
) -> Pixels:
    """The ring as a straight line, from six o'clock clockwise, the outer edge on top."""
    radius = (radii[0] + radii[1]) / 2
    width = round(2 * np.pi * (inner + outer) / 2 * radius * _LINE_HEIGHT / ((outer - inner) * radius))
    angles = np.pi / 2 + np.linspace(0, 2 * np.pi, width, endpoint=False)
    shares = np.linspace(outer, inner, _LINE_HEIGHT)
    xs = centre[0] + np.outer(shares * radii[0], np.cos(angles))
    ys = centre[1] + np.outer(shares * radii[1], np.sin(angles))
    return _sampled(ink, xs, ys)


def _sampled(ink: Pixels, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> Pixels:
    """Values between pixels, by the four around them."""
    height, width = ink.shape
    xs, ys = np.clip(xs, 0, width - 1.001), np.clip(ys, 0, height - 1.001)
    x, y = xs.astype(np.intp), ys.astype(np.intp)
    fx, fy = xs - x, ys - y
    grey = ink.astype(np.float64)
    above = grey[y, x] * (1 - fx) + grey[y, x + 1] * fx
    below = grey[y + 1, x] * (1 - fx) + grey[y + 1, x + 1] * fx
    return np.asarray(np.round(above * (1 - fy) + below * fy), np.uint8)


def _bitmap(strip: Pixels) -> Bitmap:
    height, width = strip.shape
    return Bitmap(width, height, 3, np.repeat(strip[:, :, np.newaxis], 3, axis=2).tobytes())
