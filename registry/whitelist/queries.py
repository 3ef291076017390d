"""Reading the whitelist: lists with filters and search, one entry, as of any day (R19, R21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import NotFound
from registry.whitelist.lifecycle import Cause
from registry.whitelist.rules import EntryStatus, StatusKind
from registry.whitelist.search import query_terms, query_words
from registry.whitelist.status import ACTIVE_SQL, KIND_SQL, STATUS_GROUPS, status, status_at_start, statuses

__all__ = [
    "Counts",
    "CourseView",
    "EntryDetail",
    "EntryPage",
    "EntryView",
    "HistoryItem",
    "count_entries",
    "courses_of",
    "entries_of_provider",
    "entry_public",
    "facets",
    "find_by_certificate",
    "get_entry",
    "search_entries",
    "status",
    "status_at_start",
    "statuses",
    "suspensions_of",
]

COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with what it is on the day asked about. ``state`` is the act stored last."""

    id: int
    list_id: int
    list_name: str
    bureau_id: int
    bureau_name: str
    provider_id: int
    credit_code: str
    certificate_number: str
    name: str
    categories: tuple[str, ...]
    state: str
    listed_on: date
    ends_on: date
    pinyin_key: str
    status: EntryStatus

    @property
    def kind(self) -> StatusKind:
        """What it is on the day asked about."""
        return self.status.kind

    @property
    def active(self) -> bool:
        """Whether schools can sign with it on that day."""
        return self.status.active


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of entries by name; ``after`` continues it, None at the end."""

    entries: tuple[EntryView, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries there are by category and by kind; ``total`` is of all kinds."""

    total: int
    by_category: dict[str, int]
    by_kind: dict[str, int]


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course as approved. ``price_cents`` is the price of one lesson."""

    title: str
    category: str
    grades: str
    class_size: int | None
    price_cents: int | None


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """Something that happened to an entry. ``what`` is listed, suspended, reinstated, withdrawn, removed,
    restored or expired; ``detail`` a code (cause or ground); ``overturned_on`` says when it was set aside."""

    day: date
    what: str
    detail: str = ""
    overturned_on: date | None = None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry as the public sees it on a day. ``registered_until`` is None for 长期.

    ``overturned_later`` is the day on which the removal that held on the day asked about was set aside.
    """

    entry: EntryView
    courses: tuple[CourseView, ...]
    history: tuple[HistoryItem, ...]
    registration_kind: str
    registered_address: str
    registered_until: date | None
    removal_ground: str | None
    overturned_later: date | None


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """A cause of suspension with its reason: for the bureau, the public sees the cause alone."""

    id: int
    cause: Cause
    reference_id: int | None
    reason: str
    started_on: date
    ended_on: date | None


_COLUMNS = """
e.id, e.list AS list_id, l.name AS list_name, l.bureau AS bureau_id, b.name AS bureau_name,
e.provider AS provider_id, p.credit_code, e.certificate_number, e.name, e.categories, e.state, e.listed_on,
e.ends_on, e.pinyin_key
"""
_FROM = """
FROM asked, entry e JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau
JOIN provider p ON p.id = e.provider
"""
_ASKED = "WITH asked AS (SELECT {}::date AS day)"


async def _views(found: list[dict[str, Any]], as_of: date) -> tuple[EntryView, ...]:
    known = await statuses((one["id"] for one in found), as_of)
    return tuple(
        EntryView(**{**one, "categories": tuple(one["categories"]), "status": known[one["id"]]})
        for one in found
    )


def _conditions(
    list_ids: Iterable[int] | None,
    q: str | None,
    category: str | None,
    kinds: tuple[StatusKind, ...] | None,
    public_only: bool,
) -> tuple[str, list[Any]]:
    conditions, values = ["e.listed_on <= asked.day"], list[Any]()
    if public_only:
        conditions.append("l.public")
    if list_ids is not None:
        conditions.append("e.list = ANY({})")
        values.append(sorted(set(list_ids)))
    words = query_words(q or "")
    if words:
        # The index narrows by pairs of characters, which may stand apart; the text decides.
        conditions.append("e.search_terms @> {}::varchar[]")
        values.append(query_terms(words))
        conditions += ["strpos(e.search_text, {}) > 0"] * len(words)
        values += words
    elif q and q.strip():
        conditions.append("false")
    if category:
        conditions.append("{} = ANY(e.categories)")
        values.append(category)
    if kinds == STATUS_GROUPS["active"]:
        conditions.append(ACTIVE_SQL)
    elif kinds is not None:
        conditions.append(f"({KIND_SQL}) = ANY({{}})")
        values.append([kind.value for kind in kinds])
    return " AND ".join(conditions), values


def _kinds(wanted: str) -> tuple[StatusKind, ...] | None:
    if not wanted:
        return None
    if wanted in STATUS_GROUPS:
        return STATUS_GROUPS[wanted]
    return tuple(kind for kind in StatusKind if kind.value == wanted) or STATUS_GROUPS["active"]


async def search_entries(
    *,
    as_of: date,
    list_ids: Iterable[int] | None = None,
    q: str | None = None,
    category: str | None = None,
    status: str = "active",
    after: str | None = None,
    limit: int = 50,
    public_only: bool = True,
) -> EntryPage:
    """Entries by name (pinyin), narrowed (R21).

    ``q`` is looked for in name, credit code, certificate number and courses; ``status`` is active,
    suspended, over, removed, one StatusKind, or "" for all; ``after`` is the cursor of the page before.
    """
    where, values = _conditions(list_ids, q, category, _kinds(status), public_only)
    cursor = _cursor(after)
    if cursor is not None:
        where += " AND (e.pinyin_key, e.id) > ({}, {})"
        values += cursor
    async with transaction():
        # How common a word is decides the way: a plan made for any word would sort all entries for a common one.
        await rows("SET LOCAL plan_cache_mode = force_custom_plan")
        found = await rows(
            f"{_ASKED} SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY e.pinyin_key, e.id LIMIT {{}}",
            as_of,
            *values,
            limit + 1,
        )
    entries = await _views(found[:limit], as_of)
    more = len(found) > limit
    return EntryPage(entries, f"{entries[-1].id}_{entries[-1].pinyin_key}" if more else None)


def _cursor(after: str | None) -> list[Any] | None:
    number, _, key = (after or "").partition("_")
    return [key, int(number)] if number.isascii() and number.isdigit() and len(number) < 10 else None


async def count_entries(
    *,
    as_of: date,
    list_ids: Iterable[int] | None = None,
    q: str | None = None,
    category: str | None = None,
    status: str = "active",
    public_only: bool = True,
    cap: int = COUNT_CAP,
) -> tuple[int, bool]:
    """How many entries ``search_entries`` finds, counted up to ``cap``, and whether there are more."""
    where, values = _conditions(list_ids, q, category, _kinds(status), public_only)
    found = await row(
        f"{_ASKED} SELECT count(*) AS n FROM (SELECT 1 {_FROM} WHERE {where} LIMIT {{}}) AS matching",  # noqa: S608 -- only placeholders are put together
        as_of,
        *values,
        cap + 1,
    )
    assert found is not None
    return min(found["n"], cap), found["n"] > cap


async def facets(
    *, as_of: date, list_ids: Iterable[int] | None = None, q: str | None = None, public_only: bool = True
) -> Counts:
    """How many entries there are in each category (active ones) and of each kind, under a list and a search."""
    where, values = _conditions(list_ids, q, None, None, public_only)
    found = await rows(
        f"{_ASKED}, matching AS (SELECT e.categories, ({KIND_SQL}) AS kind {_FROM} WHERE {where})"  # noqa: S608 -- only placeholders are put together
        " SELECT kind, categories, count(*) AS n FROM matching GROUP BY kind, categories",
        as_of,
        *values,
    )
    by_category: dict[str, int] = {}
    by_kind: dict[str, int] = {}
    for one in found:
        by_kind[one["kind"]] = by_kind.get(one["kind"], 0) + one["n"]
        if one["kind"] == StatusKind.LISTED:
            for category in one["categories"]:
                by_category[category] = by_category.get(category, 0) + one["n"]
    return Counts(sum(by_kind.values()), by_category, by_kind)


async def get_entry(entry_id: int, as_of: date) -> EntryView:
    """One entry with what it is on ``as_of``, public list or not. Raises NotFound."""
    found = await rows(f"{_ASKED} SELECT {_COLUMNS} {_FROM} WHERE e.id = {{}}", as_of, entry_id)
    if not found:
        raise NotFound("没有找到这个名单条目")
    return (await _views(found, as_of))[0]


async def find_by_certificate(number: str) -> int | None:
    """The id of the entry with a certificate number, or None."""
    found = await row("SELECT id FROM entry WHERE certificate_number = {}", number.strip().upper()[:40])
    return int(found["id"]) if found else None


async def entries_of_provider(provider_ids: Iterable[int], as_of: date) -> tuple[EntryView, ...]:
    """All entries of some providers, the latest first."""
    found = await rows(
        f"{_ASKED} SELECT {_COLUMNS} {_FROM} WHERE e.provider = ANY({{}}) ORDER BY e.listed_on DESC, e.id DESC",
        as_of,
        sorted(set(provider_ids)),
    )
    return await _views(found, as_of)


async def entry_public(entry_id: int, as_of: date, *, public_only: bool = True) -> EntryDetail:
    """An entry as the public sees it on ``as_of``, with its history up to that day (R21).

    Raises NotFound, also for an entry of a list that is not public and for a day before it was listed.
    """
    entry = await get_entry(entry_id, as_of)
    facts = await row(
        "SELECT p.kind, p.registered_address, p.registered_until, l.public FROM entry e"
        " JOIN provider p ON p.id = e.provider JOIN registry_list l ON l.id = e.list WHERE e.id = {}",
        entry_id,
    )
    assert facts is not None
    if public_only and (not facts["public"] or entry.kind is StatusKind.NOT_YET):
        raise NotFound("没有找到这个名单条目")
    removals = await rows("SELECT * FROM removal WHERE entry = {} ORDER BY removed_on, id", entry_id)
    holding = [
        r for r in removals if r["removed_on"] <= as_of and (not r["restored_on"] or as_of < r["restored_on"])
    ]
    return EntryDetail(
        entry=entry,
        courses=(await courses_of([entry_id])).get(entry_id, ()),
        history=await _history(entry, removals, as_of),
        registration_kind=facts["kind"],
        registered_address=facts["registered_address"],
        registered_until=facts["registered_until"],
        removal_ground=holding[0]["ground"] if holding else None,
        overturned_later=holding[0]["restored_on"] if holding else None,
    )


async def courses_of(entry_ids: Iterable[int]) -> dict[int, tuple[CourseView, ...]]:
    """The approved courses of some entries in their order; entries without any are left out."""
    found = await rows(
        "SELECT entry, title, category, grades, class_size, price_cents FROM course WHERE entry = ANY({})"
        " ORDER BY entry, position, id",
        sorted(set(entry_ids)),
    )
    courses: dict[int, tuple[CourseView, ...]] = {}
    for one in found:
        entry_id = one.pop("entry")
        courses[entry_id] = (*courses.get(entry_id, ()), CourseView(**one))
    return courses


async def _history(entry: EntryView, removals: list[dict[str, Any]], as_of: date) -> tuple[HistoryItem, ...]:
    items = [HistoryItem(entry.listed_on, "listed", entry.certificate_number)]
    suspensions = await rows("SELECT * FROM suspension WHERE entry = {} ORDER BY started_on, id", entry.id)
    for one in suspensions:
        items.append(HistoryItem(one["started_on"], "suspended", one["cause"]))
        if one["ended_on"] is not None:
            items.append(HistoryItem(one["ended_on"], "reinstated", one["cause"]))
    withdrawn = await row("SELECT withdrawn_on FROM entry WHERE id = {}", entry.id)
    if withdrawn is not None and withdrawn["withdrawn_on"] is not None:
        items.append(HistoryItem(withdrawn["withdrawn_on"], "withdrawn"))
    for one in removals:
        items.append(HistoryItem(one["removed_on"], "removed", one["ground"], one["restored_on"]))
        if one["restored_on"] is not None:
            items.append(HistoryItem(one["restored_on"], "restored", one["ground"]))
    if entry.status.kind is StatusKind.EXPIRED:
        items.append(HistoryItem(entry.status.since, "expired"))
    return tuple(sorted((item for item in items if item.day <= as_of), key=lambda item: item.day))


async def suspensions_of(entry_id: int) -> list[SuspensionView]:
    """The suspensions of an entry, the latest first."""
    found = await rows(
        "SELECT id, cause, reference_id, reason, started_on, ended_on FROM suspension WHERE entry = {}"
        " ORDER BY started_on DESC, id DESC",
        entry_id,
    )
    return [
        SuspensionView(**{**one, "cause": next(c for c in Cause if c.value == one["cause"])}) for one in found
    ]


def cause_name(code: str) -> str:
    """The Chinese name of a suspension's cause (a gettext msgid). Raises StopIteration for an unknown one."""
    return next(cause.zh for cause in Cause if cause.value == code)
