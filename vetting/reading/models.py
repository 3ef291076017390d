"""The PP-OCRv6 models of the rapidocr wheel, run directly on onnxruntime.

rapidocr's own driver feeds the detector a 2000 pixel page, which is four fifths of its time. Here the
detector sees a smaller copy and the recogniser crops from the full bitmap, batched by width, so that
pages are read in a fraction of the time without losing a character. Only the model process imports this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from rapidocr.ch_ppocr_det.utils import DBPostProcess

from vetting.reading.model_files import model_path

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Quads = npt.NDArray[np.float32]

_LINE_HEIGHT = 48
_MIN_WIDTH = 96
_MAX_WIDTH = 3200
_BATCH = 8
# A batch is padded to its widest line: lines this much shorter wait for the next batch.
_BATCH_SPREAD = 1.25
_CELLS = 8  # one CTC step covers 8 pixels of the 48 pixel high line


@dataclass(frozen=True, slots=True)
class Recognised:
    """One line as the recogniser read it: ``sure`` and ``at`` (0..1 along the line) are per character."""

    text: str
    confidence: float
    sure: tuple[float, ...]
    at: tuple[float, ...]


NOTHING = Recognised("", 0.0, (), ())


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The arena keeps the largest page it ever saw; without it memory stays flat over thousands of pages.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Detector:
    """Finds text lines. Holds one onnxruntime session."""

    def __init__(self, threads: int) -> None:
        self._session = _session(model_path("det"), threads)
        self._input = self._session.get_inputs()[0].name
        self._post = DBPostProcess(
            thresh=0.3, box_thresh=0.5, max_candidates=1000, unclip_ratio=1.6, use_dilation=True
        )

    def find(self, image: Image, side: int) -> tuple[Quads, Floats]:
        """Give the line quads ``(n, 4, 2)`` in pixels of ``image`` (RGB), clockwise from top left, and scores.

        ``side`` is the longer side, in pixels, that the network sees.
        """
        height, width = image.shape[:2]
        scale = min(1.0, side / max(height, width))
        seen_w = max(32, round(width * scale / 32) * 32)
        seen_h = max(32, round(height * scale / 32) * 32)
        shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        seen = cv2.resize(image, (seen_w, seen_h), interpolation=shrink)
        tensor = (seen[:, :, ::-1].astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[np.newaxis]
        maps = self._session.run(None, {self._input: np.ascontiguousarray(tensor)})[0]
        boxes, scores = self._post(maps, (height, width))
        if len(boxes) == 0:
            return np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32)
        return np.asarray(boxes, np.float32), np.asarray(scores, np.float32)


class Recogniser:
    """Reads line images. Holds one onnxruntime session and its alphabet."""

    def __init__(self, threads: int) -> None:
        self._session = _session(model_path("rec"), threads)
        self._input = self._session.get_inputs()[0].name
        known = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._alphabet: list[str] = ["", *known, " "]
        self._index = {char: i for i, char in enumerate(self._alphabet)}

    def read(self, lines: Sequence[Image], alphabet: str | None = None) -> list[Recognised]:
        """Read RGB line images, in the order given.

        ``alphabet`` restricts what a character may be (for codes); others are then never answered.
        """
        out: list[Recognised] = [NOTHING] * len(lines)
        allowed = self._allowed(alphabet)
        for batch in _batches([_width_of(line) for line in lines]):
            width = max(_width_of(lines[i]) for i in batch)
            tensor = np.zeros((len(batch), 3, _LINE_HEIGHT, width), np.float32)
            for row, i in enumerate(batch):
                scaled = cv2.resize(lines[i], (_width_of(lines[i]), _LINE_HEIGHT))
                tensor[row, :, :, : scaled.shape[1]] = (
                    scaled[:, :, ::-1].astype(np.float32) / 127.5 - 1.0
                ).transpose(2, 0, 1)
            answers = self._session.run(None, {self._input: tensor})[0]
            for row, i in enumerate(batch):
                out[i] = self._decode(answers[row], _width_of(lines[i]), allowed)
        return out

    def _allowed(self, alphabet: str | None) -> npt.NDArray[np.int64] | None:
        if alphabet is None:
            return None
        return np.array([0, *(self._index[c] for c in alphabet if c in self._index)], np.int64)

    def _decode(self, answer: Any, width: int, allowed: npt.NDArray[np.int64] | None) -> Recognised:
        if allowed is None:
            best = answer.argmax(axis=1)
            chance = answer.max(axis=1)
        else:
            part = answer[:, allowed]
            best = allowed[part.argmax(axis=1)]
            chance = part.max(axis=1)
        keep = best != 0
        keep[1:] &= best[1:] != best[:-1]
        steps = np.flatnonzero(keep)
        if steps.size == 0:
            return NOTHING
        span = max(1.0, width / _CELLS)
        return Recognised(
            text="".join(self._alphabet[i] for i in best[steps]),
            confidence=float(chance[steps].mean()),
            sure=tuple(float(v) for v in chance[steps]),
            at=tuple(min(1.0, (float(s) + 0.5) / span) for s in steps),
        )


def _width_of(line: Image) -> int:
    height, width = line.shape[:2]
    return int(min(_MAX_WIDTH, max(8, np.ceil(_LINE_HEIGHT * width / max(1, height)))))


def _batches(widths: Sequence[int]) -> Iterable[list[int]]:
    order = sorted(range(len(widths)), key=lambda i: widths[i])
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) == _BATCH or widths[i] > max(_MIN_WIDTH, widths[batch[0]]) * _BATCH_SPREAD):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def crop_quad(image: Image, quad: Quads, margin: float = 0.0) -> Image:
    """Cut the quad ``(4, 2)`` out of the image and straighten it; ``margin`` is a share of its height."""
    top_left, top_right, bottom_right, bottom_left = quad
    width = int(max(np.linalg.norm(top_right - top_left), np.linalg.norm(bottom_right - bottom_left)))
    height = int(max(np.linalg.norm(bottom_left - top_left), np.linalg.norm(bottom_right - top_right)))
    width, height = max(2, width), max(2, height)
    pad = margin * height
    target = np.array(
        [[pad, pad], [width + pad, pad], [width + pad, height + pad], [pad, height + pad]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    size = (round(width + 2 * pad), round(height + 2 * pad))
    return np.asarray(
        cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
