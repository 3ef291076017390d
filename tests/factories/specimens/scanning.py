"""Scanners, copiers and telephones: a clean page picture made into what people hand in."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2 as pdfium
from PIL import Image

Picture = npt.NDArray[np.uint8]
PROFILES = ("flat", "skewed", "grey", "worn", "bw", "fax", "phone", "shadow", "lowjpeg", "washed")
_DPI = 200


def pictures(pdf: bytes) -> list[Picture]:
    """The pages of a PDF at 200 dpi, RGB."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [
            np.asarray(page.render(scale=_DPI / 72).to_pil().convert("RGB"), np.uint8) for page in document
        ]
    finally:
        document.close()


def scanned(picture: Picture, profile: str, rng: random.Random, turned: int = 0) -> Image.Image:
    """The page as a device of that kind gives it, lying ``turned`` degrees clockwise."""
    noise = np.random.default_rng(rng.randrange(1 << 30))
    work: npt.NDArray[np.floating[Any]] = picture.astype(np.float32)
    match profile:
        case "flat":
            work = _skew(work, rng.uniform(-0.6, 0.6), 252) + noise.normal(0, 2.5, work.shape)
        case "skewed":
            work = _skew(work, rng.choice((-1, 1)) * rng.uniform(3.0, 5.0), 250) + noise.normal(
                0, 3, work.shape
            )
        case "grey":
            work = _grey(_skew(work, rng.uniform(-1.2, 1.2), 240)) * 0.93 + 8 + noise.normal(0, 4, work.shape)
            work[:, : rng.randint(10, 40)] *= 0.55
        case "worn":
            work = _soft(_grey(_skew(work, rng.uniform(-1.5, 1.5), 235)), 0.9)
            work = (work - 128) * 1.15 + 135 + noise.normal(0, 9, work.shape)
            for _ in range(3):
                work[:, rng.randrange(work.shape[1])] -= 60
        case "bw" | "fax":
            grey = cv2.cvtColor(
                _skew(work, rng.uniform(-4, 4) if profile == "fax" else rng.uniform(-1, 1), 255).astype(
                    np.uint8
                ),
                cv2.COLOR_RGB2GRAY,
            )
            level = 150 if profile == "bw" else 175
            flips = noise.random(grey.shape) < (0.0006 if profile == "bw" else 0.002)
            ink = (grey < level) ^ flips
            return (
                Image.fromarray(np.where(ink, 0, 255).astype(np.uint8))
                .convert("1")
                .rotate(-turned, expand=True)
            )
        case "phone" | "shadow":
            work = _photo(work, rng, noise, shadow=profile == "shadow")
        case "lowjpeg":
            work = _skew(work, rng.uniform(-1, 1), 250)
            small = cv2.resize(work, None, fx=0.72, fy=0.72, interpolation=cv2.INTER_AREA)
            data: Any = cv2.imencode(
                ".jpg", np.clip(small[:, :, ::-1], 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 32]
            )[1]
            decoded: Any = cv2.imdecode(data, cv2.IMREAD_COLOR)
            work = decoded[:, :, ::-1].astype(np.float32)
        case "washed":
            work = 150 + _skew(work, rng.uniform(-1, 1), 250) * 0.40 + noise.normal(0, 3, work.shape)
        case _:
            raise ValueError(profile)
    done = Image.fromarray(np.clip(work, 0, 255).astype(np.uint8))
    return done.rotate(-turned, expand=True) if turned else done


def _soft(work: npt.NDArray[np.floating[Any]], sigma: float) -> npt.NDArray[np.floating[Any]]:
    return np.asarray(cv2.GaussianBlur(work, (0, 0), sigma), np.float32)


def _grey(work: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
    return np.asarray(
        np.repeat(cv2.cvtColor(work, cv2.COLOR_RGB2GRAY)[:, :, np.newaxis], 3, axis=2), np.float32
    )


def _skew(work: npt.NDArray[np.floating[Any]], degrees: float, paper: float) -> npt.NDArray[np.float32]:
    height, width = work.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0 - abs(degrees) * 0.012)
    return np.asarray(
        cv2.warpAffine(work, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(paper,) * 3),
        np.float32,
    )


def _photo(
    work: npt.NDArray[np.floating[Any]], rng: random.Random, noise: np.random.Generator, *, shadow: bool
) -> npt.NDArray[np.float32]:
    height, width = work.shape[:2]
    pad = int(0.07 * width)
    ground = np.array((rng.randint(60, 130), rng.randint(50, 100), rng.randint(40, 90)), np.float32)

    def off() -> int:
        return rng.randint(0, int(0.055 * width))

    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target = source + np.array(
        [
            [pad + off(), pad + off()],
            [pad - off(), pad + off()],
            [pad - off(), pad - off()],
            [pad + off(), pad - off()],
        ],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    size = (width + 2 * pad, height + 2 * pad)
    out = cv2.warpPerspective(work, matrix, size, flags=cv2.INTER_CUBIC, borderValue=ground.tolist())
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    light = 1.04 - rng.uniform(0.12, 0.28) * (xs / size[0] if rng.random() < 0.5 else ys / size[1])
    if shadow:
        edge = (xs + rng.uniform(-0.4, 0.4) * ys) / size[0]
        light *= np.where(edge > rng.uniform(0.45, 0.7), 0.62, 1.0)
        light = cv2.GaussianBlur(light, (0, 0), 25)
    out = out * light[:, :, np.newaxis] * np.array((1.02, 0.99, 0.92), np.float32)
    out = cv2.GaussianBlur(out, (0, 0), 0.7) + noise.normal(0, 4, out.shape)
    return np.asarray(out, np.float32)


def blurred(picture: Picture) -> Image.Image:
    """A page that no person could read."""
    return Image.fromarray(cv2.GaussianBlur(picture, (0, 0), 13))


def image_pdf(pages: Sequence[Image.Image], quality: int = 72) -> bytes:
    """Pages of one picture each, without text."""
    out = pikepdf.new()
    for picture in pages:
        data = io.BytesIO()
        if picture.mode == "1":
            picture.save(data, "PDF", resolution=_DPI)
        else:
            picture.save(data, "PDF", resolution=_DPI, quality=quality)
        with pikepdf.open(io.BytesIO(data.getvalue())) as one:
            out.pages.extend(one.pages)
    made = io.BytesIO()
    out.save(made, deterministic_id=True)
    return made.getvalue()
