"""Entries as lists show them: one row with its list, bureau and provider, and what it is on a day (R19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.whitelist.rules import EntryFacts, EntryStatus, StatusKind, SuspensionFacts, entry_status


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with what it is on the day asked about. ``state`` is the act stored last.

    ``rating`` and ``satisfaction`` are the public averages of now in hundredths of a point and of a percent.
    """

    id: int
    list_id: int
    list_name: str
    bureau_id: int
    bureau_name: str
    region: str
    provider_id: int
    credit_code: str
    certificate_number: str
    name: str
    brand: str
    categories: tuple[str, ...]
    state: str
    listed_on: date
    ends_on: date
    pinyin_key: str
    subjects: tuple[str, ...]
    lowest_price_cents: int | None
    rating: int | None
    satisfaction: int | None
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


# With each entry comes what ``rules.entry_status`` needs to know of it: one query for a page of any length.
COLUMNS = """
e.id, e.list AS list_id, l.name AS list_name, l.bureau AS bureau_id, b.name AS bureau_name, b.division AS region,
e.provider AS provider_id, p.credit_code, e.certificate_number, e.name, e.brand, e.categories, e.state, e.listed_on,
e.ends_on, e.pinyin_key, e.subjects, e.lowest_price_cents, rated.overall AS rating, rated.satisfaction,
e.withdrawn_on, p.registered_until, p.validity_learned_on,
(SELECT min(v.removed_on) FROM removal v WHERE v.entry = e.id AND v.removed_on <= asked.day
   AND (v.restored_on IS NULL OR v.restored_on > asked.day)) AS removed_on,
ARRAY(SELECT s.started_on FROM suspension s WHERE s.entry = e.id ORDER BY s.started_on, s.id) AS started,
ARRAY(SELECT s.ended_on FROM suspension s WHERE s.entry = e.id ORDER BY s.started_on, s.id) AS ended,
ARRAY(SELECT s.cause FROM suspension s WHERE s.entry = e.id ORDER BY s.started_on, s.id) AS causes
"""
NARROWED = """
FROM asked, entry e JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau
JOIN provider p ON p.id = e.provider
"""
FROM = f"{NARROWED} LEFT JOIN entry_rating rated ON rated.entry = e.id"


def views(found: Iterable[dict[str, Any]], as_of: date) -> tuple[EntryView, ...]:
    """Rows of ``COLUMNS`` as entries with their status on ``as_of``."""
    return tuple(_view(one, as_of) for one in found)


def _view(one: dict[str, Any], as_of: date) -> EntryView:
    facts = EntryFacts(
        one["listed_on"],
        one["ends_on"],
        one.pop("withdrawn_on"),
        one.pop("removed_on"),
        one.pop("registered_until"),
        one.pop("validity_learned_on"),
    )
    held = tuple(
        SuspensionFacts(*suspension)
        for suspension in zip(one.pop("started"), one.pop("ended"), one.pop("causes"), strict=True)
    )
    one["categories"], one["subjects"] = tuple(one["categories"]), tuple(one["subjects"])
    return EntryView(**one, status=entry_status(facts, held, as_of))
