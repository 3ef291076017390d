"""A headmaster, by keyboard alone: from a search to a contract that runs, is evaluated and is renewed (R22-R25, R32).

Goes on from test_life: the day has moved on, the provider chosen here is another one. Each test is the next step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import PHONE, Visitor, sample_pdf
from tests.journeys.system import System

Open = Callable[..., Visitor]
SCHOOL, CHOSEN, OTHER = "xuexiao2", "南宁市禾木手工艺术培训有限公司", "南宁市岚山区星野自然教育中心"
COURSE, PERSON = "壮锦编织", "闻知远"
NEED = "三至六年级每周两次的传统手工艺课"
REASONS = "课程方案具体，与本校劳动教育衔接；另一家以自然观察为主，不符合本次需求。"
NOTES = {CHOSEN: "有壮锦非遗传承人授课，价格适中。", OTHER: "长期合作，以植物观察为主。"}
PRECONDITIONS = {
    "parents_consulted": "家长会和问卷征求意见，回收问卷 520 份，同意 497 份。",
    "plan_published": "服务方案和收费标准已在校门口公示栏公示五个工作日。",
    "liability_insurance": "已投保场所责任险，保单存学校档案室。",
}


@pytest.fixture
def today(system: System) -> date:
    """The demo's day."""
    day: date = system.one("SELECT day FROM demo_clock")
    return day


@pytest.fixture
def contract(system: System) -> int:
    """The newest contract of the school with the provider it chose."""
    number: int = system.one(
        "SELECT max(c.id) FROM contract c JOIN entry e ON e.id = c.entry WHERE e.name = %s AND c.course_title = %s",
        CHOSEN,
        COURSE,
    )
    return number


def _term(today: date) -> tuple[date, date]:
    """From tomorrow to a day soon after which the contract has served thirty days of one term, as scoring asks."""
    tomorrow = today + timedelta(days=1)
    return tomorrow, max(
        tomorrow + timedelta(days=45), date(today.year, 9, 30) if today.month < 9 else tomorrow
    )


def test_the_school_searches_and_keeps_a_shortlist(visitor: Open, system: System) -> None:
    # What an earlier run on the same system left.
    system.rows("DELETE FROM shortlist_item")
    one = visitor(SCHOOL)
    assert one.page.url.endswith("/school")
    one.looks_right("school-01-overview")
    one.press(one.link("选择机构"))
    for name, words in ((CHOSEN, "壮锦"), (OTHER, "植物")):
        one.open("/school/choose")
        one.type_in(one.page.get_by_label("名称、代码或课程"), words)
        one.press(one.button("查找"))
        one.reads(name)
        if name == CHOSEN:
            one.looks_right("school-02-search")
        one.press(one.button(f"加入备选单 {name}"))
        one.reads("已加入备选单", name)
    for name, note in NOTES.items():
        item = one.page.locator("li").filter(has=one.page.get_by_role("heading", name=name))
        one.type_in(item.get_by_label("备注"), note)
        one.press(item.get_by_role("button", name=f"保存备注 {name}"))
        one.reads("备注已保存")
    one.looks_right("school-03-shortlist")


def test_it_compares_side_by_side(visitor: Open) -> None:
    one = visitor(SCHOOL)
    one.open("/school/shortlist")
    for name in NOTES:
        one.tab_to(one.page.get_by_label(f"比较 {name}"))
        one.page.keyboard.press("Space")
    one.press(one.button("并排比较（最多 4 家）"))
    one.reads(COURSE, "¥38.00/课时", *NOTES, *NOTES.values())
    one.looks_right("school-04-compare")
    one.press(one.link("记录选择经过"))
    assert one.page.url.count("entry=") == 2


def test_it_records_how_the_choice_was_made(visitor: Open, system: System, today: date) -> None:
    one = visitor(SCHOOL, refusals=True)
    one.open("/school/shortlist")
    one.press(one.link("记录选择经过"))
    one.looks_right("school-05-choice-new")
    one.type_in(one.field("服务需求"), NEED)
    one.choose(one.page.get_by_role("radio", name="校务会议集体研究"))
    one.type_in(one.page.get_by_label("参加评议的人员"), "校务会成员 5 人、家长委员会代表 4 人")
    one.type_day(one.field("决定日期"), today)
    one.choose(one.page.get_by_role("radio", name=CHOSEN))
    one.press(one.button("保存记录"))
    # Without its reasons a choice is not recorded; what was typed stays.
    one.reads("有 1 处需要修改", "选定或都不选定的理由")
    assert one.field("服务需求").input_value() == NEED
    one.looks_right("school-06-choice-errors")
    one.type_in(one.field("选定或都不选定的理由"), REASONS)
    one.press(one.button("保存记录"))
    one.reads("选择经过已记录", NEED, REASONS, "校务会议集体研究", *NOTES.values())
    one.looks_right("school-07-choice")
    assert _candidates(system) == sorted(NOTES)
    one.open("/school/choices")
    one.reads(NEED, CHOSEN)
    one.looks_right("school-08-choices")
    # What an auditor will ask: the bureau reads it as the school wrote it.
    auditor = visitor("shenji")
    auditor.open("/bureau/choices")
    auditor.looks_right("bureau-choices")
    auditor.press(auditor.link(NEED))
    auditor.reads(REASONS, *NOTES.values())
    auditor.looks_right("bureau-choice")


def _candidates(system: System) -> list[str]:
    found = system.rows(
        "SELECT e.name FROM choice_candidate k JOIN entry e ON e.id = k.entry"
        " WHERE k.choice = (SELECT max(id) FROM choice) ORDER BY e.name"
    )
    return sorted(name for (name,) in found)


def test_it_drafts_the_contract_from_the_choice(visitor: Open, today: date) -> None:
    one = visitor(SCHOOL)
    one.open("/school/choices")
    one.press(one.link(NEED))
    one.press(one.link("据此起草合同"))
    starts_on, ends_on = _term(today)
    one.choose(one.page.get_by_role("radio", name="艺术"))
    one.type_in(one.field("课程名称"), COURSE)
    with one.page.expect_response(lambda answer: "/school/contracts/limits" in answer.url):
        one.type_day(one.field("服务首日"), starts_on)
        one.page.keyboard.press("Tab")
    one.type_day(one.field("终止日"), ends_on)
    one.type_in(one.page.get_by_label("每课时收费"), "38")
    one.looks_right("school-09-contract-new")
    one.press(one.button("保存草稿"))
    one.reads("已完成 1 项，共 6 项", "选择依据", CHOSEN)
    one.looks_right("school-10-contract-draft")


def test_it_cannot_send_what_is_not_complete(visitor: Open, contract: int) -> None:
    one = visitor(SCHOOL, refusals=True)
    one.open(f"/school/contracts/{contract}")
    one.press(one.button("学校确认并送机构"))
    one.reads("现在还不能办理")
    one.looks_right("school-11-contract-refused")


def test_it_meets_the_preconditions_with_files(visitor: Open, contract: int, today: date) -> None:
    one = visitor(SCHOOL)
    one.open(f"/school/contracts/{contract}")
    base = one.page.url
    for kind, note in PRECONDITIONS.items():
        one.open(f"{base}/preconditions/{kind}")
        one.type_day(one.field("完成日期"), today)
        one.type_in(one.page.get_by_label("完成情况"), note)
        one.pick_file(one.page.get_by_label("证明材料"), sample_pdf())
        if kind == "parents_consulted":
            one.looks_right("school-12-precondition")
        one.upload(one.button("登记"), base)
        one.reads("已登记")
    one.reads("已完成 4 项，共 6 项")


def test_it_names_the_people_and_their_clearances(visitor: Open, contract: int, today: date) -> None:
    one = visitor(SCHOOL)
    one.open(f"/school/contracts/{contract}/people")
    one.type_in(one.field("姓名"), PERSON)
    one.type_in(one.field("身份证号码"), "450191199001010018")
    one.type_in(one.page.get_by_label("资格证件"), "教师资格证书")
    one.type_day(one.page.get_by_label("健康查验日期"), today)
    one.type_day(one.page.get_by_label("违法犯罪记录查询日期"), today)
    one.looks_right("school-13-people")
    one.press(one.button("保存"))
    one.reads("入校服务人员已保存", "450***********0018")
    assert "450191199001010018" not in one.page.content()


def test_both_confirm_and_the_scan_is_sealed(visitor: Open, contract: int) -> None:
    one = visitor(SCHOOL)
    one.open(f"/school/contracts/{contract}/scan")
    one.pick_file(one.page.locator("main input[type=file]"), sample_pdf())
    one.looks_right("school-14-scan")
    one.upload(one.button("上传"), f"{one.base}/school/contracts/{contract}")
    one.reads("已完成 6 项，共 6 项")
    one.looks_right("school-15-contract-complete")
    one.press(one.button("学校确认并送机构"))
    one.reads("已送机构")
    one.looks_right("school-16-contract-offered")
    two = visitor("hemu", PHONE)
    two.open("/provider/contracts")
    two.looks_right("school-17-provider-contracts")
    two.press(two.page.locator(f"main a[href='/provider/contracts/{contract}']"))
    two.looks_right("school-18-provider-contract")
    two.tab_to(two.page.get_by_label("我已核对合同条款", exact=False))
    two.page.keyboard.press("Space")
    two.press(two.button("确认签约"))
    two.reads("已签约")
    two.looks_right("school-19-provider-signed")
    one.open(f"/school/contracts/{contract}")
    one.reads("已签约", "服务于")
    one.looks_right("school-20-contract-signed")


def test_the_contract_runs(visitor: Open, system: System, contract: int, today: date) -> None:
    ((starts_on, ends_on),) = system.rows("SELECT starts_on, ends_on FROM contract WHERE id = %s", contract)
    system.advance((starts_on - today).days)
    one = visitor(SCHOOL)
    one.open("/school")
    one.reads(COURSE)
    one.looks_right("school-21-overview-running")
    one.press(one.link(COURSE))
    one.reads("正在履行，至")
    # Two months before the end it can be renewed, not earlier.
    early = ends_on - starts_on > timedelta(days=62)
    assert one.button("起草续签合同").count() == (0 if early else 1)
    one.looks_right("school-22-contract-running")
    one.press(one.link("更改人员，登记查验"))
    one.reads(PERSON, "可以入校")
    one.looks_right("school-23-entering")
    parent = visitor(size=PHONE)
    parent.open("/schools")
    school = system.one(
        "SELECT s.name FROM contract c JOIN school s ON s.id = c.school WHERE c.id = %s", contract
    )
    parent.press(parent.link(school))
    parent.reads(COURSE, CHOSEN)
    parent.looks_right("school-24-parents")


def test_the_term_is_evaluated_when_due(visitor: Open, system: System, contract: int, today: date) -> None:
    one = visitor(SCHOOL)
    one.open("/school/evaluations")
    assert COURSE not in one.page.locator("main").inner_text()
    ends_on = system.one("SELECT ends_on FROM contract WHERE id = %s", contract)
    system.advance((ends_on - timedelta(days=14) - today).days)
    one.open("/school")
    one.reads("份学期评价待填写", "可以办理续签")
    one.looks_right("school-25-overview-due")
    one.press(one.link("去评价"))
    one.looks_right("school-26-evaluations")
    one.press(one.link(COURSE))
    for name in ("课程质量", "安全管理", "师德行为"):
        group = one.page.get_by_role("radiogroup", name=name)
        one.choose(group.get_by_role("radio", name="5 分 很好" if name != "安全管理" else "4 分 较好"))
    one.type_in(one.field("参与调查的家长人数"), "86")
    one.type_in(one.page.get_by_label("家长满意度"), "95")
    one.type_in(one.page.get_by_label("评语"), "孩子有作品，家长开放日反响好。")
    one.looks_right("school-27-evaluation")
    one.press(one.button("提交评价"))
    one.reads("评价已提交", "4 分（满分 5 分）", "95%（86 人参与）")
    one.looks_right("school-28-evaluation-done")


def test_it_renews_two_months_before_the_end(
    visitor: Open, system: System, contract: int, today: date
) -> None:
    one = visitor(SCHOOL)
    one.open("/messages")
    one.reads("即将期满")
    one.looks_right("school-29-messages")
    one.open(f"/school/contracts/{contract}")
    one.looks_right("school-30-contract-renewal")
    one.press(one.button("起草续签合同"))
    one.reads("续签合同已起草", "续签自", PERSON, COURSE)
    one.looks_right("school-31-renewal-draft")
    ends_on = system.one("SELECT ends_on FROM contract WHERE id = %s", contract)
    starts_on = system.one("SELECT starts_on FROM contract WHERE renews = %s", contract)
    assert starts_on == ends_on + timedelta(days=1)
    one.open("/school")
    one.reads("已起草续签合同")
    one.looks_right("school-32-overview-renewed")
    expect(one.page.locator("main").get_by_role("link", name="继续")).to_be_visible()
