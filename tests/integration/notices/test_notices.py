"""Public notices: windows, the frozen snapshot, taking off, correcting, provisional ends (R15–R17)."""

from __future__ import annotations

import json
from datetime import date, datetime

import psycopg
import pytest

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.clock import SHANGHAI
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.notices import commands, publishing, queries
from tests.conftest import TestDatabase
from tests.factories.listed import account, set_day
from tests.factories.reviewing import make_desk, provider_of

SWEEP = Actor.for_system("每日清理")


async def _states(*ids: int) -> list[str]:
    found = await rows("SELECT state FROM application WHERE id = ANY({}) ORDER BY id", list(ids))
    return [str(one["state"]) for one in found]


async def test_published_together_for_five_working_days(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 7, 4))
    first, second = await desk.shortlisted("南宁甲有限公司"), await desk.shortlisted("南宁乙有限公司")
    provider = await provider_of(second)
    notice_id = await commands.publish(
        desk.approver, desk.round_id, [second, first], " 拟入围公示 ", "局务会议定"
    )
    found = await queries.detail(notice_id)
    assert (found.row.published_on, found.row.last_day, found.row.passes_from) == (
        date(2022, 7, 4), date(2022, 7, 11), date(2022, 7, 12),
    )  # fmt: skip
    assert [day.counts for day in found.days] == [False, True, True, True, True, False, False, True]
    assert [item.name for item in found.items] == ["南宁甲有限公司", "南宁乙有限公司"]
    assert publishing.snapshot_hash(found.snapshot) == found.sha256
    assert await _states(first, second) == ["on_notice", "on_notice"]
    told = await rows("SELECT subject, body FROM notification WHERE account_id = {}", provider.account_id)
    assert told[0]["subject"] == "南宁乙有限公司：已进入公示"
    assert "2022年7月11日" in told[0]["body"]
    assert [found.row.shown_state(day) for day in (date(2022, 7, 11), date(2022, 7, 12))] == [
        "open",
        "passed",
    ]


async def test_three_days_where_the_policy_says_so(database: TestDatabase) -> None:
    desk = await make_desk(policy="xiaolan-2023", day=date(2023, 1, 31))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    found = await queries.detail(notice_id)
    assert (found.row.last_day, found.row.passes_from) == (date(2023, 2, 3), date(2023, 2, 4))


async def test_a_published_notice_is_frozen_in_the_database(database: TestDatabase) -> None:
    desk = await make_desk()
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    for statement in (
        "UPDATE notice SET snapshot = '{}' WHERE id = %s",
        "UPDATE notice SET last_day = last_day - 1 WHERE id = %s",
        "UPDATE notice SET published_on = published_on - 1 WHERE id = %s",
        "UPDATE notice SET sha256 = 'x' WHERE id = %s",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            database.execute(statement, notice_id)


async def test_a_provisional_window_cannot_pass_until_its_year_is_loaded(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2031, 3, 3))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    before = await queries.detail(notice_id)
    assert (before.row.provisional, before.row.passes_from, before.row.last_day) == (
        True,
        None,
        date(2031, 3, 10),
    )
    assert before.row.shown_state(date(2031, 12, 31)) == "provisional"
    assert await commands.recompute_provisional(SWEEP) == 0
    database.execute(
        "INSERT INTO calendar_version (id, calendar, year, number, title, correction, reason, loaded_on, loaded_at) VALUES"
        " (1, 'CN', 2031, 1, '', false, '', now(), now()), (2, 'CN-GX', 2031, 1, '', false, '', now(), now())"
    )
    database.execute(
        "INSERT INTO calendar_day (version, day, kind, source) VALUES (1, '2031-03-05', 'off', '虚构的通知')"
    )
    assert await commands.recompute_provisional(SWEEP) == 1
    after = await queries.detail(notice_id)
    assert (after.row.provisional, after.row.last_day, after.row.passes_from) == (
        False, date(2031, 3, 11), date(2031, 3, 12),
    )  # fmt: skip
    assert after.sha256 == before.sha256
    assert await commands.recompute_provisional(SWEEP) == 0


async def test_what_cannot_be_published(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    application_id, foreign = await desk.shortlisted(), await other.shortlisted("别处有限公司")
    waiting = await desk.applied("南宁待审有限公司")
    for ids, title, field in (([], "公示", "applications"), ([application_id], "  ", "title")):
        with pytest.raises(Invalid) as wrong:
            await commands.publish(desk.approver, desk.round_id, ids, title)
        assert wrong.value.fields[0].field == field
    with pytest.raises(Forbidden):
        await commands.publish(desk.reviewer, desk.round_id, [application_id], "公示")
    with pytest.raises(NotFound):
        await commands.publish(other.approver, desk.round_id, [application_id], "公示")
    with pytest.raises(NotFound):
        await commands.publish(desk.approver, desk.round_id, [application_id, foreign], "公示")
    with pytest.raises(Conflict, match="初审中"):
        await commands.publish(desk.approver, desk.round_id, [application_id, waiting], "公示")
    assert await rows("SELECT 1 AS one FROM notice") == []
    assert await _states(application_id) == ["shortlisted"]
    await commands.publish(desk.approver, desk.round_id, [application_id], "公示")
    with pytest.raises(Conflict, match="公示中"):
        await commands.publish(desk.approver, desk.round_id, [application_id], "公示")


async def test_nobody_publishes_their_own_organisation(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.shortlisted()
    provider = await provider_of(application_id)
    insider = await account(
        "内部人", Membership(Role.APPROVER, bureau_id=desk.bureau_id), *provider.memberships
    )
    with pytest.raises(RuleRefusal) as refused:
        await commands.publish(insider, desk.round_id, [application_id], "公示")
    assert (refused.value.rule, refused.value.code) == ("R13", "own_organisation")
    notice_id = await commands.publish(desk.approver, desk.round_id, [application_id], "公示")
    (item,) = (await queries.detail(notice_id)).items
    for act in (
        commands.take_off(insider, item.id, "理由"),
        commands.republish_corrected(insider, item.id, "更正", "理由", name="别名"),
        commands.disqualify(insider, item.id, "理由"),
    ):
        with pytest.raises(RuleRefusal) as refused:
            await act
        assert (refused.value.rule, refused.value.code) == ("R13", "own_organisation")


async def test_taking_one_off_leaves_the_others_window(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 7, 4))
    first, second = await desk.shortlisted("南宁甲有限公司"), await desk.shortlisted("南宁乙有限公司")
    notice_id = await commands.publish(desk.approver, desk.round_id, [first, second], "公示")
    item = (await queries.detail(notice_id)).items[0]
    await set_day(date(2022, 7, 6))
    await commands.take_off(desk.approver, item.id, "材料待核实")
    with pytest.raises(Conflict):
        await commands.take_off(desk.approver, item.id, "再次")
    found = await queries.detail(notice_id)
    assert await _states(first, second) == ["shortlisted", "on_notice"]
    assert (found.row.last_day, found.row.taken_off, found.row.on_notice) == (date(2022, 7, 11), 1, 1)
    assert (found.items[0].taken_off_on, found.items[0].taken_off_reason) == (date(2022, 7, 6), "材料待核实")


async def test_disqualifying_needs_another_person_than_the_reviewer(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    from registry.review import commands as review

    await review.recommend(desk.both, application_id, "shortlist", "可以")
    await review.decide(desk.approver, application_id, "shortlist", "同意")
    notice_id = await commands.publish(desk.approver, desk.round_id, [application_id], "公示")
    item = (await queries.detail(notice_id)).items[0].id
    with pytest.raises(RuleRefusal) as refused:
        await commands.disqualify(desk.both, item, "被处罚")
    assert refused.value.code == "same_person"
    await commands.disqualify(desk.approver, item, "公示期间被行政处罚")
    assert await _states(application_id) == ["rejected"]


async def test_a_correction_restarts_the_window_for_that_provider_alone(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 7, 4))
    first, second = await desk.shortlisted("南宁甲有限公司"), await desk.shortlisted("南宁乙有限公司")
    notice_id = await commands.publish(desk.approver, desk.round_id, [first, second], "公示")
    item = (await queries.detail(notice_id)).items[0].id
    await set_day(date(2022, 7, 7))
    with pytest.raises(Invalid):
        await commands.republish_corrected(
            desk.approver, item, "更正公示", "类别有误", categories=("mathematics",)
        )
    new_id = await commands.republish_corrected(
        desk.approver, item, "更正公示", "类别有误", name="南宁甲艺术有限公司", categories=("sports",)
    )
    old, new = await queries.detail(notice_id), await queries.detail(new_id)
    assert (old.row.last_day, new.row.last_day, new.row.supplements) == (
        date(2022, 7, 11), date(2022, 7, 14), notice_id,
    )  # fmt: skip
    assert old.supplemented_by == ((new_id, new.row.number),)
    assert [(one.name, one.categories) for one in new.items] == [("南宁甲艺术有限公司", ("sports",))]
    assert old.items[0].name == "南宁甲有限公司"
    assert await _states(first, second) == ["on_notice", "on_notice"]
    with pytest.raises(Conflict):
        await commands.republish_corrected(desk.approver, item, "再次更正", "再次")


async def test_postings_are_recorded(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    at = datetime(2022, 6, 27, 9, 30, tzinfo=SHANGHAI)
    await commands.record_posting(desk.admin, notice_id, "门户网站", "https://example.com/1", at)
    for actor, error in ((desk.auditor, Forbidden), (other.admin, NotFound)):
        with pytest.raises(error):
            await commands.record_posting(actor, notice_id, "公众号", "x", at)
    posting = (await queries.detail(notice_id)).postings[0]
    assert (posting.channel, posting.posted_at) == ("门户网站", at)


async def test_notices_are_numbered_without_doubles(database: TestDatabase) -> None:
    desk = await make_desk()
    ids = [
        await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted(name)], "公示")
        for name in ("南宁甲有限公司", "南宁乙有限公司")
    ]
    numbers = [(await queries.detail(one)).row.number for one in ids]
    assert [one[-4:] for one in numbers] == ["0001", "0002"]
    listed = await queries.notices(date(2022, 7, 10), bureau_ids=[desk.bureau_id], limit=1)
    assert [one.id for one in listed.rows] == [ids[1]]
    rest = await queries.notices(date(2022, 7, 10), bureau_ids=[desk.bureau_id], after=int(listed.after or 0))
    assert ([one.id for one in rest.rows], rest.after) == ([ids[0]], None)


async def test_the_event_of_a_publication_holds_the_hash(database: TestDatabase) -> None:
    desk = await make_desk()
    notice_id = await commands.publish(
        desk.approver, desk.round_id, [await desk.shortlisted()], "公示", "发文"
    )
    event = (await rows("SELECT data, reason FROM event WHERE subject = 'notice' AND action = 'publish'"))[0]
    assert json.loads(event["data"])["sha256"] == (await queries.detail(notice_id)).sha256
    assert event["reason"] == "发文"
