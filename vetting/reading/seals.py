"""Finding the stamps of organisations on a page image: red ones by colour, others by their ring."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vetting.reading.scan import darkness, shrink, to_grey

Image = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_SIDE = 1000
# A round seal of 30 to 50 mm on a page of about A4, as a share of the page's longer side.
_MIN_RADIUS = 0.040
_MAX_RADIUS = 0.115
_ANGLES = np.linspace(0, 2 * np.pi, 72, endpoint=False)
_COSINES, _SINES = np.cos(_ANGLES), np.sin(_ANGLES)
# Corrections of a circle's radius and centre, in pixels: the coarse search is off by less.
_NEAR = np.array(
    [(dx, dy, dr) for dr in range(-6, 7, 2) for dx in (-4, -2, 0, 2, 4) for dy in (-4, -2, 0, 2, 4)],
    np.float64,
)
_COARSE = 2
_CANDIDATES = 24
_RED_RING = 0.62
_GREY_RING = 0.80


@dataclass(frozen=True, slots=True)
class FoundSeal:
    """A seal in pixels of the image it was found on; ``red`` tells whether colour showed it."""

    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float
    red: bool


def red_mask(image: Image) -> Mask:
    """Mark the pixels of red ink, judged against the tint of the paper."""
    if image.ndim == 2:
        return np.zeros(image.shape, np.bool_)
    work = image.astype(np.int16)
    tint = np.median(work[::4, ::4].reshape(-1, 3), axis=0)
    red, green, blue = (work[:, :, i] - int(tint[i]) for i in range(3))
    return np.asarray((red - green > 40) & (red - blue > 25), np.bool_)


def find_seals(image: Image) -> list[FoundSeal]:
    """Find seals on an RGB page image, any size. Boxes are in its pixels."""
    small = shrink(image, _SIDE)
    scale = max(image.shape[:2]) / max(small.shape[:2])
    red = red_mask(small)
    found: list[FoundSeal] = []
    if red.mean() > 0.0004:
        found += [_seal(c, scale, True) for c in _rings(red, _RED_RING)]
    dark = darkness(to_grey(small)) > 40
    for circle in _rings(dark & ~red, _GREY_RING):
        seal = _seal(circle, scale, False)
        if not any(_overlap(seal, other) > 0.3 for other in found):
            found.append(seal)
    return found


def _seal(circle: tuple[float, float, float, float], scale: float, red: bool) -> FoundSeal:
    x, y, r, share = circle
    return FoundSeal((x - r) * scale, (y - r) * scale, (x + r) * scale, (y + r) * scale, share, red)


def _overlap(a: FoundSeal, b: FoundSeal) -> float:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min((a.x1 - a.x0) * (a.y1 - a.y0), (b.x1 - b.x0) * (b.y1 - b.y0))


def _rings(mask: Mask, needed: float) -> list[tuple[float, float, float, float]]:
    """Circles (x, y, radius, share of the circle that is drawn) in a mask, best first, not overlapping."""
    side = max(mask.shape)
    low, high = round(side * _MIN_RADIUS), round(side * _MAX_RADIUS)
    half = cv2.resize(
        mask.astype(np.uint8) * 255, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA
    )
    circles = cv2.HoughCircles(
        half,
        cv2.HOUGH_GRADIENT,
        dp=1,
        minDist=low / 2,
        param1=120,
        param2=14,
        minRadius=low // _COARSE,
        maxRadius=high // _COARSE,
    )
    if circles is None:
        return []
    scored: list[tuple[float, float, float, float]] = []
    margin = 2 * high
    padded = np.pad(mask, margin)
    for x, y, r in circles.reshape(-1, 3)[:_CANDIDATES].astype(np.float64) * _COARSE:
        if _drawn(padded, margin, np.array([[x, y, r]]), reach=4)[0] < 0.6 * needed:
            continue
        best = _refine(padded, margin, float(x), float(y), float(r))
        if best[3] >= needed and _looks_stamped(mask, *best[:3]):
            scored.append(best)
    scored.sort(key=lambda c: -c[3])
    kept: list[tuple[float, float, float, float]] = []
    for x, y, r, share in scored:
        if all(np.hypot(x - a, y - b) > 0.6 * (r + c) for a, b, c, _ in kept):
            kept.append((x, y, r, share))
    return kept


def _refine(padded: Mask, margin: int, x: float, y: float, r: float) -> tuple[float, float, float, float]:
    """The circle near by of which most is drawn. All are tried: climbing stops beside a thick or broken ring."""
    near = np.array((x, y, r)) + _NEAR
    drawn = _drawn(padded, margin, near, reach=1)
    best = int(drawn.argmax())
    return float(near[best][0]), float(near[best][1]), float(near[best][2]), float(drawn[best])


def _drawn(padded: Mask, margin: int, circles: Floats, reach: int) -> Floats:
    """Share of the directions in which each circle (x, y, radius) is drawn, ``reach`` pixels more or less allowed.

    The mask has a ``margin`` of nothing around it, wider than any circle reaches.
    """
    radii = (circles[:, 2, np.newaxis] + np.arange(-reach, reach + 1))[:, :, np.newaxis]
    px = np.rint(circles[:, 0, np.newaxis, np.newaxis] + radii * _COSINES).astype(np.intp) + margin
    py = np.rint(circles[:, 1, np.newaxis, np.newaxis] + radii * _SINES).astype(np.intp) + margin
    return np.asarray(padded[py, px].any(axis=1).mean(axis=1), np.float64)


def _looks_stamped(mask: Mask, x: float, y: float, r: float) -> bool:
    """A stamp has a thin ring, letters inside it and little beyond: not a filled disc, not a web of lines."""
    height, width = mask.shape
    ys, xs = np.ogrid[:height, :width]
    distance = np.sqrt((xs - x) ** 2 + (ys - y) ** 2)
    inside = mask[distance < 0.88 * r]
    gap = mask[(distance > 1.06 * r) & (distance < 1.16 * r)]
    if inside.size == 0:
        return False
    return 0.04 < float(inside.mean()) < 0.6 and (gap.size == 0 or float(gap.mean()) < 0.35)


def lift_red(image: Image, seals: list[FoundSeal]) -> Image:
    """Give a copy in which red ink inside the red seals is paper again and what lies under it stays."""
    red_seals = [s for s in seals if s.red]
    if image.ndim == 2 or not red_seals:
        return image
    out = image.copy()
    height, width = image.shape[:2]
    for seal in red_seals:
        pad = 0.06 * (seal.x1 - seal.x0)
        x0, x1 = max(0, int(seal.x0 - pad)), min(width, int(seal.x1 + pad))
        y0, y1 = max(0, int(seal.y0 - pad)), min(height, int(seal.y1 + pad))
        out[y0:y1, x0:x1] = without_red(image[y0:y1, x0:x1])
    return out


def without_red(image: Image) -> Image:
    """The red channel as a grey RGB picture, stretched so that red ink turns to paper."""
    if image.ndim == 2 or image.size == 0:
        return image
    red = image[:, :, 0].astype(np.float32)
    marked = red_mask_near(image)
    paper = float(np.percentile(red, 90))
    seal_level = float(np.percentile(red[marked], 25)) if marked.sum() > 50 else paper
    white = max(80.0, min(paper, seal_level))
    lifted = np.clip(red * (255.0 / white), 0, 255)
    return np.repeat(lifted.astype(np.uint8)[:, :, np.newaxis], 3, axis=2)


def red_mask_near(image: Image) -> Mask:
    """As :func:`red_mask`, for a crop whose median may be ink: judged against its bright pixels."""
    work = image.astype(np.int16)
    return np.asarray((work[:, :, 0] - work[:, :, 1] > 45) & (work[:, :, 0] - work[:, :, 2] > 30), np.bool_)
