"""Vetting from files to findings: read the pages, tell the documents apart, read fields, check (R9).

The only module of vetting that ties everything together. Page readings are kept by a cache under the
hash of the file and the version of the engine, so that only what changed is read again and an old run
can be reproduced.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from vetting.documents import find_documents, judge
from vetting.intake import Limits
from vetting.marks import read_marks
from vetting.model import Submission, VettingResult
from vetting.offices import with_whole_offices
from vetting.reading import OcrEngine
from vetting.second import look_again
from vetting.sources import ReadingCache, Sources

# Raised with every change of splitting, fields or checks that can change an answer.
LOGIC_VERSION = "3"

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do."""


@dataclass(slots=True)
class Timing:
    """Seconds spent per stage."""

    read: float = 0.0
    second: float = 0.0
    understand: float = 0.0
    check: float = 0.0


def vet(
    submission: Submission,
    *,
    engine: OcrEngine,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cache: ReadingCache | None = None,
    timing: Timing | None = None,
) -> VettingResult:
    """Vet one application.

    Args:
        submission: files in the order in which their pages count, the typed form, dates and policy.
        engine: the reading engine (``vetting.reading``); its version is part of the result.
        limits: limits of intake, their defaults where None.
        progress: told how far it is.
        cache: keeps page readings by file hash and engine version.
        timing: filled with the seconds of each stage where given.

    Raises:
        Refused: a file that is not taken at all (R7).
    """
    timing = timing or Timing()
    tell = progress or (lambda _done, _all: None)
    with Sources(submission.files, engine, limits or Limits(), cache) as sources:
        started = time.perf_counter()
        pages, notes = sources.read(tell)
        timing.read += time.perf_counter() - started
        started = time.perf_counter()
        found = find_documents(pages, submission.form)
        timing.understand += time.perf_counter() - started
        started = time.perf_counter()
        found = look_again(pages, found, submission.form, sources.region, submission.inspection_years)
        found = read_marks(pages, found, sources.region, sources.seal_lines)
        found = replace(found, documents=with_whole_offices(found.documents, pages))
        timing.second += time.perf_counter() - started
    started = time.perf_counter()
    findings = judge(submission, pages, found, notes)
    timing.check += time.perf_counter() - started
    return VettingResult(
        found.documents, findings, tuple(pages), tuple(notes), f"{engine.version}+vetting-{LOGIC_VERSION}"
    )
