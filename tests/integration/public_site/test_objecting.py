"""Objecting from the public site: conditions first, nothing lost, sent twice is once, followed by number and code."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import httpx
import pytest

from registry.kernel.db import rows
from registry.notices import objections
from registry.notices.following import follow
from tests.factories.applying import pdf_bytes
from tests.factories.browsing import Visitor, text_of, visitors
from tests.factories.listed import set_day
from tests.factories.public import Scene, make_scene

GIVEN = {
    "kind": "person",
    "name": "异议人甲",
    "contact": "19900004321",
    "facts": "2022年5月，该机构在校门口招揽学生。",
}


def _address(scene: Scene) -> str:
    return f"/notices/{scene.notice_id}/items/{scene.items[0]}/objection"


async def _receipt(someone: Visitor, response: httpx.Response) -> tuple[str, str]:
    assert response.status_code == 303, text_of(response)
    assert response.headers["location"] == "/objections/receipt"
    page = await someone.get("/objections/receipt")
    number = re.search(r'id="receipt">([^<]+)<', page.text)
    secret = re.search(r'id="secret">([^<]+)<', page.text)
    assert number and secret
    return number[1], secret[1]


async def _post(someone: Visitor, path: str, data: dict[str, Any], **files: Any) -> httpx.Response:
    body = {"_csrf_token": someone.csrf, **data}
    return await someone.client.post(path, data=body, files=files or {"evidence": ("", b"")})


async def test_filed_shown_once_more_and_followed_to_its_end() -> None:
    scene = await make_scene()
    async with visitors(None, None) as (someone, other):
        form = text_of(await someone.get(_address(scene)))
        assert form.index("提交前请看") < form.index("以谁的名义提出")
        number, secret = await _receipt(someone, await _post(someone, _address(scene), GIVEN))
        # Reloading the receipt is harmless, and it stays out of addresses and out of caches.
        again = await someone.get("/objections/receipt")
        assert number in again.text
        assert again.headers["cache-control"] == "no-store"
        # A double click, a reload of the post: the same content from the same browser is the same objection.
        assert await _receipt(someone, await _post(someone, _address(scene), GIVEN)) == (number, secret)
        assert len(await rows("SELECT id FROM objection")) == 1
        # Another browser has no receipt, and the same words from there are another objection.
        assert number not in (await other.get("/objections/receipt")).text
        other.csrf = "somebody-else"
        other.client.cookies.set("registry_csrf", other.csrf)
        assert (await _receipt(other, await _post(other, _address(scene), GIVEN)))[0] != number
        shown = text_of(
            await _post(someone, "/objections", {"number": f" {number.lower()} ", "secret": secret.upper()})
        )
        assert "处理中" in shown
        assert GIVEN["facts"] not in shown
        assert GIVEN["name"] not in shown
        filed = (await rows("SELECT id FROM objection WHERE receipt_number = {}", number))[0]["id"]
        await objections.propose(scene.desk.reviewer, filed, "dismiss", "经核查不属实")
        waiting = text_of(await _post(someone, "/objections", {"number": number, "secret": secret}))
        assert "等待复审人员决定" in waiting
        assert "经核查不属实" not in waiting
        await objections.decide(scene.desk.approver, filed, "dismiss", "证据不足")
        ended = text_of(await _post(someone, "/objections", {"number": number, "secret": secret}))
        assert "异议不成立" in ended
        assert "证据不足" in ended
        assert "2022年7月20日" in ended


async def test_wrong_codes_tell_nothing() -> None:
    scene = await make_scene()
    async with visitors(None) as (someone,):
        number, secret = await _receipt(someone, await _post(someone, _address(scene), GIVEN))
        for wrong in (
            {"number": number, "secret": "0000000000"},
            {"number": "YY20220720000000", "secret": secret},
        ):
            answer = await _post(someone, "/objections", wrong)
            assert answer.status_code == 422
            assert "没有找到这份回执，请核对编号和查询码" in text_of(answer)
        assert "请填写" in text_of(await _post(someone, "/objections", {"number": "", "secret": ""}))
        assert await follow(number, "") is None
        someone.client.cookies.clear()
        someone.client.cookies.set("registry_receipt", "forged")
        assert "这里没有可以显示的回执" in text_of(await someone.get("/objections/receipt"))


async def test_what_was_typed_is_kept_with_the_errors() -> None:
    scene = await make_scene()
    async with visitors(None) as (someone,):
        empty = await _post(someone, _address(scene), {})
        assert empty.status_code == 422
        assert "请选择提出方式" in text_of(empty)
        assert "请填写具体事实和依据" in text_of(empty)
        nameless = await _post(someone, _address(scene), {**GIVEN, "name": "", "facts": "<b>事实</b>"})
        assert nameless.status_code == 422
        assert "个人提出异议须署真实姓名" in text_of(nameless)
        assert 'href="#f-name"' in nameless.text
        assert "&lt;b&gt;事实&lt;/b&gt;" in nameless.text
        assert GIVEN["contact"] in nameless.text
        assert await rows("SELECT id FROM objection") == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({**GIVEN, "name": ""}, "个人提出异议须署真实姓名"),
        ({**GIVEN, "kind": "organisation"}, "单位提出异议须加盖本单位印章"),
        ({**GIVEN, "kind": "organisation", "sealed": "1"}, "单位提出异议须加盖本单位印章"),
    ],
)
async def test_xiaolan_refuses_what_misses_its_conditions(data: dict[str, str], message: str) -> None:
    scene = await make_scene(policy="xiaolan-2023")
    async with visitors(None) as (someone,):
        assert "上传加盖本单位印章的异议书" in text_of(await someone.get(_address(scene)))
        refused = await _post(someone, _address(scene), data)
        assert refused.status_code == 422
        assert message in text_of(refused)
        assert await rows("SELECT id FROM objection") == []


async def test_a_sealed_statement_is_kept_with_the_objection(settings_env: dict[str, str]) -> None:
    scene = await make_scene(policy="xiaolan-2023")
    data = {**GIVEN, "kind": "organisation", "name": "虚构家长委员会", "contact": "", "sealed": "1"}
    async with visitors(None) as (someone,):
        broken = await _post(
            someone, _address(scene), data, evidence=("异议书.pdf", b"not a pdf", "application/pdf")
        )
        assert broken.status_code == 422
        assert 'href="#f-evidence"' in broken.text
        assert await rows("SELECT id FROM stored_file WHERE owner = 'objection'") == []
        sent = await _post(
            someone, _address(scene), data, evidence=("异议书.pdf", pdf_bytes(1), "application/pdf")
        )
        number, _ = await _receipt(someone, sent)
    kept = await rows(
        "SELECT f.owner_id = o.id AS of_it, f.retain_until IS NOT NULL AS retained FROM stored_file f, objection o"
        " WHERE f.owner = 'objection' AND o.receipt_number = {}",
        number,
    )
    assert kept == [{"of_it": True, "retained": True}]


async def test_the_window_closes_for_page_and_post() -> None:
    scene = await make_scene()
    await set_day(date(2022, 7, 28))
    async with visitors(None) as (someone,):
        assert "公示期已满，不再受理异议" in text_of(await someone.get(_address(scene)))
        late = await _post(someone, _address(scene), GIVEN)
        assert late.status_code == 422
        assert "公示期已满" in text_of(late)
        assert await rows("SELECT id FROM objection") == []


async def test_a_post_without_the_token_or_from_elsewhere_is_refused() -> None:
    scene = await make_scene()
    async with visitors(None) as (someone,):
        someone.csrf = "wrong"
        assert (await _post(someone, _address(scene), GIVEN)).status_code == 403
        someone.csrf = "nobody"
        foreign = await someone.client.post(
            _address(scene), data={"_csrf_token": "nobody", **GIVEN}, headers={"sec-fetch-site": "cross-site"}
        )
        assert foreign.status_code == 403
        assert await rows("SELECT id FROM objection") == []
