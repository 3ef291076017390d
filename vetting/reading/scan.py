"""What a page image looks like before anyone reads it: blank, faint, blurred, and its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vetting.reading.duplicates import COARSE_SIDE, FINE

Image = npt.NDArray[np.uint8]

_LOOK_SIDE = 1000
_BORDER = 0.035  # scanners leave shadows along the edges of the glass
_SPECK = 3
_COMPARE_SIDE = 1400
_COMPARE_BLOCK = 12
# Saving again changes a place the size of a digit by 4 to 11 levels, another digit by 13 and more.
_COMPARE_LIMIT = 12.0


@dataclass(frozen=True, slots=True)
class Look:
    """Facts of a page image. ``ink`` is the share of pixels that are darker than the paper around them,
    ``contrast`` how much darker (0..255), ``sharpness`` the steepest edges relative to that contrast."""

    ink: float
    contrast: float
    sharpness: float
    colour: float


def to_grey(image: Image) -> Image:
    """Give the grey version of an RGB or grey image."""
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def shrink(image: Image, side: int) -> Image:
    """Scale down so that the longer side has at most ``side`` pixels."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def darkness(grey: Image) -> Image:
    """How much darker each pixel is than the paper around it, so that shadow and paper colour do not count."""
    side = max(grey.shape)
    kernel = max(15, side // 40) | 1
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((kernel, kernel), np.uint8))
    paper = cv2.blur(paper, (kernel, kernel))
    return np.asarray(cv2.subtract(paper, grey), np.uint8)


def look(image: Image) -> Look:
    """Measure a page image (RGB or grey, any size)."""
    small = shrink(image, _LOOK_SIDE)
    grey = to_grey(small)
    height, width = grey.shape
    top, left = round(height * _BORDER), round(width * _BORDER)
    inner = grey[top : height - top, left : width - left]
    if inner.size == 0:
        return Look(0.0, 0.0, 0.0, 0.0)
    dark = darkness(inner)
    smooth = cv2.medianBlur(dark, 3)
    noise = float(np.median(np.abs(dark.astype(np.int16) - smooth)))
    threshold = max(10.0, 6.0 * noise)
    mask = _without_specks(smooth > threshold)
    ink = float(mask.mean())
    strong = dark[mask]
    contrast = float(np.percentile(strong, 90)) if strong.size else 0.0
    edges = cv2.Laplacian(cv2.GaussianBlur(inner, (3, 3), 0), cv2.CV_32F)
    steep = float(np.percentile(np.abs(edges), 99.5))
    return Look(ink, contrast, steep / max(20.0, contrast), _colour(small))


def _without_specks(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    keep = (width > _SPECK) | (height > _SPECK)
    keep[0] = False
    return np.asarray(keep[labels], np.bool_) if count > 1 else np.zeros_like(mask)


def _colour(image: Image) -> float:
    """Share of clearly coloured pixels, judged against the paper's own tint."""
    if image.ndim == 2:
        return 0.0
    work = image.astype(np.int16)
    tint = np.median(work.reshape(-1, 3), axis=0)
    balanced = work - (tint - tint.mean()).astype(np.int16)
    spread = balanced.max(axis=2) - balanced.min(axis=2)
    return float((spread > 45).mean())


def strengthen(image: Image, contrast: float) -> Image:
    """Stretch a faint page so that its ink is dark again; a page of normal contrast is returned as it is."""
    if contrast <= 0 or contrast >= 90:
        return image
    grey = to_grey(image)
    dark = darkness(grey).astype(np.float32) * (170.0 / max(12.0, contrast))
    stretched = np.asarray(255 - np.clip(dark, 0, 235), np.uint8)
    return np.repeat(stretched[:, :, np.newaxis], 3, axis=2)


def same_picture(a: Image, b: Image) -> bool:
    """Whether two page images are one picture, saved again perhaps: a single changed digit tells them apart."""
    height, width = a.shape[:2]
    scale = _COMPARE_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    different = cv2.absdiff(_levelled(a, size), _levelled(b, size)).astype(np.float32)
    blocks = cv2.blur(different, (_COMPARE_BLOCK, _COMPARE_BLOCK))
    edge = _COMPARE_BLOCK
    inner = blocks[edge:-edge, edge:-edge]
    return inner.size > 0 and float(inner.max()) < _COMPARE_LIMIT


def _levelled(image: Image, size: tuple[int, int]) -> Image:
    grey = cv2.resize(to_grey(image), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(darkness(np.asarray(grey, np.uint8)), (5, 5), 0), np.uint8)


def fingerprint(image: Image) -> bytes:
    """Give a small grey picture of the page (paper levelled), for :mod:`vetting.reading.duplicates`.

    Layout: two big-endian 16 bit numbers (width, height), a 16 x 16 picture, then one of 384 x 512, lying
    where the page lies. The fixed size makes pictures of different resolution comparable point by point.
    """
    grey = shrink(to_grey(image), max(FINE) * 2)
    flat = np.asarray(255 - darkness(grey), np.uint8)
    height, width = image.shape[:2]
    fine = FINE if height >= width else (FINE[1], FINE[0])
    small = cv2.GaussianBlur(cv2.resize(flat, fine, interpolation=cv2.INTER_AREA), (3, 3), 0)
    coarse = cv2.resize(flat, (COARSE_SIDE, COARSE_SIDE), interpolation=cv2.INTER_AREA)
    sizes = min(width, 0xFFFF).to_bytes(2, "big") + min(height, 0xFFFF).to_bytes(2, "big")
    return bytes(sizes + coarse.tobytes() + small.tobytes())
