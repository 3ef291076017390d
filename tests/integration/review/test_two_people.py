"""Recommending and deciding: two different people, reasons, blocks, other bureaux, stale pages (R9, R13)."""

from __future__ import annotations

import pytest

from registry.checks import commands as checks
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.review import commands
from tests.conftest import TestDatabase
from tests.factories.listed import account
from tests.factories.reviewing import Flag, make_desk, provider_of


async def _state(application_id: int) -> str:
    return str((await rows("SELECT state FROM application WHERE id = {}", application_id))[0]["state"])


async def _messages(actor: Actor) -> list[str]:
    found = await rows("SELECT subject FROM notification WHERE account_id = {} ORDER BY id", actor.account_id)
    return [str(one["subject"]) for one in found]


async def test_two_people_shortlist_and_everybody_is_told(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied("南宁青柚艺术培训有限公司")
    provider = await provider_of(application_id)
    await commands.recommend(desk.reviewer, application_id, "shortlist", " 材料齐全有效 ", "证书已核对原件")
    assert await _state(application_id) == "recommended"
    assert "待复审：南宁青柚艺术培训有限公司" in await _messages(desk.approver)
    await commands.decide(desk.approver, application_id, "shortlist", "同意初审意见")
    assert await _state(application_id) == "shortlisted"
    assert await _messages(provider) == ["南宁青柚艺术培训有限公司：申报已通过审核，拟入围"]
    acts = await rows("SELECT kind, reason, internal_note FROM review_act ORDER BY id")
    assert [(a["kind"], a["reason"], a["internal_note"]) for a in acts] == [
        ("recommend_shortlist", "材料齐全有效", "证书已核对原件"),
        ("shortlist", "同意初审意见", ""),
    ]
    events = await rows(
        "SELECT action, account_id, from_state, to_state, reason FROM event"
        " WHERE subject = 'application' AND chain LIKE 'bureau:%' ORDER BY id"
    )
    assert [(e["action"], e["account_id"], e["from_state"], e["to_state"]) for e in events] == [
        ("recommend", desk.reviewer.account_id, "in_review", "recommended"),
        ("shortlist", desk.approver.account_id, "recommended", "shortlisted"),
    ]


async def test_one_person_never_does_both(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    await commands.recommend(desk.both, application_id, "shortlist", "材料齐全")
    for act in (
        commands.decide(desk.both, application_id, "shortlist", "同意"),
        commands.decide(desk.both, application_id, "reject", "不同意"),
        commands.send_back(desk.both, application_id, "再看看"),
    ):
        with pytest.raises(RuleRefusal) as refused:
            await act
        assert (refused.value.rule, refused.value.code) == ("R13", "same_person")
    assert await _state(application_id) == "recommended"


async def test_one_person_never_does_both_over_a_sending_back(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    await commands.recommend(desk.both, application_id, "shortlist", "材料齐全")
    await commands.send_back(desk.approver, application_id, "请补充理由")
    await commands.recommend(desk.reviewer, application_id, "shortlist", "材料齐全，理由已补充")
    with pytest.raises(RuleRefusal, match="初审意见是您提出的"):
        await commands.decide(desk.both, application_id, "shortlist", "同意")
    await commands.decide(desk.approver, application_id, "shortlist", "同意")


async def test_who_sent_back_does_not_recommend(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    await commands.recommend(desk.reviewer, application_id, "reject", "材料不全")
    await commands.send_back(desk.both, application_id, "理由不充分")
    with pytest.raises(RuleRefusal) as refused:
        await commands.recommend(desk.both, application_id, "shortlist", "可以")
    assert refused.value.code == "same_person"


async def test_nobody_is_shortlisted_on_the_word_of_one(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    await commands.recommend(desk.reviewer, application_id, "reject", "不属于招募类别")
    with pytest.raises(RuleRefusal, match="请退回初审并说明理由") as refused:
        await commands.decide(desk.approver, application_id, "shortlist", "看法不同")
    assert (refused.value.rule, refused.value.code) == ("R13", "not_as_recommended")
    assert await _state(application_id) == "recommended"
    await commands.send_back(desk.approver, application_id, "属于艺术类")
    await commands.recommend(desk.reviewer, application_id, "shortlist", "属于艺术类")
    await commands.decide(desk.approver, application_id, "shortlist", "同意初审意见")
    assert await _state(application_id) == "shortlisted"


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
async def test_every_decision_has_a_reason(database: TestDatabase, reason: str) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    with pytest.raises(Invalid) as wrong:
        await commands.recommend(desk.reviewer, application_id, "shortlist", reason)
    assert wrong.value.fields[0].field == "reason"
    assert await _state(application_id) == "in_review"


async def test_open_blocks_stop_a_shortlisting_until_overruled(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied(
        flags=[Flag(), Flag(code="teacher_certificate_missing", severity="warn")]
    )
    with pytest.raises(RuleRefusal) as refused:
        await commands.recommend(desk.reviewer, application_id, "shortlist", "材料齐全")
    assert (refused.value.rule, refused.value.code, refused.value.params["count"]) == (
        "R9",
        "open_blocks",
        "1",
    )
    block = (await rows("SELECT id FROM finding WHERE severity = 'block'"))[0]["id"]
    await checks.overrule(desk.reviewer, block, "已核对原件，换发的执照在第 4 页")
    await commands.recommend(desk.reviewer, application_id, "shortlist", "材料齐全")
    await checks.uphold(desk.approver, block)
    with pytest.raises(RuleRefusal, match="阻断性发现"):
        await commands.decide(desk.approver, application_id, "shortlist", "同意")
    await commands.decide(desk.approver, application_id, "reject", "执照过期")
    assert await _state(application_id) == "rejected"


@pytest.mark.parametrize("run_state", [None, "failed", "running"])
async def test_not_vetted_is_never_clean(database: TestDatabase, run_state: str | None) -> None:
    desk = await make_desk()
    application_id = await desk.applied(run_state=run_state)
    with pytest.raises(RuleRefusal) as refused:
        await commands.recommend(desk.reviewer, application_id, "shortlist", "看起来可以")
    assert (refused.value.rule, refused.value.code) == ("R9", "not_vetted")
    await commands.recommend(desk.reviewer, application_id, "shortlist", "逐项核对", checked_by_hand=True)
    with pytest.raises(RuleRefusal, match="没有经过系统核验"):
        await commands.decide(desk.approver, application_id, "shortlist", "同意")
    await commands.decide(desk.approver, application_id, "shortlist", "逐项核对", checked_by_hand=True)
    data = await rows(
        "SELECT data->>'checked_by_hand' AS by_hand FROM event WHERE action IN ('recommend', 'shortlist')"
    )
    assert {one["by_hand"] for one in data} == {"true"}


async def test_a_failed_run_after_a_finished_one_is_not_vetted(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    database.execute(
        "INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at, failure)"
        " VALUES (%s, 'failed', 'correction', 'test', '2022-06-22', now(), '读取失败')",
        application_id,
    )
    with pytest.raises(RuleRefusal, match="没有经过系统核验"):
        await commands.recommend(desk.reviewer, application_id, "shortlist", "材料齐全")


async def test_roles_bureaux_and_own_organisations(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    application_id = await desk.applied()
    with pytest.raises(NotFound):
        await commands.recommend(other.reviewer, application_id, "shortlist", "可以")
    for actor in (desk.approver, desk.admin, desk.auditor):
        with pytest.raises(Forbidden):
            await commands.recommend(actor, application_id, "shortlist", "可以")
    provider_id = (await rows("SELECT provider FROM application WHERE id = {}", application_id))[0][
        "provider"
    ]
    insider = await account(
        "内部人",
        Membership(Role.REVIEWER, bureau_id=desk.bureau_id),
        Membership(Role.PROVIDER, provider_id=provider_id),
    )
    with pytest.raises(RuleRefusal) as refused:
        await commands.recommend(insider, application_id, "shortlist", "可以")
    assert (refused.value.rule, refused.value.code) == ("R13", "own_organisation")
    with pytest.raises(NotFound):
        await commands.recommend(desk.reviewer, 10**6, "shortlist", "可以")


async def test_recused_people_keep_out(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    await commands.recuse(desk.reviewer, application_id, "与法定代表人系亲属")
    for act in (
        commands.recommend(desk.reviewer, application_id, "shortlist", "可以"),
        commands.request_correction(desk.reviewer, application_id, [2], "补交执照"),
        commands.note(desk.reviewer, application_id, "备注"),
        commands.reveal(desk.reviewer, application_id, "核对"),
    ):
        with pytest.raises(RuleRefusal) as refused:
            await act
        assert refused.value.code == "recused"
    with pytest.raises(Conflict):
        await commands.recuse(desk.reviewer, application_id, "再次")
    await commands.recommend(desk.reviewer2, application_id, "shortlist", "可以")


async def test_a_second_click_says_what_happened_instead(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    await commands.recommend(desk.reviewer, application_id, "shortlist", "可以")
    with pytest.raises(Conflict, match="待复审"):
        await commands.recommend(desk.reviewer2, application_id, "reject", "不可以")
    await commands.decide(desk.approver, application_id, "shortlist", "同意")
    with pytest.raises(Conflict, match="拟入围"):
        await commands.decide(desk.approver2, application_id, "reject", "不同意")
    assert len(await rows("SELECT 1 AS one FROM review_act")) == 2


async def test_revoking_a_shortlisting(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.shortlisted()
    with pytest.raises(Forbidden):
        await commands.revoke(desk.reviewer, application_id, "新情况")
    await commands.revoke(desk.approver2, application_id, "核实后不符合条件")
    assert await _state(application_id) == "rejected"
    with pytest.raises(Conflict):
        await commands.revoke(desk.approver, application_id, "再次")


async def test_a_note_is_for_the_bureau_only(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    provider = await provider_of(application_id)
    await commands.note(desk.approver, application_id, "电话核实过")
    assert await _messages(provider) == []
    with pytest.raises(Invalid):
        await commands.note(desk.approver, application_id, " ")
    found = await rows("SELECT reason, data FROM event WHERE action = 'note'")
    assert [(one["reason"], one["data"]) for one in found] == [("", "{}")]


async def test_a_look_at_personal_data_is_an_event(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    application_id = await desk.applied()
    form = await commands.reveal(desk.reviewer, application_id, "与身份证比对")
    assert len(form.legal_representative_id) == 18
    event = (await rows("SELECT data, reason FROM event WHERE action = 'reveal' AND chain LIKE 'bureau:%'"))[
        0
    ]
    assert event["reason"] == "与身份证比对"
    assert form.legal_representative_id not in event["data"]
    for actor, error in ((desk.auditor, Forbidden), (desk.admin, Forbidden), (other.reviewer, NotFound)):
        with pytest.raises(error):
            await commands.reveal(actor, application_id, "看看")
    assert (
        len(await rows("SELECT 1 AS one FROM event WHERE action = 'reveal' AND chain LIKE 'bureau:%'")) == 1
    )
