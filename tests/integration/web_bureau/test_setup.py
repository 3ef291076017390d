"""The pages that set a bureau up: existing records, calendars, windows, lists and schools, bureaux and divisions."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.accounts.commands import open_account
from registry.accounts.queries import actor_by_login
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.working_days import builtin_calendar
from registry.notices import calendars
from registry.notices import commands as notices
from registry.onboarding.kinds import KINDS
from tests.conftest import TestDatabase
from tests.factories.browsing import Visitor, counted_queries, text_of, visitors
from tests.factories.listed import account, credit_code, set_day
from tests.factories.records import BASIS, as_csv, entry, firm, list_name, table_of
from tests.factories.reviewing import PASSWORD, Desk, make_desk

MOST_QUERIES = 12
CASES = Path(__file__).resolve().parents[2] / "data" / "cases" / "notice_windows.csv"


async def _open(visitor: Visitor, path: str, status: int = 200) -> str:
    with counted_queries() as count:
        response = await visitor.get(path)
    assert response.status_code == status, (path, response.status_code, text_of(response)[:300])
    assert count.n <= MOST_QUERIES, (path, count.n, count.statements)
    return text_of(response)


async def _send(
    visitor: Visitor, path: str, content: bytes, name: str = "资料.csv", **data: str
) -> httpx.Response:
    return await visitor.client.post(
        path, data={"_csrf_token": visitor.csrf, **data}, files={"file": (name, content, "text/csv")}
    )


async def _operator() -> Actor:
    await open_account("operator", "运维", PASSWORD, (Membership(Role.OPERATOR),))
    return await actor_by_login("operator")


async def test_existing_records_by_page_with_two_people(database: TestDatabase) -> None:
    desk, other = await make_desk(password=PASSWORD), await make_desk(name="另一教育局", password=PASSWORD)
    async with visitors(desk.admin, desk.approver, desk.reviewer, other.admin, None) as people:
        admin, approver, reviewer, stranger, nobody = people
        assert "还没有导入过资料" in await _open(admin, "/bureau/imports")
        await _open(admin, "/bureau/imports/new?kind=entries")
        await _open(reviewer, "/bureau/imports/new", 403)
        await _open(nobody, "/bureau/imports", 303)
        for kind in KINDS:
            for file_format in ("xlsx", "csv"):
                response = await reviewer.get(f"/bureau/imports/templates/{kind}.{file_format}")
                assert response.status_code == 200
                assert "attachment" in response.headers["content-disposition"]
        await _open(reviewer, "/bureau/imports/templates/secrets.xlsx", 404)

        content = as_csv(table_of("entries", [entry(951), entry(952, listed_on="昨天")]))
        refused = await _send(admin, "/bureau/imports/new", content, kind="entries")
        assert refused.status_code == 422
        made = await _send(admin, "/bureau/imports/new", content, kind="entries", basis=BASIS)
        assert made.status_code == 303
        one = made.headers["location"]
        shown = await _open(admin, one)
        assert "文件有 1 处错误，不能导入" in shown
        assert "3 入库日期 不是日期" in shown
        assert entry(951)["legal_representative_id"] not in shown, "masked (R34)"
        await _open(stranger, one, 404)
        assert (await admin.post(f"{one}/discard")).status_code == 303

        content = as_csv(table_of("entries", [entry(951), entry(952)]))
        one = (await _send(admin, "/bureau/imports/new", content, kind="entries", basis=BASIS)).headers[
            "location"
        ]
        assert "提请第二人确认" in await _open(admin, one)
        assert (await admin.post(f"{one}/apply", {"password": "wrong", "basis": BASIS})).status_code == 422
        assert (await admin.post(f"{one}/apply", {"password": PASSWORD, "basis": BASIS})).status_code == 303
        assert "您是提请人" in await _open(admin, one)
        assert (await admin.post(f"{one}/confirm", {"password": PASSWORD})).status_code == 422
        assert (await reviewer.post(f"{one}/confirm", {"password": PASSWORD})).status_code == 403
        assert "第二人确认" in await _open(approver, one)
        assert (await approver.post(f"{one}/confirm", {"password": PASSWORD})).status_code == 303
        # A double click: told that it is done, nothing twice.
        assert (await approver.post(f"{one}/confirm", {"password": PASSWORD})).status_code == 409
        assert "新增 2，更新 0，已有 0" in await _open(admin, one)
        assert "已导入" in await _open(reviewer, "/bureau/imports")
        fetched = await admin.post(f"{one}/source")
        assert fetched.content == content
        assert (await reviewer.post(f"{one}/source")).status_code == 403
    assert len(await rows("SELECT id FROM entry")) == 2


async def test_columns_are_mapped_and_a_hostile_file_is_told_at_the_field(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    async with visitors(desk.admin) as (admin,):
        for content, name in (
            (b"", "空.csv"),
            (b"PK\x03\x04x", "坏.xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧.xls"),
        ):
            refused = await _send(admin, "/bureau/imports/new", content, name, kind="providers")
            assert refused.status_code == 422
            assert "error" in refused.text
        odd = as_csv([["甲", "乙"], [firm(961)["name"], credit_code(961)]])
        one = (await _send(admin, "/bureau/imports/new", odd, kind="providers")).headers["location"]
        assert "没有找到必填的列" in await _open(admin, one)
        refused = await admin.post(f"{one}/columns", {"column-name": "0"})
        assert refused.status_code == 422
        assert (
            await admin.post(f"{one}/columns", {"column-name": "0", "column-credit_code": "1"})
        ).status_code == 303
        assert "确认导入" in await _open(admin, one)
        assert (await admin.post(f"{one}/apply", {"password": PASSWORD})).status_code == 303
        assert (await admin.post(f"{one}/apply", {"password": PASSWORD})).status_code == 409
    assert len(await rows("SELECT id FROM provider")) == 1


async def test_the_whole_table_of_windows_by_page(database: TestDatabase) -> None:
    parent = await account("机构的人")
    cases = list(csv.DictReader(io.StringIO(CASES.read_text("utf-8"))))
    assert len(cases) > 60
    async with visitors(parent, None) as (visitor, nobody):
        await _open(nobody, "/window", 303)
        await _open(visitor, "/window")
        for case in cases:
            query = (
                f"calendar={case['calendar']}&published={case['published_on']}&days={case['working_days']}"
            )
            if case["publication_day_counts"] == "true":
                query += "&counts=1"
            shown = await _open(visitor, f"/window?{query}")
            last, passes = (date.fromisoformat(case[key]) for key in ("last_notice_day", "passes_from"))
            assert f"至 {last.year}年{last.month}月{last.day}日" in shown, case
            assert f"自 {passes.year}年{passes.month}月{passes.day}日" in shown, case
        shown = await _open(visitor, "/window?calendar=CN-GX&published=2027-03-29&days=5")
        assert "预计至" in shown
        assert "2027年全国放假安排未载入" in shown
        for wrong in ("calendar=CN&published=2022-02-30&days=5", "calendar=CN&published=2022-03-01&days=0",
                      "calendar=CN&published=2022-03-01&days=367", "calendar=XX&published=2022-03-01&days=5",
                      "calendar=CN&published=9999-12-31&days=366", "calendar=CN&published=&days="):  # fmt: skip
            await _open(visitor, f"/window?{wrong}", 422)


async def test_the_whole_tables_of_terms_and_bans_by_page(database: TestDatabase) -> None:
    def cases(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO((CASES.parent / f"{name}.csv").read_text("utf-8"))))

    def zh(day: str) -> str:
        found = date.fromisoformat(day)
        return f"{found.year}年{found.month}月{found.day}日"

    async with visitors(await account("机构的人"), None) as (visitor, nobody):
        for path in ("/term", "/ban-period"):
            await _open(nobody, path, 303)
            await _open(visitor, path)
        for case in cases("contract_terms"):
            query = f"starts={case['starts_on']}&ends={case['ends_on']}&years={case['max_years']}"
            shown = await _open(visitor, f"/term?{query}")
            assert ("期限符合规定" in shown) == (case["allowed"] == "true"), case
        for case in cases("ban_periods"):
            shown = await _open(
                visitor, f"/ban-period?decided={case['decided_on']}&years={case['ban_years']}"
            )
            assert f"禁入至 {zh(case['last_banned_day'])}" in shown, case
            assert f"自 {zh(case['may_apply_from'])}" in shown, case
        for wrong in ("/term?starts=2023-02-29&ends=2024-01-01&years=2", "/term?starts=2023-01-01&ends=&years=2",
                      "/term?starts=9999-01-01&ends=9999-02-01&years=2", "/ban-period?decided=2023-02-30&years=3",
                      "/ban-period?decided=2023-02-01&years=0", "/ban-period?decided=9999-02-01&years=3"):  # fmt: skip
            await _open(visitor, wrong, 422)


async def test_calendars_are_loaded_corrected_declared_and_shown(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    off = [f"2030-{d}" for d in ("01-01", "02-04", "02-05", "02-06", "05-01", "10-01")]
    content = ("calendar,date,kind,source\n" + "".join(f"CN,{d},off,虚构假期\n" for d in off)).encode()
    async with visitors(desk.admin, desk.reviewer, None) as (admin, reviewer, nobody):
        await _open(admin, "/bureau/calendars")
        await _open(reviewer, "/bureau/calendars")
        assert (await _send(reviewer, "/bureau/calendars/load", content)).status_code == 403
        load = "/bureau/calendars/load"
        refused = await _send(admin, load, b"calendar,date,kind\nCN,x,off\n", title="通知", password=PASSWORD)
        assert refused.status_code == 422
        assert "第 2 行" in text_of(refused)
        assert (await _send(admin, load, content, title="通知", password="wrong")).status_code == 422
        done = await _send(admin, load, content, title="虚构的通知", password=PASSWORD)
        assert done.status_code == 303
        assert "虚构的通知" in await _open(nobody, "/calendars/CN/2030")
        changed = content.replace(b"2030-02-06", b"2030-02-07")
        refused = await _send(admin, load, changed, title="通知", password=PASSWORD)
        assert refused.status_code == 422
        assert "已经载入" in text_of(refused)
        done = await _send(admin, load, changed, title="通知", reason="更正的通知", password=PASSWORD)
        assert done.status_code == 303
        shown = await _open(nobody, "/calendars/CN-GX/2030")
        assert "第 2 版" in shown
        assert "更正的通知" in shown
        declared = {"calendar": "CN-GX", "year": "2030", "basis": "当地未另行放假", "password": PASSWORD}
        assert (await admin.post("/bureau/calendars/declare", declared)).status_code == 303
        assert (await admin.post("/bureau/calendars/declare", declared)).status_code == 409
        assert "未载入" not in await _open(nobody, "/calendars/CN-GX/2030")
        shown = await _open(nobody, "/calendars/CN-GX/2022")
        assert "壮族三月三" in shown
        for path in ("/calendars", "/calendars/CN/2027"):
            await _open(nobody, path)
        for path in ("/calendars/XX/2022", "/calendars/CN/1900"):
            await _open(nobody, path, 404)


async def test_policies_say_what_differs(database: TestDatabase) -> None:
    await make_desk()
    async with visitors(None) as (nobody,):
        shown = await _open(nobody, "/rules/xiaolan-2023")
        assert "与默认规则不同" in shown
        assert re.search(r"公示.*3 个工作日.*默认", shown)
        assert "来源文件未规定，沿用默认规则" in shown
        assert "与默认规则不同" not in await _open(nobody, "/rules/default")
        assert "系统中的其他规则" in await _open(nobody, "/rules")


async def test_lists_and_the_schools_they_serve(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    async with visitors(desk.admin, desk.reviewer, other.admin) as (admin, reviewer, stranger):
        for path in ("/bureau/setup", "/bureau/setup/schools", f"/bureau/setup/lists/{desk.list_id}"):
            await _open(admin, path)
            await _open(reviewer, path)
        await _open(reviewer, "/bureau/setup/lists/new", 403)
        await _open(stranger, f"/bureau/setup/lists/{desk.list_id}", 404)
        school: dict[str, Any] = {
            "name": "示例市第一小学",
            "code": "2145010001",
            "division": "450191",
            "township": "1",
        }
        assert (
            await admin.post("/bureau/setup/schools/new", {**school, "division": "110000"})
        ).status_code == 422
        assert (await admin.post("/bureau/setup/schools/new", school)).status_code == 303
        assert (await admin.post("/bureau/setup/schools/new", school)).status_code == 422
        (made,) = await rows("SELECT id FROM school WHERE code = '2145010001'")
        await _open(stranger, f"/bureau/setup/schools/{made['id']}", 404)
        changed = {**school, "name": "示例市第一实验小学"}
        assert (await admin.post(f"/bureau/setup/schools/{made['id']}", changed)).status_code == 303
        assert "示例市第一实验小学" in await _open(admin, "/bureau/setup/schools?q=实验")
        serve = f"/bureau/setup/lists/{desk.list_id}/schools"
        assert (await admin.post(serve, {"school": "没有这所学校"})).status_code == 422
        assert (await stranger.post(serve, {"school": "2145010001"})).status_code == 404
        for _ in range(2):
            assert (await admin.post(serve, {"school": "2145010001"})).status_code == 303
        assert "示例市第一实验小学" in await _open(reviewer, f"/bureau/setup/lists/{desk.list_id}")
        assert (await admin.post(f"{serve}/{made['id']}/remove")).status_code == 303
        assert await rows("SELECT id FROM list_school WHERE school = {}", made["id"]) == []
        new = {"name": "第二备选库", "public": "1"}
        done = await admin.post("/bureau/setup/lists/new", new)
        assert done.status_code == 303
        assert (await admin.post("/bureau/setup/lists/new", new)).status_code == 422
        assert (await admin.post(done.headers["location"], {"name": "改名备选库"})).status_code == 303
        assert (
            await admin.post(done.headers["location"], {"name": await list_name(desk)})
        ).status_code == 422
    stored = await rows("SELECT public FROM registry_list WHERE name = '改名备选库'")
    assert [one["public"] for one in stored] == [False]
    acts = await rows("SELECT action FROM event WHERE subject = 'registry_list' ORDER BY id")
    assert [one["action"] for one in acts] == ["serve", "serve_no_more", "create", "update"]


async def test_an_operator_sets_up_divisions_and_bureaux(database: TestDatabase) -> None:
    desk: Desk = await make_desk()
    operator = await _operator()
    async with visitors(operator, desk.admin) as (visitor, admin):
        for path in (
            "/operator/bureaux",
            "/operator/bureaux/new",
            "/operator/divisions",
            f"/operator/bureaux/{desk.bureau_id}",
        ):
            await _open(visitor, path)
            await _open(admin, path, 403)
        assert (await visitor.post("/operator/divisions", {"code": "12", "name": "甲"})).status_code == 422
        for code, name in (
            ("990000", "虚构省"),
            ("990100", "虚构市"),
            ("990101", "虚构区"),
            ("990101001", "虚构街道"),
        ):
            assert (
                await visitor.post("/operator/divisions", {"code": code, "name": name})
            ).status_code == 303
        assert "虚构街道" in await _open(visitor, "/operator/divisions?under=990101")
        await _open(visitor, "/operator/divisions?under=123456", 404)
        new = {"name": "虚构区教育局", "division": "990101", "policy_name": "default", "contact": "000"}
        assert (await visitor.post("/operator/bureaux/new", {**new, "division": "990199"})).status_code == 422
        assert (
            await visitor.post("/operator/bureaux/new", {**new, "policy_name": "nowhere"})
        ).status_code == 422
        assert (await visitor.post("/operator/bureaux/new", new)).status_code == 303
        assert (await visitor.post("/operator/bureaux/new", new)).status_code == 422
        (made,) = await rows("SELECT id FROM bureau WHERE name = '虚构区教育局'")
        changed = {**new, "policy_name": "taishan-2026"}
        assert (await visitor.post(f"/operator/bureaux/{made['id']}", changed)).status_code == 303
        await _open(visitor, "/operator/bureaux/999999", 404)
    (stored,) = await rows("SELECT policy_name FROM bureau WHERE id = {}", made["id"])
    assert stored["policy_name"] == "taishan-2026"
    parents = await rows("SELECT code, parent FROM division WHERE code LIKE '99%%' ORDER BY code")
    assert [(one["code"], one["parent"]) for one in parents] == [
        ("990000", None), ("990100", "990000"), ("990101", "990100"), ("990101001", "990101"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/bureau/setup/schools", "/bureau/imports"])
async def test_empty_pages_say_what_will_be_there(database: TestDatabase, path: str) -> None:
    desk = await make_desk()
    async with visitors(desk.admin) as (admin,):
        assert "没有" in await _open(admin, path)


async def test_a_notice_says_under_which_version_it_was_judged(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 13))
    early = await notices.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "先")
    await set_day(date(2022, 6, 21))
    late = await notices.publish(desk.approver, desk.round_id, [await desk.shortlisted("乙有限公司")], "后")
    lines = "".join(
        f"CN,{row.day},{row.kind.value},{row.source}\n"
        for row in builtin_calendar("CN").national.values()
        if row.day.year == 2022
    )
    content = f"calendar,date,kind,source\n{lines}CN,2022-06-14,off,更正\nCN,2022-06-23,off,更正\n".encode()
    await calendars.load_years(desk.admin, desk.bureau_id, content, title="通知", reason="更正通知")
    async with visitors(desk.reviewer, None) as (reviewer, nobody):
        for visitor, base in ((reviewer, "/bureau/notices"), (nobody, "/notices")):
            passed = text_of(await visitor.get(f"{base}/{early}"))
            assert "日历后来有更正（CN 2022），公示期已满的不变" in passed
            running = text_of(await visitor.get(f"{base}/{late}"))
            assert "放假安排更正后 ：2022年6月29日" in running.replace("更正后：", "更正后 ：")
            assert "日历后来有更正" not in running
        entry_in_calendar = (await nobody.get(f"/notices/{late}/window.ics")).text
    assert "SEQUENCE:1" in entry_in_calendar
    assert "DTEND;VALUE=DATE:20220630" in entry_in_calendar
