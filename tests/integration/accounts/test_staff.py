"""Who looks after whose accounts, and what a password that was given out is good for."""

from __future__ import annotations

import asyncio
import re

import pytest

from registry.accounts import commands, queries, sessions, staff
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from registry.schools.tables import School
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import account
from tests.factories.reviewing import Desk, make_desk
from tests.integration.web_provider.browsing import browsers

pytestmark = pytest.mark.usefixtures("settings_env")
SYSTEM = Actor.for_system("test")


def _reviewer(desk: Desk) -> Membership:
    return Membership(Role.REVIEWER, bureau_id=desk.bureau_id)


async def _operator() -> Actor:
    return await account("运维", Membership(Role.OPERATOR))


async def test_an_account_is_opened_with_a_password_for_one_sign_in() -> None:
    desk = await make_desk()
    account_id, password = await staff.open_staff(desk.admin, "Zhangsan", "张三", _reviewer(desk))
    opened = await queries.staff_account(desk.admin, account_id)
    assert (opened.login, opened.password_due, opened.active) == ("zhangsan", True, True)
    assert [held.membership for held in opened.roles] == [_reviewer(desk)]
    token = await commands.sign_in("zhangsan", password)
    found = await sessions.find(token)
    assert found is not None
    assert found.password_due
    with pytest.raises(Invalid):
        await commands.change_password(found.actor, password, password)
    await commands.change_password(found.actor, password, "a-password-of-my-own")
    assert await sessions.find(token) is None
    assert not (await queries.staff_account(desk.admin, account_id)).password_due
    event = await row("SELECT action, reason, data::text AS data FROM event WHERE subject = 'account'")
    assert event is not None
    assert event["action"] == "open"
    assert password not in event["data"] + event["reason"]


async def test_an_administrator_gives_only_what_is_theirs() -> None:
    desk, other = await make_desk(), await make_desk(name="桂林市虚构区教育局")
    for membership in (
        Membership(Role.OPERATOR),
        Membership(Role.BUREAU_ADMIN, bureau_id=desk.bureau_id),
        Membership(Role.REVIEWER, bureau_id=other.bureau_id),
    ):
        with pytest.raises(Forbidden):
            await staff.open_staff(desk.admin, "someone", "某人", membership)
    with pytest.raises(Forbidden):
        await staff.open_staff(desk.reviewer, "someone", "某人", _reviewer(desk))
    with pytest.raises(NotFound):
        await staff.open_staff(desk.admin, "someone", "某人", Membership(Role.SCHOOL, school_id=999_999))
    assert await rows("SELECT 1 AS one FROM account WHERE login = 'someone'") == []
    await staff.open_staff(
        await _operator(), "someone", "某人", Membership(Role.BUREAU_ADMIN, bureau_id=other.bureau_id)
    )


async def test_a_school_of_the_bureau_gets_an_account() -> None:
    desk, other = await make_desk(), await make_desk(name="桂林市虚构区教育局")
    ids = []
    for bureau_id in (desk.bureau_id, other.bureau_id):
        school = School(name=f"虚构小学{bureau_id}", bureau=bureau_id, division="450191")
        await school.save()
        ids.append(int(school.id))
    account_id, _ = await staff.open_staff(
        desk.admin, "school", "梁老师", Membership(Role.SCHOOL, school_id=ids[0])
    )
    assert (await queries.staff_account(desk.admin, account_id)).roles[0].bureau_id == desk.bureau_id
    with pytest.raises(Forbidden):
        await staff.open_staff(desk.admin, "elsewhere", "梁老师", Membership(Role.SCHOOL, school_id=ids[1]))
    with pytest.raises(NotFound):
        await queries.staff_account(other.admin, account_id)


async def test_somebody_who_also_belongs_elsewhere_is_not_theirs_to_change() -> None:
    desk, other = await make_desk(), await make_desk(name="桂林市虚构区教育局")
    account_id, _ = await staff.open_staff(desk.admin, "both", "两处", _reviewer(desk))
    await staff.grant(await _operator(), account_id, _reviewer(other))
    with pytest.raises(NotFound):
        await staff.close(desk.admin, account_id, "调离")
    assert [one.id for one in await queries.staff_accounts(desk.admin, text="both")] == []
    assert [one.id for one in await queries.staff_accounts(SYSTEM, text="BOTH")] == [account_id]


async def test_nobody_changes_themselves_and_a_bureau_keeps_an_administrator() -> None:
    desk = await make_desk()
    assert desk.admin.account_id is not None
    operator = await _operator()
    for act in (
        staff.close(desk.admin, desk.admin.account_id, "离岗"),
        staff.grant(desk.admin, desk.admin.account_id, _reviewer(desk)),
        staff.reset_password(desk.admin, desk.admin.account_id),
    ):
        with pytest.raises(Forbidden):
            await act
    with pytest.raises(Conflict):
        await staff.close(operator, desk.admin.account_id, "离岗")
    second, _ = await staff.open_staff(
        operator, "second", "第二", Membership(Role.BUREAU_ADMIN, bureau_id=desk.bureau_id)
    )
    results = await asyncio.gather(
        staff.close(operator, desk.admin.account_id, "离岗"),
        staff.close(operator, second, "离岗"),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "NoneType"]


async def test_a_closed_account_is_out_at_once_and_can_come_back() -> None:
    desk = await make_desk()
    account_id, password = await staff.open_staff(desk.admin, "leaving", "离岗", _reviewer(desk))
    token = await commands.sign_in("leaving", password)
    await staff.close(desk.admin, account_id, "调离岗位")
    assert await sessions.find(token) is None
    with pytest.raises(Forbidden):
        await commands.sign_in("leaving", password)
    with pytest.raises(Conflict):
        await staff.close(desk.admin, account_id, "再次")
    await staff.reopen(desk.admin, account_id)
    fresh = await staff.reset_password(desk.admin, account_id)
    assert await commands.sign_in("leaving", fresh)
    with pytest.raises(Forbidden):
        await commands.sign_in("leaving", password)


async def test_roles_come_and_go() -> None:
    desk = await make_desk()
    account_id, _ = await staff.open_staff(desk.admin, "roles", "身份", _reviewer(desk))
    await staff.grant(desk.admin, account_id, Membership(Role.AUDITOR, bureau_id=desk.bureau_id))
    with pytest.raises(Conflict):
        await staff.grant(desk.admin, account_id, Membership(Role.AUDITOR, bureau_id=desk.bureau_id))
    held = (await queries.staff_account(desk.admin, account_id)).roles[0]
    await staff.revoke(desk.admin, account_id, held.id)
    with pytest.raises(NotFound):
        await staff.revoke(desk.admin, account_id, held.id)
    assert [one.membership.role for one in (await queries.staff_account(desk.admin, account_id)).roles] == [
        Role.AUDITOR
    ]


async def test_searching_takes_signs_as_they_are() -> None:
    desk = await make_desk()
    await staff.open_staff(desk.admin, "per_cent", "张100%", _reviewer(desk))
    for text, found in (("%", 1), ("_", 1), ("per", 1), ("\\", 0), ("x", 0)):
        assert len(await queries.staff_accounts(desk.admin, text=text)) == found, text


async def test_the_pages_from_opening_to_the_first_sign_in() -> None:
    desk = await make_desk(password="a-good-password")
    login = await row("SELECT login FROM account WHERE id = {}", desk.admin.account_id)
    assert login is not None
    async with browsers() as (admin, newcomer, *_):
        await admin.open("/sign-in")
        await admin.send("/sign-in", {"login": login["login"], "password": "a-good-password"})
        await admin.open("/bureau/accounts/new")
        answer = await admin.send(
            "/bureau/accounts/new", {"display_name": "", "login": "x", "role": "reviewer"}
        )
        assert answer.status_code == 422
        answer = await admin.send(
            "/bureau/accounts/new", {"display_name": "新同事", "login": "newcomer", "role": "reviewer"}
        )
        assert answer.status_code == 200
        shown = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", answer.text)
        assert shown
        await newcomer.open("/sign-in")
        await newcomer.send("/sign-in", {"login": "newcomer", "password": shown[0]})
        assert newcomer.at == "/account"
        await newcomer.open("/bureau/applications")
        assert newcomer.at == "/account"
        await newcomer.send("/account/password", {"password": shown[0], "new_password": "my-own-password"})
        await newcomer.open("/sign-in")
        await newcomer.send("/sign-in", {"login": "newcomer", "password": "my-own-password"})
        assert newcomer.at == "/bureau/applications"
        await admin.open("/bureau/accounts")
        assert "新同事" in admin.text


async def test_a_program_with_a_password_that_is_due_is_told() -> None:
    desk = await make_desk()
    account_id, _ = await staff.open_staff(desk.admin, "program", "程序", _reviewer(desk))
    async with visitors(Actor(account_id, "程序", (_reviewer(desk),)), desk.admin) as (program, admin):
        answer = await program.client.get("/bureau/applications", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (403, "password_due")
        page = await admin.get(f"/bureau/accounts/{account_id}")
        assert "待改初始密码" in text_of(page)
        assert "开设账号" in text_of(page)
        again = await admin.post(f"/bureau/accounts/{account_id}/close", {"reason": ""})
        assert again.status_code == 422
        closed = await admin.post(f"/bureau/accounts/{account_id}/close", {"reason": "调离"})
        assert closed.status_code == 303
        stale = await admin.post(f"/bureau/accounts/{account_id}/close", {"reason": "调离"})
        assert stale.status_code == 409
