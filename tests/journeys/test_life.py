"""From review to ban in a real browser: what officials, a school, the provider and a parent see and do.

Goes on with the application that `test_handing_in` handed in; each test is the next step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import BRAND, PHONE, Visitor, sample_pdf
from tests.journeys.system import PASSWORD, System

Open = Callable[..., Visitor]
NAME = "青檬树(南宁)体育文化有限公司"
_READING_SECONDS = 420


@pytest.fixture(scope="module")
def application(system: System) -> int:
    """The application handed in on the phone."""
    (found,) = system.rows("SELECT id, state FROM application WHERE name LIKE '青檬树%%'")
    assert found[1] != "draft", "test_handing_in comes first"
    number: int = found[0]
    return number


@pytest.fixture
def entry(system: System, application: int) -> int:
    """The entry it led to."""
    number: int = system.one("SELECT id FROM entry WHERE application = %s", application)
    return number


def _confirm(one: Visitor, reason: str, button: str) -> None:
    """The page before a weighty act: what will happen, the reason, the password again."""
    one.reads("确认后将立即发生")
    one.field("理由").fill(reason)
    one.field("再次输入您的密码").fill(PASSWORD)
    one.press(one.button(button))


def test_the_provider_sees_what_was_found(visitor: Open, application: int) -> None:
    one = visitor("jigou", PHONE)
    one.open(f"/provider/applications/{application}")
    # The progress asks by itself and gives way to the result.
    expect(one.page.locator("#findings")).to_be_visible(timeout=_READING_SECONDS * 1000)
    one.looks_right("provider-record")


def test_a_finding_stands_beside_where_it_was_read(visitor: Open, system: System) -> None:
    one = visitor("shenji")
    noted = system.one("SELECT id FROM application WHERE name LIKE '%%博羽%%'")
    one.open(f"/bureau/applications/{noted}")
    crop = one.page.locator("svg.r-crop").first
    crop.scroll_into_view_if_needed()
    image, box = crop.locator("image"), crop.locator("rect.r-mark-box")
    picture = one.page.request.get(str(image.get_attribute("href")))
    assert picture.ok
    assert picture.headers["content-type"] == "image/png"
    drawn = box.bounding_box()
    assert drawn is not None
    assert drawn["width"] > 4
    assert drawn["height"] > 4
    one.looks_right("bureau-decision-findings")
    one.press(one.page.locator("a.r-evidence").first)
    one.page.wait_for_load_state("networkidle")
    shown = one.page.locator("[data-zoom] img, [data-zoom] image, figure img").first
    expect(shown).to_be_visible()
    one.looks_right("page-of-file")


def test_the_reviewer_recommends(visitor: Open, application: int) -> None:
    one = visitor("chushen")
    assert one.page.url.endswith("/bureau/applications")
    one.looks_right("bureau-queue")
    one.press(one.link(NAME))
    _set_blocks_aside(one)
    one.looks_right("bureau-decision")
    one.page.get_by_role("radio", name="拟入围", exact=True).check()
    one.page.locator("#act").get_by_label("理由", exact=True).fill("材料齐全，信息一致，建议拟入围。")
    one.press(one.button("提出初审意见"))
    one.reads("待复审")
    again = visitor("chushen", refusals=True)
    again.open(f"/bureau/applications/{application}/decide?outcome=shortlist")
    again.reads("没有这项权限")


def _set_blocks_aside(one: Visitor) -> None:
    """Every finding that blocks, with a reason, as after a look at the originals."""
    while (blocks := one.page.locator("li.r-finding.r-tone-red:has(form[action*='overrule'])")).count():
        first = blocks.first
        first.locator("summary").filter(has_text="确属误判").click()
        first.get_by_label("排除的理由").fill("经人工核对原件，确属误判。")
        with one.page.expect_navigation():
            first.get_by_role("button", name="排除", exact=True).click()


def test_another_person_decides(visitor: Open, application: int) -> None:
    one = visitor("fushen")
    one.press(one.link(NAME))
    one.press(one.link("同意拟入围"))
    one.looks_right("bureau-decide")
    _confirm(one, "同意初审意见。", "确认同意拟入围")
    assert one.page.url.endswith(f"/bureau/applications/{application}")
    one.reads("拟入围")


def test_the_notice_is_published(visitor: Open, application: int) -> None:
    one = visitor("fushen")
    one.open(f"/bureau/applications/{application}")
    one.press(one.link("选择机构并发布公示"))
    one.page.get_by_label(NAME, exact=False).check()
    one.field("公示标题").fill("2022年引进第三方机构参与课后服务拟入围机构公示")
    one.looks_right("bureau-notice-choose")
    one.press(one.button("核对公示期"))
    one.looks_right("bureau-notice-preview")
    _confirm(one, "经局长办公会研究同意。", "确认发布")
    one.reads("公示中")
    one.looks_right("bureau-notice")


def test_a_parent_objects_and_follows_it(visitor: Open, system: System) -> None:
    one = visitor(size=PHONE)
    one.open("/notices")
    one.press(one.link("2022年引进第三方机构参与课后服务拟入围机构公示"))
    one.reads(NAME)
    one.looks_right("public-notice")
    one.press(one.page.locator("main").get_by_role("link", name="提出异议").first)
    one.page.get_by_role("radio", name="个人").check()
    one.field("姓名或单位名称").fill("林知微")
    one.page.get_by_label("联系方式").fill("13900000000")
    one.field("具体事实和依据").fill("2022年5月在岚山区某小学的课程由未持证人员授课，家长群有通知为证。")
    one.looks_right("public-objection")
    one.press(one.button("提交异议"))
    one.reads("异议已提交", "查询码")
    one.looks_right("public-objection-filed")
    number = one.page.locator("#receipt").inner_text()
    secret = one.page.locator("#secret").inner_text()
    one.press(one.link("查询办理情况"))
    one.field("回执编号").fill(number)
    one.field("查询码").fill(secret)
    one.press(one.button("查询"))
    one.reads(number, "教育局正在核实")
    one.looks_right("public-objection-followed")
    assert "林知微" not in one.page.content()


def test_the_provider_answers_it(visitor: Open, system: System) -> None:
    number = system.one("SELECT max(id) FROM objection")
    one = visitor("jigou", PHONE)
    one.open(f"/provider/objections/{number}")
    one.reads("异议人的身份不向机构提供")
    assert "林知微" not in one.page.content()
    one.looks_right("provider-objection")
    one.field("答复").fill("我机构2022年5月在该校没有课程，授课人员名单和签到表可供核查。")
    one.press(one.button("提交答复"))
    one.reads("已提交的答复")
    one.looks_right("provider-objection-answered")


def test_two_people_rule_on_it(visitor: Open, system: System) -> None:
    number = system.one("SELECT max(id) FROM objection")
    one = visitor("chushen")
    one.open("/bureau/notices/objections")
    one.looks_right("bureau-objections")
    one.open(f"/bureau/notices/objections/{number}")
    assert "林知微" not in one.page.content()
    one.looks_right("bureau-objection")
    one.page.get_by_role("radio", name="异议不成立").check()
    one.page.locator("#f-reason").fill("经核实，授课人员均持证，异议反映的不是该机构。")
    one.press(one.button("提出处理意见"))
    two = visitor("fushen")
    two.open(f"/bureau/notices/objections/{number}")
    two.reads("决定须与处理意见一致")
    two.looks_right("bureau-objection-proposed")
    two.press(two.link("认定异议不成立"))
    two.looks_right("bureau-objection-rule")
    _confirm(two, "经核实，情况不属实。", "确认异议不成立")
    two.reads("不成立")


def test_the_listing_is_confirmed_when_the_notice_has_passed(
    visitor: Open, system: System, application: int
) -> None:
    one = visitor("fushen")
    one.open(f"/bureau/entries/waiting/{application}")
    one.reads("现在不能确认入库")
    one.looks_right("bureau-listing-refused")
    passes, today = system.rows(
        "SELECT max(n.passes_from), (SELECT day FROM demo_clock) FROM notice n JOIN notice_item i"
        " ON i.notice = n.id WHERE i.application = %s",
        application,
    )[0]
    system.advance((passes - today).days)
    one.open("/bureau/entries/waiting")
    one.looks_right("bureau-waiting")
    one.press(one.page.get_by_role("link", name=f"确认入库 {NAME}"))
    one.looks_right("bureau-listing-confirm")
    _confirm(one, "公示期满，异议已办结。", "确认入库")
    one.open("/bureau/entries")
    one.reads(NAME)
    one.looks_right("bureau-entries")


def test_anybody_sees_the_entry(visitor: Open, entry: int) -> None:
    one = visitor()
    one.open(f"/whitelist?q={NAME[:3]}")
    one.press(one.link(NAME))
    assert f"/whitelist/{entry}" in one.page.url
    one.reads("在册", "羽毛球", BRAND)
    one.looks_right("public-entry-listed")


def test_a_school_chooses_and_drafts(visitor: Open, system: System, entry: int) -> None:
    one = visitor("xuexiao1")
    one.open(f"/school/choose?q={NAME[:3]}")
    one.looks_right("school-choose")
    one.press(one.page.get_by_role("link", name=f"起草合同 {NAME}"))
    today: date = system.one("SELECT day FROM demo_clock")
    one.page.get_by_role("radio").first.check()
    one.field("课程名称").fill("羽毛球与体能")
    one.field("服务首日").fill((today + timedelta(days=1)).isoformat())
    one.field("终止日").fill((today + timedelta(days=300)).isoformat())
    one.page.get_by_label("每课时收费").fill("40")
    one.looks_right("school-contract-new")
    one.press(one.button("保存草稿"))
    base = one.page.url
    one.looks_right("school-contract-draft")
    for kind in ("parents_consulted", "plan_published", "liability_insurance"):
        one.open(f"{base}/preconditions/{kind}")
        one.field("完成日期").fill(today.isoformat())
        one.page.get_by_label("完成情况").fill("已按程序完成并留存材料。")
        if kind == "parents_consulted":
            one.looks_right("school-precondition")
        one.press(one.button("登记"))
    one.open(f"{base}/people")
    one.field("姓名").fill("卢云飞")
    one.field("身份证号码").fill("452122198005169995")
    one.page.get_by_label("资格证件").fill("社会体育指导员证书")
    one.page.get_by_label("健康查验日期").fill(today.isoformat())
    one.page.get_by_label("违法犯罪记录查询日期").fill(today.isoformat())
    one.looks_right("school-people")
    one.press(one.button("保存"))
    one.open(f"{base}/scan")
    one.page.locator("input[type=file]").set_input_files(sample_pdf())
    one.tab_to(one.button("上传"))
    one.page.keyboard.press("Enter")
    one.page.wait_for_url(base)
    one.press(one.button("学校确认并送机构"))
    one.reads("已送机构")
    one.looks_right("school-contract-offered")


def test_the_provider_signs(visitor: Open, system: System, entry: int) -> None:
    one = visitor("jigou", PHONE)
    one.looks_right("provider-home-listed")
    one.open("/provider/contracts")
    one.looks_right("provider-contracts")
    one.open(f"/provider/contracts/{system.one('SELECT id FROM contract WHERE entry = %s', entry)}")
    one.looks_right("provider-contract")
    one.page.get_by_label("我已核对合同条款", exact=False).check()
    one.press(one.button("确认签约"))
    one.reads("已签约")


def test_the_school_reports_and_the_provider_answers(visitor: Open, system: System, entry: int) -> None:
    one = visitor("xuexiao1")
    one.open(f"/school/reports/new?entry={entry}")
    one.page.get_by_role("radio", name="转包").check()
    one.field("事实").fill("该机构未经学校同意，将课程交由其他公司人员授课，已核实。")
    one.looks_right("school-report")
    one.press(one.button("提交报告"))
    one.looks_right("school-reports")
    two = visitor("jigou", PHONE)
    two.open("/provider/exits")
    two.looks_right("provider-exits")
    two.open(f"/provider/exits/{_case(system, entry)}")
    two.field("陈述申辩").fill("确有其事，我机构已整改，请从轻处理。")
    two.looks_right("provider-exit")
    two.press(two.button("提交"))
    two.reads("已提交的陈述申辩")


def _case(system: System, entry: int) -> int:
    number: int = system.one("SELECT max(id) FROM exit_case WHERE entry = %s", entry)
    return number


def test_two_people_decide_the_exit(visitor: Open, system: System, entry: int) -> None:
    one = visitor("chushen")
    one.open("/bureau/exits")
    one.looks_right("bureau-exits")
    one.open(f"/bureau/exits/{_case(system, entry)}")
    one.page.get_by_role("radio").first.check()
    one.field("认定的情形").select_option("subcontracted")
    one.field("理由").fill("学校证据充分，机构承认转包，建议认定退出。")
    one.looks_right("bureau-exit")
    one.press(one.button("提交意见"))
    two = visitor("fushen")
    two.open(f"/bureau/exits/{_case(system, entry)}")
    two.press(two.link("按此意见决定"))
    two.looks_right("bureau-exit-decide")
    _confirm(two, "事实清楚、证据充分，同意移出备选库。", "决定移出并禁入")
    two.reads("禁入期")
    two.looks_right("bureau-exit-decided")


def test_the_removal_is_public_and_reaches_the_school(visitor: Open, system: System, entry: int) -> None:
    one = visitor(size=PHONE)
    one.open(f"/whitelist/{entry}")
    # Said first, before the name.
    assert one.page.locator("main #verdict").inner_text().find("移出") >= 0
    one.looks_right("public-entry-removed")
    one.press(one.page.locator("main a[href^='/exits/']").first)
    one.reads(NAME)
    one.looks_right("public-ban")
    two = visitor("xuexiao1")
    two.open(f"/school/contracts/{system.one('SELECT id FROM contract WHERE entry = %s', entry)}")
    two.reads("须由学校终止")
    two.looks_right("school-contract-flagged")
    two.press(two.link("打开交接清单"))
    two.looks_right("school-handover")
    three = visitor("guanli")
    three.open("/bureau/events")
    three.looks_right("bureau-events")
    three.open("/bureau/rounds")
    three.looks_right("bureau-rounds")


def test_an_appeal_is_heard_by_others_and_overturns_it(visitor: Open, system: System, entry: int) -> None:
    case = _case(system, entry)
    one = visitor("jigou", PHONE)
    one.open(f"/provider/exits/{case}")
    one.field("申诉的事实和理由").fill("授课人员为我机构在职教师，劳动合同和社保记录见附件，学校的认定有误。")
    one.looks_right("provider-exit-appeal")
    one.press(one.button("提交申诉"))
    one.reads("由未参与原决定的人员办理")
    one.looks_right("provider-exit-appealed")
    two = visitor("fushen")
    two.open(f"/bureau/exits/{case}")
    two.reads("申诉须由另一名复审人员办理")
    two.looks_right("bureau-exit-appealed")
    three = visitor("chushen2")
    three.open(f"/bureau/exits/{case}")
    three.page.locator("summary", has_text="提出撤销意见").click()
    three.field("依据和理由").fill("经核对劳动合同和社保记录，授课人员为该机构在职教师，原认定有误。")
    three.looks_right("bureau-exit-propose-overturn")
    three.press(three.button("提出撤销意见"))
    four = visitor("fushen2")
    four.open(f"/bureau/exits/{case}")
    four.press(four.link("按此意见撤销"))
    four.looks_right("bureau-exit-overturn")
    four.field("依据和理由").fill("同意撤销。")
    four.field("再次输入您的密码").fill(PASSWORD)
    four.press(four.button("撤销原决定"))
    four.reads("已撤销")
    four.looks_right("bureau-exit-overturned")
    public = visitor(size=PHONE)
    public.open(f"/whitelist/{entry}")
    assert "移出" not in public.page.locator("main #verdict").inner_text()
    public.looks_right("public-entry-restored")
