"""A provider with a phone: from the draft to the receipt, with the keyboard where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.browsing import BRAND, PHONE, Visitor, sample_pdf
from tests.journeys.system import System

Open = Callable[..., Visitor]


def test_what_anybody_sees_first(visitor: Open) -> None:
    one = visitor()
    for name, path in (
        ("public-home", "/"),
        ("public-whitelist", "/whitelist"),
        ("public-entry", "/whitelist/1"),
        ("public-removed", "/whitelist/5"),
        ("public-notices", "/notices"),
        ("public-exits", "/exits"),
        ("public-rules", "/rules"),
        ("public-data", "/data"),
        ("public-apply", "/apply"),
        ("public-verify", "/verify"),
        ("sign-in", "/sign-in"),
        ("register", "/register"),
    ):
        one.open(path)
        one.looks_right(name)


def test_an_account_and_its_provider(visitor: Open) -> None:
    one = visitor(size=PHONE)
    one.open("/register")
    one.field("经办人姓名").fill("甘晓岚")
    one.field("登录名").fill("ganxiaolan@example.test")
    one.field("密码").fill("kehou-phone-2022")
    one.field("再次输入密码").fill("kehou-phone-2022")
    one.press(one.button("注册"))
    assert one.page.url.endswith("/provider/register")
    one.looks_right("provider-register")


def test_the_draft_becomes_an_application(visitor: Open, system: System) -> None:
    one = visitor("jigou", PHONE)
    assert one.page.url.endswith("/provider")
    one.looks_right("provider-home")
    one.press(one.link("继续填写"))
    one.looks_right("provider-tasks")
    one.open(f"{_draft(one)}/form/basics")
    one.page.get_by_label("品牌名称").fill(BRAND)
    one.looks_right("provider-basics")
    one.press(one.button("保存并继续"))
    for name, path in (("courses", "form/courses"), ("teachers", "form/teachers")):
        one.open(f"{_draft(one)}/{path}")
        one.looks_right(f"provider-{name}")
    one.open(f"{_draft(one)}/form/commitment")
    one.looks_right("provider-commitment")
    one.press(one.button("保存并继续"))
    assert one.page.url.endswith("/files")
    one.looks_right("provider-files-empty")

    shown: list[str] = []
    # A lambda: playwright cannot take a built-in method.
    one.page.expose_function("noteProgress", lambda text: shown.append(text))
    one.page.evaluate(
        """() => {
          const text = document.querySelector('#item-0 .r-upload-text');
          new MutationObserver(() => window.noteProgress(text.textContent)).observe(text, {childList: true});
        }"""
    )
    one.field("合并 PDF").set_input_files(sample_pdf())
    one.reads(sample_pdf().name)
    one.tab_to(one.button("上传合并 PDF"))
    one.page.keyboard.press("Enter")
    expect(one.page.locator("#item-0 progress")).to_be_visible()
    expect(one.page.locator("#item-0 .r-fileline")).to_contain_text(sample_pdf().name)
    assert any("正在上传" in text for text in shown), shown
    one.reads("已上传 1 个文件")
    one.looks_right("provider-files")

    one.press(one.page.locator("main").get_by_role("link", name="核对并提交"))
    one.reads("青檬树（南宁）体育文化有限公司".replace("（", "(").replace("）", ")"))
    one.reads(BRAND)
    assert re.search(r"\d{6}19\d{9}[\dX]", one.page.locator("main").inner_text()) is None
    one.looks_right("provider-check")
    one.press(one.button("提交申报"))
    assert one.page.url.endswith("/receipt")
    one.reads("申报已提交", "接下来")
    receipt = one.page.locator("#receipt").inner_text()
    assert system.one("SELECT state FROM application WHERE receipt_number = %s", receipt) in {
        "submitted",
        "vetting",
    }
    one.looks_right("provider-receipt")
    one.press(one.link("查看办理进度"))
    one.looks_right("provider-record-waiting")


def _draft(one: Visitor) -> str:
    found = re.search(r"/provider/applications/\d+", one.page.url)
    assert found
    return found[0]
