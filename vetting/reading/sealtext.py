"""Reading the words that run round a seal: the ring is unrolled into a straight line first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from vetting.reading.models import NOTHING, Recognised, Recogniser
from vetting.reading.scan import to_grey
from vetting.reading.seals import FoundSeal

Image = npt.NDArray[np.uint8]

_OUTER = 0.955
_INNER = (0.60, 0.66)
_STRIP_HEIGHT = 48
_MIN_RADIUS = 36.0
_SURE = 0.72
_SURELY = 0.96
_MIN_CHARS = 4
_SAME_CUT = 0.08
_CLOSER = 0.8


def read_seals(image: Image, seals: Sequence[FoundSeal], recogniser: Recogniser) -> list[str]:
    """Give the words round each seal of an upright RGB page, "" where they cannot be read."""
    return [_read(image, seal, recogniser) for seal in seals]


def _read(image: Image, seal: FoundSeal, recogniser: Recogniser) -> str:
    if (seal.x1 - seal.x0) / 2 < _MIN_RADIUS:
        return ""
    best = NOTHING
    for ink in _inks(image, seal):
        strips = [unrolled(ink, seal, inner) for inner in _INNER]
        strips += [cut for cut in (cut_at_gap(strip) for strip in strips[:1]) if cut is not strips[0]]
        best = max([best, *recogniser.read(strips)], key=_worth)
        if best.confidence >= _SURELY:
            break
    sure = best.confidence >= _SURE and len(best.text) >= _MIN_CHARS
    return best.text.strip(" .,:;、，。：；·") if sure else ""


def _worth(words: Recognised) -> float:
    return words.confidence * min(12, len(words.text))


def unrolled(ink: Image, seal: FoundSeal, inner: float) -> Image:
    """The band of letters of a seal as a straight RGB line, from the foot of the seal clockwise.

    ``ink`` is a grey picture of the page, ``inner`` the inner edge of the band as a share of the radius.
    """
    cx, cy = (seal.x0 + seal.x1) / 2, (seal.y0 + seal.y1) / 2
    radius = (seal.x1 - seal.x0 + seal.y1 - seal.y0) / 4
    height = _STRIP_HEIGHT
    middle = radius * (_OUTER + inner) / 2
    # Closer together than on the seal, as letters stand in the lines that the recogniser knows.
    width = round(_CLOSER * 2 * np.pi * middle * height / (radius * (_OUTER - inner)))
    # The heads of the letters point outwards.
    angles = np.pi / 2 + np.linspace(0, 2 * np.pi, width, endpoint=False)
    radii = np.linspace(_OUTER * radius, inner * radius, height)
    xs = (cx + radii[:, np.newaxis] * np.cos(angles)).astype(np.float32)
    ys = (cy + radii[:, np.newaxis] * np.sin(angles)).astype(np.float32)
    strip = cv2.remap(ink, xs, ys, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    return np.repeat(np.asarray(strip, np.uint8)[:, :, np.newaxis], 3, axis=2)


def _inks(image: Image, seal: FoundSeal) -> Iterator[Image]:
    """Grey pictures in which the seal's own ink stands out: by its colour, then by what red ink absorbs."""
    x0, y0 = max(0, int(seal.x0)), max(0, int(seal.y0))
    x1, y1 = int(seal.x1) + 1, int(seal.y1) + 1
    if not seal.red or image.ndim == 2:
        yield to_grey(image)
        return
    work = image.astype(np.float32)
    redness = np.clip(work[:, :, 0] - (work[:, :, 1] + work[:, :, 2]) / 2, 0, 255)
    part = redness[y0:y1, x0:x1]
    # The paper may have a tint of its own; the seal is what stands out from it.
    paper = float(np.median(part))
    full = max(30.0, float(np.percentile(part, 97)) - paper)
    yield np.asarray(255 - np.clip((redness - paper) * (230.0 / full), 0, 230), np.uint8)
    # Scans keep less detail of colour than of light: green is sharper, but shows the print as well.
    green = work[:, :, 1]
    bright = max(60.0, float(np.percentile(green[y0:y1, x0:x1], 90)))
    yield np.asarray(np.clip(green * (255.0 / bright), 0, 255), np.uint8)


def cut_at_gap(strip: Image) -> Image:
    """Begin the line in its widest stretch without letters; the same line where that is its beginning."""
    width = strip.shape[1]
    dark = (strip[:, :, 0] < 150).mean(axis=0)
    smooth = cv2.blur(np.tile(dark, 2).astype(np.float32)[np.newaxis], (9, 1))[0]
    best_start, best_length, start = 0, 0, -1
    for i, free in enumerate([*(smooth < 0.06), False]):
        if free and start < 0:
            start = i
        elif not free and start >= 0:
            if i - start > best_length:
                best_start, best_length = start, i - start
            start = -1
    shift = (best_start + best_length // 2) % width
    if min(shift, width - shift) < _SAME_CUT * width:
        return strip
    return np.asarray(np.roll(strip, -shift, axis=1), np.uint8)
