"""Finding entries: a page of them, how many there are, how many of which sort (R19, R21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict, Unpack

from registry.kernel.db import rows
from registry.kernel.kept import kept
from registry.whitelist.narrowing import ASKED, Narrowing
from registry.whitelist.rules import StatusKind
from registry.whitelist.search import query_words
from registry.whitelist.status import KIND_SQL
from registry.whitelist.views import COLUMNS, FROM, NARROWED, EntryPage, views

COUNT_CAP = 1000
NO_PRICE = 2147483647
# From about here on sorting all matches of a large registry takes longer than reading in order until a page is full.
COMMON = 2000
# How many entries are read in order before the kept first matches are asked for, and how many of these are kept.
NEAR = 2000
FIRST = 1000
# Kept as long as an answer over so many rows.
_LONG = 300_000


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
    """A way to sort: the SQL of the key, its type, whether it goes down, a table it needs besides, entries it is
    for only; ``rest`` sorts the entries that it leaves out."""

    key: str
    kind: str
    descending: bool = False
    join: str = ""
    only: str = "true"
    rest: _Order | None = None

    @property
    def way(self) -> str:
        return "DESC" if self.descending else ""

    @property
    def sql(self) -> str:
        return f"{self.key} {self.way}, {self.tie} {self.way}"

    @property
    def is_rest(self) -> bool:
        """Whether it sorts what another order leaves out: a second reading, for which a page has fewer queries left."""
        return self.only != "true"

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
    # What the room of evaluations keeps for this. Those without a public rating come in a query of their own: in one
    # with the others every entry would be looked at before the first is shown.
    "-rating": _Order(
        "t.overall", "int", descending=True, join="JOIN entry_rating t ON t.entry = e.id",
        rest=_Order(
            "e.pinyin_key", "varchar", only="NOT EXISTS (SELECT 1 FROM entry_rating t WHERE t.entry = e.id)"
        ),
    ),
}  # fmt: skip
# Marks the cursor of a page that lies in the rest.
_REST = "~"


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
    (the best first, those without one after them by name); ``after`` is the cursor of the page before.
    """
    wanted = Narrowing(**narrow)
    wanted = wanted.without(in_order=await _reads_in_order(wanted))
    order = SORTS.get(sort, SORTS["name"])
    cursor, found, marks = after or "", list[dict[str, Any]](), list[str]()
    if order.rest is None or not cursor.startswith(_REST):
        found = await _sorted(wanted, order, as_of, cursor, limit + 1)
        marks = [""] * len(found)
        cursor = ""
    if order.rest is not None and len(found) <= limit:
        others = await _sorted(wanted, order.rest, as_of, cursor.removeprefix(_REST), limit + 1 - len(found))
        found += others
        marks += [_REST] * len(others)
    keys = [one.pop("sort_key") for one in found]
    entries = views(found[:limit], as_of)
    last = f"{marks[limit - 1]}{entries[-1].id}_{keys[limit - 1]}" if len(found) > limit else None
    return EntryPage(entries, last)


async def _reads_in_order(wanted: Narrowing) -> bool:
    """Whether a page is found sooner by reading entries in order than by looking up and sorting all that match.

    That is so where the words stand in very many of them and nothing else leaves only a few; planners guess badly how
    many that are.
    """
    narrowed = wanted.list_ids is not None or wanted.region or wanted.least_rating or wanted.changed_since
    words = query_words(wanted.q or "")
    if not words or narrowed or wanted.status not in {"active", ""}:
        return False
    return await kept(
        ("common words", tuple(words)),
        lambda: _are_common(wanted),
        lambda common: _LONG if common else 0,
    )


async def _are_common(wanted: Narrowing) -> bool:
    where, values = wanted.words()
    (found,) = await rows(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM entry e WHERE {where} LIMIT {{}}) AS matching",  # noqa: S608 -- constants and places only
        *values,
        COMMON,
    )
    return bool(found["n"] == COMMON)


async def _sorted(
    wanted: Narrowing, order: _Order, as_of: date, after: str, most: int
) -> list[dict[str, Any]]:
    """The rows beyond a cursor, each with its ``sort_key``."""
    cursor = _cursor(after, order)
    # Ratings do not come together as names of one town do.
    if not wanted.in_order or order.rest is not None:
        return await _read(wanted, order, as_of, most, beyond=cursor)
    if not order.is_rest:
        near = await _read(wanted, order, as_of, most, beyond=cursor, within=NEAR)
        if len(near) == most:
            return near
    return await _from_first(wanted, order, as_of, cursor, most)


async def _from_first(
    wanted: Narrowing, order: _Order, as_of: date, cursor: list[Any] | None, most: int
) -> list[dict[str, Any]]:
    """A page of what matches common words but lies together, as the names of one town do, far from the beginning.

    The first matches in order are kept for a minute, so that not everybody reads all that comes before them. What they
    are on the day, and all else that is asked for, is read anew.
    """
    first = await kept(
        ("first matches", tuple(query_words(wanted.q or "")), order.key, order.only, FIRST),
        lambda: _first_matches(wanted, order),
        lambda _: _LONG,
    )
    places = {one["id"]: n for n, one in enumerate(first, 1)}
    place = 0 if cursor is None else places.get(cursor[1])
    if place is None:
        return await _read(wanted, order, as_of, most, beyond=cursor)
    ids = [one["id"] for one in first[place:]]
    found = await _read(wanted, order, as_of, most, among=ids) if ids else []
    if len(found) < most and len(first) == FIRST:
        last = [first[-1]["key"], first[-1]["id"]]
        found += await _read(wanted, order, as_of, most - len(found), beyond=last)
    return found


async def _first_matches(wanted: Narrowing, order: _Order) -> list[dict[str, Any]]:
    """The first entries in order in which the words stand, whatever else they are: ``id`` and sort ``key``."""
    where, values = wanted.without(in_order=False).words()
    return await rows(
        f"WITH matching AS MATERIALIZED (SELECT {order.tie} AS id, {order.key} AS key FROM entry e {order.join}"  # noqa: S608 -- constants and places only
        f" WHERE {where} AND {order.only}) SELECT id, key FROM matching"
        f" ORDER BY key {order.way}, id {order.way} LIMIT {{}}",
        *values,
        FIRST,
    )


async def _read(
    wanted: Narrowing,
    order: _Order,
    as_of: date,
    most: int,
    *,
    beyond: list[Any] | None = None,
    within: int | None = None,
    among: list[int] | None = None,
) -> list[dict[str, Any]]:
    """The first ``most`` rows in order: ``beyond`` a key and id, only ``among`` some ids, only ``within`` so many of
    all entries that come next, whether they match or not."""
    where, values = wanted.conditions()
    source, before = FROM, list[Any]()
    if within is not None:
        after = f"AND {order.beyond}" if beyond is not None else ""
        inner = (
            f"SELECT e.* FROM entry e {order.join} WHERE {order.only} {after} ORDER BY {order.sql} LIMIT {{}}"  # noqa: S608 -- constants and places only
        )
        source, before = FROM.replace(" entry e ", f" ({inner}) e ", 1), [*(beyond or ()), within]
    elif beyond is not None:
        where += f" AND {order.beyond}"
        values += beyond
    if among is not None:
        where += " AND e.id = ANY({})"
        values.append(among)
    return await rows(
        f"{ASKED} SELECT {COLUMNS}, {order.key} AS sort_key {source} {order.join} WHERE {where} AND {order.only}"
        f" ORDER BY {order.sql} LIMIT {{}}",
        as_of,
        *before,
        *values,
        most,
    )


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
    """How many entries ``search_entries`` finds, counted up to ``cap``, and whether there are more.

    That there are more is kept for a minute: it stays true, and many ask.
    """
    wanted = _keyed(Narrowing(**narrow))
    return await kept(
        ("count", as_of, cap, wanted),
        lambda: _count(wanted, as_of, cap),
        lambda counted: _LONG if counted[1] else 0,
    )


def _keyed(wanted: Narrowing) -> Narrowing:
    """The same as the key of an answer that is kept."""
    lists = None if wanted.list_ids is None else tuple(sorted(set(wanted.list_ids)))
    return wanted.without(list_ids=lists)


async def _count(wanted: Narrowing, as_of: date, cap: int) -> tuple[int, bool]:
    where, values = wanted.conditions()
    (found,) = await rows(
        f"{ASKED} SELECT count(*) AS n FROM (SELECT 1 {NARROWED} WHERE {where} LIMIT {{}}) AS matching",  # noqa: S608 -- only placeholders are put together
        as_of,
        *values,
        cap + 1,
    )
    return min(found["n"], cap), found["n"] > cap


async def facets(*, as_of: date, **narrow: Unpack[Narrow]) -> Counts:
    """How many entries of which sort there are under lists, a region and a search; other fields play no part.

    With a search only the first ``COUNT_CAP`` are counted; the counts of a large registry without one, and those of a
    search with more than that, are up to a minute old (``kernel.kept``).
    """
    wanted = _keyed(Narrowing(**narrow)).without(
        status="", category="", subject="", most_cents=None, changed_since=None, least_rating=None
    )
    searched = bool(wanted.q and wanted.q.strip())
    return await kept(
        ("entries by sort", as_of, wanted),
        lambda: _count_sorts(wanted, as_of, COUNT_CAP if searched else None),
        lambda counts: _LONG if counts.capped else counts.total,
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
