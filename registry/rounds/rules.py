"""Rounds (R2, R5): when they take applications, and the years they ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel.refusals import Refusal
from registry.kernel.terms import Term
from registry.kernel.working_days import Calendar, Window, add_working_days
from registry.kernel.years import add_years


class RoundPhase(Term):
    """What a round is on a day."""

    DRAFT = "draft", "尚未发布"
    UPCOMING = "upcoming", "尚未开始"
    OPEN = "open", "申报中"
    CLOSED = "closed", "已截止"
    CANCELLED = "cancelled", "已取消"


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What is stored of a round: its days and whether it is published or cancelled."""

    opens_on: date
    deadline: date
    published: bool = True
    cancelled: bool = False


def round_phase(facts: RoundFacts, as_of: date) -> RoundPhase:
    """What a round is on ``as_of``; the deadline day still counts (R5)."""
    if facts.cancelled:
        return RoundPhase.CANCELLED
    if not facts.published:
        return RoundPhase.DRAFT
    if as_of < facts.opens_on:
        return RoundPhase.UPCOMING
    return RoundPhase.OPEN if as_of <= facts.deadline else RoundPhase.CLOSED


def accepts(facts: RoundFacts, as_of: date) -> Refusal | None:
    """None where a round takes applications on ``as_of``, else why not (R5)."""
    days = {"opens": facts.opens_on.isoformat(), "deadline": facts.deadline.isoformat()}
    match round_phase(facts, as_of):
        case RoundPhase.OPEN:
            return None
        case RoundPhase.UPCOMING:
            return Refusal(
                "round_not_open",
                "R5",
                "本批次 %(opens)s 起接受申报",
                "请在 %(opens)s 至 %(deadline)s 之间提交",
                days,
            )
        case RoundPhase.CLOSED:
            return Refusal(
                "round_closed",
                "R5",
                "本批次已于 %(deadline)s 截止申报",
                "教育局可在截止前公开延长期限；逾期的请申报下一批次",
                days,
            )
        case RoundPhase.CANCELLED:
            return Refusal("round_cancelled", "R5", "本批次已取消", "请申报其他批次")
        case RoundPhase.DRAFT:
            return Refusal("round_not_published", "R5", "本批次尚未发布", "由教育局发布后方可申报")


def extension_refusal(facts: RoundFacts, new_deadline: date, as_of: date) -> Refusal | None:
    """None where the deadline may be moved to ``new_deadline`` on ``as_of`` (R5): later, and in time."""
    if round_phase(facts, as_of) not in (RoundPhase.UPCOMING, RoundPhase.OPEN):
        return Refusal("round_over", "R5", "本批次不在申报期内，不能延长期限", "由教育局另开补充批次")
    if new_deadline <= facts.deadline:
        return Refusal(
            "deadline_shortened",
            "R5",
            "截止日期只能延后，不能提前或不变（现为 %(deadline)s）",
            "由教育局选择更晚的日期",
            {"deadline": facts.deadline.isoformat()},
        )
    return None


def cycle_end(from_day: date, cycle_years: int) -> date:
    """The corresponding day ``cycle_years`` later, proposed as the last day of a cycle (R5)."""
    return add_years(from_day, cycle_years)


def inspection_years(as_of: date, count: int) -> tuple[int, ...]:
    """The ``count`` calendar years before ``as_of``, the earliest first (R2)."""
    return tuple(range(as_of.year - count, as_of.year))


def correction_deadline(asked_on: date, working_days: int, calendar: Calendar) -> Window:
    """Until when a correction may be handed in that was asked for on a day (R5)."""
    return add_working_days(asked_on, working_days, calendar)


def second_look_deadline(told_on: date, working_days: int, calendar: Calendar) -> Window:
    """Until when a rejected applicant may ask for a second look (R14)."""
    return add_working_days(told_on, working_days, calendar)
