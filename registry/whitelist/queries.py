"""Reading the whitelist: lists with filters and search, one entry, as of any day (R19, R21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.whitelist.finding import Counts, count_entries, facets, search_entries
from registry.whitelist.lifecycle import Cause
from registry.whitelist.narrowing import ASKED
from registry.whitelist.rules import StatusKind
from registry.whitelist.status import status, status_at_start, statuses
from registry.whitelist.views import COLUMNS, FROM, EntryPage, EntryView, views

__all__ = [
    "Counts",
    "CourseView",
    "EntryDetail",
    "EntryPage",
    "EntryView",
    "HistoryItem",
    "certified",
    "count_entries",
    "courses_of",
    "entries_of_provider",
    "entry_public",
    "facets",
    "get_entry",
    "search_entries",
    "status",
    "status_at_start",
    "statuses",
    "suspensions_of",
]


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course as approved. ``price_cents`` is the price of one lesson."""

    title: str
    category: str
    grades: str
    class_size: int | None
    price_cents: int | None


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What comparing needs of a provider. ``registered_until`` is None for 长期."""

    registered_address: str
    registered_until: date | None


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """Something that happened to an entry. ``what`` is listed, suspended, reinstated, reviewed, withdrawn, removed,
    restored or expired; ``detail`` a code (cause, ground, outcome of a yearly review); ``overturned_on`` says when it
    was set aside."""

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


async def get_entry(entry_id: int, as_of: date) -> EntryView:
    """One entry with what it is on ``as_of``, public list or not. Raises NotFound."""
    found = await rows(f"{ASKED} SELECT {COLUMNS} {FROM} WHERE e.id = {{}}", as_of, entry_id)
    if not found:
        raise NotFound("没有找到这个名单条目")
    return views(found, as_of)[0]


async def entries_by_id(entry_ids: Iterable[int], as_of: date) -> tuple[EntryView, ...]:
    """Some entries with what they are on ``as_of``, by id; unknown ids are left out."""
    found = await rows(
        f"{ASKED} SELECT {COLUMNS} {FROM} WHERE e.id = ANY({{}}) ORDER BY e.id", as_of, sorted(set(entry_ids))
    )
    return views(found, as_of)


async def provider_facts(entry_ids: Iterable[int]) -> dict[int, ProviderFacts]:
    """Where the providers of some entries are registered and until when, by entry."""
    found = await rows(
        "SELECT e.id, p.registered_address, p.registered_until FROM entry e JOIN provider p ON p.id = e.provider"
        " WHERE e.id = ANY({})",
        sorted(set(entry_ids)),
    )
    return {one.pop("id"): ProviderFacts(**one) for one in found}


async def certified(number: str, as_of: date) -> tuple[EntryView, str | None] | None:
    """The entry of a public list that a certificate number stands for on ``as_of``, with the ground of its removal;
    None where there was none that anyone may know. Two queries."""
    found = await rows(
        f"{ASKED} SELECT {COLUMNS} {FROM} WHERE e.certificate_number = {{}} AND l.public AND e.listed_on <= asked.day",
        as_of,
        number.strip().upper()[:40],
    )
    if not found:
        return None
    (entry,) = views(found, as_of)
    removal = await row(
        "SELECT ground FROM removal WHERE entry = {} AND removed_on <= {} AND (restored_on IS NULL OR restored_on > {})"
        " ORDER BY removed_on LIMIT 1",
        entry.id,
        as_of,
        as_of,
    )
    return entry, removal["ground"] if removal else None


async def entries_of_provider(provider_ids: Iterable[int], as_of: date) -> tuple[EntryView, ...]:
    """All entries of some providers, the latest first."""
    found = await rows(
        f"{ASKED} SELECT {COLUMNS} {FROM} WHERE e.provider = ANY({{}}) ORDER BY e.listed_on DESC, e.id DESC",
        as_of,
        sorted(set(provider_ids)),
    )
    return views(found, as_of)


async def entry_public(entry_id: int, as_of: date, *, public_only: bool = True) -> EntryDetail:
    """An entry as the public sees it on ``as_of``, with its history up to that day (R21).

    Raises NotFound, also for an entry of a list that is not public and for a day before it was listed.
    """
    found = await row(
        f"{ASKED} SELECT {COLUMNS}, p.kind, p.registered_address, p.registered_until AS until, l.public,"
        f" e.withdrawn_on AS gone_on {FROM} WHERE e.id = {{}}",
        as_of,
        entry_id,
    )
    if found is None:
        raise NotFound("没有找到这个名单条目")
    facts = {name: found.pop(name) for name in ("kind", "registered_address", "until", "public", "gone_on")}
    (entry,) = views([found], as_of)
    if public_only and (not facts["public"] or entry.kind is StatusKind.NOT_YET):
        raise NotFound("没有找到这个名单条目")
    removals = await rows("SELECT * FROM removal WHERE entry = {} ORDER BY removed_on, id", entry_id)
    holding = [
        r for r in removals if r["removed_on"] <= as_of and (not r["restored_on"] or as_of < r["restored_on"])
    ]
    return EntryDetail(
        entry=entry,
        courses=(await courses_of([entry_id])).get(entry_id, ()),
        history=await _history(entry, facts["gone_on"], removals, as_of),
        registration_kind=facts["kind"],
        registered_address=facts["registered_address"],
        registered_until=facts["until"],
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


async def _history(
    entry: EntryView, withdrawn_on: date | None, removals: list[dict[str, Any]], as_of: date
) -> tuple[HistoryItem, ...]:
    items = [HistoryItem(entry.listed_on, "listed", entry.certificate_number)]
    suspensions = await rows("SELECT * FROM suspension WHERE entry = {} ORDER BY started_on, id", entry.id)
    for one in suspensions:
        items.append(HistoryItem(one["started_on"], "suspended", one["cause"]))
        if one["ended_on"] is not None:
            items.append(HistoryItem(one["ended_on"], "reinstated", one["cause"]))
    # Public from the day on which the result was noticed (R30).
    reviews = await rows(
        "SELECT n.published_on, y.outcome FROM yearly_review y JOIN notice n ON n.id = y.notice WHERE y.entry = {}"
        " ORDER BY year",
        entry.id,
    )
    items += [HistoryItem(one["published_on"], "reviewed", one["outcome"]) for one in reviews]
    if withdrawn_on is not None:
        items.append(HistoryItem(withdrawn_on, "withdrawn"))
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
