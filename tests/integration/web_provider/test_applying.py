"""The provider's way through the pages: no JavaScript, wrong inputs on each page, nothing lost."""

from __future__ import annotations

from datetime import date

import pytest

from registry.kernel.db import rows
from tests.conftest import TestDatabase
from tests.factories.applying import OPEN_DAY, pdf_bytes, png_bytes, some_facts
from tests.factories.listed import resident_id, set_day
from tests.factories.reviewing import Desk, make_desk
from tests.integration.web_provider.browsing import Browser, browsers

pytestmark = pytest.mark.usefixtures("settings_env")

PASSWORD = "a-good-password"


@pytest.fixture
async def desk(settings_env: dict[str, str]) -> Desk:
    return await make_desk(day=OPEN_DAY, password=PASSWORD)


async def _registered(me: Browser, number: int) -> None:
    """Open an account and register a provider, with a mistake on each page."""
    await me.open("/register")
    await me.send("/register", {"login": f"jigou{number}", "display_name": "岑子墨", "password": "short",
                                "password_again": "short"})  # fmt: skip
    assert me.page.status_code == 422
    assert "岑子墨" in me.text, "what was typed is kept"
    assert "short" not in me.text, "a password is never shown again"
    await me.send("/register", {"password": PASSWORD, "password_again": PASSWORD})
    assert me.at == "/provider/register"

    facts = some_facts(number)
    await me.send("/provider/register")
    assert me.page.status_code == 422
    assert len(me.errors()) == 8
    fields = {
        "name": facts.name, "credit_code": facts.credit_code[:-1] + "O", "kind": facts.kind,
        "registered_address": facts.registered_address, "legal_representative": facts.legal_representative,
        "legal_representative_id": facts.legal_representative_id, "contact_name": "岑子墨",
        "contact_phone": "19900001234",
    }  # fmt: skip
    await me.send("/provider/register", fields)
    assert "第 18 位是字母 O" in me.errors()[0]
    await me.send("/provider/register", {"credit_code": facts.credit_code})
    assert me.at == "/provider"


async def _started(me: Browser, number: int) -> str:
    await _registered(me, number)
    await me.send("/provider/applications")
    assert "/provider/applications/" in me.at
    return me.at


async def _form_filled(me: Browser, base: str) -> None:
    await me.open(f"{base}/form/basics")
    await me.send(
        f"{base}/form/basics", {"categories": "arts", "business_scope": "艺术培训", "action": "continue"}
    )
    assert me.at == f"{base}/form/courses"
    course = {
        "title": "少儿书法",
        "category": "arts",
        "grades": "三至六年级",
        "class_size": "30",
        "price": "40",
    }
    await me.send(
        f"{base}/form/courses", {**{f"courses-0-{k}": v for k, v in course.items()}, "action": "continue"}
    )
    assert me.at == f"{base}/form/teachers"
    teacher = {"name": "蒙佳宁", "id_number": resident_id(7), "certificate_type": "教师资格证书",
               "certificate_number": "20144500132002800"}  # fmt: skip
    await me.send(
        f"{base}/form/teachers", {**{f"teachers-0-{k}": v for k, v in teacher.items()}, "action": "continue"}
    )
    assert me.at == f"{base}/form/commitment"
    ticks = {
        f"declaration_{name}": "1" for name in ("truthful", "good_credit", "no_violations", "not_blacklisted")
    }
    years = {"inspection_2020": "合格", "inspection_2021": "年报已公示"}
    await me.send(f"{base}/form/commitment", {**ticks, **years, "action": "continue"})
    assert me.at == f"{base}/files"


async def test_from_the_account_to_the_receipt(desk: Desk, database: TestDatabase) -> None:
    async with browsers() as (me, stranger, reviewer):
        base = await _started(me, 801)
        assert "未填写" in me.text
        assert "请至少选择一个申报类别" in me.text

        await me.open(f"{base}/form/basics")
        await me.send(f"{base}/form/basics", {"action": "continue"})
        assert me.page.status_code == 422
        assert "请至少选择一个申报类别" in me.errors()
        await me.send(f"{base}/form/basics", {"action": "save", "business_scope": "艺术培训"})
        assert me.at == base, "a draft is saved with anything missing"
        assert "草稿已保存" in me.text
        await me.open(f"{base}/form/basics")
        await me.send(f"{base}/form/basics", {"action": "save", "brand": "墨" * 81})
        assert "最多 80 个字，现有 81 个" in me.errors()[0]
        await me.send(f"{base}/form/basics", {"action": "save", "brand": " 墨香<书法> "})
        await _form_filled(me, base)

        await me.send(f"{base}/files/0")
        assert "请先选择要上传的文件" in me.errors()
        await me.send(f"{base}/files/0", file_0=("假.pdf", png_bytes(), "application/pdf"))
        assert me.page.status_code == 422
        assert "不是PDF" in me.errors()[0]
        await me.send(f"{base}/files/0", file_0=("空.pdf", b"", "application/pdf"))
        assert "0字节" in me.errors()[0]
        await me.send(f"{base}/files/0", file_0=('"><img src=x>.pdf', pdf_bytes(2), "application/pdf"))
        assert me.page.status_code == 200
        assert "已上传 1 个文件" in me.text
        assert "<img src=x>" not in me.text

        await me.open(f"{base}/check")
        assert resident_id(7) not in me.text, "personal data is masked where it is not edited"
        assert "墨香&lt;书法&gt;" in me.text
        submit = dict(me.form(f"{base}/submit").fields)
        await me.send(f"{base}/submit")
        assert me.at == f"{base}/receipt"
        receipt = str(database.execute("SELECT receipt_number FROM application")[0][0])
        assert receipt in me.text
        again = await me.client.post(f"{base}/submit", data=submit)
        assert (again.status_code, again.headers["location"]) == (303, f"{base}/receipt"), (
            "a double press is harmless"
        )
        assert database.execute("SELECT count(*) FROM submission") == [(1,)]
        await me.open(f"{base}/check")
        assert me.at == base, "the back button leads to where things stand"
        assert "等待系统核验" in me.text
        for late in ("form/basics", "files"):
            assert (await me.open(f"{base}/{late}")).status_code == 409

        file_id = database.execute("SELECT id FROM stored_file WHERE state = 'locked'")[0][0]
        download = await me.client.get(f"/files/{file_id}")
        assert download.content.startswith(b"%PDF")
        assert download.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in download.headers["content-security-policy"]
        picture = await me.client.get(f"/files/{file_id}/pages/1.png?side=480")
        assert picture.headers["content-type"] == "image/png"
        assert "private" in picture.headers["cache-control"]
        assert (await me.client.get(f"/files/{file_id}/pages/9.png")).status_code == 404
        assert (await me.client.get(f"/files/{file_id}/pages/x.png")).status_code == 404

        await _registered(stranger, 802)
        for path in (
            base,
            f"{base}/receipt",
            f"{base}/withdraw",
            f"/files/{file_id}",
            f"/files/{file_id}/pages/1.png",
        ):
            assert (await stranger.client.get(path)).status_code == 404

        await reviewer.open("/sign-in")
        login = database.execute("SELECT login FROM account WHERE id = %s", desk.reviewer.account_id)[0][0]
        await reviewer.send("/sign-in", {"login": login, "password": PASSWORD})
        assert (await reviewer.client.get(f"/files/{file_id}")).status_code == 200
        assert (await reviewer.client.get(f"/files/{file_id}/pages/1.png")).status_code == 200
        await reviewer.open(f"/bureau/applications/{base.rpartition('/')[2]}")
        assert "墨香&lt;书法&gt;" in reviewer.text
        looks = database.execute(
            "SELECT count(*) FROM event WHERE action = 'look_at_document' AND starts_with(chain, 'bureau')"
        )
        assert looks == [(1,)], "an official's look is an event, once a day and file"


async def test_rows_come_and_go_without_javascript_and_errors_stay_at_their_row(desk: Desk) -> None:
    async with browsers() as (me, *_):
        base = await _started(me, 803)
        await me.open(f"{base}/form/basics")
        await me.send(
            f"{base}/form/basics", {"categories": "arts", "business_scope": "艺术培训", "action": "continue"}
        )
        page = f"{base}/form/courses"
        await me.send(page, {"courses-0-title": "书法", "_add": "courses"})
        assert '课程 <span class="r-row-n">2</span>' in me.text
        await me.send(page, {"courses-1-title": "国画", "_add": "courses"})
        await me.send(page, {"courses-2-title": "合唱", "courses-2-price": "abc", "_remove": "courses-1"})
        assert "国画" not in me.text and "书法" in me.text and "合唱" in me.text
        await me.send(page, {"action": "continue"})
        assert me.page.status_code == 422
        assert 'href="#f-courses-2-price"' in me.text
        assert 'value="abc"' in me.text
        await me.open(page)
        assert "合唱" in me.text, "what could be read was saved"


async def test_two_windows_lose_nothing(desk: Desk) -> None:
    async with browsers() as (me, *_):
        base = await _started(me, 804)
        page = f"{base}/form/basics"
        await me.open(page)
        stale = dict(me.form(page).fields)
        await me.send(page, {"business_scope": "甲窗口", "action": "save"})
        answer = await me.client.post(page, data={**stale, "business_scope": "乙窗口", "action": "save"})
        assert answer.status_code == 409
        assert "乙窗口" in answer.text and "没有丢失" in answer.text
        me.page = answer
        await me.send(page, {"action": "save"})
        await me.open(page)
        assert "乙窗口" in me.text


async def test_after_the_deadline_uploads_and_submission_are_refused_with_the_rule(desk: Desk) -> None:
    async with browsers() as (me, *_):
        base = await _started(me, 805)
        await _form_filled(me, base)
        await me.send(f"{base}/files/0", file_0=("a.pdf", pdf_bytes(), "application/pdf"))
        await me.open(f"{base}/files")
        upload = dict(me.form(f"{base}/files/0").fields)
        await me.open(f"{base}/check")
        await set_day(date(2022, 6, 23))
        await me.send(f"{base}/submit")
        assert me.page.status_code == 422
        assert "2022-06-22" in me.text and "截止" in me.text
        answer = await me.client.post(
            f"{base}/files/0", data=upload, files={"file_0": ("b.pdf", pdf_bytes(), "application/pdf")}
        )
        assert answer.status_code == 422
        assert "2022-06-22" in answer.text
        await me.open(base)
        assert "规则 R5" in me.text
        await me.open("/provider")
        assert "目前没有开放的批次" in me.text


async def test_an_expired_session_leads_to_sign_in_and_back(desk: Desk, database: TestDatabase) -> None:
    async with browsers() as (me, *_):
        base = await _started(me, 806)
        await rows("DELETE FROM session")
        await me.open(f"{base}/form/basics")
        assert me.at == "/sign-in"
        await me.send("/sign-in", {"login": "jigou806", "password": "wrong-password"})
        assert me.page.status_code == 403
        assert "jigou806" in me.text
        await me.send("/sign-in", {"login": "jigou806", "password": PASSWORD})
        assert me.at == f"{base}/form/basics"


async def test_a_post_without_the_pages_token_changes_nothing(desk: Desk, database: TestDatabase) -> None:
    async with browsers() as (me, *_):
        base = await _started(me, 807)
        for path in ("submit", "withdraw", "form/basics", "files/0"):
            answer = await me.client.post(f"{base}/{path}", data={"business_scope": "x"})
            assert answer.status_code == 403
        assert database.execute("SELECT state, form_version FROM application") == [("draft", 0)]


async def test_withdrawing_asks_and_says_what_follows(desk: Desk, database: TestDatabase) -> None:
    async with browsers() as (me, *_):
        base = await _started(me, 808)
        await me.open(f"{base}/withdraw")
        assert "不能恢复" in me.text
        fields = dict(me.form(f"{base}/withdraw").fields)
        await me.send(f"{base}/withdraw")
        assert me.at == base
        assert "已撤回" in me.text
        again = await me.client.post(f"{base}/withdraw", data=fields)
        assert again.status_code == 303
        await me.open("/provider")
        assert "开始申报" in me.text


@pytest.mark.parametrize("path", ["/provider", "/provider/register", "/account"])
async def test_pages_are_in_english_too(path: str, desk: Desk) -> None:
    async with browsers() as (me, *_):
        await _registered(me, 809)
        answer = await me.client.get(f"{path}?lang=en", follow_redirects=True)
        assert answer.status_code == 200
        assert 'lang="en"' in answer.text
