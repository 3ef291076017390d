"""From files to page readings, file by file and page by page, and back to the page for a second look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from vetting.intake import FileFacts, Limits, OpenFile, PageFailed
from vetting.model import Box, FileNote, Line, PageReading, Refused, SourceFile
from vetting.reading.engine import OcrEngine
from vetting.reading.pages import Known, failed_page, read_page
from vetting.reading.textlayer import unturn_box

Progress = Callable[[int, int], None]

_REGION_SIDE = 1700
_MAX_REGION_SIDE = 5200


def _no_progress(done: int, total: int) -> None:
    return None


def read_file(
    source: SourceFile,
    start_page: int,
    *,
    engine: OcrEngine,
    limits: Limits | None = None,
    progress: Progress | None = None,
    known: Known | None = None,
) -> tuple[list[PageReading], list[FileNote]]:
    """Read all pages of one file; the first gets the number ``start_page``.

    ``known`` remembers the pages of the files before it, so that a page handed in again is found.
    ``progress`` is told pages done and pages in all. Raises Refused where the file is not taken.
    """
    with OpenFile(source.path, source.name, limits or Limits()) as opened:
        return _read(opened, source, start_page, engine, progress or _no_progress, known or Known())


def _read(
    opened: OpenFile,
    source: SourceFile,
    start_page: int,
    engine: OcrEngine,
    progress: Progress,
    known: Known,
) -> tuple[list[PageReading], list[FileNote]]:
    readings: list[PageReading] = []
    notes = list(opened.facts.notes)
    total = opened.facts.pages
    for file_page in range(1, total + 1):
        page = start_page + file_page - 1
        try:
            reading, codes = read_page(opened, source.name, page, file_page, engine, known)
        except PageFailed as error:
            size = opened.facts.sizes[file_page - 1]
            reading, codes = failed_page(source.name, page, file_page, size, error.problem), ()
        readings.append(reading)
        notes += [FileNote(source.name, code, str(file_page)) for code in codes]
        progress(file_page, total)
    if opened.given_up:
        notes.append(FileNote(source.name, "pages_not_read"))
    return readings, notes


class ApplicationReader:
    """Reads the files of one application and keeps them at hand for second looks.

    A context manager. ``readings`` are the pages of all files that are taken, numbered through; ``notes``
    what a person should know of them; ``refused`` the files that are not taken. One child process is kept,
    for the file looked at last.
    """

    def __init__(
        self,
        files: Sequence[SourceFile],
        engine: OcrEngine,
        limits: Limits | None = None,
        progress: Progress | None = None,
        cached: Sequence[tuple[PageReading, ...]] | None = None,
    ) -> None:
        """``cached`` gives, per file, its readings from before (then nothing of it is read), or ()."""
        self._files = tuple(files)
        self._engine = engine
        self._limits = limits or Limits()
        self._progress = progress or _no_progress
        self._cached = tuple(cached) if cached is not None else ((),) * len(self._files)
        self._opened: tuple[SourceFile, OpenFile] | None = None
        self._sources: dict[int, SourceFile] = {}
        self.readings: tuple[PageReading, ...] = ()
        self.notes: tuple[FileNote, ...] = ()
        self.refused: tuple[Refused, ...] = ()
        self.facts: dict[str, FileFacts] = {}
        self.failed = 0

    def __enter__(self) -> Self:
        readings: list[PageReading] = []
        notes: list[FileNote] = []
        refused: list[Refused] = []
        known = Known()
        for source, cached in zip(self._files, self._cached, strict=True):
            start = len(readings) + 1
            if cached:
                pages = list(cached)
            else:
                try:
                    opened = self._open(source)
                except Refused as error:
                    refused.append(error)
                    continue
                self.facts[source.name] = opened.facts
                pages, more = _read(opened, source, start, self._engine, self._progress, known)
                notes += more
            self._sources.update({start + i: source for i in range(len(pages))})
            readings += pages
        self.readings, self.notes, self.refused = tuple(readings), tuple(notes), tuple(refused)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child process; the readings stay."""
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    def region(
        self,
        page: int,
        box: Box,
        *,
        scale: float = 2.0,
        drop_red: bool = False,
        alphabet: str | None = None,
        detect: bool = True,
    ) -> tuple[Line, ...]:
        """Read part of a page again; ``box`` and the boxes given are fractions of the upright page.

        ``scale`` 1 is about 150 dpi on A4. ``drop_red`` takes red ink out first; ``alphabet`` is all that
        characters may be (codes); without ``detect`` the part is read as one line. A page that cannot be
        drawn gives nothing, and ``failed`` counts it: nothing of that is an answer to keep.
        """
        reading = self._reading(page)
        x0, y0, x1, y1 = (min(1.0, max(0.0, v)) for v in box)
        if x1 - x0 < 1e-4 or y1 - y0 < 1e-4:
            return ()
        side = min(_MAX_REGION_SIDE, max(400, round(_REGION_SIDE * scale)))
        crop = unturn_box((x0, y0, x1, y1), reading.rotation)
        try:
            bitmap = self._open(self._sources[page]).render(reading.file_page, side, crop)
        except PageFailed:
            self.failed += 1
            return ()
        lines = self._engine.read_region(
            bitmap, turned=reading.rotation, drop_red=drop_red, alphabet=alphabet, detect=detect
        )
        return tuple(_replaced(line, (x0, y0, x1, y1)) for line in lines)

    def page_png(self, page: int, width: int = 1000) -> bytes:
        """The upright picture of a page as PNG, ``width`` pixels wide. Raises PageFailed."""
        reading = self._reading(page)
        return self._open(self._sources[page]).png(reading.file_page, width, reading.rotation)

    def _reading(self, page: int) -> PageReading:
        if not 1 <= page <= len(self.readings):
            raise ValueError("no such page")
        return self.readings[page - 1]

    def _open(self, source: SourceFile) -> OpenFile:
        if self._opened is not None and self._opened[0] is source:
            return self._opened[1]
        self.close()
        opened = OpenFile(source.path, source.name, self._limits)
        self._opened = (source, opened)
        return opened


def _replaced(line: Line, part: Box) -> Line:
    """A line of a part of the page with its box on the whole page."""
    x0, y0, x1, y1 = part
    left, top, right, bottom = line.box
    box = (
        x0 + left * (x1 - x0),
        y0 + top * (y1 - y0),
        x0 + right * (x1 - x0),
        y0 + bottom * (y1 - y0),
    )
    return Line(line.text, box, line.confidence, at=line.at, sure=line.sure)
