"""Who is told what by rooms that look down: schools of a suspension, providers of their round (R5, R20)."""

from __future__ import annotations

from datetime import date, timedelta

from registry.applications.telling import tell_of_rounds
from registry.contracts.telling import tell_schools
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.rounds import commands as rounds
from registry.whitelist.commands import reinstate, suspend
from registry.whitelist.lifecycle import Cause
from tests.factories.listed import NOW, START, account, make_district


async def _told(actor: Actor, like: str) -> list[str]:
    found = await rows(
        "SELECT subject FROM notification WHERE account_id = {} AND key LIKE {} ORDER BY id",
        actor.account_id,
        like,
    )
    return [one["subject"] for one in found]


async def test_a_school_learns_once_that_its_provider_is_suspended_and_back() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await district.signed(firm, entry)
    assert await tell_schools(START) == 0
    await suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    assert await tell_schools(START) == 1
    assert await tell_schools(START) == 0
    assert await _told(district.school, "school-suspended-%") == ["机构已暂停：南宁市青秀区晨曦艺术培训中心"]
    assert await _told(district.township, "school-%") == []
    await reinstate(district.approver, entry, cause=Cause.BUREAU, reason="查清")
    assert (await tell_schools(START), await tell_schools(START)) == (1, 0)
    assert await _told(district.school, "school-reinstated-%") == ["机构已恢复：南宁市青秀区晨曦艺术培训中心"]


async def test_a_school_whose_contract_is_over_is_not_told() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await district.signed(firm, entry)
    await suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    assert await tell_schools(date(2023, 9, 1)) == 0


async def test_a_provider_with_a_draft_learns_that_its_round_is_extended_or_cancelled() -> None:
    district = await make_district()
    admin = await account("管理员", Membership(Role.BUREAU_ADMIN, bureau_id=district.bureau_id))
    drafting, listed = await district.firm(), await district.firm("另一机构", representative=3)
    await district.listed(listed)
    await rows(
        "INSERT INTO application (round, provider, state, form_sealed, name, categories, created_at)"
        " SELECT round, {}, 'draft', form_sealed, '起草中', categories, {} FROM application LIMIT 1",
        drafting.id,
        NOW,
    )
    await rows("UPDATE round SET deadline = {}", START)
    await rounds.extend(admin, district.round_id, START + timedelta(days=3), "系统维护")
    assert (await tell_of_rounds(), await tell_of_rounds()) == (1, 0)
    assert await _told(drafting.actor, "round-%") == ["2022 年遴选：申报截止日期已延长"]
    await rounds.cancel(admin, district.round_id, "计划调整")
    assert (await tell_of_rounds(), await tell_of_rounds()) == (1, 0)
    assert await _told(drafting.actor, "round-cancel-%") == ["2022 年遴选：批次已取消"]
    assert await _told(listed.actor, "round-%") == []
