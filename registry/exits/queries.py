"""Reading exit cases: lists by side, reports, what a decision would do (R26, R27)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.bans.rules import BanPeriod, ban_period, reach_division
from registry.contracts import queries as contract_queries
from registry.contracts.records import Contract
from registry.exits import records
from registry.exits.deciding import answers_of
from registry.exits.records import SELECT, Case, answer_window
from registry.jurisdictions.queries import division_names
from registry.kernel.actor import OFFICIALS, Actor
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.sealed import unseal
from registry.policies.vocabulary import Ground

__all__ = [
    "CasePage",
    "Consequences",
    "Happening",
    "ReportView",
    "SchoolReport",
    "answer_window",
    "answers_of",
    "cases_of_bureaux",
    "cases_of_providers",
    "consequences",
    "get_case",
    "happenings",
    "may_read_evidence",
    "open_case_of",
    "reports_of",
    "reports_of_schools",
]

_APPEAL_WAITS = (
    "x.state IN ('upheld', 'overturning') AND EXISTS"
    ' (SELECT 1 FROM exit_appeal a WHERE a."case" = x.id AND a.refused_on IS NULL)'
)


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of cases, the newest first; ``after`` continues it."""

    cases: tuple[Case, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report with its facts opened: for the bureau and, without the evidence, for the provider."""

    id: int
    source: str
    school_id: int | None
    school_name: str | None
    contract_id: int | None
    contract_number: str | None
    ground: Ground
    facts: str
    evidence: int | None
    reported_on: date


@dataclass(frozen=True, slots=True)
class SchoolReport:
    """A report of a school with where its case stands."""

    id: int
    school_name: str
    entry_id: int
    entry_name: str
    ground: Ground
    case_number: str
    case_state: str
    reported_on: date
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a case as its timeline shows it."""

    action: str
    on_day: date
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """What upholding a case today would do (R27, R28)."""

    contracts: tuple[Contract, ...]
    ban: BanPeriod
    years: int
    reach: str
    reach_name: str


async def get_case(actor: Actor, case_id: int) -> Case:
    """One case for the bureau that handles it or the provider it is against. Raises NotFound."""
    case = await records.load(case_id)
    if case.bureau_id not in actor.bureau_ids(*OFFICIALS) and case.provider_id not in actor.provider_ids:
        raise NotFound("没有找到这个退出案件")
    return case


async def may_read_evidence(actor: Actor, report_id: int) -> bool:
    """Whether the actor may open the evidence of a report: the school that made it, the bureau, the provider.

    A provider answers to the evidence against it (R27); a complainant's is for the bureau alone.
    """
    found = await row(
        'SELECT r.school, r.source, x.bureau, e.provider FROM exit_report r JOIN exit_case x ON x.id = r."case"'
        " JOIN entry e ON e.id = x.entry WHERE r.id = {}",
        report_id,
    )
    if found is None:
        return False
    return (
        found["school"] in actor.school_ids
        or found["bureau"] in actor.bureau_ids(*OFFICIALS)
        or (found["provider"] in actor.provider_ids and found["source"] != "complaint")
    )


async def cases_of_bureaux(
    bureau_ids: Iterable[int], *, state: str = "", q: str = "", after: str | None = None, limit: int = 50
) -> CasePage:
    """The cases of some bureaux, the newest first. ``state`` is a stored state, ``live`` or "" for all; ``q`` a
    part of the provider's name or a case number. ``appealed``: those whose appeal waits."""
    conditions, values = ["x.bureau = ANY({})"], list[Any]([sorted(set(bureau_ids))])
    if state == "live":
        conditions.append("x.state IN ('open', 'proposed')")
    elif state == "appealed":
        conditions.append(_APPEAL_WAITS)
    elif state:
        conditions.append("x.state = {}")
        values.append(state)
    if q.strip():
        conditions.append("(strpos(e.name, {}) > 0 OR x.number = {})")
        values += [q.strip(), q.strip().upper()]
    return await _page(conditions, values, after, limit)


async def cases_of_providers(
    provider_ids: Iterable[int], *, after: str | None = None, limit: int = 50
) -> CasePage:
    """The cases against some providers, the newest first."""
    return await _page(["e.provider = ANY({})"], [sorted(set(provider_ids))], after, limit)


async def _page(conditions: list[str], values: list[Any], after: str | None, limit: int) -> CasePage:
    if after and after.isascii() and after.isdigit() and len(after) < 10:
        conditions.append("x.id < {}")
        values.append(int(after))
    found = await rows(
        f"{SELECT} WHERE {' AND '.join(conditions)} ORDER BY x.id DESC LIMIT {{}}", *values, limit + 1
    )
    shown = tuple(Case(**one) for one in found[:limit])
    return CasePage(shown, str(shown[-1].id) if len(found) > limit else None)


async def open_case_of(entry_id: int) -> Case | None:
    """The open case against an entry, if any."""
    found = await row(f"{SELECT} WHERE x.entry = {{}} AND x.state IN ('open', 'proposed')", entry_id)
    return Case(**found) if found else None


async def reports_of(case_id: int) -> list[ReportView]:
    """The reports of a case in the order they came, opened."""
    found = await rows(
        "SELECT r.id, r.source, r.school AS school_id, k.name AS school_name, r.contract AS contract_id,"
        " c.number AS contract_number, r.ground, r.facts_sealed, r.evidence, r.reported_on FROM exit_report r"
        " LEFT JOIN school k ON k.id = r.school LEFT JOIN contract c ON c.id = r.contract"
        ' WHERE r."case" = {} ORDER BY r.id',
        case_id,
    )
    reports = []
    for one in found:
        facts = unseal(one.pop("facts_sealed"), "exit_report.facts")
        reports.append(ReportView(**{**one, "ground": _ground(one["ground"]), "facts": facts}))
    return reports


async def reports_of_schools(school_ids: Iterable[int], *, limit: int = 200) -> list[SchoolReport]:
    """What some schools reported, the newest first, with where each case stands."""
    found = await rows(
        "SELECT r.id, k.name AS school_name, e.id AS entry_id, e.name AS entry_name, r.ground, x.number AS case_number,"
        " x.state AS case_state, x.decided_on, r.reported_on FROM exit_report r"
        ' JOIN exit_case x ON x.id = r."case" JOIN entry e ON e.id = x.entry JOIN school k ON k.id = r.school'
        " WHERE r.school = ANY({}) ORDER BY r.id DESC LIMIT {}",
        sorted(set(school_ids)),
        limit,
    )
    return [SchoolReport(**{**one, "ground": _ground(one["ground"])}) for one in found]


async def happenings(case_id: int) -> list[Happening]:
    """What happened to a case, the newest first (at most 100)."""
    found = await rows(
        "SELECT action, on_day, recorded_at AS at, actor, reason FROM event WHERE subject = 'exit_case' AND subject_id = {}"
        " AND chain LIKE 'bureau:%' ORDER BY id DESC LIMIT 100",
        case_id,
    )
    return [Happening(**one) for one in found]


async def consequences(case: Case, as_of: date) -> Consequences:
    """What upholding the case on ``as_of`` would do: for the page that asks for the decision."""
    reach = reach_division(case.policy.ban.reach, case.bureau_division)
    names = await division_names([reach])
    return Consequences(
        contracts=tuple(await contract_queries.running_under(case.list_id, case.provider_id, as_of)),
        ban=ban_period(as_of, case.policy.ban.years),
        years=case.policy.ban.years,
        reach=reach,
        reach_name=names.get(reach, case.policy.ban.reach.zh),
    )


def _ground(code: str) -> Ground:
    return next(one for one in Ground if one.value == code)
