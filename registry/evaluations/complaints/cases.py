"""Complaints as officers, providers and schools read them; who complains stays sealed (R25, R34)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.evaluations.complaints.handling import opened_hearing, opened_replies
from registry.evaluations.lifecycle import OPEN_COMPLAINT
from registry.kernel.actor import OFFICIALS, Actor, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.sealed import unseal


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint in a list: never what it says."""

    id: int
    number: str
    state: str
    topic: str
    kind: str
    entry_id: int
    entry_name: str
    list_id: int
    provider_id: int
    bureau_id: int
    contract_id: int | None
    school_id: int | None
    school_name: str | None
    filed_on: date
    accept_until: date | None
    accepted_on: date | None
    close_until: date | None
    answer_until: date | None
    ground: str | None
    closed_on: date | None

    @property
    def open(self) -> bool:
        """Not closed yet."""
        return self.state in OPEN_COMPLAINT

    @property
    def next_day(self) -> date | None:
        """The last day of what is next: taking it up, then closing it."""
        return self.accept_until if self.state == "filed" else self.close_until

    def overdue(self, as_of: date) -> bool:
        """Whether the bureau has let its last day pass."""
        return self.open and self.next_day is not None and as_of > self.next_day


@dataclass(frozen=True, slots=True)
class ComplaintCase:
    """One complaint. ``facts`` and ``hearing`` are None for who may not read them."""

    row: ComplaintRow
    facts: str | None
    hearing: tuple[dict[str, str], ...] | None
    replies: tuple[dict[str, str], ...]
    files: tuple[tuple[int, str], ...]
    officer: bool
    own: bool


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """One page of complaints; ``after`` continues it, None at the end."""

    complaints: tuple[ComplaintRow, ...]
    after: str | None


_SELECT = """
SELECT m.id, m.receipt_number AS number, m.state, m.topic, m.kind, m.entry AS entry_id, e.name AS entry_name,
       e.list AS list_id, e.provider AS provider_id, m.bureau AS bureau_id, m.contract AS contract_id,
       c.school AS school_id, k.name AS school_name, m.filed_on, m.accept_until, m.accepted_on, m.close_until,
       m.answer_until, m.ground, m.closed_on
"""
_FROM = """
FROM complaint m JOIN entry e ON e.id = m.entry LEFT JOIN contract c ON c.id = m.contract
LEFT JOIN school k ON k.id = c.school
"""
_OVERDUE = (
    "((m.state = 'filed' AND m.accept_until < {}) OR"
    " (m.state IN ('accepted', 'asked', 'answered') AND m.close_until < {}))"
)


async def of_bureaux(
    bureau_ids: Iterable[int],
    *,
    as_of: date,
    state: str = "",
    q: str = "",
    entry_id: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> ComplaintPage:
    """The complaints at some bureaux, the latest first. ``state`` is a stored one, ``open``, ``overdue`` or "" for
    all; ``q`` a part of the provider's name or a receipt number."""
    conditions, values = ["m.bureau = ANY({})"], list[Any]([sorted(set(bureau_ids))])
    if state == "open":
        conditions.append("m.state = ANY({})")
        values.append(list(OPEN_COMPLAINT))
    elif state == "overdue":
        conditions.append(_OVERDUE)
        values += [as_of, as_of]
    elif state:
        conditions.append("m.state = {}")
        values.append(state)
    if entry_id is not None:
        conditions.append("m.entry = {}")
        values.append(entry_id)
    if q.strip():
        conditions.append("(strpos(e.name, {}) > 0 OR m.receipt_number = {})")
        values += [q.strip(), q.strip().upper()]
    return await _page(conditions, values, after, limit)


async def of_providers(
    provider_ids: Iterable[int], *, after: str | None = None, limit: int = 50
) -> ComplaintPage:
    """What some providers were asked about, the latest first; of others they know nothing."""
    return await _page(
        ["e.provider = ANY({})", "m.hearing_sealed IS NOT NULL"], [sorted(set(provider_ids))], after, limit
    )


async def of_schools(
    school_ids: Iterable[int], *, after: str | None = None, limit: int = 50
) -> ComplaintPage:
    """What became known of the providers that some schools have contracts with, the latest first.

    Taken up complaints about the schools' own contracts, and founded ones about the same entries whoever complained
    of them. Never what one says nor who says it: that is for the officers (R34).
    """
    ids = sorted(set(school_ids))
    own = "SELECT entry FROM contract WHERE school = ANY({}) AND state IN ('signed', 'terminated')"
    return await _page(
        [
            "m.state NOT IN ('filed', 'refused')",
            f"(c.school = ANY({{}}) OR (m.state = 'founded' AND m.entry IN ({own})))",
        ],
        [ids, ids],
        after,
        limit,
    )


async def _page(conditions: list[str], values: list[Any], after: str | None, limit: int) -> ComplaintPage:
    if after and after.isascii() and after.isdigit() and len(after) < 10:
        conditions.append("m.id < {}")
        values.append(int(after))
    found = await rows(
        f"{_SELECT} {_FROM} WHERE {' AND '.join(conditions)} ORDER BY m.id DESC LIMIT {{}}",
        *values,
        limit + 1,
    )
    shown = tuple(ComplaintRow(**one) for one in found[:limit])
    return ComplaintPage(shown, str(shown[-1].id) if len(found) > limit else None)


async def case(actor: Actor, complaint_id: int) -> ComplaintCase:
    """One complaint for an official of its bureau; what it says is for officers who belong to neither side.

    Raises NotFound.
    """
    found, sealed = await _find(complaint_id)
    if found.bureau_id not in actor.bureau_ids(*OFFICIALS):
        raise NotFound("没有找到这件投诉")
    own = found.provider_id in actor.provider_ids or found.school_id in actor.school_ids
    officer = found.bureau_id in actor.bureau_ids(Role.REVIEWER, Role.APPROVER) and not own
    files = await rows(
        "SELECT id, given_name FROM stored_file WHERE owner = 'complaint' AND owner_id = {} AND state <> 'deleted'"
        " ORDER BY id",
        complaint_id,
    )
    return ComplaintCase(
        row=found,
        facts=unseal(sealed["facts_sealed"], "complaint.facts") if officer else None,
        hearing=tuple(opened_hearing(sealed["hearing_sealed"])) if officer else None,
        replies=tuple(opened_replies(sealed["replies_sealed"])) if officer else (),
        files=tuple((one["id"], one["given_name"]) for one in files) if officer else (),
        officer=officer,
        own=own,
    )


async def for_provider(actor: Actor, complaint_id: int) -> ComplaintCase:
    """What a provider was asked and said; never what the complainant wrote. Raises NotFound before it is asked."""
    found, sealed = await _find(complaint_id)
    if found.provider_id not in actor.provider_ids or sealed["hearing_sealed"] is None:
        raise NotFound("没有找到这件投诉")
    return ComplaintCase(
        row=found,
        facts=None,
        hearing=tuple(opened_hearing(sealed["hearing_sealed"])),
        replies=(),
        files=(),
        officer=False,
        own=True,
    )


async def _find(complaint_id: int) -> tuple[ComplaintRow, dict[str, Any]]:
    found = await row(
        f"{_SELECT}, m.facts_sealed, m.hearing_sealed, m.replies_sealed {_FROM} WHERE m.id = {{}}",
        complaint_id,
    )
    if found is None:
        raise NotFound("没有找到这件投诉")
    sealed = {key: found.pop(key) for key in ("facts_sealed", "hearing_sealed", "replies_sealed")}
    return ComplaintRow(**found), sealed


async def may_read_evidence(actor: Actor, complaint_id: int) -> bool:
    """Whether the actor may open the files of a complaint: an officer of the bureau who belongs to neither side."""
    try:
        return (await case(actor, complaint_id)).officer
    except NotFound:
        return False


async def founded(entry_id: int, as_of: date) -> dict[str, int]:
    """How many complaints about an entry were founded up to a day, by exit ground; "" for those without (R26)."""
    found = await rows(
        "SELECT coalesce(ground, '') AS ground, count(*) AS n FROM complaint WHERE entry = {} AND state = 'founded'"
        " AND closed_on <= {} GROUP BY 1 ORDER BY 2 DESC, 1",
        entry_id,
        as_of,
    )
    return {one["ground"]: int(one["n"]) for one in found}


async def waiting(bureau_ids: Iterable[int], as_of: date) -> tuple[int, int]:
    """How many complaints are open at some bureaux, and how many of them overdue."""
    found = await row(
        f"SELECT count(*) AS n, count(*) FILTER (WHERE {_OVERDUE}) AS overdue FROM complaint m"  # noqa: S608 -- a constant
        " WHERE m.bureau = ANY({}) AND m.state = ANY({})",
        as_of,
        as_of,
        sorted(set(bureau_ids)),
        list(OPEN_COMPLAINT),
    )
    assert found is not None
    return int(found["n"]), int(found["overdue"])
