"""Evaluations and complaints through the pages, without JavaScript: each side sees its own and no more."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import httpx
import pytest

from registry.evaluations import sweep
from registry.kernel.actor import Membership, Role
from registry.kernel.db import row, rows
from tests.factories.applying import pdf_bytes
from tests.factories.browsing import Visitor, counted_queries, text_of, visitors
from tests.factories.listed import District, Firm, account, make_district, set_day

OPENS = date(2023, 1, 17)
FACTS = "9月5日下午，上课老师没有到校，孩子无人看管半小时。"
NAME, CONTACT = "投诉人乙", "19900007777"
GIVEN = {"kind": "person", "name": NAME, "contact": CONTACT, "topic": "safety", "facts": FACTS}


@pytest.fixture(autouse=True)
def pool() -> None:
    """The visitors open the pool themselves."""


async def _world() -> tuple[District, Firm, int, int]:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    return district, firm, entry, await district.signed(firm, entry)


async def _one(table: str) -> int:
    found = await row(f"SELECT max(id) AS id FROM {table}")
    assert found is not None
    return int(found["id"])


async def test_a_term_through_the_pages(settings_env: dict[str, str]) -> None:
    async with visitors() as _:
        district, firm, entry, _contract = await _world()
        auditor = await account("审计", Membership(Role.AUDITOR, bureau_id=district.bureau_id))
    async with visitors(
        district.school, firm.actor, district.reviewer, district.approver, district.township, auditor
    ) as (school, provider, reviewer, approver, other, reader):
        assert "没有待评价的合同" in text_of(await school.get("/school/evaluations"))
        assert "还没有评价" in text_of(await provider.get("/provider/evaluations"))
        assert "还没有评价" in text_of(await reviewer.get("/bureau/evaluations"))
        await set_day(OPENS)
        await sweep.sweep(OPENS)
        path = f"/school/evaluations/{await _one('evaluation')}"
        shown = text_of(await school.get("/school/evaluations"))
        assert "2022—2023学年第1学期" in shown
        assert "还有 44 天" in shown
        assert (await other.get(path)).status_code == 404
        assert (await provider.get(path)).status_code == 403
        assert (await reviewer.post(path, {})).status_code == 403
        given = {"quality": "3", "safety": "4", "conduct": "2", "answers": "50", "satisfaction": "71"}
        wrong = await school.post(path, given)
        assert (wrong.status_code, "有 1 分或 2 分的，请写明具体情况" in wrong.text) == (422, True)
        assert 'value="71"' in wrong.text, "what was typed is kept"
        given |= {"words": "三次无故停课"}
        assert (await school.post(path, given)).status_code == 303
        again = await school.post(path, given)
        assert again.status_code == 409
        assert (await school.post(path, {**given, "quality": "4", "again": "1"})).status_code == 303
        number = path.rpartition("/")[2]
        mine = f"/provider/evaluations/{number}"
        assert "三次无故停课" in text_of(await provider.get(mine))
        assert (await provider.post(mine, {"text": ""})).status_code == 422
        assert (await provider.post(mine, {"text": "已安排补课"})).status_code == 303
        assert (await provider.post(mine, {"text": "再说一次"})).status_code == 409
        assert "已安排补课" in text_of(await school.get(path))
        bureau = f"/bureau/evaluations/{number}"
        seen = text_of(await reviewer.get(bureau))
        assert "可以启动退出程序" in seen
        assert "转为退出案件" in seen
        assert "转为退出案件" not in text_of(await reader.get(bureau))
        assert (await reviewer.post(f"{bureau}/set-aside", {"reason": "x"})).status_code == 403
        form = await reviewer.get(f"/bureau/exits/new?entry={entry}&evaluation={number}")
        assert f'name="evaluation" value="{number}"' in form.text
        case = {"entry": str(entry), "evaluation": number, "source": "evaluation"}
        case |= {"ground": "service_not_as_promised", "facts": "家长满意度为 71%，低于规定值"}
        assert (await reviewer.post("/bureau/exits/new", case)).status_code == 303
        assert (await reviewer.post("/bureau/exits/new", case)).status_code == 409
        assert "TC-450100-2023-0001" in text_of(await reviewer.get(bureau))
        assert (await approver.post(f"{bureau}/set-aside", {"reason": ""})).status_code == 422
        assert (await approver.post(f"{bureau}/set-aside", {"reason": "代填"})).status_code == 303
        assert (await approver.post(f"{bureau}/set-aside", {"reason": "代填"})).status_code == 409
        for reading, address in ((school, "/school/evaluations"), (provider, "/provider/evaluations"),
                                 (reviewer, "/bureau/evaluations?state=void"), (reader, "/bureau/complaints")):  # fmt: skip
            with counted_queries() as count:
                assert (await reading.get(address)).status_code == 200
            assert count.n <= 12, count.statements


async def _post(someone: Visitor, path: str, data: dict[str, Any], **files: Any) -> httpx.Response:
    body = {"_csrf_token": someone.csrf, **data}
    return await someone.client.post(path, data=body, files=files or {"evidence": ("", b"")})


async def test_a_complaint_through_the_pages(settings_env: dict[str, str]) -> None:
    async with visitors() as _:
        district, firm, entry, contract = await _world()
    await_day = date(2022, 9, 6)
    async with visitors(None, district.reviewer, firm.actor, district.school, None) as (
        someone, reviewer, provider, school, other,
    ):  # fmt: skip
        await set_day(await_day)
        path = f"/whitelist/{entry}/complaint"
        assert path in (await someone.get(f"/whitelist/{entry}")).text
        form = await someone.get(path)
        assert "虚构小学" in form.text
        short = await _post(someone, path, {**GIVEN, "facts": "太短"})
        assert (short.status_code, NAME in short.text) == (422, True)
        evidence = ("照片.pdf", pdf_bytes(), "application/pdf")
        sent = await _post(someone, path, {**GIVEN, "contract": str(contract)}, evidence=evidence)
        assert (sent.status_code, sent.headers["location"]) == (303, "/complaints/receipt")
        twice = await _post(someone, path, {**GIVEN, "contract": str(contract)}, evidence=evidence)
        assert twice.status_code == 303
        assert len(await rows("SELECT id FROM complaint")) == 1
        kept = await someone.get("/complaints/receipt")
        assert kept.headers["cache-control"] == "no-store"
        number = re.search(r'id="receipt">([^<]+)<', kept.text)
        secret = re.search(r'id="secret">([^<]+)<', kept.text)
        assert number and secret
        assert number[1] not in (await other.get("/complaints/receipt")).text
        receipt = {"number": number[1], "secret": secret[1]}
        assert "待受理" in text_of(await someone.post("/complaints", receipt))
        bad = await other.post("/complaints", {**receipt, "secret": "0000000000"})
        assert (bad.status_code, "没有找到这份回执" in bad.text) == (422, True)
        complaint = await _one("complaint")
        desk = f"/bureau/complaints/{complaint}"
        seen = await reviewer.get(desk)
        assert FACTS in seen.text
        assert NAME not in seen.text
        file_id = re.search(r"/files/(\d+)", seen.text)
        assert file_id
        assert (await provider.get(f"/files/{file_id[1]}")).status_code == 404
        assert (await school.get(f"/files/{file_id[1]}")).status_code == 404
        assert NAME in (await reviewer.post(f"{desk}/reveal")).text
        mine = f"/provider/complaints/{complaint}"
        assert (await provider.get(mine)).status_code == 404
        assert (await provider.post(f"{desk}/accept")).status_code == 403
        assert (await reviewer.post(f"{desk}/accept")).status_code == 303
        assert (await reviewer.post(f"{desk}/accept")).status_code == 409
        early = await reviewer.post(f"{desk}/close", {"finding": "find_true", "answer": "属实"})
        assert (early.status_code, "还没有请机构答复" in early.text) == (422, True)
        assert (await reviewer.post(f"{desk}/ask", {"question": ""})).status_code == 422
        assert (await reviewer.post(f"{desk}/ask", {"question": "请说明到岗情况"})).status_code == 303
        asked = await provider.get(mine)
        assert "请说明到岗情况" in asked.text
        for hidden in (FACTS, NAME, CONTACT):
            assert hidden not in asked.text
        assert (await provider.post(mine, {"text": ""})).status_code == 422
        assert (await provider.post(mine, {"text": "途中遇堵"})).status_code == 303
        assert (await provider.post(mine, {"text": "途中遇堵"})).status_code == 409
        assert (await reviewer.post(f"{desk}/reply", {"reply": "正在核实"})).status_code == 303
        done = {"finding": "find_true", "ground": "serious_mismanagement", "answer": "属实，已责令整改"}
        assert (await reviewer.post(f"{desk}/close", done)).status_code == 303
        assert (await reviewer.post(f"{desk}/close", done)).status_code == 409
        ended = text_of(await someone.post("/complaints", receipt))
        for words in ("属实", "正在核实", "属实，已责令整改"):
            assert words in ended
        assert FACTS not in ended
        moved = {"entry": str(entry), "complaint": str(complaint), "source": "complaint"}
        moved |= {"ground": "serious_mismanagement", "facts": "上课时间教师缺岗半小时"}
        assert (await reviewer.post("/bureau/exits/new", moved)).status_code == 303
        public = await other.get(f"/whitelist/{entry}")
        for hidden in (FACTS, NAME, CONTACT, number[1]):
            assert hidden not in public.text
        with counted_queries() as count:
            await reviewer.get(desk)
        assert count.n <= 12, count.statements
        assert (await other.get("/bureau/complaints")).status_code in {302, 303, 401}
