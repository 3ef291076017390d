"""The yearly review where the policy has one: opened in time, two people, overdue told once (R13, R30)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.kernel.actor import Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.whitelist import yearly_reviews
from registry.whitelist.yearly_reviews import ReviewOutcome, due_days
from tests.factories.listed import START, District, account, make_district, set_day

DUE = date(2023, 7, 4)


async def due(policy: str = "xiaolan-2023") -> tuple[District, int, int]:
    """A district whose policy has a yearly review, an entry, and its first review opened."""
    district = await make_district(division="442000", policy_name=policy, name="虚构镇教育局")
    entry = await district.listed(await district.firm())
    assert await yearly_reviews.open_due(DUE - timedelta(days=61)) == 0
    assert await yearly_reviews.open_due(DUE - timedelta(days=60)) == 1
    assert await yearly_reviews.open_due(DUE - timedelta(days=59)) == 0
    review = (await rows("SELECT id, due_on, year FROM yearly_review"))[0]
    assert (review["due_on"], review["year"]) == (DUE, 1)
    await set_day(DUE - timedelta(days=10))
    return district, entry, review["id"]


def test_a_review_for_every_year_and_for_the_rest_of_the_cycle() -> None:
    assert due_days(date(2022, 7, 5), date(2023, 7, 4)) == ((1, date(2023, 7, 4)),)
    assert due_days(date(2022, 7, 5), date(2024, 7, 4)) == ((1, DUE), (2, date(2024, 7, 4)))
    assert due_days(date(2022, 7, 5), date(2022, 12, 31)) == ((1, date(2022, 12, 31)),)
    assert due_days(date(2024, 2, 29), date(2025, 12, 31)) == (
        (1, date(2025, 2, 27)),
        (2, date(2025, 12, 31)),
    )


async def test_two_people_decide() -> None:
    district, _entry, review = await due()
    with pytest.raises(Forbidden):
        await yearly_reviews.propose(district.approver, review, ReviewOutcome.PASSED, "年检合格")
    with pytest.raises(Invalid):
        await yearly_reviews.propose(district.reviewer, review, ReviewOutcome.PASSED, " ")
    await yearly_reviews.propose(district.reviewer, review, ReviewOutcome.PASSED, "年检合格，没有投诉")
    with pytest.raises(Conflict):
        await yearly_reviews.propose(district.reviewer, review, ReviewOutcome.FAILED, "改主意")
    await yearly_reviews.send_back(district.approver, review, "请补充服务质量情况")
    await yearly_reviews.propose(district.reviewer, review, ReviewOutcome.PASSED, "已补充")
    await yearly_reviews.decide(district.approver, review, "同意")
    found = await yearly_reviews.get(district.reviewer, review)
    assert (found.shown_state(DUE), found.proposed_by_name, found.decided_by_name) == (
        "passed",
        "初审",
        "复审",
    )
    with pytest.raises(Conflict):
        await yearly_reviews.decide(district.second_approver, review, "再决定一次")


async def test_who_proposed_once_never_decides() -> None:
    district, _, review = await due()
    both = await account(
        "两职",
        Membership(Role.REVIEWER, bureau_id=district.bureau_id),
        Membership(Role.APPROVER, bureau_id=district.bureau_id),
    )
    await yearly_reviews.propose(both, review, ReviewOutcome.PASSED, "年检合格")
    await yearly_reviews.send_back(district.approver, review, "请补充")
    await yearly_reviews.propose(district.reviewer, review, ReviewOutcome.PASSED, "已补充")
    with pytest.raises(RuleRefusal) as refused:
        await yearly_reviews.decide(both, review, "同意")
    assert (refused.value.rule, refused.value.code) == ("R13", "same_person")


async def test_overdue_is_by_the_day_and_told_once() -> None:
    district, _entry, review = await due()
    assert (await yearly_reviews.get(district.reviewer, review)).shown_state(DUE) == "due"
    after = DUE + timedelta(days=1)
    assert (await yearly_reviews.get(district.reviewer, review)).shown_state(after) == "overdue"
    assert await yearly_reviews.of_bureaux(frozenset({district.bureau_id}), DUE, overdue=True) == []
    late = await yearly_reviews.of_bureaux(frozenset({district.bureau_id}), after, overdue=True)
    assert [one.id for one in late] == [review]
    assert await yearly_reviews.tell_overdue(after) == 1
    assert await yearly_reviews.tell_overdue(after + timedelta(days=1)) == 0
    other = await make_district(division="450100", name="另一教育局")
    with pytest.raises(NotFound):
        await yearly_reviews.get(other.reviewer, review)
    with pytest.raises(NotFound):
        await yearly_reviews.propose(other.reviewer, review, ReviewOutcome.PASSED, "越权")


async def test_no_review_where_the_policy_has_none() -> None:
    district = await make_district()
    await district.listed(await district.firm())
    assert await yearly_reviews.open_due(START + timedelta(days=340)) == 0


async def test_one_person_cannot_do_both_not_even_in_the_database() -> None:
    from registry.kernel.actor import Membership, Role
    from tests.factories.listed import account

    district, _, review = await due()
    both = await account(
        "兼任",
        Membership(Role.REVIEWER, bureau_id=district.bureau_id),
        Membership(Role.APPROVER, bureau_id=district.bureau_id),
    )
    await yearly_reviews.propose(both, review, ReviewOutcome.FAILED, "年检不合格")
    with pytest.raises(RuleRefusal) as same:
        await yearly_reviews.decide(both, review, "同意")
    assert same.value.code == "same_person"
    with pytest.raises(Exception, match="review_by_two_people"):
        await rows(
            "UPDATE yearly_review SET state = 'decided', decided_by = proposed_by WHERE id = {}", review
        )
