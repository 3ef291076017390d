"""Page readings of an application's files, from the cache where a file was read before by this engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from vetting.intake.limits import Limits
from vetting.model import WHOLE_PAGE, Box, FileNote, Line, Mode, PageKind, PageReading, SourceFile
from vetting.reading.application import ApplicationReader, Engine
from vetting.reading.codec import decode, encode

_CHUNK = 1 << 20


class ReadingCache(Protocol):
    """Keeps texts under keys. The texts hold what was read from pages: personal data (R34)."""

    def get(self, key: str) -> str | None:
        """The text kept under ``key``, or None."""

    def put(self, key: str, text: str) -> None:
        """Keep ``text`` under ``key``."""


class Sources:
    """Reads files one by one; pages are counted through all of them.

    A file is opened only if it, or a part of it, has to be read. Raises Refused for a file that is not
    taken at all (R7).
    """

    def __init__(self, files: Sequence[SourceFile], engine: Engine, limits: Limits, cache: ReadingCache | None) -> None:
        self._files = tuple(files)
        self._engine = engine
        self._limits = limits
        self._cache = cache
        self._open = ExitStack()
        self._readers: dict[int, ApplicationReader] = {}
        self._hashes: dict[int, str] = {}
        self._starts: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.close()

    def read(self, tell: Callable[[int, int], None]) -> tuple[tuple[PageReading, ...], tuple[FileNote, ...]]:
        """All pages in order, and what intake noticed. ``tell`` hears how many files of how many are read."""
        pages: list[PageReading] = []
        notes: list[FileNote] = []
        self._starts = []
        for index, file in enumerate(self._files):
            tell(index, len(self._files))
            start = len(pages)
            self._starts.append(start)
            own, seen = self._read_file(index)
            pages += [_shifted(page, start, file.name) for page in own]
            notes += [replace(note, file=file.name) for note in seen]
        tell(len(self._files), len(self._files))
        return tuple(pages), tuple(notes)

    def _read_file(self, index: int) -> tuple[Sequence[PageReading], Sequence[FileNote]]:
        key = f"{self._hash(index)}:{self._engine.version}:pages"
        kept = self._cached(key)
        if kept is not None:
            return kept
        reader = self._reader(index)
        pages, notes = tuple(reader.readings), tuple(reader.notes)
        self._keep(key, pages, notes)
        return pages, notes

    def region(self, page: int, box: Box, scale: float, drop_red: bool) -> tuple[Line, ...]:
        """Read a part of a page again; ``page`` is counted through all files. Kept like the pages."""
        index = max(i for i, start in enumerate(self._starts) if start < page)
        own = page - self._starts[index]
        place = ",".join(f"{v:.4f}" for v in box)
        key = f"{self._hash(index)}:{self._engine.version}:region:{own}:{place}:{scale:g}:{int(drop_red)}"
        kept = self._cached(key)
        if kept is not None:
            return kept[0][0].lines
        lines = tuple(self._reader(index).region(own, box, scale=scale, drop_red=drop_red))
        self._keep(key, (_holder(lines),), ())
        return lines

    def _reader(self, index: int) -> ApplicationReader:
        if index not in self._readers:
            reader = ApplicationReader((self._files[index],), self._engine, self._limits)
            self._readers[index] = self._open.enter_context(reader)
        return self._readers[index]

    def _hash(self, index: int) -> str:
        if index not in self._hashes:
            self._hashes[index] = _sha256(self._files[index].path)
        return self._hashes[index]

    def _cached(self, key: str) -> tuple[tuple[PageReading, ...], tuple[FileNote, ...]] | None:
        text = self._cache.get(key) if self._cache else None
        if text is None:
            return None
        try:
            return decode(text)
        except ValueError:  # kept by another version: read again
            return None

    def _keep(self, key: str, pages: Sequence[PageReading], notes: Sequence[FileNote]) -> None:
        if self._cache:
            self._cache.put(key, encode(pages, notes))


def _shifted(page: PageReading, start: int, file: str) -> PageReading:
    original = page.duplicate_of + start if page.duplicate_of is not None else None
    return replace(page, page=page.page + start, file=file, duplicate_of=original)


def _holder(lines: tuple[Line, ...]) -> PageReading:
    """Lines of a part of a page in the shape that the codec keeps."""
    return PageReading(1, "", 1, PageKind.CONTENT, Mode.SCANNED, 0, True, WHOLE_PAGE[2], WHOLE_PAGE[3], lines)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
