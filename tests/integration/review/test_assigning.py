"""Assignment keeps others from the first review; many clean ones are decided together, each by two people (R13)."""

from __future__ import annotations

import pytest

from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.review import commands as review
from registry.review.dossier import dossier, options
from registry.review.queries import QueueFilter, queue
from tests.conftest import TestDatabase
from tests.factories.browsing import text_of, visitors
from tests.factories.reviewing import MONDAY, PASSWORD, Desk, Flag, make_desk


@pytest.fixture
async def desk(database: TestDatabase) -> Desk:
    """A desk whose people can sign in."""
    return await make_desk(password=PASSWORD)


async def test_only_the_assignee_reviews(desk: Desk) -> None:
    application = await desk.applied()
    await review.assign(desk.admin, application, desk.reviewer.account_id)
    with pytest.raises(RuleRefusal) as other:
        await review.recommend(desk.reviewer2, application, "shortlist", "齐全")
    assert (other.value.code, other.value.rule) == ("assigned_to_other", "R13")
    with pytest.raises(RuleRefusal):
        await review.request_correction(desk.reviewer2, application, [2], "缺页")
    assert not options(await dossier(desk.reviewer2, application), desk.reviewer2).may("recommend")
    mine = (await queue(desk.reviewer, QueueFilter(), MONDAY)).rows[0]
    theirs = (await queue(desk.reviewer2, QueueFilter(), MONDAY)).rows[0]
    assert (mine.mine, mine.assigned, theirs.mine) == (True, "韦初审", False)
    await review.recommend(desk.reviewer, application, "shortlist", "齐全")
    await review.decide(desk.approver, application, "shortlist", "同意")
    with pytest.raises(Conflict):
        await review.assign(desk.admin, application, desk.reviewer2.account_id)


async def test_who_may_assign_and_to_whom(desk: Desk) -> None:
    application = await desk.applied()
    with pytest.raises(Forbidden):
        await review.assign(desk.approver, application, desk.reviewer.account_id)
    with pytest.raises(Forbidden):
        await review.assign(desk.reviewer, application, desk.reviewer2.account_id)
    with pytest.raises(Invalid):
        await review.assign(desk.admin, application, desk.approver.account_id)
    other = await make_desk(name="另一教育局")
    with pytest.raises(NotFound):
        await review.assign(other.admin, application, other.reviewer.account_id)
    with pytest.raises(Invalid):
        await review.assign(desk.admin, application, other.reviewer.account_id)
    await review.assign(desk.reviewer, application, desk.reviewer.account_id)
    with pytest.raises(Forbidden):
        await review.assign(desk.reviewer2, application, desk.reviewer2.account_id)
    await review.assign(desk.reviewer, application, None)
    await review.assign(desk.admin, application, desk.reviewer2.account_id)
    told = await rows("SELECT subject FROM notification WHERE account_id = {}", desk.reviewer2.account_id)
    assert [one["subject"] for one in told] == ["有申报分派给您办理"]
    # Who steps aside gives it up, and is not given it again.
    await review.recuse(desk.reviewer2, application, "亲属任职")
    assert (await rows("SELECT assigned_to FROM application"))[0]["assigned_to"] is None
    with pytest.raises(Invalid):
        await review.assign(desk.admin, application, desk.reviewer2.account_id)


async def test_many_are_decided_each_by_two_people(desk: Desk) -> None:
    clean = await desk.applied("南宁青柚艺术培训有限公司")
    by_both = await desk.applied("南宁白榆体育有限公司")
    flagged = await desk.applied("南宁绿洲艺术中心", flags=[Flag(severity="warn")])
    rejected = await desk.applied("南宁蓝湾科技中心")
    await review.recommend(desk.reviewer, clean, "shortlist", "材料齐全有效")
    await review.recommend(desk.both, by_both, "shortlist", "材料齐全有效")
    await review.recommend(desk.reviewer, flagged, "shortlist", "已核对")
    await review.recommend(desk.reviewer, rejected, "reject", "不符合")
    ids = [str(one) for one in (clean, by_both, flagged, rejected)]
    query = "&".join(f"application={one}" for one in ids)
    async with visitors(desk.both, desk.approver, desk.reviewer) as (both, approver, reviewer):
        shown = text_of(await both.get(f"/bureau/applications/decide?{query}"))
        assert "对 1 家一并复审" in shown
        assert "材料齐全有效" in shown
        assert "南宁白榆体育有限公司、" in shown or "须逐份办理" in shown
        assert (await reviewer.get(f"/bureau/applications/decide?{query}")).status_code == 403
        given = {"application": ids, "reason": "同意初审意见", "password": "wrong"}
        assert (await approver.post("/bureau/applications/decide", given)).status_code == 422
        done = await both.post("/bureau/applications/decide", {**given, "password": PASSWORD})
        assert done.status_code == 303
        states = {
            one["id"]: (one["state"], one["recommended_by"] != one["decided_by"])
            for one in await rows("SELECT id, state, recommended_by, decided_by FROM application")
        }
        assert states[clean] == ("shortlisted", True)
        assert {states[one][0] for one in (by_both, flagged, rejected)} == {"recommended"}
        again = await both.post("/bureau/applications/decide", {**given, "password": PASSWORD})
        assert again.status_code == 303
        assert (
            "未办理" in text_of(await both.get("/bureau/applications?state=mine")) or again.status_code == 303
        )
        assert (
            await approver.post("/bureau/applications/decide", {**given, "password": PASSWORD})
        ).status_code == 303
    assert (await rows("SELECT state FROM application WHERE id = {}", by_both))[0]["state"] == "shortlisted"


async def test_assigning_through_the_page(desk: Desk) -> None:
    application = await desk.applied()
    base = f"/bureau/applications/{application}"
    async with visitors(desk.admin, desk.reviewer, desk.reviewer2) as (admin, reviewer, other):
        assert "由我承办" in text_of(await reviewer.get(base))
        assert (
            await reviewer.post(f"{base}/assign", {"assignee": str(desk.reviewer.account_id)})
        ).status_code == 303
        page = text_of(await other.get(base))
        assert "已分派给其他人员承办" in page
        wrong = await admin.post(f"{base}/assign", {"assignee": str(desk.approver.account_id)})
        assert wrong.status_code == 422
        assert "不能办理这份申报" in text_of(wrong)
        moved = await admin.post(f"{base}/assign", {"assignee": str(desk.reviewer2.account_id)})
        assert moved.status_code == 303
        assert "由您" not in text_of(await other.get(base))
