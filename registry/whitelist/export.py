"""Whole lists, entry by entry, in one query: for files, snapshots and programs that take everything (R19, R21)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any

from registry.kernel.db import stream
from registry.whitelist.narrowing import ASKED, Narrowing
from registry.whitelist.views import COLUMNS, FROM, EntryView, views


async def exported(
    *, as_of: date, narrowing: Narrowing | None = None, list_ids: Iterable[int] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """The entries of public lists as rows of open data, by name; what each is on ``as_of``.

    Days are ISO text, ``categories`` and ``subjects`` lists of codes, ``lowest_price_yuan`` a decimal or None.
    """
    wanted = narrowing or Narrowing(list_ids=list_ids, status="")
    where, values = wanted.conditions()
    async for one in stream(
        f"{ASKED} SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY e.pinyin_key, e.id", as_of, *values
    ):
        yield _row(views([one], as_of)[0], as_of)


def _row(entry: EntryView, as_of: date) -> dict[str, Any]:
    cents = entry.lowest_price_cents
    return {
        "id": entry.id, "certificate_number": entry.certificate_number, "name": entry.name,
        "brand": entry.brand, "credit_code": entry.credit_code, "list": entry.list_name, "bureau": entry.bureau_name, "region": entry.region,
        "categories": list(entry.categories), "subjects": list(entry.subjects),
        "lowest_price_yuan": None if cents is None else f"{cents // 100}.{cents % 100:02d}",
        "status": entry.kind.value, "since": entry.status.since.isoformat(), "listed_on": entry.listed_on.isoformat(),
        "ends_on": entry.ends_on.isoformat(), "as_of": as_of.isoformat(),
    }  # fmt: skip
