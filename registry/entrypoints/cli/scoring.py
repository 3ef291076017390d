"""Scoring vetting against labelled applications: documents, fields, findings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from vetting.model import Document, FieldValue, Finding, Severity, VettingResult
from vetting.text.normalise import compare_key

_SIMILAR_FIELDS = frozenset({"business_scope", "registered_address", "address"})
_SIMILAR = 97.0
# Codes that the corpus does not count whatever their severity.
_NOT_COUNTED = ("hidden_text",)


@dataclass(slots=True)
class Tally:
    """Right answers, wrong or superfluous ones, and those that are missing."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    @property
    def precision(self) -> float:
        """Share of what was answered that is right."""
        answered = self.right + self.wrong
        return self.right / answered if answered else 1.0

    @property
    def recall(self) -> float:
        """Share of what there is that was answered rightly."""
        there = self.right + self.missing
        return self.right / there if there else 1.0

    def add(self, other: Tally) -> None:
        """Count another tally in."""
        self.right += other.right
        self.wrong += other.wrong
        self.missing += other.missing


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as it should be, with its place for a picture."""

    slug: str
    what: str
    expected: str
    found: str
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    scan_profile: str = ""


@dataclass(slots=True)
class Score:
    """What became of one application or of all."""

    pages: Tally = field(default_factory=Tally)
    fields: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    findings: dict[str, Tally] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another score in."""
        self.pages.add(other.pages)
        for key, tally in other.fields.items():
            self.fields.setdefault(key, Tally()).add(tally)
        for code, tally in other.findings.items():
            self.findings.setdefault(code, Tally()).add(tally)
        self.misses += other.misses

    def of_mode(self, mode: str) -> Tally:
        """All fields of digital or of scanned documents."""
        total = Tally()
        for (_, _, own), tally in self.fields.items():
            if own == mode:
                total.add(tally)
        return total

    @property
    def all_findings(self) -> Tally:
        """All findings that the corpus counts."""
        total = Tally()
        for tally in self.findings.values():
            total.add(tally)
        return total


def score(slug: str, expected: Mapping[str, Any], result: VettingResult) -> Score:
    """Compare a result with the ``expected`` of an ``application.json``."""
    total = Score()
    truths = [d for d in expected["documents"] if d["readable"]]
    matched = _match(truths, result.documents)
    _score_pages(slug, expected, truths, result.documents, total)
    for truth, document in matched:
        _score_fields(slug, truth, document, total)
    _score_findings(slug, expected, result.findings, total)
    return total


def _match(
    truths: Sequence[Mapping[str, Any]], documents: Sequence[Document]
) -> list[tuple[Mapping[str, Any], Document | None]]:
    """Each true document with the one found at its place: same type, most pages in common, each used once."""
    free = list(documents)
    pairs: list[tuple[Mapping[str, Any], Document | None]] = []
    for truth in truths:
        candidates = [d for d in free if d.type == truth["type"] and _common(truth["pages"], d)]
        name = compare_key(str(truth["fields"].get("name", "")))
        best = max(
            candidates,
            key=lambda d: (
                _common(truth["pages"], d),
                d.first_page == truth["pages"][0],
                fuzz.ratio(name, _name(d)),
            ),
            default=None,
        )
        if best is not None:
            free.remove(best)
        pairs.append((truth, best))
    return pairs


def _name(document: Document) -> str:
    found = document.fields.get("name")
    return compare_key(str(found.value)) if found else ""


def _common(pages: Sequence[int], document: Document) -> int:
    return max(0, min(pages[1], document.last_page) - max(pages[0], document.first_page) + 1)


def _score_pages(
    slug: str,
    expected: Mapping[str, Any],
    truths: Sequence[Mapping[str, Any]],
    documents: Sequence[Document],
    total: Score,
) -> None:
    readable = {p["page"] for p in expected["page_map"] if p["kind"] == "content" and p.get("readable", True)}
    for page in sorted(readable):
        here = sorted((t["type"], *t["pages"]) for t in truths if t["pages"][0] <= page <= t["pages"][1])
        found = sorted(
            (d.type, d.first_page, d.last_page) for d in documents if d.first_page <= page <= d.last_page
        )
        if here == found:
            total.pages.right += 1
        else:
            total.pages.wrong += 1
            total.pages.missing += 1
            total.misses.append(Miss(slug, "document", str(here), str(found), page))


def _score_fields(slug: str, truth: Mapping[str, Any], document: Document | None, total: Score) -> None:
    for name, value in truth["fields"].items():
        tally = total.fields.setdefault((truth["type"], name, truth["mode"]), Tally())
        found = document.fields.get(name) if document else None
        if found is not None and same_value(name, value, found.value):
            tally.right += 1
            continue
        tally.missing += 1
        if found is not None:
            tally.wrong += 1
        total.misses.append(_miss(slug, truth, name, value, found))


def _miss(slug: str, truth: Mapping[str, Any], name: str, value: Any, found: FieldValue | None) -> Miss:
    page = found.page if found else truth["pages"][0]
    shown = "（无）" if found is None else str(found.value)
    profile = truth.get("scan_profile") or truth["mode"]
    return Miss(
        slug, f"{truth['type']}.{name}", str(value), shown, page, found.box if found else None, profile
    )


def same_value(name: str, expected: Any, found: Any) -> bool:
    """Names and codes after normalising, scope and address by 97% similarity, the rest exactly."""
    if isinstance(expected, str) and isinstance(found, str):
        one, other = compare_key(expected), compare_key(found)
        return one == other or (name in _SIMILAR_FIELDS and fuzz.ratio(one, other) >= _SIMILAR)
    if name == "categories" and isinstance(found, list):
        return sorted(expected) == sorted(found)
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return set(expected) == set(found) and all(same_value("", expected[k], found[k]) for k in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(
            same_value("", a, b) for a, b in zip(expected, found, strict=True)
        )
    return bool(expected == found)


def _score_findings(
    slug: str, expected: Mapping[str, Any], findings: Iterable[Finding], total: Score
) -> None:
    codes = {
        f.code for f in findings if f.severity is not Severity.INFO and not f.code.startswith(_NOT_COUNTED)
    }
    accepted = set(expected["also_acceptable"])
    for truth in expected["findings"]:
        names = {truth["code"], *truth.get("alternatives", ())}
        accepted |= names
        tally = total.findings.setdefault(truth["code"], Tally())
        if codes & names:
            tally.right += 1
        else:
            tally.missing += 1
            total.misses.append(
                Miss(slug, "finding", truth["code"], "（无）", (truth.get("pages") or [None])[0])
            )
    for code in sorted(codes - accepted):
        total.findings.setdefault(code, Tally()).wrong += 1
        evidence = next((e for f in findings if f.code == code for e in f.evidence), None)
        total.misses.append(
            Miss(
                slug,
                "finding",
                "（无）",
                code,
                evidence.page if evidence else None,
                evidence.box if evidence else None,
            )
        )
