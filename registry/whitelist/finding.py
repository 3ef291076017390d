"""Finding entries: a page of them, how many there are, how many of which sort (R19, R21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict, Unpack

from registry.kernel.db import row, rows, transaction
from registry.kernel.kept import kept
from registry.whitelist.narrowing import ASKED, Narrowing
from registry.whitelist.rules import StatusKind
from registry.whitelist.status import KIND_SQL
from registry.whitelist.views import COLUMNS, FROM, NARROWED, EntryPage, views

COUNT_CAP = 1000
NO_PRICE = 2147483647


class Narrow(TypedDict, total=False):
    """The fields of ``Narrowing`` as keywords."""

    list_ids: Iterable[int] | None
    q: str | None
    category: str | None
    subject: str
    region: str
    status: str
    most_cents: int | None
    least_rating: int | None
    changed_since: date | None
    public_only: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries there are by category, by sub-category (both of active ones) and by kind; ``total`` is of all
    kinds. ``capped``: only the first of them were counted."""

    total: int
    by_category: dict[str, int]
    by_kind: dict[str, int]
    by_subject: dict[str, int] = field(default_factory=dict)
    capped: bool = False


@dataclass(frozen=True, slots=True)
class _Order:
    """A way to sort: the SQL of the key, its type, whether it goes down, and a table it needs besides."""

    key: str
    kind: str
    descending: bool = False
    join: str = ""

    @property
    def sql(self) -> str:
        way = " DESC" if self.descending else ""
        return f"{self.key}{way}, {self.tie}{way}"

    @property
    def tie(self) -> str:
        return "t.entry" if self.join else "e.id"

    @property
    def beyond(self) -> str:
        return f"({self.key}, {self.tie}) {'<' if self.descending else '>'} ({{}}::{self.kind}, {{}})"


SORTS: dict[str, _Order] = {
    "name": _Order("e.pinyin_key", "varchar"),
    "-listed": _Order("e.listed_on", "date", descending=True),
    "price": _Order(f"coalesce(e.lowest_price_cents, {NO_PRICE})", "int"),
    # What the room of evaluations keeps for this; entries without a public rating are left out.
    "-rating": _Order("t.overall", "int", descending=True, join="JOIN entry_rating t ON t.entry = e.id"),
}


async def search_entries(
    *,
    as_of: date,
    sort: str = "name",
    after: str | None = None,
    limit: int = 50,
    **narrow: Unpack[Narrow],
) -> EntryPage:
    """A page of entries (R21), narrowed as ``Narrowing`` says.

    ``sort`` is name (pinyin), -listed (the latest first), price (the cheapest first, without one last) or -rating
    (the best first, without one left out); ``after`` is the cursor of the page before.
    """
    where, values = Narrowing(**narrow).conditions()
    order = SORTS.get(sort, SORTS["name"])
    cursor = _cursor(after, order)
    if cursor is not None:
        where += f" AND {order.beyond}"
        values += cursor
    async with transaction():
        # How common a word is decides the way: a plan made for any word would sort all entries for a common one.
        await rows("SET LOCAL plan_cache_mode = force_custom_plan")
        found = await rows(
            f"{ASKED} SELECT {COLUMNS}, {order.key} AS sort_key {FROM} {order.join} WHERE {where}"
            f" ORDER BY {order.sql} LIMIT {{}}",
            as_of,
            *values,
            limit + 1,
        )
    keys = [one.pop("sort_key") for one in found]
    entries = views(found[:limit], as_of)
    return EntryPage(entries, f"{entries[-1].id}_{keys[limit - 1]}" if len(found) > limit else None)


def _cursor(after: str | None, order: _Order) -> list[Any] | None:
    number, _, key = (after or "").partition("_")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    value: Any = key
    try:
        if order.kind == "date":
            value = date.fromisoformat(key)
        elif order.kind == "int":
            value = int(key)
    except ValueError:
        return None
    return None if isinstance(value, int) and not 0 <= value <= NO_PRICE else [value, int(number)]


async def count_entries(*, as_of: date, cap: int = COUNT_CAP, **narrow: Unpack[Narrow]) -> tuple[int, bool]:
    """How many entries ``search_entries`` finds, counted up to ``cap``, and whether there are more."""
    where, values = Narrowing(**narrow).conditions()
    found = await row(
        f"{ASKED} SELECT count(*) AS n FROM (SELECT 1 {NARROWED} WHERE {where} LIMIT {{}}) AS matching",  # noqa: S608 -- only placeholders are put together
        as_of,
        *values,
        cap + 1,
    )
    assert found is not None
    return min(found["n"], cap), found["n"] > cap


async def facets(*, as_of: date, **narrow: Unpack[Narrow]) -> Counts:
    """How many entries of which sort there are under lists, a region and a search; other fields play no part.

    With a search only the first ``COUNT_CAP`` are counted; the counts of a large registry without one are up to a
    minute old (``kernel.kept``).
    """
    wanted = Narrowing(**narrow).without(
        status="", category="", subject="", most_cents=None, changed_since=None
    )
    if wanted.q and wanted.q.strip():
        return await _count_sorts(wanted, as_of, COUNT_CAP)
    lists = None if wanted.list_ids is None else tuple(sorted(set(wanted.list_ids)))
    wanted = wanted.without(list_ids=lists)
    return await kept(
        ("entries by sort", as_of, lists, wanted.region, wanted.public_only),
        lambda: _count_sorts(wanted, as_of, None),
        lambda counts: counts.total,
    )


_SORTS_SQL = """
SELECT 'kind' AS sort, kind AS code, count(*) AS n FROM matching GROUP BY kind
UNION ALL SELECT 'category', one, count(*) FROM matching, unnest(categories) AS one WHERE kind = 'listed' GROUP BY one
UNION ALL SELECT 'subject', one, count(*) FROM matching, unnest(subjects) AS one WHERE kind = 'listed' GROUP BY one
"""


async def _count_sorts(wanted: Narrowing, as_of: date, cap: int | None) -> Counts:
    where, values = wanted.conditions()
    found = await rows(
        f"{ASKED}, matching AS MATERIALIZED (SELECT e.categories, e.subjects, ({KIND_SQL}) AS kind {NARROWED} WHERE {where}"
        f" LIMIT {{}}) {_SORTS_SQL}",
        as_of,
        *values,
        None if cap is None else cap + 1,
    )
    by: dict[str, dict[str, int]] = {"kind": {}, "category": {}, "subject": {}}
    for one in found:
        by[one["sort"]][one["code"]] = one["n"]
    total = sum(by["kind"].values())
    kinds = {kind.value: by["kind"][kind.value] for kind in StatusKind if kind.value in by["kind"]}
    return Counts(total, by["category"], kinds, by["subject"], cap is not None and total > cap)
