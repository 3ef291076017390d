"""The whole of vetting on applications of the corpus, from readings recorded with the real engine.

Recorded readings make these tests quick and exact: what they guard is splitting, fields, second readings
and checks. Reading itself is guarded by ``registry evaluate`` on the same applications.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.entrypoints.cli import vetting_input
from registry.entrypoints.cli.scoring import Score, score
from registry.entrypoints.cli.vetting_output import report, result_json
from vetting.model import Severity, Submission, VettingResult
from vetting.pipeline import Timing, vet
from vetting.reading import OcrEngine

CORPUS = Path(__file__).parents[2] / "data" / "corpus"
SLUGS = sorted(p.parent.name for p in CORPUS.glob("*/application.json"))


class Recorded:
    """The cache that vetting asks, filled with recorded readings; nothing has to be read."""

    def __init__(self, folder: Path) -> None:
        data = json.loads((folder / "application.json").read_text(encoding="utf-8"))
        pdf = (folder / data["merged_pdf"]).read_bytes()
        self.sha256 = hashlib.sha256(pdf).hexdigest()
        self.text = gzip.decompress((folder / "readings.json.gz").read_bytes()).decode()
        self.added: list[str] = []

    def get(self, sha256: str, engine: str) -> str | None:
        return self.text if sha256 == self.sha256 and engine else None

    def put(self, sha256: str, engine: str, readings: str) -> None:
        self.added.append(sha256)


def given(slug: str, **changes: Any) -> Submission:
    folder = CORPUS / slug
    data = json.loads((folder / "application.json").read_text(encoding="utf-8"))
    form = vetting_input.read_form(folder / "application.json")
    policy = vetting_input.read_policy("default")
    return replace(vetting_input.submission(folder / data["merged_pdf"], form, policy, None), **changes)


def truth(slug: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((CORPUS / slug / "application.json").read_text(encoding="utf-8"))
    return data


@pytest.fixture(scope="module")
def engine() -> Iterator[OcrEngine]:
    with OcrEngine(threads=1) as one:
        yield one


@pytest.fixture(scope="module")
def results(engine: OcrEngine) -> dict[str, VettingResult]:
    return {slug: vet(given(slug), engine=engine, cache=Recorded(CORPUS / slug)) for slug in SLUGS}


def test_the_corpus_is_there() -> None:
    assert SLUGS == ["d01-qingmeng", "d02-tinghe", "d05-yunjiao", "d11-yongyin"]


@pytest.mark.parametrize("slug", SLUGS)
def test_expected_findings_and_no_others(slug: str, results: dict[str, VettingResult]) -> None:
    scored = score(slug, truth(slug)["expected"], results[slug])
    assert [m for m in scored.misses if m.what in ("finding", "document")] == []


def test_fields(results: dict[str, VettingResult]) -> None:
    total = Score()
    for slug in SLUGS:
        total.add(score(slug, truth(slug)["expected"], results[slug]))
    assert total.of_mode("digital").recall >= 0.995
    assert total.of_mode("scanned").recall >= 0.98


@pytest.mark.parametrize("slug", SLUGS)
def test_observations(slug: str, results: dict[str, VettingResult]) -> None:
    told = {f.code for f in results[slug].findings if f.severity is Severity.INFO}
    expected = {o for o in truth(slug)["expected"]["observations"] if not o.startswith("superseded")}
    assert expected <= told


def test_every_finding_and_field_has_its_place(results: dict[str, VettingResult]) -> None:
    for result in results.values():
        pages = {p.page for p in result.pages}
        ids = {d.id for d in result.documents}
        for document in result.documents:
            assert set(range(document.first_page, document.last_page + 1)) <= pages
            for found in document.fields.values():
                assert found.page in pages
                assert all(-0.01 <= v <= 1.01 for v in found.box)
                assert 0.0 <= found.confidence <= 1.0
        for finding in result.findings:
            assert finding.message
            for place in finding.evidence:
                assert place.page is None or place.page in pages
                assert place.document is None or place.document in ids


def test_nothing_is_taken_from_the_form(engine: OcrEngine, results: dict[str, VettingResult]) -> None:
    """What is read does not change with what was typed, only the findings do."""
    blind = vet(given("d01-qingmeng", form=None), engine=engine, cache=Recorded(CORPUS / "d01-qingmeng"))
    values = [{n: f.value for n, f in d.fields.items()} for d in blind.documents]
    assert values == [{n: f.value for n, f in d.fields.items()} for d in results["d01-qingmeng"].documents]
    assert [f.code for f in blind.findings if f.severity is not Severity.INFO] == []


def test_what_was_read_before_is_not_read_again(engine: OcrEngine) -> None:
    kept = Recorded(CORPUS / "d05-yunjiao")
    timing, told = Timing(), list[tuple[int, int]]()
    vet(
        given("d05-yunjiao"),
        engine=engine,
        cache=kept,
        timing=timing,
        progress=lambda a, b: told.append((a, b)),
    )
    assert kept.added == []
    assert told[-1] == (11, 11)
    assert timing.check > 0


def test_json_has_the_promised_shape(results: dict[str, VettingResult]) -> None:
    data = json.loads(json.dumps(result_json(results["d05-yunjiao"])))
    assert set(data) == {"documents", "findings", "pages"}
    assert set(data["documents"][0]) == {"id", "type", "file", "pages", "fields"}
    assert set(data["documents"][0]["fields"]["name"]) >= {"value", "confidence", "page", "bbox"}
    finding = next(f for f in data["findings"] if f["code"] == "credit_code_mismatch")
    assert set(finding) == {"code", "severity", "rule", "message", "evidence"}
    assert set(finding["evidence"][0]) == {"document", "page", "bbox", "text"}
    assert [p["page"] for p in data["pages"]] == list(range(1, 12))
    assert set(data["pages"][0]) == {"page", "kind", "rotation", "mode", "readable", "documents"}


def test_report_for_people(results: dict[str, VettingResult]) -> None:
    text = report("材料.pdf", given("d05-yunjiao"), results["d05-yunjiao"])
    assert "[阻断] 统一社会信用代码不一致" in text
    assert "教师甘秀芬" in text
    assert "营业执照" in text


def test_offices_that_a_seal_lies_over_are_put_right_and_keep_what_was_read(
    results: dict[str, VettingResult],
) -> None:
    """On the real scan the seal turns a character of the issuer into another."""
    issuers = [d.fields["issuer"] for d in results["d02-tinghe"].documents if d.type == "skill_certificate"]
    corrected = [i for i in issuers if i.corrected_from]
    assert corrected, "a correction shows what was read"
    assert {i.value for i in corrected} == {"桂南职业技能评价中心"}
    assert all(i.corrected_from != i.value for i in corrected)
