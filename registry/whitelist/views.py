"""Entries as lists show them: one row with its list, bureau and provider, and what it is on a day (R19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.whitelist.rules import EntryStatus, StatusKind
from registry.whitelist.status import statuses


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with what it is on the day asked about. ``state`` is the act stored last."""

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
    categories: tuple[str, ...]
    state: str
    listed_on: date
    ends_on: date
    pinyin_key: str
    subjects: tuple[str, ...]
    lowest_price_cents: int | None
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


COLUMNS = """
e.id, e.list AS list_id, l.name AS list_name, l.bureau AS bureau_id, b.name AS bureau_name, b.division AS region,
e.provider AS provider_id, p.credit_code, e.certificate_number, e.name, e.categories, e.state, e.listed_on,
e.ends_on, e.pinyin_key, e.subjects, e.lowest_price_cents
"""
FROM = """
FROM asked, entry e JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau
JOIN provider p ON p.id = e.provider
"""


async def views(found: list[dict[str, Any]], as_of: date) -> tuple[EntryView, ...]:
    """Rows of ``COLUMNS`` as entries with their status on ``as_of``. Three queries."""
    known = await statuses((one["id"] for one in found), as_of)
    return tuple(
        EntryView(
            **{
                **one,
                "categories": tuple(one["categories"]),
                "subjects": tuple(one["subjects"]),
                "status": known[one["id"]],
            }
        )
        for one in found
    )
