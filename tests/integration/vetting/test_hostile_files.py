"""Every hostile file goes through the whole of vetting, models included (issue 3, point 1).

A table with time, growth and answer is printed with ``-s``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import psutil
import pytest

from tests.factories.hostile import MADE, PROCESS, REJECT, REVIEW, Hostile
from tests.unit.vetting.pdfs import document, stream, text_page
from vetting.intake import Limits
from vetting.model import (
    Finding,
    PageKind,
    PageReading,
    Refused,
    Severity,
    SourceFile,
    Submission,
    VettingPolicy,
)
from vetting.pipeline import vet
from vetting.reading import OcrEngine

STORED = Path(__file__).parents[2] / "data" / "hostile"
_LARGE = ("flate_bomb_1gb.pdf", "empty_pages_10000.pdf")  # made, not stored: tests/unit tries them


def _stored() -> list[Hostile]:
    files = json.loads((STORED / "manifest.json").read_text(encoding="utf-8"))["files"]
    return [
        Hostile(f["file"], (STORED / f["file"]).read_bytes, tuple(f["outcomes"]))
        for f in files
        if f["file"] not in _LARGE
    ]


@pytest.fixture(scope="module")
def engine() -> Iterator[OcrEngine]:
    with OcrEngine() as engine:
        yield engine


@pytest.fixture(scope="module", autouse=True)
def warm(engine: OcrEngine, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the parent needs anyway is loaded before anything is measured."""
    path = tmp_path_factory.mktemp("warm") / "plain.pdf"
    path.write_bytes(document(text_page(stream(b"BT /F1 12 Tf 50 700 Td (Registered 2022) Tj ET"))))
    _outcome(path, "plain.pdf", engine)


def _outcome(path: Path, name: str, engine: OcrEngine) -> tuple[str, str]:
    """What becomes of a file handed in alone, and why: refused, for a person, or handled like any other."""
    submission = Submission(
        files=(SourceFile(path, name),),
        form=None,
        as_of=date(2022, 6, 22),
        cycle_ends=date(2024, 6, 22),
        inspection_years=(2020, 2021),
        policy=VettingPolicy((), ()),
    )
    try:
        result = vet(submission, engine=engine, limits=Limits())
    except Refused as refused:
        refusal = refused
    else:
        return _of(result.findings, result.pages)
    assert refusal.message.endswith("。")
    return REJECT, refusal.code


def _of(findings: Sequence[Finding], pages: Sequence[PageReading]) -> tuple[str, str]:
    told = [f for f in findings if f.severity is not Severity.INFO]
    assert all(_points_somewhere(f) for f in told)
    unread = [p for p in pages if p.kind is PageKind.CONTENT and not p.readable]
    assert not unread or any(f.code == "unreadable_page" for f in told)
    return (REVIEW if told else PROCESS), ",".join(sorted({f.code for f in told}))


def _points_somewhere(finding: Finding) -> bool:
    return bool(finding.evidence) or "file" in finding.params or finding.code.startswith("missing_document")


@pytest.mark.parametrize("case", [*_stored(), *MADE], ids=lambda case: case.name)
def test_a_hostile_file_is_handled(case: Hostile, engine: OcrEngine, tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes(case.make())
    before, started = psutil.Process().memory_info().rss, time.monotonic()
    outcome, why = _outcome(path, case.name, engine)
    seconds, grown = time.monotonic() - started, psutil.Process().memory_info().rss - before
    print(f"{case.name:<34}{outcome:<15}{seconds:6.1f} s {grown / 2**20:6.1f} MB  {why}")
    assert outcome in case.outcomes
    assert grown <= 50 * 2**20
    assert engine.pid is None or psutil.pid_exists(engine.pid)
