"""The pages of lists: upload, look, import; judging a match; for every role, with few queries."""

from __future__ import annotations

import re

import httpx
import pytest

from registry.kernel.db import rows
from registry.screening.commands import screen_application
from tests.conftest import TestDatabase
from tests.factories.browsing import Visitor, counted_queries, text_of, visitors
from tests.factories.lists import facts_of, imported, list_file
from tests.factories.reviewing import PASSWORD, make_desk

LISTS = "/bureau/lists"
MOST_QUERIES = 14
NAME = "南宁青柚艺术培训有限公司"
CITY = "南宁市青柚艺术培训有限公司"


async def _open(visitor: Visitor, path: str, status: int = 200) -> str:
    with counted_queries() as count:
        response = await visitor.get(path)
    assert response.status_code == status, (path, response.status_code, text_of(response)[:300])
    assert count.n <= MOST_QUERIES, (path, count.n, count.statements)
    return text_of(response)


async def _upload(
    visitor: Visitor, content: bytes, name: str = "名单.csv", kind: str = "serious_violation"
) -> httpx.Response:
    return await visitor.client.post(
        f"{LISTS}/import",
        data={"_csrf_token": visitor.csrf, "list_kind": kind},
        files={"file": (name, content, "text/csv")},
    )


async def test_every_page_opens_for_every_role_and_no_other_bureau(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    application = await desk.applied(NAME)
    provider_id, code, _ = await facts_of(application)
    made = await imported(
        desk,
        {"编号": "1", "名称": "甲" * 60 + "有限公司", "统一社会信用代码": code},
        {"编号": "2", "名称": CITY},
    )
    made = await imported(
        desk,
        {"编号": "1", "名称": "乙有限公司", "统一社会信用代码": code},
        {"编号": "3", "名称": CITY, "届满日期": "2024-01-01"},
    )
    screening = await screen_application(application)
    paths = [
        LISTS, f"{LISTS}/imports", f"{LISTS}/imports?kind=serious_violation", f"{LISTS}/search", f"{LISTS}/search?q={code}",
        f"{LISTS}/search?q=没有这家", f"{LISTS}/imports/{made}", f"{LISTS}/imports/{made}?change=changed",
        f"{LISTS}/imports/{made}?change=gone", f"{LISTS}/providers/{provider_id}", f"{LISTS}/providers/{provider_id}?on=2022-06-27",
        f"{LISTS}/providers/{provider_id}?on=2022-06-01", f"{LISTS}/providers/{provider_id}?on=昨天",
        f"{LISTS}/screenings/{screening}", f"/bureau/applications/{application}",
    ]  # fmt: skip
    async with visitors(
        desk.reviewer, desk.approver, desk.admin, desk.auditor, other.reviewer, None
    ) as people:
        for visitor in people[:4]:
            for path in paths:
                await _open(visitor, path)
        for path in (
            f"{LISTS}/imports/{made}",
            f"{LISTS}/providers/{provider_id}",
            f"{LISTS}/screenings/{screening}",
        ):
            await _open(people[4], path, 404)
            await _open(people[5], path, 303)
        assert CITY not in await _open(people[4], f"{LISTS}/search")
        await _open(people[2], f"{LISTS}/import")
        for visitor in (people[0], people[1], people[3]):
            await _open(visitor, f"{LISTS}/import", 403)
        assert "没有核查（名单未导入）" in await _open(people[0], f"/bureau/applications/{application}")
        for form in ("xlsx", "csv"):
            template = await people[2].get(f"{LISTS}/template.{form}")
            assert template.status_code == 200
        read = await _upload(people[2], template.content)
        assert read.status_code == 303


async def test_a_list_is_uploaded_looked_at_and_imported(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    async with visitors(desk.admin, desk.reviewer) as (admin, reviewer):
        empty = await _open(admin, LISTS)
        assert "从未导入" in empty
        assert (await _upload(reviewer, list_file({"名称": CITY}))).status_code == 403
        for content, name in ((b"", "空.csv"), (b"\x89PNG\r\n\x1a\n\0\0", "图.csv")):
            refused = await _upload(admin, content, name)
            assert refused.status_code == 422
            assert "r-errors" in refused.text
        assert (
            "请选择名单文件" in (await admin.post(f"{LISTS}/import", {"list_kind": "serious_violation"})).text
        )
        sent = await _upload(
            admin, list_file({"编号": "1", "名称": CITY}, {"编号": "2", "名称": "别家有限公司"})
        )
        assert sent.status_code == 303
        draft = sent.headers["location"]
        shown = await _open(admin, draft)
        assert "还没有导入" in shown
        assert CITY in shown
        assert (await reviewer.get(draft)).status_code == 404
        assert not await rows("SELECT 1 AS one FROM listing")
        wrong = await admin.post(f"{draft}/apply", {"password": "wrong"})
        assert (wrong.status_code, "密码不正确" in wrong.text) == (422, True)
        assert (await admin.post(f"{draft}/apply", {"password": PASSWORD})).status_code == 303
        again = await admin.post(f"{draft}/apply", {"password": PASSWORD})
        assert (again.status_code, "情况已有变化" in text_of(again)) == (409, True)
        assert "已导入" in await _open(reviewer, draft)
        assert (await admin.post(f"{draft}/source")).content == list_file(
            {"编号": "1", "名称": CITY}, {"编号": "2", "名称": "别家有限公司"}
        )
        assert (await reviewer.post(f"{draft}/source")).status_code == 403


async def test_errors_stand_by_line_and_a_column_can_be_mapped(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    async with visitors(desk.admin) as (admin,):
        sent = await _upload(
            admin, list_file({"名称": "甲有限公司"}, {"名称": "乙有限公司", "列入日期": "去年"})
        )
        draft = sent.headers["location"]
        shown = await _open(admin, draft)
        assert "文件有 1 处错误，不能导入" in shown
        assert "3 列入日期 日期无法识别" in shown
        assert "确认导入" not in shown
        refused = await admin.post(f"{draft}/apply", {"password": PASSWORD})
        assert refused.status_code == 422
        doubled = await admin.post(f"{draft}/columns", {"column-name": "1", "column-grounds": "1"})
        assert (doubled.status_code, "同一列不能对应两项内容" in doubled.text) == (422, True)
        assert (
            await admin.post(f"{draft}/columns", {"column-name": "1", "column-former_names": "x"})
        ).status_code == 303
        assert "确认导入" in await _open(admin, draft)
        assert (await admin.post(f"{draft}/discard")).headers["location"] == LISTS
        assert "已放弃" in await _open(admin, draft)


@pytest.mark.parametrize("judgement", ["different", "same"])
async def test_a_match_is_judged_where_the_application_is_decided(
    database: TestDatabase, judgement: str
) -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    await imported(desk, {"名称": CITY})
    await screen_application(application)
    async with visitors(desk.reviewer, desk.auditor, desk.admin) as (reviewer, auditor, admin):
        page = (await reviewer.get(f"/bureau/applications/{application}")).text
        action = re.search(r'action="(/bureau/lists/matches/(\d+)/judge)"', page)
        assert action is not None
        path, match_id = action[1], action[2]
        for other in (auditor, admin):
            assert path not in (await other.get(f"/bureau/applications/{application}")).text
            assert (await other.post(path, {f"judgement-{match_id}": judgement})).status_code == 403
        empty = await reviewer.post(path, {f"match-reason-{match_id}": "地址不同"})
        assert (empty.status_code, "地址不同</textarea>" in empty.text) == (422, True)
        given = {f"judgement-{match_id}": judgement, f"match-reason-{match_id}": "地址不同"}
        done = await reviewer.post(path, given)
        assert (done.status_code, done.headers["location"]) == (
            303,
            f"/bureau/applications/{application}#match-{match_id}",
        )
        assert (await reviewer.post(path, given)).status_code == 409
        word = "不是同一主体" if judgement == "different" else "同一主体"
        assert f"已判断：{word}" in text_of(await reviewer.get(f"/bureau/applications/{application}"))
        back = f"/bureau/lists/matches/{match_id}/reopen"
        assert (await reviewer.post(back, {})).status_code == 422
        assert (await reviewer.post(back, {f"reopen-reason-{match_id}": "看错了"})).status_code == 303


async def test_names_of_people_are_for_those_who_review(database: TestDatabase) -> None:
    desk = await make_desk()
    application = await desk.applied(NAME)
    await imported(
        desk,
        {
            "名称": "蒙佳宁",
            "主体类型": "自然人",
            "行政区划代码": "450191",
            "法定代表人身份证号": "4501031990010*****",
        },
    )
    await screen_application(application)
    await rows("UPDATE screening_match SET outcome = 'possible'")
    async with visitors(desk.reviewer, desk.auditor) as (reviewer, auditor):
        for path in (f"{LISTS}/search", f"{LISTS}/imports/1"):
            assert "蒙佳宁" in await _open(reviewer, path)
            assert "蒙佳宁" not in await _open(auditor, path)
        assert "蒙佳宁" not in await _open(auditor, f"/bureau/applications/{application}")
