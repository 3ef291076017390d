"""Acting through the pages: a clear panel for R13, 409 for stale pages, what was typed is kept, passwords asked."""

from __future__ import annotations

import io
import re

import docx
import pytest

from registry.kernel.db import rows
from registry.notices import commands as notices
from registry.notices import queries as notice_queries
from registry.review import commands as review
from tests.conftest import TestDatabase
from tests.factories.browsing import text_of, visitors
from tests.factories.reviewing import PASSWORD, Flag, make_desk, provider_of


async def _state(application_id: int) -> str:
    return str((await rows("SELECT state FROM application WHERE id = {}", application_id))[0]["state"])


async def test_from_review_to_notice_through_the_pages(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    application_id = await desk.applied(flags=[Flag()])
    base = f"/bureau/applications/{application_id}"
    finding = (await rows("SELECT id FROM finding"))[0]["id"]
    async with visitors(desk.reviewer, desk.approver) as (reviewer, approver):
        given = {"outcome": "shortlist", "reason": "材料齐全有效"}
        refused = await reviewer.post(f"{base}/recommend", given)
        assert refused.status_code == 422
        assert "还有 1 项阻断性发现没有处理" in text_of(refused)
        assert "材料齐全有效" in refused.text
        done = await reviewer.post(f"{base}/findings/{finding}/overrule", {f"reason-{finding}": "已核对原件"})
        assert (done.status_code, done.headers["location"]) == (303, f"{base}#finding-{finding}")
        assert (await reviewer.post(f"{base}/recommend", given)).status_code == 303
        empty = await approver.post(
            f"{base}/decide", {"outcome": "shortlist", "reason": "", "password": PASSWORD}
        )
        assert (empty.status_code, await _state(application_id)) == (422, "recommended")
        wrong = await approver.post(
            f"{base}/decide", {"outcome": "shortlist", "reason": "同意", "password": "wrong"}
        )
        assert wrong.status_code == 422
        assert "密码不正确" in wrong.text
        assert "同意</textarea>" in wrong.text
        right = {"outcome": "shortlist", "reason": "同意", "password": PASSWORD}
        assert (await approver.post(f"{base}/decide", right)).status_code == 303
        again = await approver.post(f"{base}/decide", right)
        assert (again.status_code, "情况已有变化" in text_of(again)) == (409, True)
        choice = {
            "round": str(desk.round_id),
            "application": [str(application_id)],
            "title": "拟入围机构公示",
        }
        preview = await approver.get(
            f"/bureau/notices/preview?round={desk.round_id}&application={application_id}&title=拟入围机构公示"
        )
        assert "2022年7月5日(周二) 起公示期满" in text_of(preview)
        assert (
            await approver.post("/bureau/notices/new", {**choice, "reason": "发文", "password": "x"})
        ).status_code == 422
        published = await approver.post(
            "/bureau/notices/new", {**choice, "reason": "发文", "password": PASSWORD}
        )
        assert published.status_code == 303
        assert await _state(application_id) == "on_notice"
        twice = await approver.post("/bureau/notices/new", {**choice, "reason": "发文", "password": PASSWORD})
        assert twice.status_code == 409
        assert len(await rows("SELECT 1 AS one FROM notice")) == 1


async def test_one_person_twice_sees_why_before_and_after(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    application_id = await desk.applied()
    base = f"/bureau/applications/{application_id}"
    await review.recommend(desk.both, application_id, "shortlist", "可以")
    async with visitors(desk.both) as (visitor,):
        shown = text_of(await visitor.get(base))
        assert "不能办理这一步" in shown
        assert "初审意见是您提出的，复审须由另一人办理 规则 R13" in shown
        assert "同意拟入围" not in shown
        assert "初审意见是您提出的" in text_of(await visitor.get(f"{base}/decide?outcome=shortlist"))
        tried = await visitor.post(
            f"{base}/decide", {"outcome": "shortlist", "reason": "同意", "password": PASSWORD}
        )
        assert tried.status_code == 422
        assert "规则 R13" in text_of(tried)
    assert await _state(application_id) == "recommended"


async def test_the_page_offers_no_shortlisting_against_the_recommendation(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    application_id = await desk.applied()
    base = f"/bureau/applications/{application_id}"
    await review.recommend(desk.reviewer, application_id, "reject", "不属于招募类别")
    async with visitors(desk.approver) as (visitor,):
        shown = await visitor.get(base)
        assert "认为应当拟入围的，请退回初审并说明理由" in text_of(shown)
        assert "decide?outcome=shortlist" not in shown.text
        assert "decide?outcome=reject" in shown.text
        asked = await visitor.get(f"{base}/decide?outcome=shortlist")
        assert "请退回初审并说明理由" in text_of(asked)
        assert 'name="password"' not in asked.text
        tried = await visitor.post(
            f"{base}/decide", {"outcome": "shortlist", "reason": "看法不同", "password": PASSWORD}
        )
        assert (tried.status_code, "规则 R13" in text_of(tried)) == (422, True)
        assert await _state(application_id) == "recommended"
        assert (await visitor.post(f"{base}/send-back", {"back_reason": "属于艺术类"})).status_code == 303


async def test_not_vetted_is_said_loudly(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied(run_state="failed")
    base = f"/bureau/applications/{application_id}"
    async with visitors(desk.reviewer) as (visitor,):
        page = text_of(await visitor.get(base))
        assert "未经系统核验，不等于没有问题" in page
        assert "核验未发现问题" not in page
        refused = await visitor.post(f"{base}/recommend", {"outcome": "shortlist", "reason": "可以"})
        assert "没有经过系统核验" in text_of(refused)
        by_hand = {"outcome": "shortlist", "reason": "逐项核对", "checked_by_hand": "1"}
        assert (await visitor.post(f"{base}/recommend", by_hand)).status_code == 303


async def test_numbers_are_masked_until_asked_for(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    base = f"/bureau/applications/{application_id}"
    number = (await review.reveal(desk.reviewer, application_id, "取得号码")).legal_representative_id
    async with visitors(desk.reviewer, desk.auditor) as (reviewer, auditor):
        for visitor in (reviewer, auditor):
            page = (await visitor.get(base)).text
            assert number not in page
            assert "19900001234" not in page
        for part in ("pages/1", "pages/3"):
            assert number not in (await reviewer.get(f"{base}/{part}")).text
        assert (await auditor.post(f"{base}/reveal")).status_code == 403
        opened = await reviewer.post(f"{base}/reveal")
        assert number in opened.text
        assert opened.headers["cache-control"] == "no-store"
    looks = await rows("SELECT 1 AS one FROM event WHERE action = 'reveal' AND chain LIKE 'bureau:%'")
    assert len(looks) == 2


async def test_the_auditor_only_reads(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied(flags=[Flag()])
    base = f"/bureau/applications/{application_id}"
    posts = [
        "recommend",
        "correction",
        "send-back",
        "decide",
        "note",
        "recuse",
        "vet-again",
        "reveal",
        "findings/1/overrule",
    ]
    async with visitors(desk.auditor, desk.admin) as people:
        # The administrator says who handles it, and no more.
        for visitor, forms in zip(people, ([], [f"{base}/assign"]), strict=True):
            page = (await visitor.get(base)).text.partition("<main")[2].partition("</main>")[0]
            assert re.findall(r'<form[^>]* action="([^"]+)"', page) == forms
            for name in posts:
                assert (await visitor.post(f"{base}/{name}", {"reason": "x"})).status_code == 403, name


async def test_the_bar_leads_an_auditor_to_all_that_a_bureau_keeps(database: TestDatabase) -> None:
    desk = await make_desk()
    async with visitors(desk.auditor, desk.reviewer) as (auditor, reviewer):
        first = (await auditor.get("/bureau/applications")).text
        places = re.findall(r'href="(/bureau/[a-z]+)"', first.partition("<main")[0])
        assert {f"/bureau/{one}" for one in (
            "applications", "notices", "entries", "complaints", "exits", "rounds", "lists", "events",
        )} <= set(places)  # fmt: skip
        for place in (*places, "/bureau/choices"):
            assert (await auditor.get(place)).status_code == 200, place
        assert "/bureau/events" not in (await reviewer.get("/bureau/applications")).text.partition("<main")[0]


async def test_correction_note_and_recusal(database: TestDatabase) -> None:
    desk = await make_desk()
    first, second = await desk.applied("南宁甲有限公司"), await desk.applied("南宁乙有限公司")
    async with visitors(desk.reviewer) as (visitor,):
        wrong = await visitor.post(f"/bureau/applications/{first}/correction", {"note": "请补交"})
        assert wrong.status_code == 422
        assert "请至少选择一项需要补正的材料" in wrong.text
        done = await visitor.post(
            f"/bureau/applications/{first}/correction", {"items": ["2", "5"], "note": "请补交"}
        )
        assert (done.status_code, await _state(first)) == (303, "correction")
        assert (
            await visitor.post(f"/bureau/applications/{second}/note", {"remark": "电话核实过"})
        ).status_code == 303
        assert "电话核实过" in (await visitor.get(f"/bureau/applications/{second}")).text
        assert (
            await visitor.post(f"/bureau/applications/{second}/recuse", {"reason": "亲属"})
        ).status_code == 303
        page = text_of(await visitor.get(f"/bureau/applications/{second}"))
        assert "您已对这份申报回避" in page
        assert (
            "提出初审意见"
            not in page.partition("办理经过")[0].partition("由谁办理")[2].partition("规则 R13")[2]
        )


async def test_many_clean_ones_at_once(database: TestDatabase) -> None:
    desk = await make_desk()
    clean = [await desk.applied(f"南宁{name}有限公司") for name in "甲乙丙"]
    flagged = await desk.applied("南宁丁有限公司", flags=[Flag(severity="warn")])
    query = "&".join(f"application={one}" for one in [*clean, flagged])
    async with visitors(desk.reviewer, desk.approver) as (reviewer, approver):
        shown = text_of(await reviewer.get(f"/bureau/applications/recommend?{query}"))
        assert "对 3 家一并提出初审意见" in shown
        assert "须逐份办理： 南宁丁有限公司" in shown or "须逐份办理：南宁丁有限公司" in shown
        data = {"application": [str(one) for one in [*clean, flagged]], "reason": ""}
        assert (await reviewer.post("/bureau/applications/recommend", data)).status_code == 422
        assert (
            await reviewer.post("/bureau/applications/recommend", {**data, "reason": "材料齐全"})
        ).status_code == 303
        assert [await _state(one) for one in [*clean, flagged]] == ["recommended"] * 3 + ["in_review"]
        assert (await approver.get(f"/bureau/applications/recommend?{query}")).status_code == 403
        assert (await reviewer.post("/bureau/applications/recommend", {"reason": "空"})).status_code == 303


async def test_second_look_through_the_pages(database: TestDatabase) -> None:
    desk = await make_desk()
    application_id = await desk.applied()
    await review.recommend(desk.reviewer, application_id, "reject", "不符合")
    await review.decide(desk.approver, application_id, "reject", "不符合")
    await review.ask_second_look(await provider_of(application_id), application_id, "已有说明")
    base = f"/bureau/applications/{application_id}"
    async with visitors(desk.approver, desk.approver2) as (first, second):
        assert "您参与过首次审核" in text_of(await first.get(base))
        assert "已有说明" in (await second.get(base)).text
        assert (
            await second.post(f"{base}/second-look", {"answer": "", "answer_reason": ""})
        ).status_code == 422
        done = await second.post(f"{base}/second-look", {"answer": "grant", "answer_reason": "有新说明"})
        assert (done.status_code, await _state(application_id)) == (303, "in_review")


async def test_rounds_through_the_pages(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    data = {
        "list": str(desk.list_id), "title": "2022 年第二批遴选", "opens_on": "2022-07-01", "deadline": "2022-07-20",
        "categories": ["arts", "sports"], "inspection_years": "2020、2021",
    }  # fmt: skip
    async with visitors(desk.admin) as (visitor,):
        wrong = await visitor.post("/bureau/rounds/new", {**data, "title": "", "deadline": "2022-02-30"})
        assert wrong.status_code == 422
        assert "2022-02-30" in wrong.text
        made = await visitor.post("/bureau/rounds/new", data)
        assert made.status_code == 303
        url = made.headers["location"]
        changed = await visitor.post(
            f"{url}/edit", {**data, "title": "2022 年补充遴选", "supplementary": "1"}
        )
        assert changed.status_code == 303
        assert "南宁市教育局" in text_of(await visitor.get(f"{url}/publish"))
        assert (
            await visitor.post(f"{url}/publish", {"reason": "局务会", "password": "wrong"})
        ).status_code == 422
        assert (
            await visitor.post(f"{url}/publish", {"reason": "局务会", "password": PASSWORD})
        ).status_code == 303
        assert (
            await visitor.post(f"{url}/publish", {"reason": "局务会", "password": PASSWORD})
        ).status_code == 409
        early = await visitor.post(f"{url}/extend", {"deadline": "2022-07-10", "reason": "提前"})
        assert early.status_code == 422
        assert "截止日期只能延后" in text_of(early)
        assert (
            await visitor.post(f"{url}/extend", {"deadline": "2022-07-25", "reason": "系统维护"})
        ).status_code == 303
        assert (
            await visitor.post(f"{url}/cancel", {"reason": "另行安排", "password": PASSWORD})
        ).status_code == 303
        assert "已取消" in text_of(await visitor.get(url))


async def test_objections_through_the_pages(database: TestDatabase) -> None:
    from registry.kernel.actor import Actor
    from registry.notices import objections
    from registry.notices.objections import ObjectionInput
    from registry.notices.rules import ObjectorKind

    desk = await make_desk(password=PASSWORD)
    application_id = await desk.shortlisted()
    notice_id = await notices.publish(desk.approver, desk.round_id, [application_id], "公示")
    item = (await notice_queries.detail(notice_id)).items[0].id
    given = ObjectionInput(ObjectorKind.PERSON, "某甲", "19900000001", "教师证书存疑")
    case = (await objections.file(Actor.public(), item, given)).objection_id
    url = f"/bureau/notices/objections/{case}"
    async with visitors(desk.reviewer, desk.approver, desk.auditor, desk.both) as (
        reviewer,
        approver,
        auditor,
        both,
    ):
        for visitor in (reviewer, approver, auditor):
            assert "某甲" not in (await visitor.get(url)).text
        assert "教师证书存疑" not in (await auditor.get(url)).text
        assert "某甲" in (await reviewer.post(f"{url}/reveal")).text
        assert (await auditor.post(f"{url}/reveal")).status_code == 403
        assert (
            await both.post(f"{url}/propose", {"ruling": "dismiss", "reason": "不成立"})
        ).status_code == 303
        assert "处理意见是您提出的" in text_of(await both.get(url))
        same = await both.post(f"{url}/rule", {"ruling": "dismiss", "reason": "不成立", "password": PASSWORD})
        assert (same.status_code, "规则 R13" in text_of(same)) == (422, True)
        assert (await approver.post(f"{url}/send-back", {"back_reason": "请补充"})).status_code == 303
        upheld = {"ruling": "uphold", "reason": "属实"}
        assert "不能认定异议成立" in text_of(await reviewer.get(url))
        unheard = await reviewer.post(f"{url}/propose", upheld)
        assert (unheard.status_code, "规则 R17" in text_of(unheard)) == (422, True)
        await objections.answer(await provider_of(application_id), case, "证书可查")
        assert (await reviewer.post(f"{url}/propose", upheld)).status_code == 303
        shown = await approver.get(url)
        assert ("rule?ruling=uphold" in shown.text, "rule?ruling=dismiss" in shown.text) == (True, False)
        otherwise = await approver.post(
            f"{url}/rule", {"ruling": "dismiss", "reason": "看法不同", "password": PASSWORD}
        )
        assert (otherwise.status_code, "决定须与处理意见一致" in text_of(otherwise)) == (422, True)
        ruled = await approver.post(
            f"{url}/rule", {"ruling": "uphold", "reason": "属实", "password": PASSWORD}
        )
        assert (ruled.status_code, await _state(application_id)) == (303, "rejected")
        late = await reviewer.post(f"{url}/refuse", {"refuse_reason": "不符合"})
        assert late.status_code == 409


async def test_the_notice_as_files_and_its_items(database: TestDatabase) -> None:
    desk = await make_desk(password=PASSWORD)
    ids = [await desk.shortlisted("南宁甲有限公司"), await desk.shortlisted("南宁乙有限公司")]
    notice_id = await notices.publish(desk.approver, desk.round_id, ids, "关于拟入围机构的公示")
    url = f"/bureau/notices/{notice_id}"
    items = [one.id for one in (await notice_queries.detail(notice_id)).items]
    async with visitors(desk.approver, desk.auditor) as (approver, auditor):
        word = docx.Document(io.BytesIO((await auditor.get(f"{url}/announcement.docx")).content))
        assert word.paragraphs[0].text == "关于拟入围机构的公示"
        assert any("至2022年7月4日止" in paragraph.text for paragraph in word.paragraphs)
        assert [row.cells[1].text for row in word.tables[0].rows][1:] == ["南宁甲有限公司", "南宁乙有限公司"]
        assert (await auditor.get(f"{url}/announcement.xlsx")).content[:2] == b"PK"
        posting = {
            "channel": "门户网站",
            "address": "https://example.com/1",
            "posted_on": "2022-06-27",
            "posted_time": "9点",
        }
        assert (await approver.post(f"{url}/postings", posting)).status_code == 422
        assert (
            await approver.post(f"{url}/postings", {**posting, "posted_time": "09:30"})
        ).status_code == 303
        assert (await auditor.post(f"{url}/postings", posting)).status_code == 403
        off = {"reason": "材料待核实", "password": PASSWORD}
        assert (await approver.post(f"{url}/items/{items[0]}/take-off", off)).status_code == 303
        assert (await approver.post(f"{url}/items/{items[0]}/take-off", off)).status_code == 409
        correct = {
            "title": "更正公示",
            "name": "南宁乙艺术有限公司",
            "categories": ["arts"],
            "reason": "名称有误",
            "password": PASSWORD,
        }
        made = await approver.post(f"{url}/items/{items[1]}/correct", correct)
        assert made.status_code == 303
        assert "南宁乙艺术有限公司" in text_of(await approver.get(made.headers["location"]))
        assert (await approver.post(f"{url}/items/{items[1]}/vanish", off)).status_code == 404
    assert [await _state(one) for one in ids] == ["shortlisted", "on_notice"]


@pytest.mark.parametrize(
    "path", ["/bureau/applications/1/recommend", "/bureau/notices/new", "/bureau/rounds/new"]
)
async def test_a_post_without_its_token_is_refused(database: TestDatabase, path: str) -> None:
    desk = await make_desk()
    async with visitors(desk.reviewer, desk.approver, desk.admin) as people:
        for visitor in people:
            visitor.csrf = "forged"
            assert (await visitor.post(path)).status_code == 403
