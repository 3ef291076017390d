"""Objections: in the window, under the policy's conditions, ruled by two people, who objects sealed (R17, R34)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.sealed import seal_json
from registry.notices import cases, commands, objections, queries
from registry.notices.objections import ObjectionInput, Ruling
from registry.notices.rules import ObjectorKind
from registry.review import commands as review
from tests.conftest import TestDatabase
from tests.factories.listed import account, set_day
from tests.factories.reviewing import Desk, make_desk, provider_of

PUBLIC = Actor.public()
PERSON = ObjectionInput(ObjectorKind.PERSON, "某甲", "19900000001", "教师证书存疑")


async def _on_notice(desk: Desk, *names: str) -> list[tuple[int, int]]:
    """(application, item) of each, published together."""
    ids = [await desk.shortlisted(name) for name in names or ("南宁甲有限公司",)]
    notice_id = await commands.publish(desk.approver, desk.round_id, ids, "公示")
    items = (await queries.detail(notice_id)).items
    return [(one.application_id, one.id) for one in items if one.application_id]


async def _state(application_id: int) -> str:
    return str((await rows("SELECT state FROM application WHERE id = {}", application_id))[0]["state"])


async def test_only_while_the_notice_is_open(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 7, 4))
    ((_, item),) = await _on_notice(desk)
    await objections.file(PUBLIC, item, PERSON)
    await set_day(date(2022, 7, 11))
    await objections.file(PUBLIC, item, PERSON)
    await set_day(date(2022, 7, 12))
    with pytest.raises(RuleRefusal) as late:
        await objections.file(PUBLIC, item, PERSON)
    assert (late.value.rule, late.value.code) == ("R17", "notice_passed")
    with pytest.raises(NotFound):
        await objections.file(PUBLIC, 10**6, PERSON)


async def test_not_against_one_taken_off(database: TestDatabase) -> None:
    desk = await make_desk()
    ((_, item),) = await _on_notice(desk)
    await commands.take_off(desk.approver, item, "材料待核实")
    with pytest.raises(Conflict):
        await objections.file(PUBLIC, item, PERSON)


@pytest.mark.parametrize(
    ("policy", "given", "code"),
    [
        ("xiaolan-2023", ObjectionInput(ObjectorKind.PERSON, "", "1", "事实"), "no_name"),
        ("xiaolan-2023", ObjectionInput(ObjectorKind.ORGANISATION, "某单位", "1", "事实"), "no_seal"),
        ("default", ObjectionInput(ObjectorKind.PERSON, "某甲", "", "事实"), "no_contact"),
    ],
)
async def test_what_misses_the_conditions_is_refused_where_the_policy_says_so(
    database: TestDatabase, policy: str, given: ObjectionInput, code: str
) -> None:
    desk = await make_desk(policy=policy)
    ((_, item),) = await _on_notice(desk)
    with pytest.raises(RuleRefusal) as refused:
        await objections.file(PUBLIC, item, given)
    assert (refused.value.rule, refused.value.code) == ("R17", code)
    assert await rows("SELECT 1 AS one FROM objection") == []


async def test_without_facts_it_is_none(database: TestDatabase) -> None:
    desk = await make_desk()
    ((_, item),) = await _on_notice(desk)
    with pytest.raises(Invalid):
        await objections.file(PUBLIC, item, ObjectionInput(ObjectorKind.PERSON, "某甲", "1", "  "))


async def test_upheld_rejects_the_application_and_the_others_go_on(database: TestDatabase) -> None:
    desk = await make_desk()
    (first, item), (second, _) = await _on_notice(desk, "南宁甲有限公司", "南宁乙有限公司")
    provider = await provider_of(first)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    await objections.answer(provider, case, "证书真实，编号可查")
    await objections.propose(desk.reviewer, case, "uphold", "证书查询无此编号")
    with pytest.raises(Conflict):
        await objections.answer(provider, case, "补充")
    await objections.decide(desk.approver, case, "uphold", "经核实异议成立")
    assert (await _state(first), await _state(second)) == ("rejected", "on_notice")
    told = await rows(
        "SELECT subject FROM notification WHERE account_id = {} ORDER BY id", provider.account_id
    )
    assert [one["subject"] for one in told] == [
        "南宁甲有限公司：公示期间收到异议", "南宁甲有限公司：异议成立，不予入库",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        await objections.decide(desk.approver2, case, "dismiss", "再看")


async def test_dismissed_lets_it_go_on(database: TestDatabase) -> None:
    desk = await make_desk()
    ((application_id, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    await objections.answer(await provider_of(application_id), case, "说明")
    await objections.propose(desk.reviewer, case, "dismiss", "存疑，查询属实")
    await objections.decide(desk.approver, case, "dismiss", "经核实不成立")
    assert await _state(application_id) == "on_notice"
    assert (await cases.case(desk.auditor, case)).state == "dismissed"


async def test_upheld_after_it_was_taken_off_rejects_it_too(database: TestDatabase) -> None:
    desk = await make_desk()
    ((application_id, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    await objections.answer(await provider_of(application_id), case, "说明")
    await commands.take_off(desk.approver, item, "先撤下核实")
    await objections.propose(desk.reviewer, case, "uphold", "属实")
    await objections.decide(desk.approver, case, "uphold", "属实")
    assert await _state(application_id) == "rejected"


@pytest.mark.parametrize(("proposed", "otherwise"), [("uphold", "dismiss"), ("dismiss", "uphold")])
async def test_one_person_never_rules_otherwise_than_proposed(
    database: TestDatabase, proposed: Ruling, otherwise: Ruling
) -> None:
    desk = await make_desk()
    ((application_id, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    await objections.answer(await provider_of(application_id), case, "说明")
    await objections.propose(desk.reviewer, case, proposed, "初步意见")
    with pytest.raises(RuleRefusal) as refused:
        await objections.decide(desk.approver, case, otherwise, "看法不同")
    assert (refused.value.rule, refused.value.code) == ("R13", "not_as_proposed")
    await objections.send_back(desk.approver, case, "看法不同")
    await objections.propose(desk.reviewer, case, otherwise, "再次核实")
    await objections.decide(desk.approver, case, otherwise, "同意")


async def test_one_person_never_proposes_and_rules(database: TestDatabase) -> None:
    desk = await make_desk()
    ((_, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    await objections.propose(desk.both, case, "dismiss", "不成立")
    with pytest.raises(RuleRefusal) as refused:
        await objections.decide(desk.both, case, "dismiss", "不成立")
    assert (refused.value.rule, refused.value.code) == ("R13", "same_person")
    await objections.send_back(desk.approver, case, "请补充查询结果")
    await objections.propose(desk.reviewer, case, "dismiss", "已查询")
    with pytest.raises(RuleRefusal, match="处理意见是您提出的"):
        await objections.decide(desk.both, case, "dismiss", "不成立")
    await objections.decide(desk.approver, case, "dismiss", "不成立")


async def test_not_admitting_ends_it(database: TestDatabase) -> None:
    desk = await make_desk()
    ((_, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    # As under a policy that leaves it to an officer: without a name.
    await rows(
        "UPDATE objection SET identity_sealed = {} WHERE id = {}",
        seal_json({"name": "", "contact": "1"}, "objection.identity"),
        case,
    )
    with pytest.raises(Invalid):
        await objections.refuse_admission(desk.reviewer, case, "")
    await objections.refuse_admission(desk.reviewer, case, "没有署真实姓名")
    with pytest.raises(Conflict, match="不予受理"):
        await objections.propose(desk.reviewer, case, "uphold", "属实")


async def test_nobody_alone_ends_an_objection_that_meets_the_conditions(database: TestDatabase) -> None:
    desk = await make_desk()
    ((_, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    with pytest.raises(RuleRefusal) as refused:
        await objections.refuse_admission(desk.reviewer, case, "没有具体事实")
    assert (refused.value.rule, refused.value.code) == ("R17", "admissible")
    assert (await cases.case(desk.reviewer, case)).state == "open"


async def test_who_rejected_on_an_objection_keeps_out_of_the_second_look(database: TestDatabase) -> None:
    desk = await make_desk()
    ((application_id, item),) = await _on_notice(desk)
    provider = await provider_of(application_id)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    await objections.answer(provider, case, "说明")
    await objections.propose(desk.reviewer2, case, "uphold", "属实")
    await objections.decide(desk.approver2, case, "uphold", "成立")
    told = await rows(
        "SELECT body FROM notification WHERE account_id = {} ORDER BY id DESC", provider.account_id
    )
    assert "前申请复核" in told[0]["body"]
    await review.ask_second_look(provider, application_id, "证书可查")
    for who in (desk.approver, desk.approver2):
        with pytest.raises(RuleRefusal) as refused:
            await review.grant_second_look(who, application_id, "受理")
        assert refused.value.rule == "R14"
    await review.grant_second_look(desk.both, application_id, "受理")
    for who in (desk.reviewer, desk.reviewer2):
        with pytest.raises(RuleRefusal) as refused:
            await review.recommend(who, application_id, "reject", "x")
        assert refused.value.rule == "R14"


async def test_who_may_act(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    ((application_id, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    provider = await provider_of(application_id)
    insider = await account(
        "内部人", Membership(Role.REVIEWER, bureau_id=desk.bureau_id), *provider.memberships
    )
    for actor, error in (
        (desk.approver, Forbidden),
        (desk.admin, Forbidden),
        (other.reviewer, NotFound),
        (insider, RuleRefusal),
    ):
        with pytest.raises(error):
            await objections.propose(actor, case, "dismiss", "不成立")
    with pytest.raises(NotFound):
        await objections.answer(desk.reviewer, case, "答复")
    with pytest.raises(NotFound):
        await cases.case(other.auditor, case)


async def test_who_objects_is_sealed_and_each_look_is_an_event(database: TestDatabase) -> None:
    desk = await make_desk()
    ((_, item),) = await _on_notice(desk)
    case = (await objections.file(PUBLIC, item, PERSON)).objection_id
    stored = database.execute("SELECT identity_sealed::text || facts_sealed::text FROM objection")[0][0]
    assert "某甲" not in stored
    for actor in (desk.admin, desk.auditor):
        with pytest.raises(Forbidden):
            await objections.reveal_identity(actor, case, "看看")
        assert (await cases.case(actor, case)).facts is None
    assert (await cases.case(desk.reviewer, case)).facts == "教师证书存疑"
    identity = await objections.reveal_identity(desk.reviewer, case, "联系核实")
    assert (identity.name, identity.contact) == ("某甲", "19900000001")
    looks = await rows("SELECT data, reason FROM event WHERE action = 'reveal'")
    assert len(looks) == 1
    assert "某甲" not in looks[0]["data"]


async def test_what_waits_for_whom_comes_first(database: TestDatabase) -> None:
    desk = await make_desk()
    (_, first), (_, second) = await _on_notice(desk, "南宁甲有限公司", "南宁乙有限公司")
    one = (await objections.file(PUBLIC, first, PERSON)).objection_id
    two = (await objections.file(PUBLIC, second, PERSON)).objection_id
    await objections.propose(desk.reviewer, one, "dismiss", "不成立")
    for actor, order, mine in (
        (desk.reviewer, [two, one], [True, False]),
        (desk.approver, [one, two], [True, False]),
        (desk.auditor, [one, two], [False, False]),
    ):
        found, after = await cases.objections(actor)
        assert ([row.id for row in found], [row.mine for row in found], after) == (order, mine, None)
    page, after = await cases.objections(desk.reviewer, limit=1)
    rest, _ = await cases.objections(desk.reviewer, after=int(after or 0))
    assert [row.id for row in (*page, *rest)] == [two, one]
