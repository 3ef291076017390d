"""Whole lists, entry by entry, in one query: for files, snapshots and programs that take everything (R19, R21)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any

from registry.kernel.db import stream
from registry.whitelist.narrowing import ASKED, Narrowing
from registry.whitelist.rules import EntryFacts, SuspensionFacts, entry_status

# What the rule needs of each entry comes along, so that the number of queries does not grow with the entries.
_FACTS = f"""
{ASKED}
SELECT e.id, e.certificate_number, e.name, p.credit_code, l.name AS list_name, b.name AS bureau_name,
       b.division AS region, e.categories, e.subjects, e.lowest_price_cents, e.listed_on, e.ends_on, e.withdrawn_on,
       p.registered_until,
       (SELECT min(v.removed_on) FROM removal v WHERE v.entry = e.id AND v.removed_on <= asked.day
          AND (v.restored_on IS NULL OR v.restored_on > asked.day)) AS removed_on,
       ARRAY(SELECT s.started_on FROM suspension s WHERE s.entry = e.id ORDER BY s.started_on, s.id) AS started,
       ARRAY(SELECT s.ended_on FROM suspension s WHERE s.entry = e.id ORDER BY s.started_on, s.id) AS ended
FROM asked, entry e JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau
JOIN provider p ON p.id = e.provider
"""  # noqa: S608 -- constants only


async def exported(
    *, as_of: date, narrowing: Narrowing | None = None, list_ids: Iterable[int] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """The entries of public lists as rows of open data, by name; what each is on ``as_of``.

    Days are ISO text, ``categories`` and ``subjects`` lists of codes, ``lowest_price_yuan`` a decimal or None.
    """
    wanted = narrowing or Narrowing(list_ids=list_ids, status="")
    where, values = wanted.conditions()
    async for one in stream(f"{_FACTS} WHERE {where} ORDER BY e.pinyin_key, e.id", as_of, *values):
        yield _row(one, as_of)


def _row(one: dict[str, Any], as_of: date) -> dict[str, Any]:
    facts = EntryFacts(
        one["listed_on"], one["ends_on"], one["withdrawn_on"], one["removed_on"], one["registered_until"]
    )
    held = [SuspensionFacts(start, end) for start, end in zip(one["started"], one["ended"], strict=True)]
    status = entry_status(facts, held, as_of)
    cents = one["lowest_price_cents"]
    return {
        "id": one["id"], "certificate_number": one["certificate_number"], "name": one["name"],
        "credit_code": one["credit_code"], "list": one["list_name"], "bureau": one["bureau_name"],
        "region": one["region"], "categories": list(one["categories"]), "subjects": list(one["subjects"]),
        "lowest_price_yuan": None if cents is None else f"{cents // 100}.{cents % 100:02d}",
        "status": status.kind.value, "since": status.since.isoformat(), "listed_on": one["listed_on"].isoformat(),
        "ends_on": one["ends_on"].isoformat(), "as_of": as_of.isoformat(),
    }  # fmt: skip
