"""Vetting on applications of other designs than the corpus (``tests/factories/specimens``), from recorded readings.

The pages themselves are not stored: ``python -m tests.factories.specimens FOLDER`` draws them again, always
the same, and ``registry evaluate FOLDER`` reads them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.entrypoints.cli import vetting_input
from registry.entrypoints.cli.scoring import Score, score
from vetting.pipeline import vet
from vetting.reading import OcrEngine

SPECIMENS = Path(__file__).parents[2] / "data" / "specimens"
SLUGS = sorted(p.parent.name for p in SPECIMENS.glob("*/application.json"))
# They only go up. A fax of 200 dpi and a photograph in shadow are among them.
LEAST_SCANNED = 0.985


class Recorded:
    """Gives the recorded readings whatever is asked for; nothing has to be read."""

    def __init__(self, folder: Path) -> None:
        self._text = gzip.decompress((folder / "readings.json.gz").read_bytes()).decode()

    def get(self, sha256: str, engine: str) -> str | None:
        return self._text if sha256 and engine else None

    def put(self, sha256: str, engine: str, readings: str) -> None:
        pytest.fail("a part of a page was read that is not recorded")


@pytest.fixture(scope="module")
def engine() -> Iterator[OcrEngine]:
    with OcrEngine(threads=1) as one:
        yield one


@pytest.fixture(scope="module")
def scores(engine: OcrEngine) -> dict[str, Score]:
    return {slug: _score(slug, engine) for slug in SLUGS}


def _score(slug: str, engine: OcrEngine) -> Score:
    path = SPECIMENS / slug / "application.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    policy = vetting_input.read_policy(data["policy"])
    # Any file will do: its pages come from the recording.
    case = vetting_input.submission(path, vetting_input.read_form(path), policy, None)
    return score(slug, data["expected"], vet(case, engine=engine, cache=Recorded(SPECIMENS / slug)))


def test_they_are_there() -> None:
    assert len(SLUGS) >= 11


@pytest.mark.parametrize("slug", SLUGS)
def test_expected_findings_and_documents_and_no_others(slug: str, scores: dict[str, Score]) -> None:
    assert [m for m in scores[slug].misses if m.what in ("finding", "document")] == []


def test_fields(scores: dict[str, Score]) -> None:
    total = Score()
    for own in scores.values():
        total.add(own)
    assert total.of_mode("digital").recall >= 0.995
    assert total.of_mode("scanned").recall >= LEAST_SCANNED
