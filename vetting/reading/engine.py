"""The OCR engine as the rest of vetting sees it: a handle on the process that holds the models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from vetting.intake.bitmap import Bitmap
from vetting.intake.childprocess import ChildFailed, ChildProcess
from vetting.model import Box, Ink, Line, Seal
from vetting.reading.model_files import models_version

_MODULE = "vetting.reading.engine_process"
_STARTUP_SECONDS = 120.0
_PAGE_SECONDS = 300.0
_MAX_RESIDENT = 1_050 * 1024 * 1024
# Raised whenever what is done around the models changes what is read.
_READING = 4


class EngineFailed(Exception):
    """A picture could not be read."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page image looks like. ``fingerprint`` is for :mod:`vetting.reading.duplicates`."""

    ink: float
    contrast: float
    sharpness: float
    colour: float
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A page image as read. ``turned`` is how far clockwise it was turned; boxes are of the upright page."""

    turned: int
    lines: tuple[Line, ...]
    seals: tuple[Seal, ...]
    inks: tuple[Ink, ...]


@dataclass(frozen=True, slots=True)
class CheckedLayer:
    """A text layer held against the picture: per line its contrast, per sampled place what it says."""

    shown: tuple[float, ...]
    said: tuple[str, ...]
    seals: tuple[Seal, ...]
    inks: tuple[Ink, ...]


class OcrEngine:
    """Owns the model process; starts it when first needed, again when it dies or has grown.

    One page at a time; not safe for use by several threads. A context manager. ``threads`` is the number
    of processor threads the models may use.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._process: ChildProcess | None = None
        self._resident = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def version(self) -> str:
        """Names models, software and way of reading: readings of equal versions are equal."""
        return f"{models_version()}-r{_READING}"

    @property
    def resident_bytes(self) -> int:
        """Memory of the model process after its last answer."""
        return self._resident

    @property
    def pid(self) -> int | None:
        """Process id of the model process, while it runs."""
        return self._process.pid if self._process is not None else None

    def look(self, bitmap: Bitmap) -> Seen:
        """Look at a page image without reading it; :meth:`read_seen` then reads the same one."""
        answer, data = self._ask({"do": "look"}, bitmap)
        return Seen(
            float(answer["ink"]),
            float(answer["contrast"]),
            float(answer["sharpness"]),
            float(answer["colour"]),
            bytes(data),
        )

    def read_seen(self, bitmap: Bitmap) -> ReadSheet:
        """Read the page image that was looked at last (``bitmap``, sent again only to a new process)."""
        fresh = self._must_start()
        answer, _ = self._ask({"do": "read"}, bitmap if fresh else None)
        return ReadSheet(
            int(answer["turned"]), _lines(answer), _seals(answer["seals"]), _inks(answer["inks"])
        )

    def same_as_seen(self, bitmap: Bitmap) -> bool:
        """Whether a page image is the same picture as the one looked at last."""
        answer, _ = self._ask({"do": "same"}, bitmap)
        return bool(answer["same"])

    def read(self, bitmap: Bitmap) -> tuple[Line, ...]:
        """Read a page image, whichever way up; boxes are fractions of the upright page."""
        answer, _ = self._ask({"do": "read"}, bitmap)
        return _lines(answer)

    def check(
        self, bitmap: Bitmap, turned: int, lines: Sequence[Line], sample: Sequence[Box]
    ) -> CheckedLayer:
        """Hold the lines of a text layer against the page image; ``sample`` are the places to read."""
        request = {
            "do": "check",
            "turned": turned,
            "boxes": [line.box for line in lines],
            "texts": [line.text for line in lines],
            "at": [line.at for line in lines],
            "sample": list(sample),
        }
        answer, _ = self._ask(request, bitmap)
        return CheckedLayer(
            tuple(float(v) for v in answer["shown"]),
            tuple(str(v) for v in answer["said"]),
            _seals(answer["seals"]),
            _inks(answer["inks"]),
        )

    def read_region(
        self,
        bitmap: Bitmap,
        *,
        turned: int = 0,
        drop_red: bool = False,
        alphabet: str | None = None,
        detect: bool = True,
    ) -> tuple[Line, ...]:
        """Read part of a page; boxes are fractions of the part, once upright.

        ``drop_red`` takes red ink out first, ``alphabet`` is all that characters may be, without
        ``detect`` the whole part is read as one line.
        """
        request = {
            "do": "region",
            "turned": turned,
            "drop_red": drop_red,
            "alphabet": alphabet,
            "detect": detect,
        }
        answer, _ = self._ask(request, bitmap)
        return _lines(answer)

    def close(self) -> None:
        """End the model process."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _must_start(self) -> bool:
        return self._process is None or not self._process.alive or self._resident > _MAX_RESIDENT

    def _start(self) -> ChildProcess:
        if self._process is None or self._must_start():
            self.close()
            process = ChildProcess(_MODULE, {"OMP_NUM_THREADS": str(self._threads)})
            try:
                process.call({"threads": self._threads}, wall_seconds=_STARTUP_SECONDS)
            except ChildFailed as error:
                raise EngineFailed("the model process did not start") from error
            self._process, self._resident = process, 0
        return self._process

    def _ask(self, request: dict[str, Any], bitmap: Bitmap | None) -> tuple[dict[str, Any], bytearray]:
        payload: bytes | bytearray = b""
        if bitmap is not None:
            size = {"width": bitmap.width, "height": bitmap.height, "channels": bitmap.channels}
            request, payload = {**request, **size}, bitmap.data
        try:
            answer, data = self._start().call(request, payload, wall_seconds=_PAGE_SECONDS)
        except ChildFailed as error:
            self._process = None
            raise EngineFailed(error.reason) from error
        self._resident = int(answer.get("rss", 0))
        if not answer.get("ok"):
            raise EngineFailed(str(answer.get("error", "")))
        return answer, data


def _lines(answer: dict[str, Any]) -> tuple[Line, ...]:
    return tuple(
        Line(
            text=str(item["text"]),
            box=_box(item["box"]),
            confidence=float(item["confidence"]),
            level=_box(item["level"]) if "level" in item else None,
            at=tuple(float(v) for v in item["at"]),
            sure=tuple(float(v) for v in item["sure"]),
        )
        for item in answer["lines"]
    )


def _seals(items: Sequence[dict[str, Any]]) -> tuple[Seal, ...]:
    return tuple(Seal(_box(item["box"]), float(item["confidence"]), str(item["text"])) for item in items)


def _inks(items: Sequence[dict[str, Any]]) -> tuple[Ink, ...]:
    return tuple(Ink(_box(item["box"]), float(item["confidence"]), str(item["text"])) for item in items)


def _box(values: Sequence[float]) -> Box:
    x0, y0, x1, y1 = values
    return (float(x0), float(y0), float(x1), float(y1))
