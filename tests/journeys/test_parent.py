"""A parent at the provider's door: the code, the courses, a complaint by keyboard alone, and the answer to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import PHONE, Visitor
from tests.journeys.system import System

Open = Callable[..., Visitor]
FACTS = "2022年6月15日下午的课由没有证件的人员代上，家长群里有课堂照片为证。"
ANSWER = "经核实，当日授课人员持有有效证件，照片所示为另一家机构的课程。"


@pytest.fixture(scope="module")
def entry(system: System) -> tuple[int, str, str]:
    """A listed provider with a running contract: id, name, certificate number."""
    found = system.rows(
        "SELECT e.id, e.name, e.certificate_number FROM entry e JOIN registry_list l ON l.id = e.list"
        " JOIN membership m ON m.bureau = l.bureau AND m.role = 'reviewer' JOIN account a ON a.id = m.account"
        " WHERE e.state = 'listed' AND a.login = 'chushen' AND EXISTS (SELECT FROM contract c WHERE c.entry = e.id"
        " AND c.state = 'signed') ORDER BY e.id LIMIT 1"
    )
    number, name, certificate = found[0]
    return number, name, certificate


def test_the_code_on_the_door_and_a_complaint_by_keyboard(
    visitor: Open, system: System, entry: tuple[int, str, str]
) -> None:
    number, name, certificate = entry
    one = visitor(size=PHONE)
    one.open(f"/whitelist/{number}")
    code = one.page.locator("main svg[data-qr], main img[src*='qr'], main .r-qr").first
    expect(code).to_be_visible()
    one.open(f"/verify?number={certificate}")
    assert one.heading() == "在册"
    one.reads(name)
    one.looks_right("parent-verified")
    one.press(one.link("看课程、价格和记录"))
    assert one.page.url.endswith(f"/whitelist/{number}")
    one.press(one.link("投诉这家机构"))
    one.choose(one.page.get_by_role("radiogroup", name="反映的问题").get_by_role("radio").first)
    one.type_in(one.field("具体事实"), FACTS)
    one.choose(one.page.get_by_role("radio", name="个人", exact=True))
    one.type_in(one.page.get_by_label("姓名或单位名称"), "林知微")
    one.type_in(one.page.get_by_label("联系方式"), "13900000000")
    one.looks_right("parent-complaint")
    one.press(one.button("提交投诉"))
    one.reads("投诉已提交", "查询码")
    one.looks_right("parent-complaint-filed")
    receipt, secret = (one.page.locator(f"#{part}").inner_text() for part in ("receipt", "secret"))
    assert "林知微" not in one.page.content()
    _officials_answer(visitor, system, receipt)
    one.open("/complaints")
    one.type_in(one.field("回执编号"), receipt)
    one.type_in(one.field("查询码"), secret)
    one.press(one.button("查询"))
    one.reads(receipt, "经核实，投诉不属实。", ANSWER)
    one.looks_right("parent-complaint-answered")


def _officials_answer(visitor: Open, system: System, receipt: str) -> None:
    one = visitor("chushen")
    one.open(
        f"/bureau/complaints/{system.one('SELECT id FROM complaint WHERE receipt_number = %s', receipt)}"
    )
    assert "林知微" not in one.page.content()
    one.press(one.button("受理"))
    one.reads("已受理")
    one.looks_right("bureau-complaint")
    one.page.get_by_role("radio", name="不属实").check()
    one.field("给投诉人的答复").fill(ANSWER)
    one.tab_to(one.button("办结"))
    one.page.keyboard.press("Enter")
    one.press(one.page.get_by_role("dialog").get_by_role("button", name="确定"))
    one.reads("不属实")
