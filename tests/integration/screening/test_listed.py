"""Listed providers and the lists: suspended for an exact code, alerted for the rest, back when cured (R20)."""

from __future__ import annotations

import pytest

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, RuleRefusal
from registry.screening import imports, queries
from registry.whitelist import list_hits
from registry.whitelist.list_imports import import_list
from tests.factories.listed import District, Firm, account, make_district
from tests.factories.lists import list_file

NAME = "南宁市青秀区晨曦艺术培训中心"


async def _admin(district: District) -> Actor:
    return await account("管理", Membership(Role.BUREAU_ADMIN, bureau_id=district.bureau_id))


async def _listed(district: District, number: int) -> tuple[Firm, int]:
    firm = await district.firm(f"南宁在册{number}号艺术培训有限公司")
    return firm, await district.listed(firm)


async def _import(
    admin: Actor, district: District, *lines: dict[str, str], kind: str = "serious_violation"
) -> tuple[int, str]:
    numbered = [{"编号": str(n), **line} for n, line in enumerate(lines)]
    return await import_list(admin, district.bureau_id, kind, "名单.csv", list_file(*numbered))


async def _states() -> list[str]:
    return [one["state"] for one in await rows("SELECT state FROM entry ORDER BY id")]


async def test_an_exact_code_suspends_and_leaving_the_list_brings_back() -> None:
    district = await make_district()
    admin = await _admin(district)
    firm, _ = await _listed(district, 1)
    await _listed(district, 2)
    await _import(admin, district, {"名称": "随便什么名字", "统一社会信用代码": firm.code})
    assert (await list_hits.follow()) == {"screened": 2, "suspended": 1, "reinstated": 0}
    assert await _states() == ["suspended", "listed"]
    assert (await list_hits.follow()) == {"screened": 0, "suspended": 0, "reinstated": 0}
    await _import(admin, district, {"名称": "另一家有限公司"})
    assert (await list_hits.follow())["reinstated"] == 1
    assert await _states() == ["listed", "listed"]
    causes = await rows("SELECT cause, ended_on FROM suspension")
    assert [(one["cause"], one["ended_on"] is None) for one in causes] == [("list_hit", False)]


async def test_every_other_hit_alerts_a_person_once() -> None:
    district = await make_district()
    admin = await _admin(district)
    firm, _ = await _listed(district, 1)
    await _import(admin, district, {"名称": "南宁在册1号艺术培训有限公司"})
    await _import(admin, district, {"名称": "某某", "统一社会信用代码": firm.code}, kind="judgment_debtor")
    for _ in range(2):
        await list_hits.follow()
    assert await _states() == ["listed"]
    told = await rows("SELECT account_id, link FROM notification WHERE key LIKE 'list-hit-%'")
    people = {district.reviewer.account_id, district.approver.account_id, district.second_approver.account_id}
    assert {one["account_id"] for one in told} == people
    assert len(told) == 2 * len(people)
    assert {one["link"] for one in told} == {f"/bureau/lists/providers/{firm.id}"}


async def test_an_import_that_would_suspend_too_many_waits_for_another_person() -> None:
    district = await make_district()
    admin = await _admin(district)
    firms = [(await _listed(district, n))[0] for n in range(4)]
    lines = [{"名称": f"列入{n}", "统一社会信用代码": firm.code} for n, firm in enumerate(firms)]
    waiting, done = await _import(admin, district, *lines)
    assert done == "waiting"
    assert (await queries.get_import(district.reviewer, waiting)).suspends == 4
    await list_hits.follow()
    assert await _states() == ["listed"] * 4
    assert [one.id for one in await queries.waiting_imports([district.bureau_id])] == [waiting]
    told = await rows("SELECT account_id FROM notification WHERE key = {}", f"import-waits-{waiting}")
    assert {one["account_id"] for one in told} == {
        district.approver.account_id,
        district.second_approver.account_id,
    }
    with pytest.raises(RuleRefusal) as refused:
        await imports.confirm(admin, waiting)
    assert (refused.value.code, refused.value.rule) == ("same_person", "R20")
    with pytest.raises(Forbidden):
        await imports.confirm(district.reviewer, waiting)
    await imports.confirm(district.approver, waiting)
    assert (await list_hits.follow())["suspended"] == 4
    with pytest.raises(Conflict):
        await imports.confirm(district.second_approver, waiting)
    # Three are one person's to import.
    other = await make_district(division="450103", name="城区教育局")
    three = [{"名称": f"列{n}", "统一社会信用代码": firm.code} for n, firm in enumerate(firms[:3])]
    assert (await _import(await _admin(other), other, *three))[1] == "applied"


async def test_what_waits_can_be_refused() -> None:
    district = await make_district()
    admin = await _admin(district)
    firms = [(await _listed(district, n))[0] for n in range(4)]
    lines = [{"名称": f"列入{n}", "统一社会信用代码": firm.code} for n, firm in enumerate(firms)]
    waiting, _ = await _import(admin, district, *lines)
    with pytest.raises(Invalid):
        await imports.refuse(district.approver, waiting, " ")
    await imports.refuse(district.approver, waiting, "文件不是最新一期")
    await list_hits.follow()
    assert await _states() == ["listed"] * 4
    assert not await rows("SELECT 1 AS one FROM listing")
    with pytest.raises(Conflict):
        await imports.confirm(district.approver, waiting)
