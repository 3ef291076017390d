"""Reading one page image: which way up it is, where its lines are, what they say, twice where unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from vetting.reading.models import Detector, Image, Quads, Recognised, Recogniser, crop_quad
from vetting.reading.scan import darkness, to_grey
from vetting.reading.seals import FoundSeal, lift_red, red_mask_near, without_red

# The detector needs no more than this to find the lines of an A4 page in 9 point type.
DETECT_SIDE = 1184
_UNSURE = 0.90
_MAX_SECOND_READINGS = 16
_SURE_UPRIGHT = 0.86
_SAMPLE = 8
_WORTHLESS = 0.45


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line as read: ``quad`` in pixels of the upright image, clockwise from its top left."""

    words: Recognised
    quad: Quads


@dataclass(frozen=True, slots=True)
class SheetText:
    """What stands on a sheet. ``turned`` is how far clockwise the image given was turned."""

    turned: int
    lines: tuple[SheetLine, ...]
    upright: Image


class SheetReader:
    """Reads page images with one detector and one recogniser. Not safe for use by several threads."""

    def __init__(self, detector: Detector, recogniser: Recogniser) -> None:
        self._detector = detector
        self._recogniser = recogniser

    def read(self, image: Image, seals: Sequence[FoundSeal]) -> SheetText:
        """Read an RGB page image. ``seals`` are those found on it, in its pixels."""
        clean = lift_red(image, list(seals))
        quads = self.find(clean)
        turned = 0
        if _sideways(quads):
            turned = 90
            clean = turn_back(clean, 90)
            quads = self.find(clean)
        words = self._recogniser.read([crop_quad(clean, quad) for quad in quads])
        if not _surely_upright(words, quads) and self._upside_down(clean, quads):
            turned = (turned + 180) % 360
            clean = turn_back(clean, 180)
            quads = self.find(clean)
            words = self._recogniser.read([crop_quad(clean, quad) for quad in quads])
        upright = turn_back(image, turned)
        lines = [SheetLine(w, q) for w, q in zip(words, quads, strict=True)]
        return SheetText(turned, tuple(self._again(lines, clean, upright)), upright)

    def find(self, image: Image, side: int = DETECT_SIDE) -> Quads:
        """Find the lines of an image; empty paper around the content is not shown to the detector."""
        x0, y0, x1, y1 = _content(image)
        height, width = image.shape[:2]
        part = image[y0:y1, x0:x1]
        seen = round(side * max(part.shape[:2]) / max(height, width))
        quads, _ = self._detector.find(part, max(320, seen))
        return quads + np.array([x0, y0], np.float32) if len(quads) else quads

    def _upside_down(self, image: Image, quads: Quads) -> bool:
        widest = sorted(range(len(quads)), key=lambda i: -_width(quads[i]))[:_SAMPLE]
        crops = [crop_quad(image, quads[i]) for i in widest]
        if not crops:
            return False
        upright = self._recogniser.read(crops)
        turned = self._recogniser.read([turn_back(crop, 180) for crop in crops])
        return _worth(turned) > _worth(upright)

    def _again(self, lines: list[SheetLine], clean: Image, upright: Image) -> list[SheetLine]:
        """Read the unsure lines once more from other versions of the picture and keep the surer answer."""
        unsure = [i for i, line in enumerate(lines) if line.words.confidence < _UNSURE]
        unsure.sort(key=lambda i: lines[i].words.confidence, reverse=True)
        out = list(lines)
        for i in unsure[:_MAX_SECOND_READINGS]:
            line = lines[i]
            best = line.words
            for words in self._recogniser.read(_versions(upright, clean, line.quad)):
                if words.confidence > best.confidence and len(words.text) >= 0.7 * len(line.words.text):
                    best = words
            out[i] = replace(line, words=best)
        return [line for line in out if line.words.text.strip() and line.words.confidence >= _WORTHLESS]


def turn_back(image: Image, turned: int) -> Image:
    """Turn an image that appears turned ``turned`` degrees clockwise upright again."""
    codes = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
    return image if turned not in codes else np.asarray(cv2.rotate(image, codes[turned]), np.uint8)


def _versions(upright: Image, clean: Image, quad: Quads) -> list[Image]:
    """The same line with a margin, without red ink, and with middle greys (stamps) turned to paper."""
    wide = crop_quad(clean, quad, 0.08)
    out = [wide, _lighten(wide)]
    original = crop_quad(upright, quad, 0.04)
    if red_mask_near(original).mean() > 0.01:
        out.append(without_red(original))
    return out


def _lighten(crop: Image) -> Image:
    grey = to_grey(crop).astype(np.float32)
    dark, paper = np.percentile(grey, (3, 85))
    top = dark + 0.55 * max(20.0, paper - dark)
    stretched = np.clip((grey - dark) * (255.0 / max(10.0, top - dark)), 0, 255).astype(np.uint8)
    return np.repeat(stretched[:, :, np.newaxis], 3, axis=2)


def _content(image: Image) -> tuple[int, int, int, int]:
    height, width = image.shape[:2]
    step = max(1, max(height, width) // 600)
    dark = darkness(to_grey(np.ascontiguousarray(image[::step, ::step]))) > 24
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if rows.size == 0:
        return 0, 0, width, height
    pad = round(0.02 * max(height, width))
    return (
        max(0, int(columns[0]) * step - pad),
        max(0, int(rows[0]) * step - pad),
        min(width, int(columns[-1] + 1) * step + pad),
        min(height, int(rows[-1] + 1) * step + pad),
    )


def _width(quad: Quads) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]))


def _height(quad: Quads) -> float:
    return float(np.linalg.norm(quad[3] - quad[0]))


def _sideways(quads: Quads) -> bool:
    tall = sum(_height(q) for q in quads if _height(q) > 1.5 * _width(q))
    wide = sum(_width(q) for q in quads if _width(q) > 1.5 * _height(q))
    return tall > 1.5 * wide


def _worth(words: Sequence[Recognised]) -> float:
    return sum(w.confidence * len(w.text) for w in words) / max(1, sum(len(w.text) for w in words))


def _surely_upright(words: Sequence[Recognised], quads: Quads) -> bool:
    widest = sorted(range(len(quads)), key=lambda i: -_width(quads[i]))[:_SAMPLE]
    return bool(widest) and _worth([words[i] for i in widest]) >= _SURE_UPRIGHT
