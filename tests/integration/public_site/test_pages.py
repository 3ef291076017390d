"""Public pages: empty, typical and full; what each kind of entry says first; nothing personal; few queries."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date

import pytest
from openpyxl import load_workbook

from registry.kernel.db import rows
from registry.notices import commands as notices
from registry.whitelist import finding
from tests.conftest import TestDatabase
from tests.factories.browsing import counted_queries, text_of, visitors
from tests.factories.listed import make_district, set_day
from tests.factories.public import DAY, PERSONAL, make_scene

LISTS = (
    "/", "/whitelist", "/whitelist?status=all", "/notices", "/exits", "/exits?state=all", "/rules", "/data", "/apply",
    "/verify", "/objections", "/objections/receipt", "/schools", "/schools?q=x", "/statistics", "/data/snapshots",
    "/whitelist?sort=price", "/whitelist?sort=-listed", "/whitelist?sort=-rating&rating=4.0", "/whitelist?region=450000",
    "/whitelist?subject=calligraphy&price=50", "/whitelist?after=zz&sort=price", "/notices.atom",
)  # fmt: skip
FILES = ("/data/whitelist.csv", "/data/whitelist.json", "/data/whitelist.xlsx", "/data/bans.csv", "/data/bans.json",
         "/data/bans.xlsx", "/data/whitelist.jsonl", "/data/bans.jsonl", "/data/notices.csv", "/data/notices.jsonl",
         "/data/notices.json", "/data/notices.xlsx", "/whitelist.jsonl", "/whitelist.json", "/whitelist.csv", "/whitelist.xlsx", "/exits.csv", "/exits.xlsx")  # fmt: skip
MOST_QUERIES = 12


async def test_every_page_of_an_empty_registry_says_what_will_be_there() -> None:
    async with visitors(None) as (someone,):
        for path in (*LISTS, *FILES):
            assert (await someone.get(path)).status_code == 200, path
        assert "还没有公示" in text_of(await someone.get("/notices"))
        assert "没有符合条件的记录" in text_of(await someone.get("/exits"))
        assert "没有查到符合条件的机构" in text_of(await someone.get("/whitelist"))


async def test_pages_of_a_typical_day_hold_nothing_personal_and_ask_little() -> None:
    scene = await make_scene(on_notice=2)
    ban = (await rows("SELECT id FROM ban"))[0]["id"]
    records = [f"/whitelist/{entry}" for entry in scene.entries.values()] + [
        f"/notices/{scene.notice_id}", f"/notices/{scene.notice_id}/items/{scene.items[0]}/objection",
        f"/exits/{ban}", "/rules/nanning-2022", f"/notices/{scene.notice_id}/window.ics",
        f"/notices/{scene.notice_id}/snapshot.json",
    ]  # fmt: skip
    api = ["/api/v1/entries", f"/api/v1/entries/{scene.entries['removed']}", "/api/v1/notices",
           f"/api/v1/notices/{scene.notice_id}", "/api/v1/bans"]  # fmt: skip
    async with visitors(None) as (someone,):
        for path in (*LISTS, *FILES, *records, *api):
            with counted_queries() as count:
                response = await someone.get(path)
            assert response.status_code == 200, path
            assert count.n <= MOST_QUERIES, (path, count.statements)
            for secret in PERSONAL:
                assert secret not in response.text, (path, secret)
            for name, value in (("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin")):
                assert response.headers[name] == value, path
            assert "script-src" not in response.headers["content-security-policy"]
            assert "'unsafe" not in response.headers["content-security-policy"]
            # Nothing that the policy would refuse, nothing from elsewhere.
            assert " style=" not in response.text, path
            assert "<script>" not in response.text, path


async def test_common_words_cost_no_more_queries_than_a_page_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way of finding at once: those near, the first ones, and what comes after them, rated and not."""
    for name, value in (("COMMON", 1), ("NEAR", 1), ("FIRST", 2)):
        monkeypatch.setattr(finding, name, value)
    district = await make_district()
    for number in range(5):
        entry = await district.listed(await district.firm(f"南宁虚构{number}号", representative=number))
    await rows(
        "INSERT INTO entry_rating (entry, terms, evaluations, overall, quality, safety, conduct, answers)"
        " SELECT id, 2, 2, 400, 450, 450, 450, 0 FROM entry WHERE id < {}",
        entry,
    )
    async with visitors(None) as (someone,):
        for sort in finding.SORTS:
            with counted_queries() as count:
                assert (await someone.get(f"/whitelist?q=南宁&sort={sort}")).status_code == 200
            assert count.n <= MOST_QUERIES, (sort, count.statements)


async def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    district = await make_district()
    await district.listed(await district.firm("南宁虚构一号"))
    async with visitors(None) as (someone,):
        with counted_queries() as few:
            await someone.get("/whitelist")
        for number in range(35):
            await district.listed(await district.firm(f"南宁虚构{number}号", representative=number))
        with counted_queries() as many:
            page = await someone.get("/whitelist")
        # Fewer where something was just looked up; never more.
        assert many.n <= few.n
        assert "共 36 条" in text_of(page)
        following = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        second = await someone.get(following)
        assert page.text.count('class="r-result ') == 30
        assert second.text.count('class="r-result ') == 6


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("listed", "2022年7月5日起在册，可签约"),
        ("suspended", "起暂停，暂不可签约"),
        ("lapsed", "2022年7月11日起登记证照已过期，暂不可签约"),
        ("expired", "在册期已于2022年7月15日届满，不可签约"),
        ("withdrawn", "2022年7月5日起已主动退出，不可签约"),
        ("removed", "已于2022年7月20日移出备选库，不可签约"),
    ],
)
async def test_an_entry_says_first_what_it_is(kind: str, sentence: str) -> None:
    scene = await make_scene()
    async with visitors(None) as (someone,):
        shown = text_of(await someone.get(f"/whitelist/{scene.entries[kind]}"))
    assert sentence in shown
    assert shown.index(sentence) < shown.index(f"南宁市虚构{kind}艺术培训中心")
    if kind == "removed":
        assert shown.index("将课后服务分包或转包给其他机构") < shown.index("课程与价格")
        assert "禁入期 2022年7月20日至2025年7月20日" in shown


async def test_an_earlier_day_is_answered_with_a_note_where_it_was_overturned_later() -> None:
    scene = await make_scene()
    removed = scene.entries["removed"]
    async with visitors(None) as (someone,):
        before = text_of(await someone.get(f"/whitelist/{removed}?as_of=2022-07-18"))
        assert "这是2022年7月18日(周一)当天的情况，不代表现在" in before
        assert "移出备选库，不可签约" not in before
        # Days to come and days that do not exist are today; a day before the listing has no entry.
        assert "已于2022年7月20日移出" in text_of(await someone.get(f"/whitelist/{removed}?as_of=2099-01-01"))
        assert "已于2022年7月20日移出" in text_of(await someone.get(f"/whitelist/{removed}?as_of=2022-02-31"))
        assert (await someone.get(f"/whitelist/{removed}?as_of=2022-07-01")).status_code == 404
        await rows("UPDATE removal SET restored_on = {} WHERE entry = {}", date(2022, 8, 1), removed)
        await set_day(date(2022, 8, 2))
        then = text_of(await someone.get(f"/whitelist/{removed}?as_of=2022-07-21"))
        assert "这一移出决定已于2022年8月1日撤销" in then


async def test_search_and_facets_follow_the_address() -> None:
    scene = await make_scene()
    async with visitors(None) as (someone,):
        page = await someone.get("/whitelist?q=虚构&status=all")
        assert "共 6 条" in text_of(page)
        assert "共 1 条" in text_of(await someone.get("/whitelist"))
        assert "共 1 条" in text_of(await someone.get("/whitelist?status=removed"))
        assert "共 0 条" in text_of(await someone.get("/whitelist?category=sports"))
        assert "共 0 条" in text_of(await someone.get("/whitelist?list=999999&status=all"))
        # What was typed comes back as text, never as markup.
        hostile = await someone.get("/whitelist?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        assert "<script>alert" not in hostile.text
        await rows("UPDATE entry SET brand = '小枫叶' WHERE id = {}", scene.entries["listed"])
        listed = scene.entries["listed"]
        for path in ("/whitelist", f"/whitelist/{listed}"):
            assert "品牌： 小枫叶" in text_of(await someone.get(path))
        assert (await someone.get(f"/api/v1/entries/{listed}")).json()["entry"]["brand"] == "小枫叶"
        htmx = await someone.client.get("/whitelist?q=虚构&list=&as_of=", headers={"hx-request": "true"})
        assert htmx.headers["hx-replace-url"].startswith("/whitelist?q=%E8%99%9A")
        assert "list=" not in htmx.headers["hx-replace-url"]
        number = (
            await rows("SELECT certificate_number AS n FROM entry WHERE id = {}", scene.entries["listed"])
        )[0]["n"]
        found = await someone.get(f"/verify?number=%20{number.lower()}%20")
        assert f"/whitelist/{scene.entries['listed']}" in found.text
        missing = await someone.get("/verify?number=450100-1999-0001")
        assert missing.status_code == 404
        assert "没有编号为“450100-1999-0001”的证书" in text_of(missing)


@pytest.mark.parametrize(
    "path",
    [
        "/whitelist/999", "/whitelist/99999999999999999999", "/whitelist/0", "/notices/999", "/notices/999/window.ics",
        "/notices/999/snapshot.json", "/notices/1/items/999/objection", "/exits/999", "/exits/99999999999999999999",
        "/rules/nowhere-2022", "/rules/..%2F..%2Fetc", "/exits?q=%00", "/nothing",
    ],
)  # fmt: skip
async def test_what_does_not_exist_has_a_page_that_says_so(path: str) -> None:
    async with visitors(None) as (someone,):
        response = await someone.get(path)
    assert response.status_code == 404
    assert "回到首页" in response.text


async def test_records_of_a_list_that_is_not_public_are_not_found() -> None:
    scene = await make_scene()
    await rows("UPDATE registry_list SET public = false")
    async with visitors(None) as (someone,):
        for path in (
            f"/whitelist/{scene.entries['listed']}", f"/notices/{scene.notice_id}",
            f"/notices/{scene.notice_id}/items/{scene.items[0]}/objection", f"/notices/{scene.notice_id}/window.ics",
            f"/notices/{scene.notice_id}/snapshot.json", f"/api/v1/notices/{scene.notice_id}",
            f"/api/v1/entries/{scene.entries['listed']}",
        ):  # fmt: skip
            assert (await someone.get(path)).status_code == 404, path
        assert "没有查到符合条件的机构" in text_of(await someone.get("/whitelist?status=all"))


async def test_a_notice_counts_its_days_out_and_can_be_checked(database: TestDatabase) -> None:
    scene = await make_scene(on_notice=2)
    await notices.take_off(scene.desk.approver, scene.items[1], "材料待核实")
    async with visitors(None) as (someone,):
        page = await someone.get(f"/notices/{scene.notice_id}")
        shown = text_of(page)
        assert "为什么到2022年7月27日(周三)为止" in shown
        assert shown.count("工作日 ") >= 5
        assert "第 5 个工作日" in shown
        assert "发布日，不计入" in shown
        assert page.text.count("/objection") == 1 + page.text.count('href="/objections"')
        assert "材料待核实" not in shown
        snapshot = await someone.get(f"/notices/{scene.notice_id}/snapshot.json")
        digest = hashlib.sha256(snapshot.content).hexdigest()
        assert digest in page.text
        assert json.loads(snapshot.content)["providers"][0]["name"] == "南宁公示1号艺术培训有限公司"
        calendar = (await someone.get(f"/notices/{scene.notice_id}/window.ics")).text
        assert "DTSTART;VALUE=DATE:20220720\r\n" in calendar
        assert "DTEND;VALUE=DATE:20220728\r\n" in calendar
        assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
        await set_day(date(2022, 7, 28))
        passed = text_of(await someone.get(f"/notices/{scene.notice_id}"))
        assert "公示已于2022年7月27日(周三)期满，不再受理异议" in passed


async def test_files_hold_what_the_pages_show() -> None:
    scene = await make_scene()
    async with visitors(None) as (someone,):
        table = list(
            csv.DictReader(
                io.StringIO((await someone.get("/data/whitelist.csv")).content.decode("utf-8-sig"))
            )
        )
        assert {row["status"] for row in table} == {
            "listed", "suspended", "lapsed", "expired", "withdrawn", "removed",
        }  # fmt: skip
        sheet = load_workbook(
            io.BytesIO((await someone.get("/whitelist.xlsx?status=removed")).content)
        ).active
        assert sheet is not None
        assert [cell.value for cell in sheet["B"]] == ["机构名称", "南宁市虚构removed艺术培训中心"]
        bans = (await someone.get("/data/bans.json")).json()
        assert [(b["ground"], b["decided_on"], b["last_day"], b["state"]) for b in bans] == [
            ("subcontracted", "2022-07-20", "2025-07-20", "in_force")
        ]
        await rows("UPDATE entry SET name = '=1+1' WHERE id = {}", scene.entries["listed"])
        harmless = (await someone.get("/whitelist.csv")).content.decode("utf-8-sig")
        assert "'=1+1" in harmless


async def test_a_ban_tells_when_the_provider_may_apply_again() -> None:
    await make_scene()
    ban = (await rows("SELECT id FROM ban"))[0]["id"]
    async with visitors(None) as (someone,):
        shown = text_of(await someone.get(f"/exits/{ban}"))
        assert "2025年7月21日" in shown
        assert "禁入期 2022年7月20日至2025年7月20日(共1097天)，南宁市范围内不得申报" in shown
        assert len((await someone.get("/data/bans.json")).json()) == 1
        await set_day(date(2025, 7, 21))
        assert "禁入期已于2025年7月20日届满，可以重新申报" in text_of(await someone.get(f"/exits/{ban}"))
        assert "没有符合条件的记录" in text_of(await someone.get("/exits"))
        assert "南宁市虚构removed艺术培训中心" in text_of(await someone.get("/exits?state=over"))


async def test_every_page_speaks_english() -> None:
    scene = await make_scene()
    async with visitors(None) as (someone,):
        page = await someone.get(f"/whitelist/{scene.entries['removed']}?lang=en")
        assert "Removed on 20 July 2022: schools may not sign" in text_of(page)
        assert '<html lang="en">' in page.text
        home = text_of(await someone.get("/?lang=en"))
        assert "Look up an after-school provider" in home
        strip = text_of(await someone.get(f"/notices/{scene.notice_id}?lang=en"))
        assert "7/23 Sat" in strip
    assert DAY.isoformat() == "2022-07-20"
