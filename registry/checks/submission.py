"""From the registry's records to what vetting is given, and from its result to what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from registry.applications import queries as applications
from registry.applications.form import ApplicationForm
from registry.checks.policy import vetting_policy
from registry.documents import queries as documents
from registry.kernel.errors import NotFound
from registry.rounds import queries as rounds
from vetting.intake import safe_name
from vetting.model import (
    Document,
    Finding,
    Form,
    PageReading,
    SourceFile,
    Submission,
    Teacher,
    VettingResult,
)


def vetting_form(form: ApplicationForm) -> Form:
    """What the provider typed, as vetting compares it."""
    return Form(
        name=form.name,
        credit_code=form.credit_code,
        legal_representative=form.legal_representative,
        legal_representative_id=form.legal_representative_id,
        registered_address=form.registered_address,
        business_scope=form.business_scope,
        brand=form.brand,
        categories=tuple(form.categories),
        teachers=tuple(
            Teacher(t.name, t.id_number, t.certificate_type, t.certificate_number, t.valid_until)
            for t in form.teachers
        ),
        former_names=tuple(form.former_names),
        agent_name=form.agent.name,
        agent_id=form.agent.id_number,
        courses=tuple(course.title for course in form.courses),
        annual_inspections=dict(form.annual_inspections),
    )


@dataclass(frozen=True, slots=True)
class FileOfRun:
    """A file that a run read: which stored file a page number belongs to."""

    file_id: int
    name: str
    sha256: str


async def load(application_id: int, folder: Path) -> tuple[Submission, tuple[FileOfRun, ...]]:
    """Copy the handed-in files into ``folder`` and gather what vetting needs.

    Raises NotFound for an application never handed in, Unavailable where the store does not answer.
    """
    found = await applications.get(application_id)
    form = await applications.submitted_form(application_id)
    of_round = await rounds.get(found.round_id)
    files: list[SourceFile] = []
    kept: list[FileOfRun] = []
    for number, handed_in in enumerate(await applications.submitted_files(application_id), 1):
        stored = await documents.get(handed_in.id)
        suffix = _suffix(handed_in.media_type)
        path = folder / f"{number:03d}{suffix}"
        with path.open("wb") as target:
            await documents.copy_original(stored, target)
        # What providers call their files helps to tell the documents apart, and people to find the place.
        name = _own_name(safe_name(handed_in.given_name, suffix), number, {f.name for f in files})
        files.append(SourceFile(path=path, name=name, item=handed_in.item or None))
        kept.append(FileOfRun(handed_in.id, name, handed_in.sha256))
    if not files:
        raise NotFound("这份申报没有材料文件")
    submission = Submission(
        files=tuple(files),
        form=vetting_form(form),
        as_of=of_round.deadline,
        cycle_ends=of_round.cycle_ends_on,
        inspection_years=of_round.inspection_years,
        policy=vetting_policy(of_round.rules),
    )
    return submission, tuple(kept)


def _own_name(name: str, number: int, taken: set[str]) -> str:
    """The file's name; with its number in front where another file has the same."""
    return name if name not in taken else f"{number:03d} {name}"


def _suffix(media_type: str) -> str:
    return {"image/jpeg": ".jpg", "image/png": ".png"}.get(media_type, ".pdf")


def result_json(result: VettingResult, files: Iterable[FileOfRun], as_of: date) -> dict[str, Any]:
    """A vetting result as JSON for the run's sealed column: documents with fields, pages, engine, files."""
    ids = {f.name: f.file_id for f in files}
    return {
        "engine": result.engine,
        "as_of": as_of.isoformat(),
        "files": [{"id": f.file_id, "name": f.name, "sha256": f.sha256} for f in files],
        "documents": [_document(d) for d in result.documents],
        "pages": [_page(p, ids) for p in result.pages],
        "notes": [{"file": n.file, "code": n.code, "detail": n.detail} for n in result.notes],
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "type": document.type,
        "file": document.file,
        "pages": [document.first_page, document.last_page],
        "fields": {
            name: {
                "value": _plain(v.value),
                "confidence": round(v.confidence, 3),
                "page": v.page,
                "bbox": list(v.box),
                "raw": v.raw,
            }
            for name, v in document.fields.items()
        },
    }


def _page(page: PageReading, ids: dict[str, int]) -> dict[str, Any]:
    return {
        "page": page.page,
        "file_id": ids.get(page.file),
        "file_page": page.file_page,
        "kind": str(page.kind),
        "mode": str(page.mode),
        "rotation": page.rotation,
        "width": round(page.width, 1),
        "height": round(page.height, 1),
        "readable": page.readable,
        "problem": page.problem,
        "duplicate_of": page.duplicate_of,
    }


def finding_body(finding: Finding) -> dict[str, Any]:
    """The sealed part of a finding: its sentence, its params and its evidence."""
    return {
        "message": finding.message,
        "params": dict(finding.params),
        "evidence": [
            {"document": e.document, "page": e.page, "bbox": list(e.box) if e.box else None, "text": e.text}
            for e in finding.evidence
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return value
