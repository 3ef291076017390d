"""Corrections with their deadline, and second looks by others (R5, R14, R16)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.applications import commands as applications
from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.review import commands
from tests.conftest import TestDatabase
from tests.factories.listed import set_day
from tests.factories.reviewing import make_desk, provider_of

SWEEP = Actor.for_system("每日清理")


async def _one(application_id: int) -> dict[str, object]:
    return (await rows("SELECT * FROM application WHERE id = {}", application_id))[0]


async def test_a_correction_names_items_and_has_a_last_day(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 27))
    application_id = await desk.applied()
    provider = await provider_of(application_id)
    await commands.request_correction(desk.reviewer, application_id, [5, 2, 5], "请补交资格证书")
    found = await _one(application_id)
    assert (found["state"], found["correction_until"], found["correction_items"]) == (
        "correction", date(2022, 7, 4), [2, 5],
    )  # fmt: skip
    told = (await rows("SELECT body, link FROM notification WHERE account_id = {}", provider.account_id))[0]
    assert "2022年7月4日前" in told["body"]
    assert told["link"] == f"/provider/applications/{application_id}"


@pytest.mark.parametrize(
    ("items", "note", "field"), [([], "缺", "items"), ([99], "缺", "items"), ([2], " ", "note")]
)
async def test_a_correction_needs_items_and_words(
    database: TestDatabase, items: list[int], note: str, field: str
) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    with pytest.raises(Invalid) as wrong:
        await commands.request_correction(desk.reviewer, application_id, items, note)
    assert wrong.value.fields[0].field == field


async def test_no_deadline_is_set_on_an_unknown_schedule(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2031, 3, 3))
    application_id = await desk.applied()
    with pytest.raises(RuleRefusal) as refused:
        await commands.request_correction(desk.reviewer, application_id, [2], "补交")
    assert refused.value.rule == "R16"
    assert (await _one(application_id))["state"] == "in_review"


async def test_an_overdue_correction_goes_back_as_it_is(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 27))
    application_id = await desk.applied()
    await commands.request_correction(desk.reviewer, application_id, [2], "补交执照")
    await set_day(date(2022, 7, 4))
    assert await commands.close_overdue_corrections(SWEEP) == 0
    await set_day(date(2022, 7, 5))
    assert await commands.close_overdue_corrections(SWEEP) == 1
    assert await commands.close_overdue_corrections(SWEEP) == 0
    assert (await _one(application_id))["state"] == "in_review"


async def test_a_second_look_by_two_others(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 27))
    application_id = await desk.applied()
    provider = await provider_of(application_id)
    await commands.recommend(desk.reviewer, application_id, "reject", "不属于招募类别")
    await commands.decide(desk.approver, application_id, "reject", "不属于招募类别")
    told = (
        await rows(
            "SELECT body FROM notification WHERE account_id = {} ORDER BY id DESC", provider.account_id
        )
    )[0]
    assert "不属于招募类别" in told["body"]
    assert "2022年7月4日前申请复核" in told["body"]
    with pytest.raises(Conflict, match="没有申请复核"):
        await commands.grant_second_look(desk.approver2, application_id, "受理")
    await set_day(date(2022, 7, 4))
    await commands.ask_second_look(provider, application_id, "材料第 7 页已说明")
    with pytest.raises(Conflict, match="只能申请一次"):
        await commands.ask_second_look(provider, application_id, "再次申请")
    with pytest.raises(RuleRefusal) as refused:
        await commands.grant_second_look(desk.approver, application_id, "受理")
    assert refused.value.rule == "R14"
    await commands.grant_second_look(desk.approver2, application_id, "有新的说明")
    assert (await _one(application_id))["state"] == "in_review"
    with pytest.raises(RuleRefusal, match="未参与首次审核"):
        await commands.recommend(desk.reviewer, application_id, "shortlist", "可以")
    await commands.recommend(desk.reviewer2, application_id, "shortlist", "属于艺术类")
    with pytest.raises(RuleRefusal, match="未参与首次审核"):
        await commands.decide(desk.approver, application_id, "shortlist", "同意")
    await commands.decide(desk.approver2, application_id, "shortlist", "同意")
    assert (await _one(application_id))["state"] == "shortlisted"


async def test_a_second_look_asked_late_or_by_others(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 27))
    application_id = await desk.applied()
    provider, stranger = (
        await provider_of(application_id),
        await provider_of(await desk.applied("南宁旁人有限公司")),
    )
    await commands.recommend(desk.reviewer, application_id, "reject", "不符合")
    with pytest.raises(Conflict):
        await commands.ask_second_look(provider, application_id, "复核")
    await commands.decide(desk.approver, application_id, "reject", "不符合")
    with pytest.raises(NotFound):
        await commands.ask_second_look(stranger, application_id, "复核")
    await set_day(date(2022, 7, 5))
    with pytest.raises(RuleRefusal) as refused:
        await commands.ask_second_look(provider, application_id, "复核")
    assert (refused.value.rule, refused.value.params["day"]) == ("R14", "2022-07-04")


async def test_a_refused_second_look_stands(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    provider = await provider_of(application_id)
    await commands.recommend(desk.reviewer, application_id, "reject", "不符合")
    await commands.decide(desk.approver, application_id, "reject", "不符合")
    await commands.ask_second_look(provider, application_id, "复核")
    with pytest.raises(Forbidden):
        await commands.refuse_second_look(desk.reviewer2, application_id, "没有新情况")
    await commands.refuse_second_look(desk.approver2, application_id, "没有新情况")
    with pytest.raises(Conflict, match="已经答复"):
        await commands.grant_second_look(desk.approver2, application_id, "改为受理")
    assert (await _one(application_id))["state"] == "rejected"


async def test_a_second_look_waits_while_the_provider_applies_anew(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 20))
    application_id = await desk.applied()
    provider = await provider_of(application_id)
    await commands.recommend(desk.reviewer, application_id, "reject", "不符合")
    await commands.decide(desk.approver, application_id, "reject", "不符合")
    await commands.ask_second_look(provider, application_id, "材料已说明")
    again = await applications.start(provider, desk.round_id)
    with pytest.raises(Conflict, match="已另有一份申报"):
        await commands.grant_second_look(desk.approver2, application_id, "受理")
    await applications.withdraw(provider, again)
    await commands.grant_second_look(desk.approver2, application_id, "受理")
