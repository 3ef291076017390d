"""Decided yearly reviews on a list whose policy has their results noticed."""

from __future__ import annotations

from datetime import date, timedelta

from registry.kernel.db import rows
from registry.whitelist import yearly_reviews
from registry.whitelist.yearly_reviews import ReviewOutcome
from tests.factories.listed import District, Firm, make_district, set_day

DUE = date(2023, 7, 4)
DECIDED = DUE - timedelta(days=10)
"""24 June 2023, the last day of the Dragon Boat holiday; Sunday the 25th was a make-up working day."""
TITLE = "关于2023年度审查结果的公示"


async def decided(
    *outcomes: ReviewOutcome, policy: str = "xiaolan-2023"
) -> tuple[District, list[Firm], list[int]]:
    """A district with a listed provider for every outcome, its review decided on ``DECIDED``."""
    district = await make_district(division="442000", policy_name=policy, name="虚构镇教育局")
    firms = [await district.firm(f"虚构镇第{n}培训中心") for n in range(len(outcomes))]
    for firm in firms:
        await district.listed(firm)
    await yearly_reviews.open_due(DUE - timedelta(days=60))
    await set_day(DECIDED)
    reviews = [int(one["id"]) for one in await rows("SELECT id FROM yearly_review ORDER BY entry")]
    for review, outcome in zip(reviews, outcomes, strict=False):
        await yearly_reviews.propose(district.reviewer, review, outcome, "依据年检和投诉情况")
        await yearly_reviews.decide(district.approver, review, "同意")
    return district, firms, reviews
