"""Requests that no page would send, and those that people send by mistake: each gets a clear answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from registry.entrypoints.demo.journey import applying
from registry.entrypoints.demo.journey.browser import Page, Person
from tests.journeys.browsing import PHONE, Visitor
from tests.journeys.newcomer import Newcomer, newcomer
from tests.journeys.system import System

Open = Callable[..., Visitor]


@pytest.fixture(scope="module")
def someone(system: System) -> Iterator[Newcomer]:
    """A provider with an empty draft."""
    one = newcomer(system)
    yield one
    one.person.close()


def _post(person: Person, path: str, data: dict[str, str] | None = None, **headers: str) -> Page:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return person.read(person.client.post(path, data=data or {}, headers=sent))


def _token(person: Person) -> str:
    (token, *_) = person.open("/account").tree.xpath("//input[@name='_csrf_token']/@value")
    return str(token)


def test_a_wrong_password_keeps_the_login_and_not_the_password(system: System) -> None:
    person = system.anybody()
    page = person.press(
        person.open("/sign-in"), "/sign-in", {"login": "jigou", "password": "falsch-falsch"}, expect=403
    )
    assert "登录没有成功" in page.errors
    assert page.form("/sign-in").fields["login"] == "jigou"
    assert page.form("/sign-in").fields["password"] in (None, "")
    assert "不存在" not in page.text
    unknown = person.press(
        person.open("/sign-in"), "/sign-in", {"login": "niemand", "password": "falsch-falsch"}, expect=403
    )
    assert unknown.errors == page.errors, "it does not tell which logins exist"
    empty = person.press(person.open("/sign-in"), "/sign-in", {"login": "", "password": ""}, expect=422)
    assert "请填写登录名" in empty.errors
    person.close()


def test_a_missing_or_wrong_token(someone: Newcomer) -> None:
    person = someone.person
    for data in ({}, {"_csrf_token": ""}, {"_csrf_token": "x" * 32}, {"_csrf_token": "令牌"}):
        page = _post(person, f"{someone.address}/submit", data)
        assert page.status == 403
        assert "页面已过期" in page.text
        assert "不会丢失" in page.text


def test_another_site_cannot_send_forms(someone: Newcomer) -> None:
    person = someone.person
    token = {"_csrf_token": _token(person)}
    for headers in (
        {"origin": "https://elsewhere.test"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site", "origin": "https://elsewhere.test"},
        {"sec_fetch_site": "same-site"},
    ):
        page = _post(person, f"{someone.address}/submit", token, **headers)
        assert page.status == 403, headers
        assert "其他网站" in page.text


def test_somebody_elses_and_nobodys_records(system: System, someone: Newcomer) -> None:
    person = someone.person
    others = system.one("SELECT min(id) FROM application WHERE name LIKE '%%博羽%%'")
    theirs = (
        f"/provider/applications/{others}",
        f"/provider/applications/{others}/form/basics",
        f"/provider/applications/{others}/files",
        f"/provider/applications/{others}/check",
        f"/provider/applications/{others}/receipt",
        f"/files/{system.one('SELECT min(id) FROM stored_file')}",
    )
    nobodys = tuple(
        address.format(n)
        for address in ("/provider/applications/{}", "/files/{}", "/whitelist/{}", "/notices/{}", "/exits/{}")
        for n in (0, 99999, 2**31, 2**63, 10**30)
    )
    for path in (*theirs, *nobodys):
        page = person.open(path, expect=404)
        assert "没有找到" in page.text, path
    for path in ("/provider/applications/x", "/whitelist/1e3", "/bureau/applications/%00", "/" + "a" * 3000):
        assert person.open(path, expect=404).tree.xpath("//main//a"), path
    page = _post(person, f"/provider/applications/{others}/submit", {"_csrf_token": _token(person)})
    assert page.status == 404
    assert person.open("/bureau/applications", expect=403).title
    assert person.open("/school/contracts", expect=403).title


def test_officials_of_another_bureau_and_another_school(system: System) -> None:
    applications = system.one("SELECT min(id) FROM application")
    strange = system.person("xlchushen")
    assert strange.open(f"/bureau/applications/{applications}", expect=404).title
    assert strange.open(f"/bureau/notices/{system.one('SELECT min(id) FROM notice')}", expect=404).title
    assert strange.open(f"/bureau/entries/{system.one('SELECT min(id) FROM entry')}", expect=404).title
    strange.close()


def test_the_wrong_method(someone: Newcomer) -> None:
    person = someone.person
    page = person.open(f"{someone.address}/submit", expect=405)
    assert "请从页面上的按钮进入" in page.text
    assert page.tree.xpath("//main//a[@href]")
    assert _post(person, "/whitelist", {"_csrf_token": _token(person)}).status == 405
    assert person.client.request("DELETE", someone.address).status_code == 405


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("text/plain", b"a=b"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("application/x-www-form-urlencoded", b"%ff%fe=%00&a" * 50),
        ("application/x-www-form-urlencoded", b"a=b&" * 6000),
    ],
)
def test_a_body_that_is_no_form(someone: Newcomer, kind: str, body: bytes) -> None:
    answer = someone.person.client.post(
        f"{someone.address}/form/basics", content=body, headers={"content-type": kind}
    )
    page = someone.person.read(answer)
    assert 400 <= answer.status_code < 500
    assert page.title


def test_sending_the_same_form_twice(system: System, someone: Newcomer) -> None:
    """As a double press without JavaScript does it: the same bytes, twice."""
    person, round_id = someone.person, system.one("SELECT id FROM round WHERE title LIKE '2022年引进%%'")
    provider = system.one("SELECT provider FROM application WHERE id = %s", someone.address.rsplit("/", 1)[1])
    token = _token(person)
    again = {"_csrf_token": token, "round": str(round_id), "provider": str(provider)}
    page = _post(person, "/provider/applications", again)
    assert page.status in {200, 409}
    assert system.one("SELECT count(*) FROM application WHERE provider = %s", provider) == 1
    applying.fill_in(person, someone.address, someone.sample)
    applying.upload(person, someone.address, someone.sample)
    first = _post(person, f"{someone.address}/submit", {"_csrf_token": token})
    second = _post(person, f"{someone.address}/submit", {"_csrf_token": token})
    assert first.path == f"{someone.address}/receipt"
    assert second.status in {200, 409}
    assert second.text
    assert (
        system.one(
            "SELECT count(*) FROM submission WHERE application = %s", someone.address.rsplit("/", 1)[1]
        )
        == 1
    )
    withdrawn = _post(person, f"{someone.address}/withdraw", {"_csrf_token": token})
    assert withdrawn.status < 500


def test_an_ended_session_loses_nothing(visitor: Open, system: System) -> None:
    other = newcomer(system)
    one = visitor(size=PHONE, refusals=True)
    one.sign_in(other.login, other.password)
    one.open(f"{other.address}/form/basics")
    one.field("经营范围（业务范围）").fill("体育培训；体育赛事策划。登录过期前写的。")
    system.rows("DELETE FROM session WHERE account = (SELECT id FROM account WHERE login = %s)", other.login)
    with one.page.expect_navigation():
        one.button("保存草稿").click()
    one.reads("登录已过期", "没有丢失")
    one.looks_right("sign-in-again")
    one.field("登录名").fill(other.login)
    one.field("密码").fill(other.password)
    one.press(one.button("登录"))
    one.reads("刚才填写的内容还在")
    one.looks_right("resume")
    one.press(one.button("继续提交"))
    one.open(f"{other.address}/form/basics")
    assert "登录过期前写的" in one.field("经营范围（业务范围）").input_value()
    # And a page that is merely opened leads back to itself.
    system.rows("DELETE FROM session WHERE account = (SELECT id FROM account WHERE login = %s)", other.login)
    one.open(f"{other.address}/form/teachers")
    one.field("登录名").fill(other.login)
    one.field("密码").fill(other.password)
    one.press(one.button("登录"))
    assert one.page.url.endswith(f"{other.address}/form/teachers")
    other.person.close()


def test_the_back_button_and_sending_again(visitor: Open, system: System) -> None:
    other = newcomer(system)
    one = visitor(refusals=True)
    one.sign_in(other.login, other.password)
    one.open(f"{other.address}/form/basics")
    one.field("联系人姓名").fill("第一次写的")
    with one.page.expect_navigation():
        one.button("保存草稿").click()
    one.page.go_back()
    one.field("联系人姓名").fill("第二次写的")
    with one.page.expect_navigation():
        one.button("保存草稿").click()
    # The form changed meanwhile: said so, with what was typed still there, and it can be kept.
    if one.page.get_by_role("button", name="用本页内容覆盖并继续").count():
        assert one.field("联系人姓名").input_value() == "第二次写的"
        with one.page.expect_navigation():
            one.button("用本页内容覆盖并继续").click()
    one.open(f"{other.address}/form/basics")
    assert one.field("联系人姓名").input_value() == "第二次写的"
    other.person.close()


def test_an_empty_form_names_every_field(visitor: Open, system: System) -> None:
    other = newcomer(system)
    one = visitor(size=PHONE, refusals=True)
    one.sign_in(other.login, other.password)
    one.open("/provider/register")
    with one.page.expect_navigation():
        one.button("登记机构").click()
    errors = one.page.locator(".r-errors li")
    assert errors.count() >= 5
    assert one.page.evaluate("document.activeElement.classList.contains('r-errors')")
    one.looks_right("form-errors")
    # Each sentence leads to its field, and stands there again.
    first = errors.first.locator("a")
    target = str(first.get_attribute("href"))
    one.tab_to(first)
    one.page.keyboard.press("Enter")
    assert one.page.locator(target).count() == 1
    assert errors.first.inner_text() in one.page.locator("main form").inner_text()
    other.person.close()


def test_what_a_long_and_hostile_name_looks_like(visitor: Open, system: System) -> None:
    """Sixty characters and markup, as typed, on every page that shows them."""
    other = newcomer(system)
    name = "南宁市<script>alert(1)</script>" + "长" * 40 + "' OR 1=1; --"
    one = visitor(size=PHONE, refusals=True)
    one.page.on("dialog", lambda dialog: one.troubles.append(f"a script ran: {dialog.message}"))
    one.sign_in(other.login, other.password)
    one.open(f"{other.address}/form/basics")
    for label in ("机构名称", "登记地址（住所）", "经营范围（业务范围）", "联系人姓名"):
        one.field(label).fill(name)
    with one.page.expect_navigation():
        one.button("保存草稿").click()
    assert one.field("机构名称").input_value() == name if "/form/" in one.page.url else True
    for path in ("", "/form/basics", "/check", "/files"):
        one.open(f"{other.address}{path}")
        one.looks_right(f"hostile{path.replace('/', '-')}")
    one.open("/provider")
    one.looks_right("hostile-home")
    other.person.close()
