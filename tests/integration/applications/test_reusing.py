"""A draft begins with the last round's answers and the documents that are still valid; where they come from is kept."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from registry.applications import commands, queries
from registry.checks import reuse
from registry.documents import commands as documents
from registry.documents import queries as stored
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, NotFound
from registry.kernel.sealed import seal_json
from storage.store import ObjectStore
from tests.factories.applying import Applicant, make_applicant, pdf_bytes, whole_form
from tests.factories.listed import NOW, make_round, set_day

NEXT = date(2024, 6, 20)


def document(number: int, kind: str, until: str | None) -> dict[str, Any]:
    """A document on a page of its own, as a run stores it."""
    fields = {"valid_until": {"value": until, "confidence": 0.98}} if until else {}
    return {"id": f"d{number}", "type": kind, "file": "001.pdf", "pages": [number, number], "fields": fields}


@dataclass
class Second:
    """An applicant with a handed-in application and a draft in the next round."""

    applicant: Applicant
    first: int
    draft: int
    file: int


async def second_round(tmp_path: Path, *kinds: tuple[str, str | None], vetted: bool = True) -> Second:
    """An application handed in as one merged PDF with a page for each document, and a draft two years later."""
    applicant = await make_applicant()
    first = await applicant.start()
    form = whole_form(applicant.facts)
    lapsing = form.teachers[0].model_copy(update={"valid_until": date(2023, 1, 1)})
    await commands.save_form(
        applicant.actor,
        first,
        form.model_copy(update={"teachers": (lapsing,), "brand": "墨香书法"}),
        (await queries.working_form(first))[1],
    )
    path = tmp_path / "merged.pdf"
    path.write_bytes(pdf_bytes(len(kinds)))
    put = await documents.put(path, name="材料.pdf", media_type="application/pdf", pages=len(kinds))
    file = await commands.add_file(applicant.actor, first, 0, put)
    await commands.submit(applicant.actor, first)
    result = {
        "documents": [document(n, kind, until) for n, (kind, until) in enumerate(kinds, 1)],
        "pages": [{"page": n, "file_id": file, "file_page": n} for n in range(1, len(kinds) + 1)],
        "notes": [],
    }
    await rows(
        "INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at, result_sealed, failure)"
        " VALUES ({}, {}, 'submission', 'test', {}, {}, {}, '')",
        first,
        "done" if vetted else "failed",
        date(2022, 6, 22),
        NOW,
        seal_json(result, "vetting_run.result"),
    )
    await rows(
        "UPDATE application SET state = 'listed', recommended_by = 1, decided_by = 2 WHERE id = {}", first
    )
    round_id = await make_round(applicant.desk.list_id, "nanning-2022", cycle_ends_on=date(2026, 6, 30))
    await rows("UPDATE round SET opens_on = {}, deadline = {}, title = {} WHERE id = {}",
               date(2024, 6, 1), date(2024, 6, 28), "2024 年第一批", round_id)  # fmt: skip
    await rows("UPDATE round SET inspection_years = {} WHERE id = {}", [2022, 2023], round_id)
    await set_day(NEXT)
    return Second(applicant, first, await commands.start(applicant.actor, round_id), file)


async def test_answers_and_valid_documents_are_taken_over(
    object_store: ObjectStore, settings_env: dict[str, str], tmp_path: Path
) -> None:
    given = await second_round(
        tmp_path,
        ("application_form", None),
        ("business_licence", "long-term"),
        ("resident_id", "2023-05-01"),
        ("annual_inspection", None),
        ("service_plan", None),
        ("commitment", None),
    )
    actor = given.applicant.actor
    offered = await reuse.offer(actor, given.draft)
    assert offered is not None
    assert [one.type for one in offered.taken] == ["business_licence", "service_plan"]
    assert {one.type: one.left for one in offered.left} == {
        "application_form": reuse.Left.ANEW,
        "resident_id": reuse.Left.EXPIRED,
        "annual_inspection": reuse.Left.OTHER_YEARS,
        "commitment": reuse.Left.ANEW,
    }
    await reuse.reuse(actor, given.draft)
    form, _ = await queries.working_form(given.draft)
    assert form.courses == whole_form(given.applicant.facts).courses
    assert (form.categories, form.business_scope != "", form.brand) == (("arts",), True, "墨香书法")
    (teacher,) = form.teachers
    assert (teacher.name, teacher.certificate_number, teacher.valid_until) == ("蒙佳宁", "", None)
    assert not form.declarations.complete
    assert form.annual_inspections == {}
    files = await queries.current_files(given.draft)
    assert [(one.item, one.pages, one.reused_from) for one in files] == [
        (2, 1, "2022 年第一批遴选"),
        (7, 1, "2022 年第一批遴选"),
    ]
    copied = io.BytesIO()
    await stored.copy_original(await stored.get(files[0].id), copied)
    assert len(pikepdf.open(copied).pages) == 1
    # What was handed in before is untouched, and taking it over twice is not possible.
    assert [one.id for one in await queries.submitted_files(given.first)] == [given.file]
    assert await reuse.offer(actor, given.draft) is None
    with pytest.raises(Conflict):
        await reuse.reuse(actor, given.draft)
    # A file that was taken over can be taken out of the draft again; the original stays.
    await commands.remove_file(actor, given.draft, files[0].id)
    assert (await stored.get(given.file)).state != "deleted"


async def test_what_was_typed_stays_and_unvetted_documents_are_left(
    object_store: ObjectStore, settings_env: dict[str, str], tmp_path: Path
) -> None:
    given = await second_round(tmp_path, ("business_licence", "long-term"), vetted=False)
    actor = given.applicant.actor
    typed, version = await queries.working_form(given.draft)
    await commands.save_form(
        actor, given.draft, typed.model_copy(update={"business_scope": "本次填写的范围"}), version
    )
    offered = await reuse.reuse(actor, given.draft)
    assert (offered.vetted, offered.taken) == (False, ())
    form, _ = await queries.working_form(given.draft)
    assert (form.business_scope, form.categories) == ("本次填写的范围", ("arts",))
    assert await queries.current_files(given.draft) == []


async def test_another_providers_draft_is_not_known(
    object_store: ObjectStore, settings_env: dict[str, str], tmp_path: Path
) -> None:
    given = await second_round(tmp_path, ("business_licence", "long-term"))
    other = await make_applicant(given.applicant.desk)
    with pytest.raises(NotFound):
        await reuse.offer(other.actor, given.draft)
    await set_day(date(2022, 6, 20))
    assert await reuse.offer(other.actor, await other.start()) is None
