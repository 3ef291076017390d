"""Looking up: a certificate at a glance, a school, the statistics, signed snapshots, files and feeds of notices."""

from __future__ import annotations

import io
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from docx import Document

from registry.audit.commands import public_key
from registry.kernel.db import rows
from registry.whitelist import snapshots
from registry.whitelist.snapshot_file import Verdict, check
from tests.factories.browsing import counted_queries, text_of, visitors
from tests.factories.listed import make_district, set_day
from tests.factories.public import DAY, PERSONAL, make_scene

MOST_QUERIES = 12


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("listed", "在册"), ("suspended", "暂停"), ("lapsed", "证照过期，暂停"), ("expired", "已到期"),
        ("withdrawn", "已主动退出"), ("removed", "已移除"),
    ],
)  # fmt: skip
async def test_the_code_on_the_door_says_one_word_first(kind: str, word: str) -> None:
    scene = await make_scene()
    found = await rows("SELECT certificate_number AS n FROM entry WHERE id = {}", scene.entries[kind])
    async with visitors(None) as (someone,):
        with counted_queries() as count:
            page = await someone.get(f"/verify?number=%20{found[0]['n'].lower()}%20")
    assert page.status_code == 200
    assert count.n <= MOST_QUERIES
    shown = text_of(page)
    assert re.search(rf'<h1 id="glance">{word}</h1>', page.text)
    assert shown.index(word) < shown.index(f"南宁市虚构{kind}艺术培训中心")
    assert "数据截至2022年7月20日" in shown


async def test_a_certificate_that_nobody_issued_or_may_know() -> None:
    scene = await make_scene()
    found = await rows("SELECT certificate_number AS n FROM entry WHERE id = {}", scene.entries["listed"])
    await rows("UPDATE registry_list SET public = false")
    async with visitors(None) as (someone,):
        for number in ("450100-1999-0001", found[0]["n"], "<script>", "%00"):
            missing = await someone.client.get("/verify", params={"number": number})
            assert missing.status_code == 404, number
        assert "查无此证" in text_of(await someone.client.get("/verify", params={"number": "x"}))


async def test_parents_see_who_teaches_at_their_school() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await district.signed(firm, entry)
    address = f"/schools/{district.school_id}"
    async with visitors(None) as (someone,):
        assert "即将开始" in text_of(await someone.get(address))
        await set_day(date(2022, 9, 1))
        with counted_queries() as count:
            page = await someone.get(address)
        assert count.n <= MOST_QUERIES
        shown = text_of(page)
        for expected in ("正在服务", "少儿书法", "¥40.00/课时", "2023年8月31日", "有意见怎么办"):
            assert expected in shown, expected
        for secret in (*PERSONAL, "梁文博"):
            assert secret not in page.text
        assert "虚构小学" in text_of(await someone.get(f"/whitelist/{entry}"))
        assert "1 份合同在履行" in text_of(await someone.get("/schools?q=构小"))
        assert "没有查到这所学校" in text_of(await someone.get("/schools?q=小构"))
        assert "还没有公开的合同" in text_of(await someone.get(f"/schools/{district.township_id}"))
        assert (await someone.get("/schools/999")).status_code == 404
        await set_day(date(2023, 9, 1))
        assert "一年内结束的" in text_of(await someone.get(address))
        await rows("UPDATE registry_list SET public = false")
        assert "少儿书法" not in text_of(await someone.get(address))


async def test_schools_page_by_page() -> None:
    district = await make_district()
    await rows(
        "INSERT INTO school (name, bureau, division, township, address) SELECT '虚构' || n || '小学', {}, {}, false, ''"
        " FROM generate_series(1, 64) AS n",
        district.bureau_id,
        district.division,
    )
    seen: list[str] = []
    path: str | None = "/schools?q=虚构"
    async with visitors(None) as (someone,):
        while path:
            page = await someone.get(path)
            seen += re.findall(r'href="(/schools/\d+)"', page.text)
            following = re.search(r'rel="next" href="([^"]+)"', page.text)
            path = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 66


async def test_statistics_say_the_same_without_scripts() -> None:
    await make_scene(on_notice=2)
    async with visitors(None) as (someone,):
        with counted_queries() as count:
            page = await someone.get("/statistics")
        assert count.n <= MOST_QUERIES
        assert page.text.count("<table") == page.text.count("data-chart=") == 3
        for table in re.findall(r'data-table="([^"]+)"', page.text):
            assert f'id="{table}"' in page.text
        month = re.search(
            r'<th scope="row"[^>]*>2022-07</th>(.*?)</tr>',
            page.text.partition('id="table-month"')[2],
            re.DOTALL,
        )
        assert month
        # Seven notices of the factories and of the scene, no objection, six listings, one removal.
        assert re.findall(r'data-value="(\d+)"', month[1])[1:] == ["0", "0", "6", "1"]


async def test_a_signed_snapshot_can_be_taken_away_and_checked(settings_env: dict[str, str]) -> None:
    scene = await make_scene()
    made = await snapshots.make(scene.district.list_id, DAY)
    async with visitors(None) as (someone,):
        listed = await someone.get("/data/snapshots")
        assert f'href="/data/snapshots/{made}"' in listed.text
        assert "没有这一天的快照" in text_of(await someone.get("/data/snapshots?day=2022-07-01"))
        taken = await someone.get(f"/data/snapshots/{made}")
        assert check(taken.content, public_key()).verdict is Verdict.GENUINE
        assert "BEGIN PUBLIC KEY" in (await someone.get("/data/public-key.pem")).text
        told = (await someone.get("/api/v1/snapshots")).json()["items"][0]
        assert (told["day"], told["entries"], told["public_key"]) == ("2022-07-20", 6, public_key())
        await rows("UPDATE registry_list SET public = false")
        assert (await someone.get(f"/data/snapshots/{made}")).status_code == 404


async def test_notices_as_bureaux_publish_them_and_for_readers_of_feeds() -> None:
    scene = await make_scene(on_notice=2)
    async with visitors(None) as (someone,):
        word = await someone.get(f"/notices/{scene.notice_id}/announcement.docx")
        document = Document(io.BytesIO(word.content))
        assert document.paragraphs[0].text == "2022年第一批拟入围机构公示"
        assert [cell.text for cell in document.tables[0].rows[1].cells][1] == "南宁公示1号艺术培训有限公司"
        assert (await someone.get(f"/notices/{scene.notice_id}/announcement.xlsx")).content[:2] == b"PK"
        feed = ET.fromstring((await someone.get("/notices.atom")).content)
        atom = "{http://www.w3.org/2005/Atom}"
        entry = next(
            e
            for e in feed.findall(f"{atom}entry")
            if e.findtext(f"{atom}title") == "2022年第一批拟入围机构公示"
        )
        assert (entry.findtext(f"{atom}id") or "").endswith(f"/notices/{scene.notice_id}")
        assert entry.findtext(f"{atom}updated") == "2022-07-20T00:00:00+08:00"


async def test_a_page_that_is_known_is_not_made_again() -> None:
    scene = await make_scene()
    async with visitors(None, scene.desk.reviewer) as (someone, official):
        first = await someone.get("/whitelist")
        tag = first.headers["etag"]
        with counted_queries() as count:
            again = await someone.client.get("/whitelist", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        # Whether anything happened is looked up at most once a second.
        assert count.n <= 3
        other = await someone.client.get("/whitelist?q=x", headers={"if-none-match": tag})
        assert other.status_code == 200
        english = await someone.client.get("/whitelist?lang=en", headers={"if-none-match": tag})
        assert english.status_code == 200
        assert "etag" not in (await official.get("/whitelist")).headers
        assert "etag" not in (await someone.get("/verify")).headers


async def test_the_list_stays_light() -> None:
    """HTML under 60 kB for a full page; style and scripts under 150 kB compressed, all of our own."""
    district = await make_district()
    for number in range(31):
        await district.listed(
            await district.firm(
                f"南宁市青秀区虚构很长的名字{number}号艺术体育科技综合实践培训中心有限责任公司",
                representative=number,
            )
        )
    async with visitors(None) as (someone,):
        page = await someone.get("/whitelist")
        assert len(page.content) < 60_000
        assets = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js)[^"]*)"', page.text)
        assert len(assets) >= 5
        weight = 0
        for asset in assets:
            answer = await someone.client.get(asset, headers={"accept-encoding": "gzip"})
            weight += int(answer.headers.get("content-length") or len(answer.content))
        assert weight < 150_000
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page.text)
