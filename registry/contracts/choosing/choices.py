"""The record of how a provider was chosen: candidates, reasons, day. Written once; what an auditor will ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.contracts.tables import Choice, ChoiceCandidate
from registry.kernel import events
from registry.kernel.actor import OFFICIALS, Actor
from registry.kernel.clock import SHANGHAI, real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Invalid, NotFound
from registry.kernel.terms import Term
from registry.schools import queries as schools
from registry.whitelist.numbers import next_serial
from registry.whitelist.queries import get_entry

MOST_CANDIDATES = 12


class Way(Term):
    """How it was judged (``tables.CHOICE_WAYS``)."""

    PANEL = "panel", "校内评审小组评议"
    PARENTS = "parents", "家长委员会评议"
    MEETING = "meeting", "校务会议集体研究"
    OTHER = "other", "其他方式"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider compared, and what was found for or against it."""

    entry_id: int
    remark: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a school writes down. ``chosen`` is one of the candidates' entries, None where none was chosen.

    ``participants`` says who took part, by office and number.
    """

    need: str
    way: Way
    participants: str
    reasons: str
    decided_on: date
    candidates: Sequence[Candidate]
    chosen: int | None


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A candidate as it stood on the day of recording."""

    entry_id: int
    name: str
    certificate_number: str
    credit_code: str
    status: str
    price_cents: int | None
    remark: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A recorded choice. ``contract_ids`` are those drafted from it."""

    id: int
    number: str
    school_id: int
    school_name: str
    bureau_id: int
    need: str
    way: Way
    participants: str
    reasons: str
    chosen: int | None
    chosen_name: str
    decided_on: date
    recorded_on: date
    recorded_at: datetime
    recorded_by: str
    candidates: tuple[CandidateView, ...] = ()
    contracts: tuple[tuple[int, str], ...] = ()


async def record(actor: Actor, school_id: int, draft: Draft) -> int:
    """Write a choice down, with what each candidate is today; returns its id. It cannot be changed afterwards.

    Raises NotFound for another school and for an entry of a list that does not serve it, Invalid.
    """
    if school_id not in actor.school_ids:
        raise NotFound("没有找到这所学校")
    as_of = await today()
    _check(draft, as_of)
    async with transaction():
        school = await schools.get(school_id)
        # Numbers follow each other: one record of a school after the other.
        await rows("SELECT id FROM school WHERE id = {} FOR UPDATE", school_id)
        prefix = f"XZ-{school_id}-{as_of.year}-"
        made = Choice(
            number=f"{prefix}{await next_serial('choice', 'number', prefix):03d}", school=school_id, need=draft.need,
            way=draft.way.value, participants=draft.participants, reasons=draft.reasons, chosen=draft.chosen,
            decided_on=draft.decided_on, recorded_on=as_of, recorded_at=real_now(), recorded_by=actor.account_id,
        )  # fmt: skip
        await made.save()
        choice_id = int(made.id)
        for position, one in enumerate(draft.candidates, 1):
            await _write_candidate(choice_id, school_id, position, one, as_of)
        await events.record(
            actor,
            subject="choice",
            subject_id=choice_id,
            action="record",
            chains=(events.bureau_chain(school.bureau_id),),
            data={
                "school": school_id,
                "chosen": draft.chosen,
                "entries": [one.entry_id for one in draft.candidates],
            },
        )
    return choice_id


async def _write_candidate(
    choice_id: int, school_id: int, position: int, one: Candidate, as_of: date
) -> None:
    entry = await get_entry(one.entry_id, as_of)
    if not await schools.serves(entry.list_id, school_id):
        raise NotFound("没有找到这家机构，或它所在的名单不适用于本校")
    await ChoiceCandidate(
        choice=choice_id, entry=one.entry_id, position=position, status=entry.kind.value,
        price_cents=entry.lowest_price_cents, remark=one.remark,
    ).save()  # fmt: skip


def _check(draft: Draft, as_of: date) -> None:
    errors = []
    ids = [one.entry_id for one in draft.candidates]
    if not ids:
        errors.append(FieldError("candidates", "请至少选择一家参加比选的机构"))
    if len(ids) > MOST_CANDIDATES or len(set(ids)) < len(ids):
        errors.append(
            FieldError("candidates", "参加比选的机构不能重复，最多 %(n)s 家", {"n": str(MOST_CANDIDATES)})
        )
    if draft.chosen is not None and draft.chosen not in ids:
        errors.append(FieldError("chosen", "选定的机构须在参加比选的机构之中"))
    if draft.decided_on > as_of:
        errors.append(FieldError("decided_on", "决定日期不能晚于今天"))
    for name, text, label in (("need", draft.need, "服务需求"), ("reasons", draft.reasons, "理由")):
        if not text.strip():
            errors.append(FieldError(name, f"请填写{label}"))
    if errors:
        raise Invalid(fields=errors)


_SELECT = """
SELECT x.id, x.number, x.school AS school_id, k.name AS school_name, k.bureau AS bureau_id, x.need, x.way, x.participants, x.reasons, x.chosen,
       coalesce(e.name, '') AS chosen_name, x.decided_on, x.recorded_on, x.recorded_at,
       coalesce(u.display_name, '') AS recorded_by
FROM choice x JOIN school k ON k.id = x.school LEFT JOIN entry e ON e.id = x.chosen
LEFT JOIN account u ON u.id = x.recorded_by
"""


async def choices(school_ids: Iterable[int]) -> list[ChoiceView]:
    """The recorded choices of some schools, the latest first (at most 200)."""
    found = await rows(
        f"{_SELECT} WHERE x.school = ANY({{}}) ORDER BY x.id DESC LIMIT 200", sorted(set(school_ids))
    )
    return [_view(one) for one in found]


async def of_bureaux(
    bureau_ids: Iterable[int], *, after: int | None = None, limit: int = 50
) -> tuple[list[ChoiceView], str | None]:
    """The recorded choices of the schools of some bureaux, the latest first, and the next cursor. One query."""
    found = await rows(
        f"{_SELECT} WHERE k.bureau = ANY({{}}) AND ({{}}::int IS NULL OR x.id < {{}}) ORDER BY x.id DESC LIMIT {{}}",
        sorted(bureau_ids),
        after,
        after,
        limit + 1,
    )
    views = [_view(one) for one in found[:limit]]
    return views, str(views[-1].id) if len(found) > limit else None


async def get_choice(actor: Actor, choice_id: int) -> ChoiceView:
    """One choice with its candidates, for its own school and the officials and auditors of the school's bureau.

    Raises NotFound.
    """
    found = await row(f"{_SELECT} WHERE x.id = {{}}", choice_id)
    if found is None or not (
        found["school_id"] in actor.school_ids or found["bureau_id"] in actor.bureau_ids(*OFFICIALS)
    ):
        raise NotFound("没有找到这份选择记录")
    candidates = await rows(
        "SELECT c.entry AS entry_id, e.name, e.certificate_number, p.credit_code, c.status, c.price_cents, c.remark"
        " FROM choice_candidate c JOIN entry e ON e.id = c.entry JOIN provider p ON p.id = e.provider"
        " WHERE c.choice = {} ORDER BY c.position",
        choice_id,
    )
    contracts = await rows("SELECT id, number FROM contract WHERE choice = {} ORDER BY id", choice_id)
    return _view(
        found,
        tuple(CandidateView(**one) for one in candidates),
        tuple((one["id"], one["number"]) for one in contracts),
    )


async def attach(actor: Actor, choice_id: int, contract_id: int) -> None:
    """Note in the caller's transaction that a contract was drafted from a choice of the same school and provider.

    Raises NotFound, Invalid where the choice was for another provider.
    """
    choice = await get_choice(actor, choice_id)
    if choice.school_id not in actor.school_ids:
        raise NotFound("没有找到这份选择记录")
    changed = await rows(
        "UPDATE contract SET choice = {} WHERE id = {} AND school = {} AND entry = {} RETURNING id",
        choice_id,
        contract_id,
        choice.school_id,
        choice.chosen,
    )
    if not changed:
        raise Invalid("选择记录选定的不是这家机构，不能作为这份合同的依据")


async def of_contract(contract_id: int) -> tuple[int, str] | None:
    """The choice that a contract was drafted from (id, number), if any."""
    found = await row(
        "SELECT x.id, x.number FROM contract c JOIN choice x ON x.id = c.choice WHERE c.id = {}", contract_id
    )
    return (found["id"], found["number"]) if found else None


def _view(
    found: dict[str, Any],
    candidates: tuple[CandidateView, ...] = (),
    contracts: tuple[tuple[int, str], ...] = (),
) -> ChoiceView:
    way = next(one for one in Way if one.value == found["way"])
    at = found["recorded_at"]
    assert isinstance(at, datetime)
    return ChoiceView(
        **{**found, "way": way, "recorded_at": at.astimezone(SHANGHAI)},
        candidates=candidates,
        contracts=contracts,
    )
