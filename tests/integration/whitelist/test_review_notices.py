"""The results of yearly reviews in a notice: frozen, with a window, public, once (R15, R16, R30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from registry.kernel.actor import Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.notices import queries as notices
from registry.notices.commands import recompute_provisional
from registry.notices.publishing import snapshot_hash
from registry.web.components.announcement import announcement
from registry.whitelist import queries, yearly_reviews
from registry.whitelist.review_notices import publish_results
from registry.whitelist.yearly_reviews import ReviewOutcome
from tests.factories.listed import make_district
from tests.factories.yearly_reviews import DECIDED, TITLE, decided


async def test_results_are_published_together_and_stand_in_public() -> None:
    district, firms, reviews = await decided(ReviewOutcome.PASSED, ReviewOutcome.FAILED)
    waiting = await yearly_reviews.to_publish([district.list_id])
    assert [(one.id, one.outcome) for one in waiting] == [(reviews[0], "passed"), (reviews[1], "failed")]
    notice = await publish_results(district.approver, district.list_id, reviews, f" {TITLE} ", "办公会纪要")
    assert await yearly_reviews.to_publish([district.list_id]) == []

    found = await notices.detail(notice, public_only=True)
    assert (found.row.kind, found.row.title, found.row.providers, found.round_id) == (
        "yearly_review", TITLE, 2, None,
    )  # fmt: skip
    assert [(one.name, one.state) for one in found.items] == [
        ("虚构镇第0培训中心", "passed"), ("虚构镇第1培训中心", "failed"),
    ]  # fmt: skip
    # Three working days, the day of publication not counted: Sunday the 25th is one, then Monday and Tuesday.
    assert (found.row.last_day, found.row.passes_from) == (date(2023, 6, 27), date(2023, 6, 28))
    assert snapshot_hash(found.snapshot) == found.sha256
    assert (await notices.notices(DECIDED)).rows[0].id == notice, "the open ones first"

    entry = found.items[0].entry_id
    assert entry is not None
    history = (await queries.entry_public(entry, DECIDED)).history
    assert [(one.day, one.detail) for one in history if one.what == "reviewed"] == [(DECIDED, "passed")]
    earlier = (await queries.entry_public(entry, DECIDED - timedelta(days=1))).history
    assert not [one for one in earlier if one.what == "reviewed"], "known to the public once it was noticed"
    assert (await yearly_reviews.get(district.reviewer, reviews[0])).notice_number == found.row.number
    told = await rows(
        "SELECT subject, link FROM notification WHERE account_id = {} ORDER BY id DESC LIMIT 1",
        firms[1].actor.account_id,
    )
    assert told == [{"subject": "年度审查结果已公示", "link": f"/notices/{notice}"}]
    text = announcement(found).text
    assert "下列 2 家在册机构进行了年度审查，其中合格 1 家，不合格 1 家" in text
    assert f"2\t虚构镇第1培训中心\t{firms[1].code}\t不合格" in text


async def test_what_cannot_be_published() -> None:
    district, firms, reviews = await decided(ReviewOutcome.PASSED, ReviewOutcome.PASSED)
    where = district.list_id
    with pytest.raises(Forbidden):
        await publish_results(district.reviewer, where, reviews, TITLE)
    for nothing in ([], reviews):
        with pytest.raises(Invalid):
            await publish_results(district.approver, where, nothing, TITLE if not nothing else " ")
    with pytest.raises(NotFound):
        await publish_results(district.approver, where, [*reviews, 10**6], TITLE)
    member = Membership(Role.PROVIDER, provider_id=firms[0].id)
    theirs = replace(district.approver, memberships=(*district.approver.memberships, member))
    with pytest.raises(RuleRefusal) as own:
        await publish_results(theirs, where, reviews, TITLE)
    assert (own.value.rule, own.value.code) == ("R13", "own_organisation")
    await publish_results(district.approver, where, reviews[:1], TITLE)
    with pytest.raises(Conflict):
        await publish_results(district.second_approver, where, reviews, TITLE)
    other = await make_district(division="450100", name="另一教育局")
    with pytest.raises(NotFound):
        await publish_results(other.approver, where, reviews[1:], TITLE)
    with pytest.raises(RuleRefusal) as refused:
        await publish_results(other.approver, other.list_id, reviews[1:], TITLE)
    assert (refused.value.rule, refused.value.code) == ("R30", "not_noticed")
    assert len(await rows("SELECT id FROM notice WHERE kind = 'yearly_review'")) == 1


async def test_an_undecided_review_waits() -> None:
    district, _, reviews = await decided(ReviewOutcome.PASSED)
    await rows(
        "UPDATE yearly_review SET state = 'proposed', decided_by = NULL, decided_on = NULL WHERE id = {}",
        reviews[0],
    )
    assert await yearly_reviews.to_publish([district.list_id]) == []
    with pytest.raises(Conflict):
        await publish_results(district.approver, district.list_id, reviews, TITLE)


async def test_a_provisional_window_is_settled_and_told() -> None:
    district, firms, reviews = await decided(ReviewOutcome.PASSED)
    notice = await publish_results(district.approver, district.list_id, reviews, TITLE)
    await rows("UPDATE notice SET provisional = true, passes_from = NULL WHERE id = {}", notice)
    assert await recompute_provisional(district.approver) == 1
    assert (await notices.detail(notice)).row.passes_from == date(2023, 6, 28)
    told = await rows(
        "SELECT body, link FROM notification WHERE account_id = {} ORDER BY id DESC LIMIT 1",
        firms[0].actor.account_id,
    )
    assert "公示期至2023年6月27日" in told[0]["body"]
    assert told[0]["link"] == f"/notices/{notice}"
