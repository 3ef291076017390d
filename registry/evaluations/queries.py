"""Reading evaluations: what a school owes, what was said of a provider, what a bureau should look at (R25)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.evaluations import records
from registry.evaluations.records import SELECT, Evaluation
from registry.kernel.actor import OFFICIALS, Actor
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """One page of evaluations; ``after`` continues it, None at the end."""

    evaluations: tuple[Evaluation, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Owed:
    """How many evaluations wait and how many of them are overdue."""

    due: int
    overdue: int


@dataclass(frozen=True, slots=True)
class TermCounts:
    """One term at a bureau: asked for, scored, overdue, and scored below the threshold of its policy."""

    school_year: int
    number: int
    asked: int
    scored: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of an evaluation or a complaint as its timeline shows it."""

    action: str
    on_day: date
    at: datetime
    actor: str
    reason: str


async def get_evaluation(actor: Actor, evaluation_id: int) -> Evaluation:
    """One evaluation for its school, for an official of the bureau, and once scored for the provider.

    Raises NotFound.
    """
    found = await records.load(evaluation_id)
    known = (
        found.school_id in actor.school_ids
        or found.bureau_id in actor.bureau_ids(*OFFICIALS)
        or (found.provider_id in actor.provider_ids and found.submitted_on is not None)
    )
    if not known:
        raise NotFound("没有找到这项评价")
    return found


async def of_schools(
    school_ids: Iterable[int], *, as_of: date, done: bool, after: str | None = None, limit: int = 50
) -> EvaluationPage:
    """What some schools owe (the most urgent first), or what they have done (the latest first)."""
    ids = sorted(set(school_ids))
    if done:
        return await _latest(["c.school = ANY({})", "v.state <> 'due'"], [ids], after, limit)
    found = await rows(
        f"{SELECT} WHERE c.school = ANY({{}}) AND v.state = 'due' AND v.opens_on <= {{}}"
        " ORDER BY v.due_on, v.id LIMIT {}",
        ids,
        as_of,
        200,
    )
    return EvaluationPage(tuple(Evaluation(**one) for one in found), None)


async def of_providers(
    provider_ids: Iterable[int], *, after: str | None = None, limit: int = 50
) -> EvaluationPage:
    """What schools said of some providers, the latest first."""
    conditions = ["e.provider = ANY({})", "v.state IN ('submitted', 'answered', 'void')"]
    return await _latest(conditions, [sorted(set(provider_ids))], after, limit)


async def of_bureaux(
    bureau_ids: Iterable[int],
    *,
    as_of: date,
    state: str = "",
    term: tuple[int, int] | None = None,
    q: str = "",
    after: str | None = None,
    limit: int = 50,
) -> EvaluationPage:
    """The evaluations under the lists of some bureaux, the latest first.

    ``state`` is a stored one, ``overdue``, ``scored``, ``low`` (satisfaction below the policy's value when it was
    given) or "" for all; ``q`` a part of the provider's or the school's name.
    """
    conditions, values = ["l.bureau = ANY({})"], list[Any]([sorted(set(bureau_ids))])
    if state == "overdue":
        conditions.append("v.state = 'due' AND v.due_on < {}")
        values.append(as_of)
    elif state == "due":
        conditions.append("v.state = 'due' AND v.due_on >= {}")
        values.append(as_of)
    elif state == "scored":
        conditions.append("v.state IN ('submitted', 'answered')")
    elif state == "low":
        conditions.append(
            "v.state IN ('submitted', 'answered')"
            " AND v.satisfaction < (c.policy->'evaluation'->>'satisfaction_threshold')::int"
        )
    elif state:
        conditions.append("v.state = {}")
        values.append(state)
    if term is not None:
        conditions.append("v.school_year = {} AND v.term_number = {}")
        values += term
    if q.strip():
        conditions.append("(strpos(e.name, {}) > 0 OR strpos(k.name, {}) > 0)")
        values += [q.strip(), q.strip()]
    return await _latest(conditions, values, after, limit)


async def _latest(conditions: list[str], values: list[Any], after: str | None, limit: int) -> EvaluationPage:
    if after and after.isascii() and after.isdigit() and len(after) < 10:
        conditions.append("v.id < {}")
        values.append(int(after))
    found = await rows(
        f"{SELECT} WHERE {' AND '.join(conditions)} ORDER BY v.id DESC LIMIT {{}}", *values, limit + 1
    )
    shown = tuple(Evaluation(**one) for one in found[:limit])
    return EvaluationPage(shown, str(shown[-1].id) if len(found) > limit else None)


async def terms_of_bureaux(bureau_ids: Iterable[int], as_of: date, limit: int = 4) -> list[TermCounts]:
    """How the latest terms stand at some bureaux."""
    found = await rows(
        "SELECT v.school_year, v.term_number AS number, count(*) FILTER (WHERE v.state NOT IN ('waived', 'void')) AS asked,"
        " count(*) FILTER (WHERE v.state IN ('submitted', 'answered')) AS scored,"
        " count(*) FILTER (WHERE v.state = 'due' AND v.due_on < {}) AS overdue"
        " FROM evaluation v JOIN entry e ON e.id = v.entry JOIN registry_list l ON l.id = e.list"
        " WHERE l.bureau = ANY({}) GROUP BY 1, 2 ORDER BY 1 DESC, 2 DESC LIMIT {}",
        as_of,
        sorted(set(bureau_ids)),
        limit,
    )
    return [TermCounts(**one) for one in found]


async def owed(school_ids: Iterable[int], as_of: date) -> Owed:
    """How much some schools owe on a day."""
    found = await row(
        "SELECT count(*) AS due, count(*) FILTER (WHERE v.due_on < {}) AS overdue FROM evaluation v"
        " JOIN contract c ON c.id = v.contract WHERE c.school = ANY({}) AND v.state = 'due' AND v.opens_on <= {}",
        as_of,
        sorted(set(school_ids)),
        as_of,
    )
    assert found is not None
    return Owed(**found)


async def happenings(subject: str, record_id: int) -> list[Happening]:
    """What happened to an evaluation or a complaint (``subject``), the newest first (at most 100)."""
    found = await rows(
        "SELECT action, on_day, recorded_at AS at, actor, reason FROM event WHERE subject = {} AND subject_id = {}"
        " AND chain LIKE 'bureau:%' ORDER BY id DESC LIMIT 100",
        subject,
        record_id,
    )
    return [Happening(**one) for one in found]
