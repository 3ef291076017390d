"""Appeals and overturning (R27, R13): by the provider once, set aside or maintained by people who had no part in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from registry.bans import queries as bans
from registry.exits import appeals, deciding, overturning, queries
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.policies.vocabulary import Ground
from registry.whitelist import queries as whitelist
from tests.conftest import TestDatabase
from tests.factories.listed import START, District, Firm, account, scan, set_day
from tests.integration.exits.test_cases import _case, _upheld, _world

WORDS = "授课教师均为本机构聘用，附劳动合同"


async def _state(case: int) -> str:
    return str((await rows("SELECT state FROM exit_case WHERE id = {}", case))[0]["state"])


async def _told(actor: Actor) -> str:
    found = await rows(
        "SELECT subject FROM notification WHERE account_id = {} ORDER BY id DESC LIMIT 1", actor.account_id
    )
    return str(found[0]["subject"])


async def _public(case: int, day: int = 0) -> str:
    ban = await bans.of_case(case)
    assert ban is not None
    return ban.appeal(START + timedelta(days=day))


async def test_a_provider_appeals_once_and_everybody_knows_that_but_not_what(database: TestDatabase) -> None:
    district, firm, _, _, case = await _upheld()
    other = await district.firm("第二家")
    assert await _public(case) == "none"
    await set_day(START + timedelta(days=1))
    with pytest.raises(Invalid):
        await appeals.lodge(firm.actor, case, "  ")
    for stranger in (other.actor, district.school, district.approver):
        with pytest.raises((NotFound, Forbidden)):
            await appeals.lodge(stranger, case, WORDS)
    appeal = await appeals.lodge(firm.actor, case, WORDS)
    with pytest.raises(Conflict):
        await appeals.lodge(firm.actor, case, "还有话说")
    found = await appeals.appeal_of(case)
    assert found is not None
    assert (found.id, found.words, found.lodged_on) == (appeal, WORDS, START + timedelta(days=1))
    assert [await _public(case, day) for day in (0, 1)] == ["none", "lodged"]
    for official in (district.reviewer, district.approver, district.second_approver):
        assert "机构已申诉" in await _told(official)
    stored = database.execute("SELECT words_sealed::text FROM exit_appeal")[0][0]
    assert WORDS not in stored
    assert WORDS not in database.execute("SELECT string_agg(data::text || reason, '') FROM event")[0][0]
    waiting = await queries.cases_of_bureaux([district.bureau_id], state="appealed")
    assert [one.id for one in waiting.cases] == [case]


async def test_only_against_a_decision() -> None:
    district, firm, entry, _ = await _world()
    case = await _case(district, entry)
    with pytest.raises(Conflict):
        await appeals.lodge(firm.actor, case, WORDS)
    await deciding.answer(firm.actor, case, "说明")
    await deciding.propose(district.reviewer, case, "dismiss", Ground.SUBCONTRACTED, "不实")
    await deciding.decide(district.approver, case, "dismiss", "不成立")
    with pytest.raises(Conflict):
        await appeals.lodge(firm.actor, case, WORDS)
    with pytest.raises(Conflict):
        await overturning.propose(district.reviewer, case, "x")
    assert await rows("SELECT 1 AS one FROM exit_appeal") == []


async def test_the_file_of_an_appeal_is_its_own_kept_and_read_by_both_sides() -> None:
    district, firm, _, _, case = await _upheld()
    appeal = await appeals.reserve_appeal_id()
    foreign = await scan(appeal + 1, "exit_appeal")
    with pytest.raises(NotFound):
        await appeals.lodge(firm.actor, case, WORDS, evidence=foreign, appeal_id=appeal)
    own = await scan(appeal, "exit_appeal")
    assert await appeals.lodge(firm.actor, case, WORDS, evidence=own, appeal_id=appeal) == appeal
    kept = (await rows("SELECT retain_until FROM stored_file WHERE id = {}", own))[0]["retain_until"]
    assert kept is not None
    assert await appeals.may_read_evidence(firm.actor, appeal)
    assert await appeals.may_read_evidence(district.reviewer, appeal)
    assert not await appeals.may_read_evidence(district.school, appeal)


async def test_an_uninvolved_approver_maintains_the_decision_and_the_provider_is_told() -> None:
    district, firm, entry, _, case = await _upheld()
    with pytest.raises(Conflict):
        await appeals.refuse(district.second_approver, case, "没有申诉")
    await appeals.lodge(firm.actor, case, WORDS)
    with pytest.raises(Invalid):
        await appeals.refuse(district.second_approver, case, " ")
    with pytest.raises(Forbidden):
        await appeals.refuse(district.reviewer, case, "维持")
    with pytest.raises(RuleRefusal) as refused:
        await appeals.refuse(district.approver, case, "维持")
    assert (refused.value.code, refused.value.rule) == ("same_person", "R13")
    await appeals.refuse(district.second_approver, case, "劳动合同晚于事发日")
    assert "维持原决定" in await _told(firm.actor)
    found = await appeals.appeal_of(case)
    assert found is not None
    assert (found.refused_on, found.refused_reason) == (START, "劳动合同晚于事发日")
    assert (await _state(case), await _public(case)) == ("upheld", "maintained")
    assert not (await whitelist.status(entry, START)).active
    for act in (
        appeals.refuse(district.second_approver, case, "再次"),
        appeals.lodge(firm.actor, case, "再次"),
    ):
        with pytest.raises(Conflict):
            await act
    assert await district.overturned(case, "法院判决撤销"), "a judgment comes after it"
    assert await _public(case) == "overturned"


async def _both(district: District) -> Actor:
    bureau = district.bureau_id
    return await account(
        "两职", Membership(Role.REVIEWER, bureau_id=bureau), Membership(Role.APPROVER, bureau_id=bureau)
    )


async def test_nobody_alone_and_nobody_who_decided_sets_a_decision_aside() -> None:
    district, _, entry, _, case = await _upheld()
    with pytest.raises(Conflict):
        await overturning.overturn(district.second_approver, case, "一人")
    with pytest.raises(Invalid):
        await overturning.propose(district.reviewer, case, "")
    both = await _both(district)
    await overturning.propose(both, case, "判决书第 1 号")
    assert "撤销原决定待复审" in await _told(district.second_approver)
    assert not (await whitelist.status(entry, START)).active, "nothing is lifted by one person"
    ban = await bans.of_case(case)
    assert ban is not None
    assert ban.in_force(START)
    for who in (both, district.approver):
        for act in (overturning.overturn, overturning.send_back):
            with pytest.raises(RuleRefusal) as refused:
                await act(who, case, "同意")
            assert (refused.value.code, refused.value.rule) == ("same_person", "R13")
    with pytest.raises(Forbidden):
        await overturning.overturn(district.reviewer, case, "同意")
    with pytest.raises(Conflict):
        await overturning.propose(district.reviewer, case, "再次")
    await overturning.send_back(district.second_approver, case, "判决未生效")
    assert await _state(case) == "upheld"
    await overturning.propose(district.approver, case, "判决已生效")
    with pytest.raises(RuleRefusal):
        await overturning.overturn(both, case, "其提出过")
    assert await overturning.overturn(district.second_approver, case, "判决已生效") is True
    assert (await whitelist.status(entry, START)).active


async def test_the_reviewer_who_proposed_the_decision_never_carries_its_overturning_out() -> None:
    district, firm, entry, _ = await _world()
    both = await _both(district)
    case = await _case(district, entry)
    await deciding.answer(firm.actor, case, "说明")
    await deciding.propose(both, case, "uphold", Ground.SUBCONTRACTED, "清楚")
    await deciding.decide(district.approver, case, "uphold", "成立")
    await appeals.lodge(firm.actor, case, WORDS)
    await overturning.propose(district.reviewer, case, "申诉成立")
    with pytest.raises(RuleRefusal) as refused:
        await overturning.overturn(both, case, "同意")
    assert refused.value.rule == "R13"
    await overturning.overturn(district.second_approver, case, "同意")
    assert (await _state(case), await _public(case)) == ("overturned", "overturned")


async def test_an_appeal_can_come_while_overturning_is_proposed() -> None:
    district, firm, _, _, case = await _upheld()
    await overturning.propose(district.reviewer, case, "判决书第 1 号")
    await appeals.lodge(firm.actor, case, WORDS)
    with pytest.raises(Conflict):
        await appeals.refuse(district.second_approver, case, "先处理撤销意见")
    assert (await _state(case), await _public(case)) == ("overturning", "lodged")


async def test_a_member_of_the_provider_proposes_nothing() -> None:
    district, firm, _, _, case = await _upheld()
    insider = await account(
        "内部人",
        Membership(Role.APPROVER, bureau_id=district.bureau_id),
        Membership(Role.PROVIDER, provider_id=_provider(firm)),
    )
    for act in (overturning.propose, overturning.overturn, appeals.refuse):
        with pytest.raises(RuleRefusal) as refused:
            await act(insider, case, "x")
        assert refused.value.code == "own_organisation"


def _provider(firm: Firm) -> int:
    (provider,) = firm.actor.provider_ids
    return provider


async def test_the_database_lets_nobody_overturn_what_they_proposed_or_decided(
    database: TestDatabase,
) -> None:
    district, _, _, _, case = await _upheld()
    await overturning.propose(district.reviewer, case, "判决书第 1 号")
    for who in (district.reviewer, district.approver):
        with pytest.raises(Exception, match="overturned_by_others"):
            database.execute("UPDATE exit_case SET overturned_by = %s WHERE id = %s", who.account_id, case)
