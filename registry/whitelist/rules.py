"""Entries (R18–R20): what they are on a day, when warnings are due, when a listing may be confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from registry.kernel.refusals import Refusal
from registry.kernel.terms import Term

_ONE_DAY = timedelta(days=1)


class StatusKind(Term):
    """What an entry is on a day (R19). Only ``listed`` is active."""

    NOT_YET = "not_yet", "尚未生效"
    LISTED = "listed", "在库"
    SUSPENDED = "suspended", "暂停"
    LAPSED = "lapsed", "登记证照已过期"
    EXPIRED = "expired", "遴选周期已届满"
    WITHDRAWN = "withdrawn", "已主动退出"
    REMOVED = "removed", "已移除"


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What is stored of an entry. ``ends_on`` is the cycle's last day.

    ``registered_until`` is the last valid day of the registration, None for one without end (长期);
    ``validity_learned_on`` the day on which that was learned, None where it was known all along. A lapse before that
    day, under what was known then, is stored as a suspension.
    """

    listed_on: date
    ends_on: date
    withdrawn_on: date | None = None
    removed_on: date | None = None
    registered_until: date | None = None
    validity_learned_on: date | None = None

    @property
    def lapses_on(self) -> date | None:
        """The first day that counts as lapsed."""
        return first_lapsed_day(self.registered_until, self.validity_learned_on)


@dataclass(frozen=True, slots=True)
class SuspensionFacts:
    """One cause of suspension; it holds from ``started_on`` until the day before ``ended_on``."""

    started_on: date
    ended_on: date | None = None
    cause: str = ""

    def holds(self, as_of: date) -> bool:
        """Whether this cause suspends on ``as_of``."""
        return self.started_on <= as_of and (self.ended_on is None or as_of < self.ended_on)


@dataclass(frozen=True, slots=True)
class EntryStatus:
    """What an entry is on a day, and since when; ``causes`` of a suspension."""

    kind: StatusKind
    since: date
    causes: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether schools can sign with it on that day (R22)."""
        return self.kind is StatusKind.LISTED


def entry_status(entry: EntryFacts, suspensions: Iterable[SuspensionFacts], as_of: date) -> EntryStatus:
    """What an entry is on ``as_of``; serves signing, pages, QR and exports (R19).

    Removal outweighs withdrawal, both outweigh the end of the cycle, and that a suspension. A
    registration that lapsed counts from the day after its last, also before anybody acted on it.
    """
    if as_of < entry.listed_on:
        return EntryStatus(StatusKind.NOT_YET, entry.listed_on)
    if entry.removed_on is not None and entry.removed_on <= as_of:
        return EntryStatus(StatusKind.REMOVED, entry.removed_on)
    if entry.withdrawn_on is not None and entry.withdrawn_on <= as_of:
        return EntryStatus(StatusKind.WITHDRAWN, entry.withdrawn_on)
    if as_of > entry.ends_on:
        return EntryStatus(StatusKind.EXPIRED, entry.ends_on + _ONE_DAY)
    known = tuple(suspensions)
    holding = [suspension for suspension in known if suspension.holds(as_of)]
    if holding:
        causes = tuple(dict.fromkeys(suspension.cause for suspension in holding))
        return EntryStatus(StatusKind.SUSPENDED, _suspended_since(known, as_of), causes)
    lapses_on = entry.lapses_on
    if lapses_on is not None and lapses_on <= as_of:
        return EntryStatus(StatusKind.LAPSED, max(lapses_on, entry.listed_on))
    return EntryStatus(StatusKind.LISTED, _listed_since(entry, known, as_of))


def lapse_day(last_valid_day: date | None) -> date | None:
    """The first day on which a document is expired (R10); None for one that never is (长期)."""
    if last_valid_day is None or last_valid_day == date.max:
        return None
    return last_valid_day + _ONE_DAY


def first_lapsed_day(last_valid_day: date | None, learned_on: date | None) -> date | None:
    """The day from which an entry counts as lapsed: never one on which nobody knew, as what was shown on it stays (R21)."""
    day = lapse_day(last_valid_day)
    return None if day is None else max(day, learned_on or day)


def warnings_due(
    last_valid_day: date, warning_days: Iterable[int], *, after: date, until: date
) -> tuple[int, ...]:
    """The warnings whose day came after ``after`` and not after ``until`` (R20), most urgent last.

    A warning of n days is due n days before the last valid day. A sweep passes the last day that was
    swept and today, so that one that comes late misses none and repeats none.
    """
    left_before = (last_valid_day - after).days
    left_now = (last_valid_day - until).days
    return tuple(sorted((n for n in set(warning_days) if left_now <= n < left_before), reverse=True))


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What confirming a listing depends on (R17, R18). Findings and bans are judged again that day."""

    passes_from: date | None
    on_notice: bool
    open_objections: int
    block_findings: int
    barred_until: date | None
    cycle_ends_on: date


def listing_refusals(facts: ListingFacts, as_of: date) -> tuple[Refusal, ...]:
    """What stands against listing a provider on ``as_of``; empty where an approver may confirm it."""
    found: list[Refusal] = []
    if not facts.on_notice:
        found.append(Refusal("not_on_notice", "R18", "该机构不在公示名单中", "由审批人员先发布公示"))
    elif facts.passes_from is None:
        found.append(
            Refusal(
                "notice_provisional",
                "R16",
                "公示期的截止日只是预计，放假安排载入前不能届满",
                "由教育局管理员载入放假安排",
            )
        )
    elif as_of < facts.passes_from:
        found.append(
            Refusal(
                "notice_running",
                "R15",
                "公示期未满，%(day)s 起方可认定",
                "等待公示期满",
                {"day": facts.passes_from.isoformat()},
            )
        )
    if facts.open_objections:
        found.append(
            Refusal("objection_open", "R17", "对该机构的异议尚未处理完毕", "由两名经办人员作出异议处理决定")
        )
    if facts.block_findings:
        found.append(
            Refusal(
                "block_findings",
                "R18",
                "有 %(count)s 项阻断问题",
                "由审核人员核实，属误判的说明理由予以排除",
                {"count": str(facts.block_findings)},
            )
        )
    if facts.barred_until is not None:
        found.append(
            Refusal(
                "barred",
                "R28",
                "该机构处于禁入期，至 %(day)s 止",
                "禁入期满后机构可重新申报；禁入决定被撤销的除外",
                {"day": facts.barred_until.isoformat()},
            )
        )
    if as_of > facts.cycle_ends_on:
        found.append(
            Refusal(
                "cycle_over",
                "R19",
                "遴选周期已于 %(day)s 届满",
                "机构可申报下一批次",
                {"day": facts.cycle_ends_on.isoformat()},
            )
        )
    return tuple(found)


def _suspended_since(suspensions: tuple[SuspensionFacts, ...], as_of: date) -> date:
    """First day of the unbroken suspension that holds on ``as_of``, over all causes."""
    since = as_of
    while True:
        earlier = [s.started_on for s in suspensions if s.holds(since) or s.ended_on == since]
        start = min((day for day in earlier if day < since), default=since)
        if start == since:
            return since
        since = start


def _listed_since(entry: EntryFacts, suspensions: tuple[SuspensionFacts, ...], as_of: date) -> date:
    ends = [s.ended_on for s in suspensions if s.ended_on is not None and s.started_on < s.ended_on <= as_of]
    return max([entry.listed_on, *ends])
