"""Reading bans: what bars an applicant, and what the public sees (R28, R31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registry.bans.rules import BanFacts, Bearing, Link, ListFacts, bars, in_force, strong_link
from registry.jurisdictions.queries import ListView, get_list
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class BanView:
    """A ban as anyone may see it (R28): ground, authority, first and last day, reach, appeal."""

    id: int
    provider_id: int
    list_id: int
    list_name: str
    bureau_id: int
    bureau_name: str
    bureau_division: str
    reach: str
    reach_name: str
    case_id: int | None
    document: str
    name: str
    credit_code: str
    legal_representative: str
    ground: str
    decided_on: date
    last_day: date
    appealed_on: date | None
    appeal_refused_on: date | None
    overturned_on: date | None
    overturned_reason: str

    @property
    def facts(self) -> BanFacts:
        """What the rules need of it."""
        return BanFacts(self.decided_on, self.last_day, self.reach, self.bureau_division, self.overturned_on)

    @property
    def may_apply_from(self) -> date:
        """The first day on which the provider may apply again."""
        return self.last_day + timedelta(days=1)

    def in_force(self, as_of: date) -> bool:
        """Whether it holds on a day."""
        return in_force(self.facts, as_of)

    def state(self, as_of: date) -> str:
        """``in_force``, ``over`` or ``overturned`` on a day."""
        if self.overturned_on is not None and as_of >= self.overturned_on:
            return "overturned"
        return "in_force" if self.in_force(as_of) else "over"

    def appeal(self, as_of: date) -> str:
        """``none``, ``lodged``, ``maintained`` or ``overturned`` on a day: what is public of an appeal (R28)."""
        if self.overturned_on is not None and as_of >= self.overturned_on:
            return "overturned"
        if self.appeal_refused_on is not None and as_of >= self.appeal_refused_on:
            return "maintained"
        return "lodged" if self.appealed_on is not None and as_of >= self.appealed_on else "none"


@dataclass(frozen=True, slots=True)
class Barring:
    """A ban that stops an application, and what ties the applicant to it."""

    ban: BanView
    link: Link


_SELECT = """
SELECT x.id, x.provider AS provider_id, x.list AS list_id, l.name AS list_name, x.bureau AS bureau_id,
       b.name AS bureau_name, b.division AS bureau_division, x.reach, d.name AS reach_name, x.case_id, x.document, x.name,
       x.credit_code, x.legal_representative, x.ground, x.decided_on, x.last_day, x.appealed_on,
       x.appeal_refused_on, x.overturned_on, x.overturned_reason
FROM ban x JOIN registry_list l ON l.id = x.list JOIN bureau b ON b.id = x.bureau
JOIN division d ON d.code = x.reach
"""


async def hold_representative(index: str | None, *, shared: bool) -> None:
    """Order a ban and what it may bar by the same legal representative, in the caller's transaction (R28).

    The decision of a ban holds it alone, who asks ``ban_that_bars`` before an act holds it with others; both
    after the row of their own provider.
    """
    if index is not None:
        kind = "_shared" if shared else ""
        await rows(
            f"SELECT pg_advisory_xact_lock{kind}(hashtextextended({{}}, 0))::text AS held",
            f"representative:{index}",
        )


async def ban_that_bars(
    *,
    list_id: int,
    credit_code: str,
    representative_index: str | None,
    as_of: date,
    recognised: Sequence[str] | None = None,
) -> Barring | None:
    """The ban that stops an application to a list on ``as_of``, or None (R28).

    ``credit_code`` is normalised, ``representative_index`` the blind index of the legal representative's full
    ID number. ``recognised`` are the divisions whose bans the policy recognises: a round passes those of its
    frozen policy; None takes the bureau's policy of now. Of several the one that ends last is given.
    """
    on_list = await get_list(list_id)
    for found in await _strongly_linked(credit_code, representative_index, as_of):
        if bars(found.ban.facts, _list_facts(on_list, recognised), as_of) is Bearing.BARS:
            return found
    return None


async def strongly_linked_elsewhere(
    *,
    list_id: int,
    credit_code: str,
    representative_index: str | None,
    as_of: date,
    recognised: Sequence[str] | None = None,
) -> list[Barring]:
    """Bans in force of the same code or representative that do not reach a list: an info (R28)."""
    facts = _list_facts(await get_list(list_id), recognised)
    linked = await _strongly_linked(credit_code, representative_index, as_of)
    return [found for found in linked if bars(found.ban.facts, facts, as_of) is Bearing.INFO]


async def _strongly_linked(credit_code: str, representative_index: str | None, as_of: date) -> list[Barring]:
    found = await rows(
        f"{_SELECT.replace('SELECT ', 'SELECT x.legal_representative_id_index AS link_index, ', 1)}"
        " WHERE (x.credit_code = {} OR x.legal_representative_id_index = {}::varchar)"
        " AND x.decided_on <= {} AND x.last_day >= {} AND (x.overturned_on IS NULL OR x.overturned_on > {})"
        " ORDER BY x.last_day DESC, x.id",
        credit_code,
        representative_index,
        as_of,
        as_of,
        as_of,
    )
    linked: list[Barring] = []
    for one in found:
        index = one.pop("link_index")
        link = strong_link(
            ban_code=one["credit_code"],
            ban_representative=index,
            code=credit_code,
            representative=representative_index,
        )
        if link is not None:
            linked.append(Barring(BanView(**one), link))
    return linked


def _list_facts(on_list: ListView, recognised: Sequence[str] | None) -> ListFacts:
    divisions = on_list.policy.ban.recognised if recognised is None else tuple(recognised)
    return ListFacts(on_list.bureau_division, divisions)


async def barring_many(
    people: Iterable[tuple[str, str | None]], lists: Iterable[ListView]
) -> Callable[[int, str, str | None], list[BanView]]:
    """For many (code, representative index) at once: a function from list, code and index to the bans that bar it
    while they are in force (R28). One query."""
    known = list(people)
    found = await rows(
        f"{_SELECT.replace('SELECT ', 'SELECT x.legal_representative_id_index AS link_index, ', 1)}"
        " WHERE x.credit_code = ANY({}) OR x.legal_representative_id_index = ANY({}::varchar[])"
        " ORDER BY x.decided_on, x.id",
        sorted({code for code, _ in known if code}),
        sorted({index for _, index in known if index}),
    )
    facts = {one.id: _list_facts(one, None) for one in lists}
    by_key: dict[str, list[BanView]] = {}
    for one in found:
        index = one.pop("link_index")
        ban = BanView(**one)
        for key in {ban.credit_code, index} - {None, ""}:
            by_key.setdefault(str(key), []).append(ban)

    def barring(list_id: int, code: str, index: str | None) -> list[BanView]:
        linked = {ban.id: ban for key in (code, index) if key for ban in by_key.get(key, [])}
        return [
            ban for ban in linked.values() if bars(ban.facts, facts[list_id], ban.decided_on) is Bearing.BARS
        ]

    return barring


async def get(ban_id: int) -> BanView:
    """One ban. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE x.id = {{}}", ban_id)
    if found is None:
        raise NotFound("没有找到这条禁入记录")
    return BanView(**found)


async def of_case(case_id: int) -> BanView | None:
    """The ban that an exit case led to, if any."""
    found = await row(f"{_SELECT} WHERE x.case_id = {{}}", case_id)
    return BanView(**found) if found else None


async def of_provider(provider_id: int) -> list[BanView]:
    """The bans of a provider, the latest first."""
    found = await rows(
        f"{_SELECT} WHERE x.provider = {{}} ORDER BY x.decided_on DESC, x.id DESC", provider_id
    )
    return [BanView(**one) for one in found]


@dataclass(frozen=True, slots=True)
class BanPage:
    """One page of the public list; ``after`` continues it."""

    bans: tuple[BanView, ...]
    after: str | None


async def list_bans(
    *,
    as_of: date,
    q: str = "",
    state: str = "in_force",
    list_ids: Iterable[int] | None = None,
    changed_since: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> BanPage:
    """The public list of bans, the latest decision first (R28).

    ``q`` is a part of the name or a whole code; ``state`` is in_force, over, overturned or "" for all;
    ``changed_since`` leaves what was decided, appealed, overturned or ran out since that day; ``after`` is the cursor of the
    page before.
    """
    conditions, values = ["x.decided_on <= {}"], [as_of]
    _narrow(conditions, values, q.strip(), state, list_ids, as_of)
    if changed_since is not None:
        conditions.append(
            "(x.decided_on >= {} OR greatest(x.appealed_on, x.appeal_refused_on, x.overturned_on) >= {} OR (x.last_day >= {}::date - 1 AND x.last_day < {}))"
        )
        values += [changed_since, changed_since, changed_since, as_of]
    cursor = _cursor(after)
    if cursor is not None:
        conditions.append("(x.decided_on, x.id) < ({}, {})")
        values += cursor
    found = await rows(
        f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY x.decided_on DESC, x.id DESC LIMIT {{}}",
        *values,
        limit + 1,
    )
    shown = [BanView(**one) for one in found[:limit]]
    more = len(found) > limit
    return BanPage(tuple(shown), f"{shown[-1].decided_on.isoformat()}_{shown[-1].id}" if more else None)


def _narrow(
    conditions: list[str], values: list[Any], q: str, state: str, list_ids: Iterable[int] | None, as_of: date
) -> None:
    if q:
        conditions.append("(strpos(x.name, {}) > 0 OR x.credit_code = {})")
        values += [q, q.upper()]
    if list_ids is not None:
        conditions.append("x.list = ANY({})")
        values.append(sorted(set(list_ids)))
    overturned = "(x.overturned_on IS NOT NULL AND x.overturned_on <= {})"
    if state == "overturned":
        conditions.append(overturned)
        values.append(as_of)
    elif state in {"in_force", "over"}:
        conditions += [f"NOT {overturned}", f"x.last_day {'>=' if state == 'in_force' else '<'} {{}}"]
        values += [as_of, as_of]


def _cursor(after: str | None) -> list[Any] | None:
    day, _, number = (after or "").partition("_")
    try:
        return [date.fromisoformat(day), int(number)] if day else None
    except ValueError:
        return None
