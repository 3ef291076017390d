"""The yearly review of those listed, where the policy has one: due, proposed, decided by another (R13, R30)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registry.jurisdictions.queries import lists_by_id
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.terms import Term
from registry.kernel.years import add_years
from registry.notifications.commands import accounts_of, notify
from registry.whitelist.commands import LockedEntry, lock_entry, require_officer
from registry.whitelist.lifecycle import YEARLY_REVIEW
from registry.whitelist.tables import YearlyReview

# A review is opened this long before it is due, so that there is time for it.
OPENS_DAYS_BEFORE = 60


class ReviewOutcome(Term):
    """What a yearly review came to."""

    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A yearly review with its entry. ``notice_id`` is the notice that its result was published in, if it was."""

    id: int
    entry_id: int
    name: str
    credit_code: str
    certificate_number: str
    list_id: int
    list_name: str
    bureau_id: int
    provider_id: int
    year: int
    due_on: date
    state: str
    outcome: str | None
    reason: str
    proposed_by: int | None
    proposed_by_name: str
    proposed_on: date | None
    decided_by_name: str
    decided_on: date | None
    decision_reason: str
    categories: tuple[str, ...]
    notice_id: int | None
    notice_number: str
    noticed_on: date | None

    def shown_state(self, as_of: date) -> str:
        """The state as pages name it: what was decided, or overdue where its day has passed."""
        if self.state == "decided":
            return str(self.outcome)
        return "overdue" if self.due_on < as_of else self.state


def due_days(listed_on: date, ends_on: date) -> tuple[tuple[int, date], ...]:
    """The years of an entry from 1, each with the day its review is due: the year's last day, or the cycle's."""
    days: list[tuple[int, date]] = []
    year = 1
    while True:
        last = add_years(listed_on, year) - timedelta(days=1)
        if last >= ends_on:
            return (*days, (year, ends_on))
        days.append((year, last))
        year += 1


async def open_due(day: date) -> int:
    """Open the reviews that are due within two months of ``day``; reviewers are told. Idempotent; returns how many."""
    every = await lists_by_id(one["id"] for one in await rows("SELECT id FROM registry_list"))
    lists = {key: one for key, one in every.items() if one.policy.yearly_review.required}
    if not lists:
        return 0
    entries = await rows(
        "SELECT id, list, listed_on, ends_on FROM entry"
        " WHERE list = ANY({}) AND state IN ('listed', 'suspended') AND listed_on <= {} AND ends_on >= {} ORDER BY id",
        sorted(lists),
        day,
        day,
    )
    known = {
        (one["entry"], one["year"])
        for one in await rows("SELECT entry, year FROM yearly_review WHERE due_on >= {}::date - 800", day)
    }
    opened = 0
    for one in entries:
        for year, due_on in due_days(one["listed_on"], one["ends_on"]):
            if (one["id"], year) not in known and due_on - timedelta(days=OPENS_DAYS_BEFORE) <= day <= due_on:
                opened += await _open(one["id"], year, due_on, lists[one["list"]].bureau_id)
    return opened


async def _open(entry_id: int, year: int, due_on: date, bureau_id: int) -> int:
    async with transaction():
        made = await rows(
            "INSERT INTO yearly_review (entry, year, due_on, reason, decision_reason, state)"
            " VALUES ({}, {}, {}, '', '', 'due') ON CONFLICT DO NOTHING RETURNING id",
            entry_id,
            year,
            due_on,
        )
        if not made:
            return 0
        await notify(
            await accounts_of(bureau_id=bureau_id, roles=[Role.REVIEWER]),
            key=f"yearly-review-{made[0]['id']}",
            subject="有在册机构待年度审查",
            body=f"请在 {due_on.isoformat()} 前办理年度审查。",
            link=f"/bureau/reviews/{made[0]['id']}",
        )
    return 1


async def tell_overdue(day: date) -> int:
    """Tell the bureau's people once of each review whose day has passed; returns how many were told of."""
    late = await rows(
        "SELECT y.id, e.name, l.bureau FROM yearly_review y JOIN entry e ON e.id = y.entry JOIN registry_list l"
        " ON l.id = e.list WHERE y.state <> 'decided' AND y.due_on < {} AND NOT EXISTS"
        " (SELECT 1 FROM notification n WHERE n.key = 'yearly-review-' || y.id || '-overdue') ORDER BY y.id",
        day,
    )
    for one in late:
        async with transaction():
            await notify(
                await accounts_of(
                    bureau_id=one["bureau"], roles=[Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN]
                ),
                key=f"yearly-review-{one['id']}-overdue",
                subject="年度审查逾期",
                body=f"“{one['name']}”的年度审查已过期限，请尽快办理。",
                link=f"/bureau/reviews/{one['id']}",
            )
    return len(late)


async def propose(actor: Actor, review_id: int, outcome: ReviewOutcome, reason: str) -> None:
    """A reviewer proposes an outcome with a reason. Raises Invalid, Forbidden, RuleRefusal (R13), Conflict, NotFound."""
    text = _reason(reason)
    async with transaction():
        entry, _ = await _lock(actor, review_id, Role.REVIEWER)
        await move(
            YEARLY_REVIEW,
            YearlyReview,
            review_id,
            "propose",
            actor,
            chains=entry.chains,
            reason=text,
            values={
                "outcome": outcome.value,
                "reason": text,
                "proposed_by": actor.account_id,
                "proposed_on": await today(),
            },
            data={"entry": entry.id, "outcome": outcome.value},
        )
        await notify(
            await accounts_of(bureau_id=entry.bureau_id, roles=[Role.APPROVER]),
            key=f"yearly-review-{review_id}-proposed-{await today()}",
            subject="年度审查待决定",
            body=f"“{entry.name}”的年度审查已提出意见，请决定。",
            link=f"/bureau/reviews/{review_id}",
        )


async def send_back(actor: Actor, review_id: int, reason: str) -> None:
    """An approver sends a proposal back. Raises as ``decide``."""
    text = _reason(reason)
    async with transaction():
        entry, _ = await _lock(actor, review_id, Role.APPROVER)
        await move(
            YEARLY_REVIEW,
            YearlyReview,
            review_id,
            "send_back",
            actor,
            chains=entry.chains,
            reason=text,
            values={"outcome": None, "proposed_by": None, "proposed_on": None},
            data={"entry": entry.id},
        )


async def decide(actor: Actor, review_id: int, reason: str) -> None:
    """Another person than whoever proposed decides as proposed; the provider is told (R13).

    A review that was failed does not suspend or remove by itself: the bureau suspends or opens an exit case.
    """
    text = _reason(reason)
    async with transaction():
        entry, found = await _lock(actor, review_id, Role.APPROVER)
        if found["state"] == "proposed" and await _proposed_before(actor, review_id):
            raise RuleRefusal("审查意见是您提出的，须由另一人决定", code="same_person", rule="R13")
        await move(
            YEARLY_REVIEW,
            YearlyReview,
            review_id,
            "decide",
            actor,
            chains=entry.chains,
            reason=text,
            values={"decided_by": actor.account_id, "decided_on": await today(), "decision_reason": text},
            data={"entry": entry.id, "outcome": found["outcome"]},
        )
        word = next(one.zh for one in ReviewOutcome if one.value == found["outcome"])
        await notify(
            await accounts_of(provider_id=entry.provider_id),
            key=f"yearly-review-{review_id}-decided",
            subject=f"年度审查结果：{word}",
            body=f"理由：{text}",
            link="/provider/contracts",
        )


async def _proposed_before(actor: Actor, review_id: int) -> bool:
    """Whether the actor ever proposed an outcome of it, also one that was sent back."""
    found = await row(
        "SELECT 1 AS one FROM event WHERE subject = 'yearly_review' AND subject_id = {} AND action = 'propose'"
        " AND account_id = {} LIMIT 1",
        review_id,
        actor.account_id,
    )
    return found is not None


def _reason(given: str) -> str:
    if not given.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
    return given.strip()


async def _lock(actor: Actor, review_id: int, *roles: Role) -> tuple[LockedEntry, dict[str, Any]]:
    place = await row("SELECT entry FROM yearly_review WHERE id = {}", review_id)
    if place is None:
        raise NotFound("没有找到这次年度审查")
    entry = await lock_entry(place["entry"])
    require_officer(actor, entry, *roles)
    found = await row("SELECT * FROM yearly_review WHERE id = {} FOR UPDATE", review_id)
    assert found is not None
    return entry, found


_SELECT = """
SELECT y.id, y.entry AS entry_id, e.name, p.credit_code, e.certificate_number, e.list AS list_id, l.name AS list_name,
       l.bureau AS bureau_id, e.provider AS provider_id, y.year, y.due_on, y.state, y.outcome, y.reason, y.proposed_by,
       coalesce(a.display_name, '') AS proposed_by_name, y.proposed_on, coalesce(b.display_name, '') AS decided_by_name,
       y.decided_on, y.decision_reason, e.categories, y.notice AS notice_id, coalesce(n.number, '') AS notice_number,
       n.published_on AS noticed_on
FROM yearly_review y JOIN entry e ON e.id = y.entry JOIN provider p ON p.id = e.provider
JOIN registry_list l ON l.id = e.list LEFT JOIN account a ON a.id = y.proposed_by LEFT JOIN account b ON b.id = y.decided_by
LEFT JOIN notice n ON n.id = y.notice
"""


def _view(found: dict[str, Any]) -> ReviewView:
    return ReviewView(**{**found, "categories": tuple(found["categories"])})


async def get(actor: Actor, review_id: int) -> ReviewView:
    """One review of the actor's bureaux. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE y.id = {{}}", review_id)
    if found is None or found["bureau_id"] not in actor.bureau_ids():
        raise NotFound("没有找到这次年度审查")
    return _view(found)


async def of_bureaux(bureau_ids: frozenset[int], as_of: date, *, overdue: bool = False) -> list[ReviewView]:
    """The reviews that are to be done, the longest due first, then the latest decided ones (at most 300).

    ``overdue``: only those whose day has passed without a decision.
    """
    narrow = "y.state <> 'decided' AND y.due_on < {}" if overdue else "y.due_on >= {}::date - 400"
    found = await rows(
        f"{_SELECT} WHERE l.bureau = ANY({{}}) AND ({narrow})"
        " ORDER BY y.state = 'decided', CASE WHEN y.state = 'decided' THEN -(y.decided_on - date '2000-01-01')"
        " ELSE y.due_on - date '2000-01-01' END, y.id LIMIT 300",
        sorted(bureau_ids),
        as_of,
    )
    return [_view(one) for one in found]


async def of_entry(entry_id: int) -> list[ReviewView]:
    """The reviews of an entry, the latest first."""
    found = await rows(f"{_SELECT} WHERE y.entry = {{}} ORDER BY y.year DESC", entry_id)
    return [_view(one) for one in found]


async def to_publish(list_ids: Iterable[int]) -> list[ReviewView]:
    """The decided reviews of some lists whose policy has the results noticed that stand in no notice yet (at most 500)."""
    lists = await lists_by_id(list_ids)
    wanted = sorted(key for key, one in lists.items() if one.policy.yearly_review.noticed)
    found = await rows(
        f"{_SELECT} WHERE e.list = ANY({{}}) AND y.state = 'decided' AND y.notice IS NULL"
        " ORDER BY e.list, y.decided_on, y.id LIMIT 500",
        wanted,
    )
    return [_view(one) for one in found]
