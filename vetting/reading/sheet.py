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
_UNDER_SEAL = 0.45
_SURE_UNDER = 0.78


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
        if sideways(quads):
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
        lines = self._again(lines, clean, upright)
        for seal in seals:
            if not seal.red and seal.x1 - seal.x0 > 0:
                lines = self._under(lines, upright, _turned_seal(seal, image, turned))
        return SheetText(turned, tuple(lines), upright)

    def find(self, image: Image, side: int = DETECT_SIDE) -> Quads:
        """Find the lines of an image; empty paper around the content is not shown to the detector."""
        x0, y0, x1, y1 = _content(image)
        height, width = image.shape[:2]
        part = image[y0:y1, x0:x1]
        seen = round(side * max(part.shape[:2]) / max(height, width))
        quads, _ = self._detector.find(part, max(320, seen))
        return quads + np.array([x0, y0], np.float32) if len(quads) else quads

    def _under(self, lines: list[SheetLine], upright: Image, seal: FoundSeal) -> list[SheetLine]:
        """Look again under a stamp without colour, closer and with its grey turned to paper.

        Lines found there replace what was read before where they say more, and surely.
        """
        height, width = upright.shape[:2]
        across, down = seal.x1 - seal.x0, seal.y1 - seal.y0
        x0, x1 = max(0, int(seal.x0 - 0.75 * across)), min(width, int(seal.x1 + 0.75 * across))
        y0, y1 = max(0, int(seal.y0 - 0.1 * down)), min(height, int(seal.y1 + 0.1 * down))
        part = upright[y0:y1, x0:x1]
        # The stamp hides lines from the detector; the recogniser does better on the untouched picture.
        quads = self.find(_lighten(part, _UNDER_SEAL), max(part.shape[:2]))
        words = self._recogniser.read([crop_quad(part, quad, 0.04) for quad in quads])
        out = list(lines)
        for said, quad in zip(words, quads, strict=True):
            cut = quad[:, 0].min() < 3 < x0 or (quad[:, 0].max() > x1 - x0 - 3 and x1 < width)
            if cut or len(said.text) < 2 or said.confidence < _SURE_UNDER:
                continue
            found = SheetLine(said, quad + np.array([x0, y0], np.float32))
            same = [line for line in out if _overlap(line.quad, found.quad) > 0.5]
            if _weight([found]) > _weight(same) + 0.5:
                out = [line for line in out if not any(line is other for other in same)] + [found]
        return out

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


def _lighten(crop: Image, share: float = 0.55) -> Image:
    """Turn all that is less dark than ``share`` of the way from ink to paper into paper."""
    grey = to_grey(crop).astype(np.float32)
    dark, paper = np.percentile(grey, (3, 85))
    top = dark + share * max(20.0, paper - dark)
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


def _turned_seal(seal: FoundSeal, image: Image, turned: int) -> FoundSeal:
    """The seal's place once the image that appears ``turned`` clockwise is upright."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = seal.x0, seal.y0, seal.x1, seal.y1
    if turned == 90:
        x0, y0, x1, y1 = y0, width - x1, y1, width - x0
    elif turned == 180:
        x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
    elif turned == 270:
        x0, y0, x1, y1 = height - y1, x0, height - y0, x1
    return FoundSeal(x0, y0, x1, y1, seal.confidence, seal.red)


def _overlap(a: Quads, b: Quads) -> float:
    """Share of the smaller of two quads' upright rectangles that lies in the other."""
    low = np.maximum(a.min(axis=0), b.min(axis=0))
    high = np.minimum(a.max(axis=0), b.max(axis=0))
    shared = float(np.prod(np.maximum(high - low, 0)))
    areas = [float(np.prod(q.max(axis=0) - q.min(axis=0))) for q in (a, b)]
    return shared / max(1.0, min(areas))


def _weight(lines: Sequence[SheetLine]) -> float:
    return sum(line.words.confidence * len(line.words.text) for line in lines)


def _width(quad: Quads) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]))


def sideways(quads: Quads) -> bool:
    """Whether most of what is long runs down the page. Corners tell nothing: on a slope any of them may come first."""
    tall = wide = 0.0
    for quad in quads:
        sides = sorted((quad[1] - quad[0], quad[3] - quad[0]), key=lambda side: float(np.linalg.norm(side)))
        short, long = (float(np.linalg.norm(side)) for side in sides)
        if long > 1.5 * short:
            across, down = np.abs(sides[1])
            tall, wide = (tall + long, wide) if down > across else (tall, wide + long)
    return tall > 1.5 * wide


def _worth(words: Sequence[Recognised]) -> float:
    return sum(w.confidence * len(w.text) for w in words) / max(1, sum(len(w.text) for w in words))


def _surely_upright(words: Sequence[Recognised], quads: Quads) -> bool:
    widest = sorted(range(len(quads)), key=lambda i: -_width(quads[i]))[:_SAMPLE]
    return bool(widest) and _worth([words[i] for i in widest]) >= _SURE_UPRIGHT
