"""What may follow a signed contract: a variation within its limit, a renewal near its end (R22, R23)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from registry.contracts.rules import term_allowed
from registry.kernel.refusals import Refusal
from registry.whitelist.rules import EntryStatus

RENEWAL_MONTHS = 2


@dataclass(frozen=True, slots=True)
class VariationFacts:
    """What a variation depends on. ``max_years`` is that of the policy frozen at signing (R30).

    ``starts_on`` never changes; ``status`` is the entry's on the day of the act.
    """

    starts_on: date
    ends_on: date
    new_ends_on: date
    max_years: int
    flagged: bool
    over: bool
    status: EntryStatus


def variation_refusals(facts: VariationFacts, as_of: date) -> tuple[Refusal, ...]:
    """What stands against a variation on ``as_of``; empty where both sides may agree on it (R22, R23, R27)."""
    found: list[Refusal] = []
    if facts.over:
        found.append(
            Refusal(
                "contract_over", "R23", "合同已经期满或终止，不能再变更", "需要继续服务的，由学校另行签订合同"
            )
        )
    if facts.flagged:
        found.append(
            Refusal(
                "contract_flagged",
                "R27",
                "机构已被移出名单，本合同须由学校终止，不能变更",
                "由学校按交接清单终止合同",
            )
        )
    answer = term_allowed(facts.starts_on, facts.new_ends_on, facts.max_years)
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
    if facts.new_ends_on != facts.ends_on and facts.new_ends_on < as_of:
        found.append(
            Refusal(
                "ends_in_the_past",
                "R23",
                "新的终止日 %(day)s 已经过去",
                "由学校选择今天或以后的日期；需要立即结束的，办理终止",
                {"day": facts.new_ends_on.isoformat()},
            )
        )
    if facts.new_ends_on > facts.ends_on and not facts.status.active:
        found.append(
            Refusal(
                "entry_not_active",
                "R22",
                "该机构目前不可签约：%(status)s（%(since)s 起），不能延长合同",
                "暂停的，由教育局在原因消除后恢复；其他变更（课程、收费、提前结束）仍可办理",
                {"status": facts.status.kind.zh, "since": facts.status.since.isoformat()},
            )
        )
    return tuple(found)


def renewal_opens(ends_on: date) -> date:
    """The first day on which a renewal may be drafted: two months before the end, or that month's last day."""
    month = ends_on.month - RENEWAL_MONTHS
    year, month = (ends_on.year, month) if month > 0 else (ends_on.year - 1, month + 12)
    return date(year, month, min(ends_on.day, monthrange(year, month)[1]))


def renewal_refusal(ends_on: date, *, flagged: bool, as_of: date) -> Refusal | None:
    """None where a renewal may be drafted on ``as_of``, else why not (R23)."""
    opens = renewal_opens(ends_on)
    if flagged:
        return Refusal("contract_flagged", "R27", "机构已被移出名单，不能续签", "由学校改选其他机构")
    if as_of < opens:
        return Refusal(
            "renewal_too_early",
            "R23",
            "合同期满前两个月起（%(opens)s）方可续签",
            "由学校在该日以后办理",
            {"opens": opens.isoformat()},
        )
    return None
