"""Reading applications: for the provider, and what was handed in for vetting and review."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.applications.clerks import clerk_of
from registry.applications.completeness import RoundFrame
from registry.applications.form import ApplicationForm, open_form
from registry.kernel.actor import OFFICIALS, Actor
from registry.kernel.clock import SHANGHAI
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.rounds.queries import RoundView


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application with the names that identify it; no personal data."""

    id: int
    state: str
    provider_id: int
    provider_name: str
    credit_code: str
    round_id: int
    round_title: str
    list_id: int
    list_name: str
    bureau_id: int
    bureau_name: str
    name: str
    categories: tuple[str, ...]
    receipt_number: str | None
    form_version: int
    created_at: datetime
    submitted_at: datetime | None
    submitted_on: date | None
    correction_until: date | None
    correction_note: str
    correction_items: tuple[int, ...]
    decided_on: date | None
    second_look: bool
    reused_from: int | None

    @property
    def shown_name(self) -> str:
        """The name typed into the form, else that of the provider."""
        return self.name or self.provider_name


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an application. ``id`` is the stored file's; ``item`` 0 is the merged PDF.

    ``submission`` is the number of the submission that handed it in first, None for a draft's. ``reused_from`` names the
    round whose application it was taken over from, "" for one that was uploaded.
    """

    id: int
    item: int
    given_name: str
    media_type: str
    size: int
    pages: int | None
    sha256: str
    notes: tuple[str, ...]
    submission: int | None
    leaving: bool
    reused_from: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One handing-in: its number, when, and the digest over form and files (R7)."""

    number: int
    submitted_at: datetime
    submitted_on: date
    digest: str
    files: int

    @property
    def clock(self) -> str:
        """The time of day in Shanghai, beside the day that the rules count (in a demo the two come apart)."""
        return f"{self.submitted_at.astimezone(SHANGHAI):%H:%M}"


@dataclass(frozen=True, slots=True)
class PaperView:
    """How an application came on paper (R8); ``clerk`` is the name of who entered it."""

    by_post: bool
    posted_on: date
    received_on: date
    note: str
    entered_by: int
    clerk: str


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event of an application as a timeline shows it."""

    action: str
    from_state: str | None
    to_state: str | None
    on_day: date
    recorded_at: datetime
    reason: str
    account_id: int | None
    actor: str
    data: dict[str, Any]


_SELECT = """
SELECT a.id, a.state, a.provider AS provider_id, p.name AS provider_name, p.credit_code, a.round AS round_id,
       r.title AS round_title, r.list AS list_id, l.name AS list_name, l.bureau AS bureau_id, b.name AS bureau_name,
       a.name, a.categories, a.receipt_number, a.form_version, a.created_at, a.submitted_at, a.submitted_on,
       a.correction_until, a.correction_note, a.correction_items, a.decided_on, a.second_look,
       a.reused_from
FROM application a JOIN provider p ON p.id = a.provider JOIN round r ON r.id = a.round
JOIN registry_list l ON l.id = r.list JOIN bureau b ON b.id = l.bureau
"""

_FILES = """
SELECT f.id, x.item, f.given_name, f.media_type, f.size, f.pages, f.sha256, f.notes, s.number AS submission,
       x.leaving, f.uploaded_at,
       coalesce((SELECT r.title FROM application_file y JOIN application b ON b.id = y.application
                 JOIN round r ON r.id = b.round WHERE y.file = x.reused_from LIMIT 1), '') AS reused_from
FROM application_file x JOIN stored_file f ON f.id = x.file LEFT JOIN submission s ON s.id = x.submission
WHERE x.application = {} AND x.removed_at IS NULL AND x.replaced_at IS NULL
ORDER BY x.item, x.position, x.id
"""


def _view(found: dict[str, Any]) -> ApplicationView:
    return ApplicationView(
        **{
            **found,
            "categories": tuple(found["categories"] or ()),
            "correction_items": tuple(found["correction_items"] or ()),
        }
    )


async def get(application_id: int) -> ApplicationView:
    """One application, for callers that judged who may see it. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE a.id = {{}}", application_id)
    if found is None:
        raise NotFound("没有找到这份申报")
    return _view(found)


async def own(actor: Actor, application_id: int) -> ApplicationView:
    """One of the actor's own applications, or a draft that a clerk enters from paper (R8). Raises NotFound."""
    found = await get(application_id)
    if found.provider_id not in actor.provider_ids and not await clerk_of(actor, application_id):
        raise NotFound("没有找到这份申报")
    return found


async def paper_of(application_id: int) -> PaperView | None:
    """How an application came on paper, None for one that was handed in online."""
    found = await row(
        "SELECT p.by_post, p.posted_on, p.received_on, p.note, p.entered_by, coalesce(c.display_name, '') AS clerk"
        " FROM paper_intake p LEFT JOIN account c ON c.id = p.entered_by WHERE p.application = {}",
        application_id,
    )
    return PaperView(**found) if found else None


async def entered_by_clerks(found: ApplicationView) -> bool:
    """Whether clerks are entering an application from paper: its provider reads along meanwhile (R8)."""
    return found.state == "draft" and await paper_of(found.id) is not None


async def papers_being_entered(bureau_ids: Iterable[int]) -> list[ApplicationView]:
    """What clerks of some bureaux are to enter from paper, drafts and corrections, the oldest first (at most 200)."""
    found = await rows(
        f"{_SELECT} JOIN paper_intake w ON w.application = a.id"
        " WHERE l.bureau = ANY({}) AND a.state IN ('draft', 'correction') ORDER BY a.id LIMIT 200",
        sorted(bureau_ids),
    )
    return [_view(one) for one in found]


async def of_providers(provider_ids: Iterable[int]) -> list[ApplicationView]:
    """The applications of some providers, the latest first (at most 200)."""
    found = await rows(
        f"{_SELECT} WHERE a.provider = ANY({{}}) ORDER BY a.id DESC LIMIT 200", sorted(provider_ids)
    )
    return [_view(one) for one in found]


async def working_form(application_id: int) -> tuple[ApplicationForm, int]:
    """The form as the provider edits it, with its version. Raises NotFound."""
    found = await row("SELECT form_sealed, form_version FROM application WHERE id = {}", application_id)
    if found is None:
        raise NotFound("没有找到这份申报")
    return open_form(found["form_sealed"]), int(found["form_version"])


async def submitted_form(application_id: int) -> ApplicationForm:
    """The form as it was last handed in: what vetting and review look at. Raises NotFound for a draft."""
    found = await row(
        "SELECT form_sealed FROM submission WHERE application = {} ORDER BY number DESC LIMIT 1",
        application_id,
    )
    if found is None:
        raise NotFound("这份申报尚未提交")
    return open_form(found["form_sealed"])


async def current_files(application_id: int) -> list[FileRow]:
    """The files as the provider sees them while writing or correcting, by item."""
    return [_file(one) for one in await rows(_FILES, application_id)]


async def submitted_files(application_id: int) -> list[FileRow]:
    """The files that were last handed in, by item: what vetting reads and review shows."""
    return [file for file in await current_files(application_id) if file.submission is not None]


def _file(found: dict[str, Any]) -> FileRow:
    notes = tuple(note["code"] for note in json.loads(found["notes"]))
    return FileRow(**{**found, "notes": notes})


async def submissions(application_id: int) -> list[SubmissionView]:
    """Every handing-in of an application, the first one first."""
    found = await rows(
        "SELECT number, submitted_at, submitted_on, digest, jsonb_array_length(manifest) AS files"
        " FROM submission WHERE application = {} ORDER BY number",
        application_id,
    )
    return [SubmissionView(**one) for one in found]


async def history(application_id: int) -> list[HistoryEvent]:
    """What happened to an application, the latest first; the provider's drafts are in its own chain."""
    found = await rows(
        """
        SELECT DISTINCT ON (recorded_at, action) action, from_state, to_state, on_day, recorded_at, reason,
               account_id, actor, data
        FROM event WHERE subject = 'application' AND subject_id = {}
        ORDER BY recorded_at DESC, action, id LIMIT 300
        """,
        application_id,
    )
    return [HistoryEvent(**{**one, "data": json.loads(one["data"])}) for one in found]


async def may_read_files(actor: Actor, application_id: int) -> bool:
    """Whether the actor may look at an application's documents: its provider, the officials of its bureau.

    Of a draft only its provider may.
    """
    try:
        found = await get(application_id)
    except NotFound:
        return False
    if found.provider_id in actor.provider_ids:
        return True
    if found.receipt_number is None:
        return await clerk_of(actor, application_id)
    officials = actor.bureau_ids(*OFFICIALS)
    return found.bureau_id in officials


def frame_of(round_: RoundView) -> RoundFrame:
    """What completeness asks of a round. Raises NotFound for a round that is not published."""
    return RoundFrame(
        categories=round_.categories,
        inspection_years=round_.inspection_years,
        policy=round_.rules,
        deadline=round_.deadline,
    )
