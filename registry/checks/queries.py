"""Reading runs and findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.kernel.db import row, rows
from registry.kernel.sealed import unseal_json


@dataclass(frozen=True, slots=True)
class RunView:
    """A run: its state and progress, without what it read."""

    id: int
    state: str
    engine: str
    as_of: date
    pages_done: int
    pages_total: int
    started_at: datetime | None
    finished_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """Where a finding was read: the stored file and its page, the page counted through, the box (fractions)."""

    document: str | None
    page: int | None
    file_id: int | None
    file_page: int | None
    bbox: tuple[float, float, float, float] | None
    text: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its sentence and evidence."""

    id: int
    code: str
    severity: str
    rule: str
    message: str
    params: dict[str, str]
    evidence: tuple[EvidenceView, ...]
    overruled_by: str | None
    overruled_on: date | None
    overruled_reason: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """The latest run of an application with everything it found. ``vetted`` is False for "not vetted" (R9)."""

    run: RunView | None
    vetted: bool
    findings: tuple[FindingView, ...]
    documents: tuple[dict[str, Any], ...]
    pages: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]

    def open_blocks(self) -> int:
        """Blocking findings that nobody overruled."""
        return sum(f.severity == "block" and f.overruled_by is None for f in self.findings)


_RUN = (
    "SELECT id, state, engine, as_of, pages_done, pages_total, started_at, finished_at, failure%s FROM vetting_run"
    " WHERE application = {} ORDER BY id DESC LIMIT 1"
)


def being_vetted(state: str, run: RunView | None) -> bool:
    """Whether vetting of an application is to come or under way.

    For a deadline that moved it runs while the application stays with the bureau's people (R12).
    """
    if state in {"submitted", "vetting"}:
        return True
    return state in {"in_review", "recommended"} and run is not None and run.state in {"queued", "running"}


async def latest_run(application_id: int) -> RunView | None:
    """The latest run, for progress."""
    found = await row(_RUN % "", application_id)
    return RunView(**found) if found else None


async def dossier(application_id: int) -> Dossier:
    """The latest run and its findings; for a failed or running one, no findings and ``vetted`` False."""
    stored = await row(_RUN % ", result_sealed", application_id)
    sealed = stored.pop("result_sealed") if stored else None
    run = RunView(**stored) if stored else None
    if run is None or run.state != "done" or sealed is None:
        return Dossier(run, False, (), (), (), ())
    result = unseal_json(sealed, "vetting_run.result")
    pages = {p["page"]: p for p in result["pages"]}
    found = await rows(
        "SELECT f.id, f.code, f.severity, f.rule, f.body_sealed, f.overruled_on, f.overruled_reason,"
        " a.display_name AS overruled_by FROM finding f LEFT JOIN account a ON a.id = f.overruled_by"
        " WHERE f.run = {} ORDER BY f.position, f.id",
        run.id,
    )
    return Dossier(
        run=run,
        vetted=True,
        findings=tuple(_finding(f, pages) for f in found),
        documents=tuple(result["documents"]),
        pages=tuple(result["pages"]),
        notes=tuple(result["notes"]),
    )


def _finding(found: dict[str, Any], pages: dict[int, dict[str, Any]]) -> FindingView:
    body = unseal_json(found["body_sealed"], "finding.body")
    evidence = []
    for item in body["evidence"]:
        page = pages.get(item["page"]) or {}
        evidence.append(
            EvidenceView(
                item["document"],
                item["page"],
                page.get("file_id"),
                page.get("file_page"),
                tuple(item["bbox"]) if item["bbox"] else None,
                item["text"],
            )
        )
    return FindingView(
        id=found["id"],
        code=found["code"],
        severity=found["severity"],
        rule=found["rule"],
        message=body["message"],
        params=body["params"],
        evidence=tuple(evidence),
        overruled_by=found["overruled_by"],
        overruled_on=found["overruled_on"],
        overruled_reason=found["overruled_reason"],
    )


async def counts(application_ids: list[int]) -> dict[int, dict[str, int]]:
    """For each application the number of open findings by severity, in its latest finished run."""
    found = await rows(
        "SELECT f.application, f.severity, count(*) AS n FROM finding f JOIN ("
        "  SELECT application, max(id) AS run FROM vetting_run WHERE application = ANY({}) AND state = 'done'"
        "  GROUP BY application) latest ON latest.run = f.run"
        " WHERE f.overruled_by IS NULL GROUP BY f.application, f.severity",
        application_ids,
    )
    result: dict[int, dict[str, int]] = {i: {} for i in application_ids}
    for r in found:
        result[r["application"]][r["severity"]] = r["n"]
    return result
