"""Page readings of an application's files, from the cache where a file was read before by this engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from vetting.intake import Limits, PageFailed
from vetting.model import WHOLE_PAGE, Box, FileNote, Line, Mode, PageKind, PageReading, Refused, SourceFile
from vetting.reading import ApplicationReader, OcrEngine
from vetting.reading.codec import decode, encode
from vetting.seal_text import PAGE_WIDTH, read_seal

_CHUNK = 1 << 20
REFUSED_FILE = "file_refused"
# Pages that another try may read: what became of them on a busy machine is not kept.
_PASSING = frozenset({"too_slow", "render_failed", "not_tried", "not_recognised"})


class ReadingCache(Protocol):
    """Keeps what was read from a file, as text, by its SHA-256 and the engine's version.

    The texts hold what stands on pages: personal data (R34).
    """

    def get(self, sha256: str, engine: str) -> str | None:
        """What this engine read from the file, or None."""

    def put(self, sha256: str, engine: str, readings: str) -> None:
        """Keep what this engine read from the file."""


@dataclass(slots=True)
class _FileReadings:
    """What was read from one file: its pages counted from 1, intake's notes, parts read again."""

    pages: tuple[PageReading, ...]
    notes: tuple[FileNote, ...]
    regions: dict[str, tuple[Line, ...]]
    fresh: bool

    def to_text(self) -> str:
        """As JSON, for the cache."""
        regions = {key: encode((_holder(lines),)) for key, lines in self.regions.items()}
        return json.dumps(
            {"readings": encode(self.pages, self.notes), "regions": regions}, ensure_ascii=False
        )

    @classmethod
    def from_text(cls, text: str) -> _FileReadings | None:
        """Back from the cache; None for what another version kept."""
        try:
            data = json.loads(text)
            pages, notes = decode(data["readings"])
            regions = {str(k): decode(v)[0][0].lines for k, v in data["regions"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
        return cls(pages, notes, regions, fresh=False)


class Sources:
    """Reads files one by one; pages are counted through all of them.

    A file is opened only if it, or a part of it, has to be read. Raises Refused for a file that is not
    taken at all (R7).
    """

    def __init__(
        self, files: Sequence[SourceFile], engine: OcrEngine, limits: Limits, cache: ReadingCache | None
    ) -> None:
        self._files = tuple(files)
        self._engine = engine
        self._limits = limits
        self._cache = cache
        self._open = ExitStack()
        self._readers: dict[int, ApplicationReader] = {}
        self._hashes: dict[int, str] = {}
        self._read: list[_FileReadings] = []
        self._starts: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
        if self._cache and kind is None:
            for index, readings in enumerate(self._read):
                if readings.fresh and not any(p.problem in _PASSING for p in readings.pages):
                    self._cache.put(self._hash(index), self._engine.version, readings.to_text())

    def read(self, tell: Callable[[int, int], None]) -> tuple[tuple[PageReading, ...], tuple[FileNote, ...]]:
        """All pages in order, and what intake noticed. ``tell`` hears how many pages of how many are read.

        Of several files one that is not taken becomes a note; a lone one, or all of them, a refusal.
        """
        pages: list[PageReading] = []
        notes: list[FileNote] = []
        refusals: list[Refused] = []
        self._read, self._starts = [], []
        for index, file in enumerate(self._files):
            self._starts.append(len(pages))
            own = self._file(index, _counting(tell, len(pages), len(self._files) - index - 1), refusals)
            self._read.append(own)
            pages += [_shifted(page, self._starts[-1], file.name) for page in own.pages]
            notes += [replace(note, file=file.name) for note in own.notes]
        if refusals and not pages:
            raise refusals[0]
        tell(len(pages), len(pages))
        return tuple(pages), tuple(notes)

    def _file(
        self, index: int, progress: Callable[[int, int], None], refusals: list[Refused]
    ) -> _FileReadings:
        text = self._cache.get(self._hash(index), self._engine.version) if self._cache else None
        kept = _FileReadings.from_text(text) if text is not None else None
        if kept is not None:
            return kept
        with ApplicationReader((self._files[index],), self._engine, self._limits, progress) as reader:
            refusals += reader.refused
            if reader.refused:
                refusal = reader.refused[0]
                note = FileNote(self._files[index].name, REFUSED_FILE, refusal.message)
                return _FileReadings((), (note,), {}, fresh=False)
            return _FileReadings(tuple(reader.readings), tuple(reader.notes), {}, fresh=True)

    def region(
        self, page: int, box: Box, scale: float, drop_red: bool, alphabet: str | None
    ) -> tuple[Line, ...]:
        """Read a part of a page again; ``page`` is counted through all files. Kept like the pages."""
        index = max(i for i, start in enumerate(self._starts) if start < page)
        own = page - self._starts[index]
        place = ",".join(f"{v:.4f}" for v in box)
        key = f"{own}:{place}:{scale:g}:{int(drop_red)}:{alphabet or ''}"
        kept = self._read[index].regions
        if key not in kept:
            reader = self._reader(index)
            failed = reader.failed
            lines = tuple(reader.region(own, box, scale=scale, drop_red=drop_red, alphabet=alphabet))
            if reader.failed > failed:
                return lines
            kept[key] = lines
            self._read[index].fresh = True
        return kept[key]

    def seal_lines(self, page: int, box: Box) -> tuple[Line, ...]:
        """Read the ring of a seal; ``page`` is counted through all files. Kept like the pages."""
        index = max(i for i, start in enumerate(self._starts) if start < page)
        own = page - self._starts[index]
        key = f"{own}:{','.join(f'{v:.4f}' for v in box)}:seal"
        kept = self._read[index].regions
        if key not in kept:
            try:
                picture = self._reader(index).page_png(own, PAGE_WIDTH)
            except PageFailed:
                return ()
            kept[key] = read_seal(picture, box, lambda strip: self._engine.read_region(strip, detect=False))
            self._read[index].fresh = True
        return kept[key]

    def _reader(self, index: int) -> ApplicationReader:
        if index not in self._readers:
            pages = self._read[index].pages
            reader = ApplicationReader((self._files[index],), self._engine, self._limits, cached=(pages,))
            self._readers[index] = self._open.enter_context(reader)
        return self._readers[index]

    def _hash(self, index: int) -> str:
        if index not in self._hashes:
            self._hashes[index] = _sha256(self._files[index].path)
        return self._hashes[index]


def _counting(
    tell: Callable[[int, int], None], before: int, files_to_come: int
) -> Callable[[int, int], None]:
    """Progress of one file told as that of all; a file not opened yet counts as one page."""
    return lambda done, of: tell(before + done, before + of + files_to_come)


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
