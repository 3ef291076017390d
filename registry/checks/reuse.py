"""Beginning a draft with the last application's answers and the documents that are still valid (R6, R7, R10).

Only what vetting told apart is taken over, document by document: what has lapsed by the round's deadline, what is
signed anew for every round, and what could not be read is left for the provider to hand in.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from registry.applications import commands as applications
from registry.applications import queries
from registry.applications.commands.loading import lock_own
from registry.applications.form import Agent, ApplicationForm, Course, Teacher
from registry.applications.queries import ApplicationView
from registry.checks import queries as checks
from registry.documents import commands as documents
from registry.documents import queries as stored
from registry.documents.commands import PutFile
from registry.documents.queries import FileView
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict
from registry.kernel.terms import Term
from registry.rounds import queries as rounds
from registry.rounds.queries import RoundView
from registry.settings import get_settings
from vetting.intake import Limits, split

_EVERY_ROUND_ANEW = frozenset({"application_form", "commitment"})
_INSPECTION = "annual_inspection"
_PDF = "application/pdf"


class Left(Term):
    """Why a document is not taken over."""

    ANEW = "anew", "每个批次须重新签署"
    OTHER_YEARS = "other_years", "核查的年份不同"
    EXPIRED = "expired", "在本批次截止前已到期"
    NOT_ASKED = "not_asked", "本批次不要求"


@dataclass(frozen=True, slots=True)
class Piece:
    """One document of the last application: its type, its pages in a stored file, the item it would go to.

    ``left`` says why it is not taken, None where it is; ``valid_until`` is what was read.
    """

    type: str
    file_id: int
    first: int
    last: int
    item: int
    valid_until: date | None
    left: Left | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a draft could begin with. ``vetted`` False: only the answers, no document was told apart."""

    draft: ApplicationView
    source: ApplicationView
    pieces: tuple[Piece, ...]
    vetted: bool
    lapsed_teachers: int

    @property
    def taken(self) -> tuple[Piece, ...]:
        """The documents that are taken over."""
        return tuple(one for one in self.pieces if one.left is None)

    @property
    def left(self) -> tuple[Piece, ...]:
        """The documents that are not."""
        return tuple(one for one in self.pieces if one.left is not None)


async def last_application(draft: ApplicationView) -> str:
    """The title of the round in which the draft's provider handed in last, "" where there is nothing to take over."""
    if draft.state != "draft" or draft.reused_from is not None:
        return ""
    found = await row(
        "SELECT r.title FROM application a JOIN submission s ON s.application = a.id JOIN round r ON r.id = a.round"
        " WHERE a.provider = {} AND a.id <> {} ORDER BY s.submitted_at DESC, s.id DESC LIMIT 1",
        draft.provider_id,
        draft.id,
    )
    return str(found["title"]) if found else ""


async def offer(actor: Actor, application_id: int) -> Offer | None:
    """What one of the actor's drafts could begin with; None where there is nothing, or it was taken already.

    Raises NotFound for another provider's.
    """
    found = await queries.own(actor, application_id)
    if found.state != "draft" or found.reused_from is not None:
        return None
    source = await row(
        "SELECT a.id FROM application a JOIN submission s ON s.application = a.id WHERE a.provider = {} AND a.id <> {}"
        " ORDER BY s.submitted_at DESC, s.id DESC LIMIT 1",
        found.provider_id,
        application_id,
    )
    if source is None:
        return None
    last = await queries.get(source["id"])
    target, before = await rounds.get(found.round_id), await rounds.get(last.round_id)
    dossier = await checks.dossier(last.id)
    form = await queries.submitted_form(last.id)
    pieces = _pieces(dossier.documents, dossier.pages, target, before) if dossier.vetted else ()
    lapsed = sum(_lapsed(one, target.deadline) for one in form.teachers)
    return Offer(found, last, tuple(pieces), dossier.vetted, lapsed)


def _pieces(
    found: Sequence[Mapping[str, Any]],
    pages: Sequence[Mapping[str, Any]],
    target: RoundView,
    before: RoundView,
) -> list[Piece]:
    places = {one["page"]: (one["file_id"], one["file_page"]) for one in pages}
    items: dict[str, int] = {}
    for number, material in target.rules.materials:
        for kind in material.documents or (material.code,):
            items.setdefault(kind, number)
    pieces = []
    for one in found:
        first, last = (places.get(page) for page in one["pages"])
        if first is None or last is None or first[0] is None or first[0] != last[0]:
            continue
        until = _valid_until(one["fields"])
        pieces.append(
            Piece(
                type=str(one["type"]),
                file_id=int(first[0]),
                first=int(first[1]),
                last=int(last[1]),
                item=items.get(str(one["type"]), 0),
                valid_until=until,
                left=_left(str(one["type"]), until, items, target, before),
            )
        )
    return pieces


def _left(
    kind: str, until: date | None, items: Mapping[str, int], target: RoundView, before: RoundView
) -> Left | None:
    if kind not in items:
        return Left.NOT_ASKED
    if kind in _EVERY_ROUND_ANEW:
        return Left.ANEW
    if kind == _INSPECTION and target.inspection_years != before.inspection_years:
        return Left.OTHER_YEARS
    if until is not None and until < target.deadline:
        return Left.EXPIRED
    return None


def _valid_until(fields: Mapping[str, Any]) -> date | None:
    read = fields.get("valid_until") or {}
    try:
        return date.fromisoformat(str(read.get("value")))
    except ValueError:
        return None


def _lapsed(teacher: Teacher, deadline: date) -> bool:
    return teacher.valid_until is not None and teacher.valid_until < deadline


def merged(draft: ApplicationForm, last: ApplicationForm, target: RoundView) -> ApplicationForm:
    """The draft's form with what the last one answered where the draft says nothing yet.

    What was typed into the draft stays. A teacher's certificate that lapsed by the deadline is left out, declarations
    are made anew, inspections are taken for the years that the round asks about.
    """
    categories = tuple(one for one in last.categories if one in target.categories)
    teachers = tuple(
        one.model_copy(update={"certificate_number": "", "valid_until": None})
        if _lapsed(one, target.deadline)
        else one
        for one in last.teachers
    )
    courses: tuple[Course, ...] = tuple(one for one in last.courses if one.category in categories)
    years = {str(year) for year in target.inspection_years}
    inspections = {year: result for year, result in last.annual_inspections.items() if year in years}
    return draft.model_copy(
        update={
            "agent": draft.agent if draft.agent.named else Agent.model_validate(last.agent.model_dump()),
            "contact": draft.contact if draft.contact.name else last.contact,
            "brand": draft.brand or last.brand,
            "categories": draft.categories or categories,
            "business_scope": draft.business_scope or last.business_scope,
            "courses": draft.courses or courses,
            "teachers": draft.teachers or teachers,
            "annual_inspections": {**inspections, **draft.annual_inspections},
        }
    )


async def reuse(actor: Actor, application_id: int) -> Offer:
    """Take over what ``offer`` shows; returns it. Where each document comes from is kept with its file.

    Raises Conflict where there is nothing to take or it was taken already, RuleRefusal (R5), NotFound, Unavailable.
    """
    given = await offer(actor, application_id)
    if given is None:
        raise Conflict("没有可以沿用的申报，或已经沿用过。请刷新页面查看最新情况")
    with tempfile.TemporaryDirectory(prefix="reuse-") as folder:
        files = await _copies(given.taken, Path(folder))
    target = await rounds.get((await queries.get(application_id)).round_id)
    async with transaction():
        if (await lock_own(actor, application_id)).raw["reused_from"] is not None:
            raise Conflict("没有可以沿用的申报，或已经沿用过。请刷新页面查看最新情况")
        draft, version = await queries.working_form(application_id)
        form = merged(draft, await queries.submitted_form(given.source.id), target)
        await applications.save_form(actor, application_id, form, version)
        for piece, put in files:
            file_id = await applications.add_file(actor, application_id, piece.item, put)
            await rows(
                "UPDATE application_file SET reused_from = {} WHERE application = {} AND file = {}",
                piece.file_id,
                application_id,
                file_id,
            )
        await rows("UPDATE application SET reused_from = {} WHERE id = {}", given.source.id, application_id)
        await events.record(
            actor,
            subject="application",
            subject_id=application_id,
            action="reuse",
            chains=(events.provider_chain(given.source.provider_id),),
            data={"from": given.source.id, "files": len(files)},
        )
    return given


async def _copies(pieces: Sequence[Piece], folder: Path) -> list[tuple[Piece, PutFile]]:
    """The pages of each piece as a stored file of its own; a piece that fills its file is copied byte for byte."""
    by_file: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_file[piece.file_id].append(piece)
    made: list[tuple[Piece, PutFile]] = []
    for file_id, of_file in by_file.items():
        source = await stored.get(file_id)
        path = folder / f"{file_id}.bin"
        if len(of_file) == 1 and (of_file[0].first, of_file[0].last) == (1, source.pages or 1):
            made.append((of_file[0], await _whole(source, path, folder)))
            continue
        # Parts are cut from the sanitised copy, which shows the same pages.
        with path.open("wb") as target:
            await stored.copy_for_display(source, target)
        ranges = [(piece.first, piece.last) for piece in of_file]
        limits = Limits(max_bytes=get_settings().max_upload_bytes, max_pages=get_settings().max_pages)
        parts = await asyncio.to_thread(_cut, path, ranges, folder / f"parts-{file_id}", limits)
        for piece, part in zip(of_file, parts, strict=True):
            name = f"{Path(source.given_name).stem}-{piece.first}-{piece.last}.pdf"
            put = await documents.put(part, name=name, media_type=_PDF, pages=piece.last - piece.first + 1)
            made.append((piece, put))
    return made


def _cut(path: Path, ranges: list[tuple[int, int]], folder: Path, limits: Limits) -> list[Path]:
    folder.mkdir()
    return list(split(path, ranges, folder, limits))


async def _whole(source: FileView, path: Path, folder: Path) -> PutFile:
    with path.open("wb") as target:
        await stored.copy_original(source, target)
    display = None
    if source.display_key is not None:
        display = folder / f"{source.id}.display"
        with display.open("wb") as target:
            await stored.copy_for_display(source, target)
    return await documents.put(
        path,
        name=source.given_name,
        media_type=source.media_type,
        pages=source.pages,
        display=display,
        notes=[{"code": code, "detail": detail} for code, detail in source.notes],
    )
