"""A file as the parent sees it: opened in a child process of its own, asked page by page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vetting.intake.bitmap import Bitmap
from vetting.intake.childprocess import ChildFailed, ChildProcess
from vetting.intake.limits import Limits
from vetting.intake.refusals import CODES, refusal
from vetting.intake.sniff import HEAD_BYTES, TAIL_BYTES, ends_as_zip, kind_of
from vetting.model import Box, FileNote, Refused

_MODULE = "vetting.intake.child"
_STARTUP_SECONDS = 120.0
_NORMAL_SECONDS = 1.0
_MAX_DEATHS = 3
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


class PageFailed(Exception):
    """A page could not be described or drawn; ``problem`` says why in one word."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What intake knows of a file that it takes. ``sizes`` are (width, height) in points, as shown."""

    kind: str
    pages: int
    sizes: tuple[tuple[float, float], ...]
    bytes: int
    sha256: str
    notes: tuple[FileNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Type, length and hash of a file, from its bytes alone."""

    kind: str
    bytes: int
    sha256: str


def identify(path: Path, name: str, limits: Limits) -> Identity:
    """Find out what a file is without parsing it. Raises Refused."""
    size = path.stat().st_size
    if size == 0:
        raise refusal("empty", name, limits)
    if size > limits.max_bytes:
        raise refusal("too_large", name, limits)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, size - TAIL_BYTES))
        tail = file.read()
        file.seek(0)
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    kind = kind_of(head, name)
    if kind is None:
        raise refusal("not_a_pdf" if name.lower().endswith(".pdf") else "unsupported_type", name, limits)
    if ends_as_zip(tail, size):
        raise refusal("polyglot", name, limits)
    return Identity(kind, size, digest.hexdigest())


class OpenFile:
    """One file, open in a child process. A context manager. Pages are counted from 1.

    Raises Refused from the constructor. A page that kills the child fails alone: the child is started
    anew for the next page, until the file has cost too many children or too much time.
    """

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self._path, self._name, self._limits = path, name, limits
        self._child: ChildProcess | None = None
        self._overdraft = limits.overdraft_seconds
        self._deaths = 0
        self._weighed: dict[int, int] = {}
        identity = identify(path, name, limits)
        self._kind = identity.kind
        answer = self._start()
        self.facts = FileFacts(
            kind=identity.kind,
            pages=len(answer["sizes"]),
            sizes=tuple((float(w), float(h)) for w, h in answer["sizes"]),
            bytes=identity.bytes,
            sha256=identity.sha256,
            notes=tuple(FileNote(name, str(code), str(detail)) for code, detail in answer["notes"]),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def given_up(self) -> bool:
        """Whether the file has cost so much that no more of it is read."""
        drawn = sum(self._weighed.values())
        return self._deaths >= _MAX_DEATHS or self._overdraft <= 0 or drawn > self._limits.max_drawn_pixels

    @property
    def child_pid(self) -> int | None:
        """Process id of the child, while one runs."""
        return self._child.pid if self._child is not None else None

    def describe(self, page: int) -> dict[str, Any]:
        """Size, images and characters of a page, as :mod:`vetting.intake.pages` gives them."""
        answer, _ = self._ask({"do": "describe", "page": page - 1})
        self._weighed[page] = sum(
            int(wide) * int(high) for wide, high in (i["pixels"] for i in answer["images"])
        )
        return answer

    def render(self, page: int, side: int, crop: Box = _WHOLE) -> Bitmap:
        """The picture of a page, or of a part of it (fractions of the page as shown), RGB.

        ``side`` is the longer side, in pixels, of the whole page at the scale of the picture.
        """
        answer, data = self._ask({"do": "render", "page": page - 1, "side": side, "crop": crop})
        try:
            return Bitmap(int(answer["width"]), int(answer["height"]), int(answer["channels"]), data)
        except (KeyError, ValueError) as error:
            raise PageFailed("render_failed") from error

    def images_decode(self, page: int) -> bool:
        """Whether every large image of a page can be decoded: a page that looks blank may be damaged."""
        answer, _ = self._ask({"do": "images_decode", "page": page - 1})
        return bool(answer["whole"])

    def png(self, page: int, width: int, turned: int) -> bytes:
        """The page as PNG, ``width`` pixels wide once turned back by ``turned`` degrees clockwise."""
        _, data = self._ask({"do": "png", "page": page - 1, "width": width, "turned": turned})
        return bytes(data)

    def close(self) -> None:
        """End the child. It is started again when a page is asked for."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _start(self) -> dict[str, Any]:
        child = start_child(self._limits)
        try:
            answer, _ = child.call(
                {"do": "open", "path": str(self._path.resolve()), "kind": self._kind},
                wall_seconds=self._limits.wall_seconds,
            )
        except ChildFailed as error:
            raise refusal("too_complex", self._name, self._limits) from error
        if not answer.get("ok"):
            child.close()
            raise refused_by(answer, self._name, self._limits)
        self._child = child
        return answer

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytearray]:
        if self.given_up:
            raise PageFailed("not_tried")
        # What a page costs is told by the processor: how long it takes depends on what else the machine does.
        allowed = min(self._limits.cpu_seconds, int(self._overdraft + _NORMAL_SECONDS) + 1)
        try:
            if self._child is None:
                self._start()
            assert self._child is not None
            answer, data = self._child.call(
                {**request, "cpu": allowed}, wall_seconds=self._limits.wall_seconds
            )
        except ChildFailed as error:
            self._child = None
            self._deaths += 1
            slow = error.reason == "timeout" or "SIGXCPU" in error.detail
            if slow:
                self._overdraft -= allowed
            raise PageFailed("too_slow" if slow else "render_failed") from error
        except Refused as error:
            self._deaths += 1
            raise PageFailed("render_failed") from error
        self._overdraft -= max(0.0, float(answer.get("cpu", 0.0)) - _NORMAL_SECONDS)
        if not answer.get("ok"):
            raise PageFailed("too_large" if answer.get("unfit") == "too_complex" else "render_failed")
        return answer, data


def start_child(limits: Limits) -> ChildProcess:
    """Start a child that limits itself. Raises ChildFailed."""
    child = ChildProcess(_MODULE)
    child.call({"limits": limits.to_json()}, wall_seconds=_STARTUP_SECONDS)
    return child


def refused_by(answer: dict[str, Any], name: str, limits: Limits) -> Refused:
    """Turn the child's refusal into ours."""
    code = str(answer.get("unfit", "damaged"))
    return refusal(code if code in CODES else "damaged", name, limits)
