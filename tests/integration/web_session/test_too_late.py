"""A form that is sent after the session ended: nothing that was typed is lost."""

from __future__ import annotations

import json

import pytest

from registry.accounts.commands import open_account
from registry.kernel.db import rows
from registry.web.session.kept import unpack
from tests.integration.web_provider.browsing import Browser, browsers

pytestmark = pytest.mark.usefixtures("settings_env")
_PASSWORD = "a-long-password-1"
_FACTS = {
    "name": "南宁市<新苗>体育\"培训'有限公司",
    "registered_address": "岚山区采蓝路41号\n4楼",
    "password": "geheim-geheim",
}


async def _form_sent_too_late(someone: Browser) -> None:
    await open_account("late", "迟登录", _PASSWORD)
    await someone.open("/sign-in")
    await someone.send("/sign-in", {"login": "late", "password": _PASSWORD})
    assert someone.at == "/provider/register"
    await rows("DELETE FROM session")
    answer = await someone.send("/provider/register", _FACTS)
    assert answer.status_code == 401
    assert "没有丢失" in someone.text


async def test_it_can_be_sent_after_signing_in_again() -> None:
    async with browsers() as (someone, *_):
        await _form_sent_too_late(someone)
        wrong = await someone.send("/sign-in", {"login": "late", "password": "wrong-wrong-1"})
        assert wrong.status_code == 403
        right = await someone.send("/sign-in", {"login": "late", "password": _PASSWORD})
        assert right.status_code == 200
        assert _FACTS["password"] not in right.text
        again = await someone.send("/provider/register")
        # Taken as any other form: what is missing is named, what was typed is there.
        assert again.status_code == 422
        assert someone.form("/provider/register").fields["name"] == _FACTS["name"]
        assert "<新苗>" not in someone.text


async def test_it_need_not_be_sent() -> None:
    async with browsers() as (someone, *_):
        await _form_sent_too_late(someone)
        await someone.send("/sign-in", {"login": "late", "password": _PASSWORD})
        await someone.open("/account")
        assert someone.at == "/account"


async def test_it_goes_nowhere_else() -> None:
    async with browsers() as (someone, *_):
        await open_account("late", "迟登录", _PASSWORD)
        for to in ("https://elsewhere.test/x", "//elsewhere.test/x", "/\\elsewhere.test", ""):
            await someone.client.post("/sign-out", data={})
            someone.client.cookies.clear()
            await someone.open("/sign-in")
            fields = {"login": "late", "password": _PASSWORD, "kept_to": to, "kept": json.dumps([["a", "b"]])}
            answer = await someone.send("/sign-in", fields)
            assert answer.status_code == 303


@pytest.mark.parametrize(
    "packed", ["", "null", "{}", "[1]", '[["a"]]', "[[]]", "{", '["ab", "cde"]', "9" * 5000]
)
def test_what_is_not_ours_is_not_taken(packed: str) -> None:
    assert unpack("/provider/register", packed) is None


def test_no_secret_comes_along() -> None:
    kept = unpack("/x", json.dumps([["password", "p"], ["_csrf_token", "t"], ["reason", "r"]]))
    assert kept is not None
    assert kept.fields == (("reason", "r"),)
