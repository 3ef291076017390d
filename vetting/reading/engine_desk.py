"""What the model process can be asked: look at a page image, read it, check a text layer against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from vetting.reading.inks import FoundInk, Written, find_inks
from vetting.reading.layout import Quad, Tilt, bounds, level_box, reading_order, tilt_of
from vetting.reading.models import Detector, Recogniser, crop_quad
from vetting.reading.scan import fingerprint, look, same_picture, strengthen, to_grey
from vetting.reading.seals import FoundSeal, find_seals, without_red
from vetting.reading.sealtext import read_seals
from vetting.reading.sheet import SheetReader, turn_back

Image = npt.NDArray[np.uint8]
Answer = tuple[dict[str, Any], bytes]

_REGION_SIDE = 960
_SURE_INK = 0.5


class EngineDesk:
    """Holds the models and the page image sent last."""

    def __init__(self, threads: int) -> None:
        self._detector = Detector(threads)
        self._recogniser = Recogniser(threads)
        self._sheets = SheetReader(self._detector, self._recogniser)
        self._image: Image | None = None

    def answer(self, request: dict[str, Any], payload: bytes) -> Answer:
        """Do what a request asks for."""
        if payload:
            image = _decoded(request, payload)
            if request.get("do") == "same":
                return {"same": self._image is not None and same_picture(self._image, image)}, b""
            self._image = image
        if self._image is None:
            raise ValueError("no picture was sent")
        match request.get("do"):
            case "look":
                return asdict(look(self._image)), fingerprint(self._image)
            case "read":
                return self._read(self._image), b""
            case "check":
                return self._check(self._image, request), b""
            case "region":
                return self._region(self._image, request), b""
            case _:
                raise ValueError("unknown request")

    def _read(self, image: Image) -> dict[str, Any]:
        seals = find_seals(image)
        sheet = self._sheets.read(strengthen(image, look(image).contrast), seals)
        upright = turn_back(image, sheet.turned)
        height, width = upright.shape[:2]
        seals = find_seals(upright) if sheet.turned else seals
        quads = [_as_quad(line.quad, width, height) for line in sheet.lines]
        tilt = tilt_of(quads, height / width)
        levels = [level_box(quad, tilt) for quad in quads]
        lines = [
            {
                "text": sheet.lines[i].words.text,
                "confidence": sheet.lines[i].words.confidence,
                "box": bounds(quads[i]),
                "level": levels[i],
                "at": sheet.lines[i].words.at,
                "sure": sheet.lines[i].words.sure,
            }
            for i in reading_order(levels)
        ]
        written = [(line.words.text, line.words.at, line.quad) for line in sheet.lines]
        inks = _level_inks(upright, written, seals, tilt)
        return {
            "turned": sheet.turned,
            "lines": lines,
            "seals": self._seals(upright, seals),
            "inks": self._inks(upright, inks),
        }

    def _check(self, image: Image, request: dict[str, Any]) -> dict[str, Any]:
        """Look at a page that has a text layer: what of it shows, and what a sample of it says."""
        upright = turn_back(image, int(request["turned"]))
        height, width = upright.shape[:2]
        boxes = [_in_pixels(box, width, height) for box in request["boxes"]]
        grey = to_grey(upright)
        shown = [_contrast(grey, box) for box in boxes]
        sample = [_in_pixels(box, width, height) for box in request["sample"]]
        crops = [crop_quad(upright, _corners(box), 0.12) for box in sample]
        said = [words.text for words in self._recogniser.read(crops)]
        seals = find_seals(upright)
        written = [
            Written(text, box, tuple(at))
            for text, box, at in zip(request["texts"], boxes, request["at"], strict=True)
        ]
        return {
            "shown": shown,
            "said": said,
            "seals": self._seals(upright, seals),
            "inks": self._inks(upright, find_inks(upright, written, seals)),
        }

    def _seals(self, upright: Image, seals: Sequence[FoundSeal]) -> list[dict[str, Any]]:
        height, width = upright.shape[:2]
        texts = read_seals(upright, seals, self._recogniser)
        return [
            {
                "box": _on_page((s.x0 / width, s.y0 / height, s.x1 / width, s.y1 / height)),
                "confidence": s.confidence,
                "text": text,
            }
            for s, text in zip(seals, texts, strict=True)
        ]

    def _inks(self, upright: Image, inks: Sequence[FoundInk]) -> list[dict[str, Any]]:
        height, width = upright.shape[:2]
        crops = [crop_quad(without_red(upright), _corners(ink.box), 0.12) for ink in inks]
        said = self._recogniser.read(crops)
        return [
            {
                "box": _on_page(
                    (ink.box[0] / width, ink.box[1] / height, ink.box[2] / width, ink.box[3] / height)
                ),
                "confidence": ink.confidence,
                "text": words.text if words.confidence >= _SURE_INK else "",
            }
            for ink, words in zip(inks, said, strict=True)
        ]

    def _region(self, image: Image, request: dict[str, Any]) -> dict[str, Any]:
        part = without_red(image) if request.get("drop_red") else image
        part = turn_back(part, int(request.get("turned", 0)))
        height, width = part.shape[:2]
        alphabet = request.get("alphabet")
        whole: npt.NDArray[np.float32] = _corners((0.0, 0.0, float(width), float(height)))[np.newaxis]
        found = self._sheets.find(part, _REGION_SIDE) if request.get("detect", True) else whole
        quads = found if len(found) else whole
        words = self._recogniser.read([crop_quad(part, quad, 0.04) for quad in quads], alphabet)
        boxes = [bounds(_as_quad(quad, width, height)) for quad in quads]
        return {
            "lines": [
                {
                    "text": words[i].text,
                    "confidence": words[i].confidence,
                    "box": boxes[i],
                    "at": words[i].at,
                    "sure": words[i].sure,
                }
                for i in reading_order(boxes)
                if words[i].text.strip()
            ]
        }


def _decoded(request: dict[str, Any], payload: bytes) -> Image:
    shape = (int(request["height"]), int(request["width"]), int(request["channels"]))
    image = np.frombuffer(payload, np.uint8).reshape(shape)
    return image if shape[2] == 3 else np.repeat(image, 3, axis=2)


def _as_quad(quad: npt.NDArray[np.float32], width: int, height: int) -> Quad:
    points = [(float(x) / width, float(y) / height) for x, y in quad]
    return (points[0], points[1], points[2], points[3])


def _in_pixels(box: Sequence[float], width: int, height: int) -> tuple[float, float, float, float]:
    return (box[0] * width, box[1] * height, box[2] * width, box[3] * height)


def _corners(box: tuple[float, float, float, float]) -> npt.NDArray[np.float32]:
    x0, y0, x1, y1 = box
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def _contrast(grey: Image, box: tuple[float, float, float, float]) -> float:
    """How far ink and paper differ inside a box (0..255)."""
    part = grey[max(0, int(box[1])) : int(box[3]) + 1, max(0, int(box[0])) : int(box[2]) + 1]
    if part.size == 0:
        return 0.0
    low, high = np.percentile(part, (2, 98))
    return float(high - low)


def _on_page(box: tuple[float, float, float, float]) -> tuple[float, ...]:
    return tuple(min(1.0, max(0.0, v)) for v in box)


def _level_inks(
    upright: Image,
    written: Sequence[tuple[str, tuple[float, ...], npt.NDArray[np.float32]]],
    seals: Sequence[FoundSeal],
    tilt: Tilt,
) -> list[FoundInk]:
    """Look for handwriting on the page turned level, so that slope does not make print taller."""
    height, width = upright.shape[:2]
    angle = float(np.degrees(np.arctan(tilt.flat)))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    level = cv2.warpAffine(upright, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    lines: list[Written] = []
    for text, at, quad in written:
        x0, y0, x1, y1 = _moved(quad, matrix)
        lines.append(Written(text, (x0, y0, x1, y1), at))
    moved_seals = [
        FoundSeal(*_moved(_corners((s.x0, s.y0, s.x1, s.y1)), matrix), s.confidence, s.red) for s in seals
    ]
    back = cv2.invertAffineTransform(matrix)
    return [
        FoundInk(_moved(_corners(ink.box), back), ink.confidence)
        for ink in find_inks(np.asarray(level, np.uint8), lines, moved_seals)
    ]


def _moved(quad: npt.NDArray[np.float32], matrix: Any) -> tuple[float, float, float, float]:
    points = cv2.transform(quad.reshape(1, -1, 2).astype(np.float32), matrix)[0]
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return (float(x0), float(y0), float(x1), float(y1))
