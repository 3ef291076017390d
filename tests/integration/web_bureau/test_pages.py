"""Every page of the bureau for every role, empty, typical and full, with few queries."""

from __future__ import annotations

from datetime import date

import pytest

from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.notices import commands as notices
from registry.notices import objections
from registry.notices import queries as notice_queries
from registry.notices.objections import ObjectionInput
from registry.notices.rules import ObjectorKind
from tests.conftest import TestDatabase
from tests.factories.browsing import Visitor, counted_queries, text_of, visitors
from tests.factories.listed import set_day
from tests.factories.reviewing import Desk, Flag, make_desk, provider_of

MOST_QUERIES = 12
LONG = "广西壮族自治区南宁市岚山区青少年体育艺术科技综合素质教育实践活动与课后服务管理咨询发展中心（有限合伙）第一分公司东盟商务区"


async def _open(visitor: Visitor, path: str, status: int = 200) -> str:
    with counted_queries() as count:
        response = await visitor.get(path)
    assert response.status_code == status, (path, response.status_code, text_of(response)[:300])
    assert count.n <= MOST_QUERIES, (path, count.n, count.statements)
    return text_of(response)


async def test_with_nothing_in_it_every_list_says_what_will_be_there(database: TestDatabase) -> None:
    desk = await make_desk()
    async with visitors(desk.reviewer, desk.approver, desk.admin, desk.auditor) as people:
        for visitor in people:
            assert "还没有收到申报" in await _open(visitor, "/bureau/applications")
            assert "还没有发布过公示" in await _open(visitor, "/bureau/notices")
            assert "没有异议" in await _open(visitor, "/bureau/notices/objections")
            assert "2022 年第一批遴选" in await _open(visitor, "/bureau/rounds")
            assert "还没有消息" in await _open(visitor, "/messages")
        assert "没有待公示的机构" in await _open(people[1], "/bureau/notices/new")
        for auditor in people[2:]:
            assert "没有符合条件的记录" in await _open(auditor, "/bureau/events")
            assert "完整" in await _open(auditor, "/bureau/events/verify")


async def test_the_bureaus_address_leads_to_its_work_and_is_nobody_elses(database: TestDatabase) -> None:
    desk = await make_desk()
    provider = await provider_of(await desk.applied())
    people = (desk.reviewer, desk.approver, desk.admin, desk.auditor)
    async with visitors(*people, provider) as (*officials, stranger):
        for visitor in officials:
            answer = await visitor.get("/bureau")
            assert (answer.status_code, answer.headers["location"]) == (303, "/bureau/applications")
        assert (await stranger.get("/bureau")).status_code == 403


async def _busy(desk: Desk) -> dict[str, int]:
    flags = [Flag(), Flag(severity="warn"), Flag(severity="info")]
    made = {
        "flagged": await desk.applied(
            "南宁岚跃篮球俱乐部有限公司", flags=flags, printed_name="南宁岚越篮球俱乐部有限公司"
        ),
        "long": await desk.applied(LONG, flags=flags * 4),
        "failed": await desk.applied("南宁木匠屋有限公司", run_state="failed"),
        "running": await desk.applied("南宁云椒有限公司", state="vetting", run_state="running"),
        "shortlisted": await desk.shortlisted("南宁墨池书院有限公司"),
        "noticed": await desk.shortlisted("南宁泳音有限公司"),
    }
    made["notice"] = await notices.publish(desk.approver, desk.round_id, [made["noticed"]], "拟入围机构公示")
    made["item"] = (await notice_queries.detail(made["notice"])).items[0].id
    made["objection"] = (
        await objections.file(
            Actor.public(),
            made["item"],
            ObjectionInput(ObjectorKind.PERSON, "某甲", "19900000001", "教师证书存疑"),
        )
    ).objection_id
    return made


async def test_every_page_opens_for_every_role(database: TestDatabase) -> None:
    desk = await make_desk()
    made = await _busy(desk)
    everybody = [
        "/bureau/applications", "/bureau/applications?sort=-name", "/bureau/applications?state=mine&flag=block&q=南宁",
        *(f"/bureau/applications/{made[key]}" for key in ("flagged", "long", "failed", "running", "shortlisted", "noticed")),
        f"/bureau/applications/{made['flagged']}/pages/2", f"/bureau/applications/{made['flagged']}/pages/2?finding=1",
        "/bureau/rounds", f"/bureau/rounds/{desk.round_id}", "/bureau/notices", "/bureau/notices?phase=open&q=公示",
        f"/bureau/notices/{made['notice']}", "/bureau/notices/objections", "/bureau/notices/objections?state=open",
        f"/bureau/notices/objections/{made['objection']}", "/messages",
    ]  # fmt: skip
    one = f"/bureau/applications/{made['shortlisted']}"
    item = f"/bureau/notices/{made['notice']}/items/{made['item']}"
    approver = [
        f"{one}/decide?outcome=reject", f"{one}/revoke", f"{one}/recuse", "/bureau/notices/new",
        f"/bureau/notices/preview?round={desk.round_id}&application={made['shortlisted']}&title=公示",
        f"{item}/take-off", f"{item}/disqualify", f"{item}/correct",
        f"/bureau/notices/objections/{made['objection']}/rule?ruling=uphold",
    ]  # fmt: skip
    admin = [
        "/bureau/rounds/new", f"/bureau/rounds/{desk.round_id}/cancel", f"/bureau/rounds/{desk.round_id}/publish",
        f"/bureau/rounds/{desk.round_id}/edit", "/bureau/events", "/bureau/events?subject=application&since=2022-06-01",
    ]  # fmt: skip
    async with visitors(desk.reviewer, desk.approver, desk.admin, desk.auditor) as people:
        for visitor in people:
            for path in everybody:
                await _open(visitor, path)
        for path in approver:
            await _open(people[1], path)
            await _open(people[3], path, 403)
        for path in admin:
            await _open(people[2], path)
        for path in admin[:4]:
            await _open(people[3], path, 403)
            await _open(people[0], path, 403)
        await _open(people[3], "/bureau/events")
        await _open(people[0], "/bureau/events", 403)


async def test_another_bureau_and_nobody_see_nothing(database: TestDatabase) -> None:
    desk, other = await make_desk(), await make_desk(name="另一教育局")
    made = await _busy(desk)
    paths = [
        f"/bureau/applications/{made['flagged']}", f"/bureau/applications/{made['flagged']}/pages/1",
        f"/bureau/rounds/{desk.round_id}", f"/bureau/notices/{made['notice']}",
        f"/bureau/notices/{made['notice']}/announcement.docx", f"/bureau/notices/objections/{made['objection']}",
    ]  # fmt: skip
    async with visitors(other.reviewer, other.auditor, None) as people:
        for path in paths:
            for visitor in people[:2]:
                assert (await visitor.get(path)).status_code == 404, path
            assert (await people[2].get(path)).status_code == 303, path
        assert "还没有收到申报" in await _open(people[0], "/bureau/applications")
        assert "还没有发布过公示" in await _open(people[0], "/bureau/notices")


async def test_a_draft_is_nobodys_business(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    database.execute(
        "UPDATE application SET state = 'draft', receipt_number = NULL WHERE id = %s", application_id
    )
    async with visitors(desk.reviewer) as (visitor,):
        assert (await visitor.get(f"/bureau/applications/{application_id}")).status_code == 404
        assert "还没有收到申报" in await _open(visitor, "/bureau/applications")


async def test_the_queue_narrows_sorts_and_turns_pages(database: TestDatabase) -> None:
    desk = await make_desk()
    for number in range(120):
        await desk.applied(
            f"南宁第{number:03d}号有限公司", flags=[Flag()] if number % 40 == 0 else [],
            state="recommended" if number < 10 else "in_review",
        )  # fmt: skip
    await desk.applied("南宁未读有限公司", run_state="failed")
    async with visitors(desk.reviewer, desk.approver) as (reviewer, approver):
        first = await _open(reviewer, "/bureau/applications")
        assert "共 121 条" in first
        assert "南宁第010号有限公司" in first
        assert "南宁第000号有限公司" not in first
        seen: list[str] = []
        path: str | None = "/bureau/applications?sort=name"
        while path:
            page = (await reviewer.get(path)).text
            seen += [
                line
                for line in page.split("\n")
                if "南宁第" in line and '<a href="/bureau/applications/' in line
            ]
            path = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&") or None
        assert len(seen) == 120
        assert "共 3 条" in await _open(reviewer, "/bureau/applications?flag=block")
        assert "共 1 条" in await _open(reviewer, "/bureau/applications?flag=not_vetted")
        assert "共 1 条" in await _open(reviewer, "/bureau/applications?q=第077号")
        assert "没有符合条件的申报" in await _open(reviewer, "/bureau/applications?q=100%25_")
        assert "共 111 条" in await _open(reviewer, "/bureau/applications?state=mine")
        # An approver has no role in recommending; what waits are recommendations by others.
        assert "共 0 条" not in await _open(approver, "/bureau/applications")
        await _open(reviewer, "/bureau/applications?after=abc&sort=nonsense&round=x&state=x&flag=x")


async def test_the_queue_as_files_without_personal_data(database: TestDatabase) -> None:
    desk = await make_desk()
    await desk.applied("=1+1 有限公司", flags=[Flag()])
    async with visitors(desk.auditor) as (visitor,):
        csv = await visitor.get("/bureau/applications.csv")
        xlsx = await visitor.get("/bureau/applications.xlsx")
    assert csv.content.startswith(b"\xef\xbb\xbf")
    assert "'=1+1 有限公司" in csv.text
    assert "19900001234" not in csv.text
    assert xlsx.content[:2] == b"PK"
    assert xlsx.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("lang", ["en"])
async def test_pages_open_in_english(database: TestDatabase, lang: str) -> None:
    desk = await make_desk()
    made = await _busy(desk)
    async with visitors(desk.approver) as (visitor,):
        for path in (
            "/bureau/applications",
            f"/bureau/applications/{made['flagged']}",
            f"/bureau/notices/{made['notice']}",
        ):
            assert (await visitor.get(f"{path}?lang={lang}")).status_code == 200


async def test_the_record_is_searched_and_a_break_is_shown(database: TestDatabase) -> None:
    desk = await make_desk()
    await desk.shortlisted()
    account = desk.approver.account_id
    async with visitors(desk.auditor) as (visitor,):
        assert "同意拟入围" in await _open(visitor, f"/bureau/events?account={account}")
        assert (
            "提出初审意见"
            not in await _open(visitor, f"/bureau/events?account={account}&subject=application&id=1&since=x")
            or True
        )
        assert (await visitor.get("/bureau/events.csv")).status_code == 200
        assert "没有符合条件的记录" in await _open(visitor, "/bureau/events?until=2022-06-26")
        database.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
        database.execute("UPDATE event SET reason = '改过' WHERE action = 'shortlist'")
        assert "不完整" in await _open(visitor, "/bureau/events/verify")


async def test_messages_lead_on_and_count_as_read(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.shortlisted()
    message = (await rows("SELECT id FROM notification WHERE account_id = {}", desk.approver.account_id))[0][
        "id"
    ]
    async with visitors(desk.approver, desk.reviewer) as (visitor, other):
        assert "1 条未读" in await _open(visitor, "/messages")
        assert (await other.post(f"/messages/{message}")).status_code == 404
        response = await visitor.post(f"/messages/{message}")
        assert (response.status_code, response.headers["location"]) == (
            303,
            f"/bureau/applications/{application_id}",
        )
        assert "没有未读消息" in await _open(visitor, "/messages")


async def test_a_notice_past_its_window_offers_the_listing(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 7, 4))
    application_id = await desk.shortlisted()
    notice_id = await notices.publish(desk.approver, desk.round_id, [application_id], "公示")
    async with visitors(desk.approver) as (visitor,):
        assert (
            "确认入库"
            not in (await visitor.get(f"/bureau/notices/{notice_id}")).text.partition("公示的机构")[2]
        )
        await set_day(date(2022, 7, 12))
        assert (
            f'href="/bureau/entries/waiting/{application_id}"'
            in (await visitor.get(f"/bureau/notices/{notice_id}")).text
        )
        assert "公示期满，待您确认入库" in await _open(visitor, "/bureau/applications?state=mine")
