"""Publishing the results of yearly reviews through the page: what is wrong is said and loses nothing (R15, R30)."""

from __future__ import annotations

from registry.accounts.passwords import hash_password
from registry.accounts.tables import Account
from registry.kernel.db import rows
from registry.whitelist import yearly_reviews
from registry.whitelist.yearly_reviews import ReviewOutcome
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import make_district
from tests.factories.reviewing import PASSWORD
from tests.factories.yearly_reviews import TITLE, decided

PAGE = "/bureau/reviews/publish"


async def test_what_is_wrong_is_said_and_nothing_is_published() -> None:
    district, _, reviews = await decided(ReviewOutcome.PASSED, ReviewOutcome.FAILED)
    elsewhere = await make_district(division="450103", name="青秀区教育局")
    await Account.update({Account.password: await hash_password(PASSWORD)}, force=True)
    given = {
        "list": str(district.list_id),
        "review": [str(one) for one in reviews],
        "title": TITLE,
        "reason": "办公会纪要",
        "password": PASSWORD,
    }
    async with visitors(district.approver, district.reviewer, elsewhere.approver) as (
        approver,
        reviewer,
        stranger,
    ):
        shown = await approver.get(PAGE)
        assert (shown.status_code, shown.text.count('name="review"')) == (200, 2)

        nothing = await approver.post(PAGE, {**given, "review": []})
        assert (nothing.status_code, "请至少选择一项审查结果" in text_of(nothing)) == (422, True)
        assert (TITLE in nothing.text, " checked" in nothing.text) == (True, False), "what was chosen stays"
        for wrong in ({"review": ["x", "9" * 12, "-1"]}, {"title": " "}, {"reason": ""}, {"list": "eins"}):
            refused = await approver.post(PAGE, {**given, **wrong})
            assert refused.status_code == 422, wrong
        one = await approver.post(PAGE, {**given, "review": [str(reviews[1])], "password": "falsch"})
        assert (one.status_code, "密码不正确" in text_of(one)) == (422, True)
        assert one.text.count(" checked") == 1
        unknown = await approver.post(PAGE, {**given, "review": ["999999"]})
        assert unknown.status_code in {404, 409}

        assert (await reviewer.get(PAGE)).status_code == 403
        assert (await reviewer.post(PAGE, given)).status_code == 403
        assert "没有待公示的审查结果" in text_of(await stranger.get(f"{PAGE}?list={district.list_id}"))
        assert (await stranger.post(PAGE, given)).status_code == 404
        assert await rows("SELECT 1 AS one FROM notice WHERE kind = 'yearly_review'") == []
        assert len(await yearly_reviews.to_publish([district.list_id])) == 2

        done = await approver.post(PAGE, given)
        assert done.status_code == 303
        assert (await approver.post(PAGE, given)).status_code == 409, "a second click publishes nothing twice"
        assert len(await rows("SELECT 1 AS one FROM notice WHERE kind = 'yearly_review'")) == 1
        assert "没有待公示的审查结果" in text_of(await approver.get(PAGE))
        assert "没有待公示的审查结果" in text_of(await approver.get(f"{PAGE}?list=0"))
