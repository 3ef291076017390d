"""Contracts (R22–R24): how long they may run, and what stands against signing and serving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from registry.kernel.refusals import Refusal
from registry.kernel.terms import Term
from registry.kernel.years import add_years
from registry.whitelist.rules import EntryStatus

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TermAnswer:
    """Whether a term is allowed and why, in Chinese. ``latest_end`` is the last day it may have."""

    allowed: bool
    why: str
    latest_end: date


def latest_end(starts_on: date, max_years: int) -> date:
    """The last day a contract may have that starts on a day (R23): one before the corresponding day.

    29 February plus N years is 28 February where there is no 29th. Raises ``ValueError`` where
    ``max_years`` is not positive or the day cannot be written.
    """
    if max_years < 1:
        raise ValueError("max_years must be positive")
    return add_years(starts_on, max_years) - _ONE_DAY


def term_allowed(starts_on: date, ends_on: date, max_years: int) -> TermAnswer:
    """Whether a contract from ``starts_on`` to ``ends_on``, both days counted, is short enough (R23).

    Also judges variations, with the new last day. Raises ``ValueError`` as ``latest_end``.
    """
    latest = latest_end(starts_on, max_years)
    if ends_on < starts_on:
        return TermAnswer(False, f"终止日 {ends_on} 早于起始日 {starts_on}", latest)
    if ends_on > latest:
        over = (ends_on - latest).days
        why = f"超过 {max_years} 年：{starts_on} 起算，首尾两日均计入，最迟至 {latest}，超出 {over} 天"
        return TermAnswer(False, why, latest)
    why = f"未超过 {max_years} 年：{starts_on} 起算，首尾两日均计入，最迟至 {latest}"
    return TermAnswer(True, why, latest)


def default_end(starts_on: date, school_year_end: tuple[int, int]) -> date:
    """The end of the school year in which a contract starts (R23); ``school_year_end`` is month and day."""
    end = date(starts_on.year, *school_year_end)
    return end if end >= starts_on else date(starts_on.year + 1, *school_year_end)


class Phase(Term):
    """What a signed contract is on a day; follows from dates."""

    UPCOMING = "upcoming", "尚未开始"
    RUNNING = "running", "履行中"
    ENDED = "ended", "已到期"
    TERMINATED = "terminated", "已终止"


def phase(starts_on: date, ends_on: date, terminated_on: date | None, as_of: date) -> Phase:
    """What a signed contract is on ``as_of``; it outlives its entry's expiry (R23)."""
    if terminated_on is not None and terminated_on <= as_of:
        return Phase.TERMINATED
    if as_of < starts_on:
        return Phase.UPCOMING
    return Phase.ENDED if as_of > ends_on else Phase.RUNNING


@dataclass(frozen=True, slots=True)
class TownshipConsent:
    """How parents of a township school asked for the service (R24)."""

    committee_applied: bool
    signed: int
    asked: int

    def suffices(self, share: Fraction) -> bool:
        """Whether the committee applied or more than ``share`` of the parents signed."""
        return self.committee_applied or (self.asked > 0 and Fraction(self.signed, self.asked) > share)


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """What signing depends on, as of the day of signing; gathered under the lock on the entry (R22).

    ``status`` is the entry's on that day, ``status_at_start`` what it will be on the first day of service
    as far as is known then. ``preconditions`` maps each that the policy requires to its Chinese name,
    ``met`` are those recorded. ``township`` is None for schools that are not in a township.
    """

    status: EntryStatus
    status_at_start: EntryStatus
    list_serves_school: bool
    category: str
    entry_categories: frozenset[str]
    entry_ends_on: date
    starts_on: date
    ends_on: date
    max_years: int
    preconditions: Mapping[str, str]
    met: frozenset[str]
    people_named: int
    people_uncleared: int
    school_confirmed: bool
    provider_confirmed: bool
    scan_stored: bool
    people_off_roster: int = 0
    township: TownshipConsent | None = None
    township_share: Fraction = Fraction(2, 3)


def signing_refusals(facts: SigningFacts, as_of: date) -> tuple[Refusal, ...]:
    """What stands against signing on ``as_of``; empty where the contract can be signed (R22–R24)."""
    found = [*_entry_refusals(facts.status, facts.list_serves_school), *_term_refusals(facts, as_of)]
    found += _category_refusals(facts)
    if facts.starts_on > facts.entry_ends_on or not (facts.status_at_start.active or not facts.status.active):
        found.append(
            Refusal(
                "not_covered",
                "R22",
                "服务首日 %(start)s 不在该机构的在库期内（至 %(end)s）",
                "由学校调整服务首日，或待机构入选下一周期后再签",
                {"start": facts.starts_on.isoformat(), "end": facts.entry_ends_on.isoformat()},
            )
        )
    found += _precondition_refusals(facts)
    found += _act_refusals(facts)
    return tuple(found)


def may_sign(facts: SigningFacts, as_of: date) -> bool:
    """Whether nothing stands against signing on ``as_of``."""
    return not signing_refusals(facts, as_of)


def service_refusals(
    status: EntryStatus, *, list_serves_school: bool, category: str, entry_categories: frozenset[str]
) -> tuple[Refusal, ...]:
    """What stands against service on its first day, judged again then (R22)."""
    found = _entry_refusals(status, list_serves_school)
    if category not in entry_categories:
        found.append(_wrong_category(category))
    return tuple(found)


def _entry_refusals(status: EntryStatus, list_serves_school: bool) -> list[Refusal]:
    found: list[Refusal] = []
    if not list_serves_school:
        found.append(
            Refusal(
                "list_does_not_serve_school",
                "R31",
                "该机构所在的名单不适用于本校",
                "由学校改选适用于本校名单中的机构",
            )
        )
    if not status.active:
        found.append(
            Refusal(
                f"entry_{status.kind.value}",
                "R22",
                "该机构目前不可签约：%(status)s（%(since)s 起）",
                "暂停的，由教育局在原因消除后恢复；已移除、退出或到期的，由学校改选其他机构",
                {"status": status.kind.zh, "since": status.since.isoformat()},
            )
        )
    return found


def _term_refusals(facts: SigningFacts, as_of: date) -> list[Refusal]:
    found: list[Refusal] = []
    if as_of > facts.starts_on:
        found.append(
            Refusal(
                "signed_after_start",
                "R23",
                "服务首日 %(start)s 已过，合同须在服务开始前签订",
                "由学校调整服务首日",
                {"start": facts.starts_on.isoformat()},
            )
        )
    answer = term_allowed(facts.starts_on, facts.ends_on, facts.max_years)
    if not answer.allowed:
        found.append(
            Refusal(
                "term_not_allowed",
                "R23",
                "合同期限不符合规定：%(why)s",
                "由学校将终止日改为 %(latest)s 或更早",
                {"why": answer.why, "latest": answer.latest_end.isoformat()},
            )
        )
    return found


def _category_refusals(facts: SigningFacts) -> list[Refusal]:
    return [] if facts.category in facts.entry_categories else [_wrong_category(facts.category)]


def _wrong_category(category: str) -> Refusal:
    return Refusal(
        "category_not_listed",
        "R22",
        "该机构未入选合同所涉服务类别",
        "由学校改选已入选的类别，或改选其他机构",
        {"category": category},
    )


def _precondition_refusals(facts: SigningFacts) -> list[Refusal]:
    found = [
        Refusal(
            f"precondition_{code}",
            "R24",
            "签约前置条件未完成：%(name)s",
            "由学校完成后登记日期和证明材料",
            {"name": name},
        )
        for code, name in facts.preconditions.items()
        if code not in facts.met
    ]
    if facts.township is not None and not facts.township.suffices(facts.township_share):
        found.append(
            Refusal(
                "township_parents",
                "R24",
                "乡镇学校须由家长委员会提出申请，或超过 %(share)s 的家长签字",
                "由学校补充家长委员会申请或家长签字",
                {"share": str(facts.township_share)},
            )
        )
    if facts.people_named == 0:
        found.append(Refusal("nobody_named", "R32", "合同未列明入校服务人员", "由机构填报入校服务人员"))
    if facts.people_uncleared:
        found.append(
            Refusal(
                "people_uncleared",
                "R32",
                "有 %(count)s 名入校服务人员未登记资格、健康或违法犯罪记录查询日期，或登记已超过有效期",
                "由机构补充登记，或由学校调整人员",
                {"count": str(facts.people_uncleared)},
            )
        )
    if facts.people_off_roster:
        found.append(
            Refusal(
                "people_off_roster",
                "R32",
                "有 %(count)s 名入校服务人员在机构教师名册中尚未核准、未获核准、已离开或资格证件已过期",
                "由机构申请核准，或由学校调整人员",
                {"count": str(facts.people_off_roster)},
            )
        )
    return found


def _act_refusals(facts: SigningFacts) -> list[Refusal]:
    found: list[Refusal] = []
    if not facts.school_confirmed:
        found.append(Refusal("school_not_confirmed", "R22", "学校尚未确认", "由学校确认合同"))
    if not facts.provider_confirmed:
        found.append(Refusal("provider_not_confirmed", "R22", "机构尚未确认", "由机构确认合同"))
    if not facts.scan_stored:
        found.append(Refusal("scan_missing", "R22", "盖章合同的扫描件尚未上传", "由学校上传盖章合同扫描件"))
    return found
