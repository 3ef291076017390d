"""Reading notices: which are open, one with everything on it, what waits to be published (R15-R17)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.kernel.clock import SHANGHAI
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.working_days.windows import WindowDay
from registry.notices.rules import NoticePhase, notice_phase
from registry.notices.window import days_of


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in a list. ``last_day`` is an estimate while ``provisional``; the counts are of today.

    ``kind`` is a ``NoticeKind``; one of yearly reviews is of no round and has no objections.
    """

    id: int
    kind: str
    number: str
    title: str
    list_name: str
    round_title: str
    bureau_id: int
    bureau_name: str
    published_on: date
    last_day: date
    passes_from: date | None
    provisional: bool
    supplements: int | None
    providers: int
    taken_off: int
    listed: int
    on_notice: int
    open_objections: int

    def phase(self, as_of: date) -> NoticePhase:
        """Open or passed on a day."""
        return notice_phase(self.published_on, self.passes_from, as_of)

    def shown_state(self, as_of: date) -> str:
        """The state whose word and tone pages show: open, provisional or passed."""
        if self.phase(as_of) is NoticePhase.PASSED:
            return "passed"
        return "provisional" if self.provisional else "open"


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One page of notices; ``after`` continues it, None at the end."""

    rows: tuple[NoticeRow, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """One provider on a notice: what was published, and what became of it.

    ``name``, ``credit_code`` and ``categories`` are those of the snapshot. In a notice of yearly reviews ``id`` is the
    review's, ``entry_id`` names the entry and ``state`` is the outcome; else ``application_id`` names the application.
    """

    id: int
    application_id: int | None
    entry_id: int | None
    position: int
    name: str
    credit_code: str
    categories: tuple[str, ...]
    state: str
    taken_off_on: date | None
    taken_off_reason: str
    objections: int
    open_objections: int


@dataclass(frozen=True, slots=True)
class PostingView:
    """Where and when a notice was posted, and who recorded it."""

    channel: str
    address: str
    posted_at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class WindowView:
    """A notice's window as it was computed once (R29); ``versions`` of the years that it was judged under."""

    number: int
    last_day: date
    passes_from: date | None
    cause: str
    on_day: date
    versions: dict[str, int]
    days: tuple[WindowDay, ...]


@dataclass(frozen=True, slots=True)
class NoticeDetail:
    """A notice with its frozen snapshot, its providers and its postings.

    ``days`` are those of the window that holds; ``windows`` are all that were computed, the first as published.
    """

    row: NoticeRow
    round_id: int | None
    contact: str
    working_days: int
    publication_day_counts: bool
    calendar: str
    sha256: str
    published_by: str
    published_at: datetime
    snapshot: dict[str, Any]
    days: tuple[WindowDay, ...]
    items: tuple[ItemView, ...]
    postings: tuple[PostingView, ...]
    supplemented_by: tuple[tuple[int, str], ...]
    windows: tuple[WindowView, ...] = ()

    @property
    def judged_under(self) -> dict[str, int]:
        """The versions of the years that the window was judged under; empty where none was kept."""
        return self.windows[-1].versions if self.windows else {}

    @property
    def sequence(self) -> int:
        """How often the window was computed anew; a calendar entry counts its revisions so."""
        return max(0, len(self.windows) - 1)


@dataclass(frozen=True, slots=True)
class ShortlistedRow:
    """A shortlisted application that waits to be published."""

    id: int
    name: str
    credit_code: str
    categories: tuple[str, ...]
    round_id: int
    round_title: str
    list_name: str
    bureau_id: int
    decided_on: date | None


_ROW = """
n.id, n.kind, n.number, n.title, l.name AS list_name, coalesce(r.title, '') AS round_title, l.bureau AS bureau_id, b.name AS bureau_name,
n.published_on, n.last_day, n.passes_from, n.provisional, n.supplements,
CASE n.kind WHEN 'selection' THEN c.providers ELSE jsonb_array_length(n.snapshot->'providers') END AS providers, c.taken_off, c.listed,
c.on_notice, c.open_objections
"""
_FROM = """
FROM notice n JOIN registry_list l ON l.id = n.list LEFT JOIN round r ON r.id = n.round JOIN bureau b ON b.id = l.bureau
LEFT JOIN LATERAL (
  SELECT count(*) AS providers, count(i.taken_off_on) AS taken_off,
         count(*) FILTER (WHERE a.state = 'listed' AND i.taken_off_on IS NULL) AS listed,
         count(*) FILTER (WHERE a.state = 'on_notice' AND i.taken_off_on IS NULL) AS on_notice,
         coalesce(sum((SELECT count(*) FROM objection o WHERE o.item = i.id AND o.state IN ('open', 'proposed'))), 0)::int
           AS open_objections
  FROM notice_item i JOIN application a ON a.id = i.application WHERE i.notice = n.id) c ON true
"""
# Open ones first, then the latest.
_KEY = "(n.passes_from IS NOT NULL AND n.passes_from <= {})::int, -n.id"


async def notices(
    as_of: date,
    *,
    bureau_ids: Iterable[int] | None = None,
    phase: str = "",
    q: str = "",
    changed_since: date | None = None,
    after: int | None = None,
    limit: int = 30,
) -> NoticePage:
    """Notices, the open ones first, then the latest; of some bureaux, or of all public lists for None.

    ``phase`` is "", "open" or "passed"; ``q`` is looked for in title and number. With
    ``changed_since`` only what was published, corrected or has passed since that day. One query.
    """
    conditions, values = [], list[Any]()
    if bureau_ids is None:
        conditions.append("l.public")
    else:
        conditions.append("l.bureau = ANY({})")
        values.append(sorted(bureau_ids))
    if phase in {"open", "passed"}:
        conditions.append(
            f"(n.passes_from IS NOT NULL AND n.passes_from <= {{}}) = {'true' if phase == 'passed' else 'false'}"
        )
        values.append(as_of)
    if q.strip():
        conditions.append("(n.title ILIKE {} OR n.number ILIKE {})")
        values += [f"%{q.strip()}%"] * 2
    if changed_since is not None:
        conditions.append(
            "(n.published_on >= {} OR n.passes_from BETWEEN {} AND {} OR EXISTS (SELECT 1 FROM notice_item t"
            " WHERE t.notice = n.id AND t.taken_off_on >= {}))"
        )
        values += [changed_since, changed_since, as_of, changed_since]
    if after is not None:
        conditions.append(f"({_KEY}) > (SELECT {_KEY} FROM notice n WHERE n.id = {{}})")  # noqa: S608 -- constants and places only
        values += [as_of, as_of, after]
    found = await rows(
        f"SELECT {_ROW} {_FROM} WHERE {' AND '.join(conditions)} ORDER BY {_KEY} LIMIT {{}}",
        *values,
        as_of,
        limit + 1,
    )
    views = tuple(NoticeRow(**one) for one in found[:limit])
    return NoticePage(views, str(views[-1].id) if len(found) > limit else None)


async def detail(notice_id: int, *, public_only: bool = False) -> NoticeDetail:
    """One notice, for callers that judged who may see it; ``public_only`` finds those of public lists alone.

    Raises NotFound. Four queries.
    """
    found = await row(
        f"SELECT {_ROW}, n.round AS round_id, b.contact, n.working_days, n.publication_day_counts, n.calendar, n.sha256,"  # noqa: S608 -- constants only
        " n.published_at, n.snapshot, coalesce(u.display_name, '') AS published_by,"
        " ARRAY(SELECT s.id FROM notice s WHERE s.supplements = n.id ORDER BY s.id) AS later_ids,"
        " ARRAY(SELECT s.number FROM notice s WHERE s.supplements = n.id ORDER BY s.id) AS later_numbers"
        f" {_FROM} LEFT JOIN account u ON u.id = n.published_by WHERE n.id = {{}} AND (l.public OR NOT {{}})",
        notice_id,
        public_only,
    )
    if found is None:
        raise NotFound("没有找到这份公示")
    snapshot: dict[str, Any] = json.loads(found["snapshot"])
    own = {name: found[name] for name in NoticeRow.__slots__}
    windows = await windows_of(notice_id)
    return NoticeDetail(
        row=NoticeRow(**own),
        round_id=found["round_id"],
        contact=found["contact"],
        working_days=found["working_days"],
        publication_day_counts=found["publication_day_counts"],
        calendar=found["calendar"],
        sha256=found["sha256"],
        published_by=found["published_by"],
        published_at=found["published_at"].astimezone(SHANGHAI),
        snapshot=snapshot,
        days=windows[-1].days if windows else days_of(snapshot),
        items=_reviewed(snapshot) if found["round_id"] is None else await _items(notice_id, snapshot),
        postings=await _postings(notice_id),
        supplemented_by=tuple(zip(found["later_ids"], found["later_numbers"], strict=True)),
        windows=windows,
    )


async def windows_of(notice_id: int) -> tuple[WindowView, ...]:
    """Every window that was computed for a notice, in order."""
    found = await rows(
        "SELECT number, last_day, passes_from, cause, on_day, calendar_versions, days FROM notice_window"
        " WHERE notice = {} ORDER BY number",
        notice_id,
    )
    return tuple(
        WindowView(
            one["number"],
            one["last_day"],
            one["passes_from"],
            one["cause"],
            one["on_day"],
            {str(key): int(number) for key, number in json.loads(one["calendar_versions"]).items()},
            tuple(
                WindowDay(date.fromisoformat(day), counts, why)
                for day, counts, why in json.loads(one["days"])
            ),
        )
        for one in found
    )


def _reviewed(snapshot: dict[str, Any]) -> tuple[ItemView, ...]:
    return tuple(
        ItemView(
            id=one["review"],
            application_id=None,
            entry_id=one["entry"],
            position=position,
            name=one["name"],
            credit_code=one["credit_code"],
            categories=tuple(one["categories"]),
            state=one["outcome"],
            taken_off_on=None,
            taken_off_reason="",
            objections=0,
            open_objections=0,
        )
        for position, one in enumerate(snapshot["providers"], 1)
    )


async def _items(notice_id: int, snapshot: dict[str, Any]) -> tuple[ItemView, ...]:
    printed = {one["application"]: one for one in snapshot["providers"]}
    found = await rows(
        "SELECT i.id, i.application AS application_id, i.position, a.state, i.taken_off_on, i.taken_off_reason,"
        " count(o.id) AS objections, count(o.id) FILTER (WHERE o.state IN ('open', 'proposed')) AS open_objections"
        " FROM notice_item i JOIN application a ON a.id = i.application LEFT JOIN objection o ON o.item = i.id"
        " WHERE i.notice = {} GROUP BY i.id, a.id ORDER BY i.position, i.id",
        notice_id,
    )
    return tuple(
        ItemView(
            **one,
            entry_id=None,
            name=printed[one["application_id"]]["name"],
            credit_code=printed[one["application_id"]]["credit_code"],
            categories=tuple(printed[one["application_id"]]["categories"]),
        )
        for one in found
    )


async def _postings(notice_id: int) -> tuple[PostingView, ...]:
    found = await rows(
        "SELECT t.channel, t.address, t.posted_at, coalesce(u.display_name, '') AS who FROM notice_posting t"
        " LEFT JOIN account u ON u.id = t.recorded_by WHERE t.notice = {} ORDER BY t.posted_at, t.id",
        notice_id,
    )
    return tuple(PostingView(**{**one, "posted_at": one["posted_at"].astimezone(SHANGHAI)}) for one in found)


async def shortlisted(bureau_ids: Iterable[int], round_id: int | None = None) -> list[ShortlistedRow]:
    """Shortlisted applications that wait to be published, by round, the longest waiting first (at most 500)."""
    found = await rows(
        "SELECT a.id, a.name, p.credit_code, a.categories, a.round AS round_id, r.title AS round_title,"
        " l.name AS list_name, l.bureau AS bureau_id, a.decided_on FROM application a"
        " JOIN provider p ON p.id = a.provider JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list"
        " WHERE a.state = 'shortlisted' AND l.bureau = ANY({}) AND ({}::int IS NULL OR a.round = {})"
        " ORDER BY a.round, a.decided_on, a.id LIMIT 500",
        sorted(bureau_ids),
        round_id,
        round_id,
    )
    return [ShortlistedRow(**{**one, "categories": tuple(one["categories"])}) for one in found]


async def item_place(item_id: int) -> tuple[int, int]:
    """The notice of an item and the bureau that published it. Raises NotFound."""
    found = await row(
        "SELECT i.notice, l.bureau FROM notice_item i JOIN notice n ON n.id = i.notice"
        " JOIN registry_list l ON l.id = n.list WHERE i.id = {}",
        item_id,
    )
    if found is None:
        raise NotFound("没有找到公示中的这家机构")
    return int(found["notice"]), int(found["bureau"])
