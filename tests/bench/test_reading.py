"""How fast pages are read, beside bare RapidOCR on the same pages in the same run; and the memory of a worker.

Ratios are told, nothing timed is asserted: a machine may be busy. Processor time is what compares well.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pypdfium2 as pdfium
import pytest

from vetting.model import SourceFile
from vetting.reading import ApplicationReader, OcrEngine

DATA = Path(__file__).parents[1] / "data"
SCANNED = ("corpus/d02-tinghe",)
MIXED = ("corpus/d01-qingmeng", "corpus/d11-yongyin", "pages")
_DPI = 200
_MANY = 100


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds for a number of pages."""

    pages: int
    wall: float
    processor: float

    def faster_than(self, other: Cost) -> str:
        """How many times as many pages a second as another, by the clock and by the processor."""
        return f"{other.wall / self.wall:.2f}x by the clock, {other.processor / self.processor:.2f}x by the processor"


def pdfs(folders: Sequence[str]) -> list[Path]:
    return [path for folder in folders for path in sorted((DATA / folder).glob("*.pdf"))]


@pytest.fixture(scope="module")
def engine() -> Iterator[OcrEngine]:
    with OcrEngine() as one:
        ours(pdfs(("pages",)), one)
        yield one


@pytest.fixture(scope="module")
def rapid() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})


def ours(paths: Sequence[Path], engine: OcrEngine) -> Cost:
    """Read files as vetting does: in a child process each, with one engine."""
    before, started = _processor(engine), time.perf_counter()
    pages = 0
    for path in paths:
        with ApplicationReader((SourceFile(path, path.name),), engine) as reader:
            pages += len(reader.readings)
    return Cost(pages, time.perf_counter() - started, _processor(engine) - before)


def _processor(engine: OcrEngine) -> float:
    own = psutil.Process().cpu_times()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = psutil.Process(engine.pid).cpu_times() if engine.pid else None
    return (
        own.user
        + own.system
        + ended.ru_utime
        + ended.ru_stime
        + (running.user + running.system if running else 0.0)
    )


def bare(paths: Sequence[Path], rapid: Any) -> Cost:
    """Draw every page at 200 dpi and give it to RapidOCR."""
    before, started = time.process_time(), time.perf_counter()
    pages = 0
    for path in paths:
        document = pdfium.PdfDocument(path)
        for page in document:
            rapid(np.ascontiguousarray(page.render(scale=_DPI / 72).to_numpy()[:, :, :3]))
            pages += 1
        document.close()
    return Cost(pages, time.perf_counter() - started, time.process_time() - before)


@pytest.mark.parametrize(("name", "folders"), [("all scanned", SCANNED), ("mixed", MIXED)])
def test_beside_bare_rapidocr(name: str, folders: Sequence[str], engine: OcrEngine, rapid: Any) -> None:
    paths = pdfs(folders)
    mine, theirs = ours(paths, engine), bare(paths, rapid)
    assert mine.pages == theirs.pages > 0
    for who, cost in (("vetting", mine), ("bare RapidOCR", theirs)):
        print(
            f"\n{name}, {who}: {cost.pages} pages, {cost.wall / cost.pages:.2f} s a page,"
            f" {cost.processor / cost.pages:.2f} s of processor"
        )
    print(f"{name}: vetting is {mine.faster_than(theirs)}")


def test_memory_of_a_worker_stays_flat(engine: OcrEngine) -> None:
    path = pdfs(SCANNED)[0]
    sizes: list[int] = []
    while len(sizes) < _MANY:
        # A reader of its own each time: pages handed in again within one file are not read again.
        with ApplicationReader(
            (SourceFile(path, path.name),),
            engine,
            progress=lambda _done, _all: sizes.append(engine.resident_bytes),
        ):
            pass
    ten, hundred = max(sizes[:10]), max(sizes[_MANY - 10 : _MANY])
    print(
        f"\nmodel process: {ten / 2**20:.0f} MB by page 10, {hundred / 2**20:.0f} MB by page {_MANY} ({hundred / ten - 1:+.1%})"
    )
    assert hundred < 1.3 * 2**30
    assert hundred <= 1.1 * ten
