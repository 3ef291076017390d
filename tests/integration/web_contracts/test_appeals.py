"""From a removal to its overturning through the pages of provider, bureau and public (R27, R28)."""

from __future__ import annotations

import io
from pathlib import Path

from registry.accounts.passwords import hash_password
from registry.exits import deciding
from registry.exits.reporting import Report, report
from registry.kernel.db import rows
from registry.policies.vocabulary import Ground
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import District, Firm, make_district
from tests.integration.web_contracts.test_flow import PASSWORD, _pages, _pdf, _state

WORDS = "授课教师均为本机构聘用，附劳动合同"


async def _removed() -> tuple[District, Firm, int, int]:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await rows("UPDATE account SET password = {}", await hash_password(PASSWORD))
    made = Report(Ground.SUBCONTRACTED, "现场发现转包", school_id=district.school_id)
    case = await report(district.school, entry, made)
    await deciding.answer(firm.actor, case, "没有转包")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "事实清楚")
    await deciding.decide(district.approver, case, "uphold", "证据充分")
    return district, firm, entry, case


async def test_an_appeal_through_the_pages(settings_env: dict[str, str], tmp_path: Path) -> None:
    district, firm, entry, case = await _removed()
    ban = (await rows("SELECT id FROM ban WHERE case_id = {}", case))[0]["id"]
    theirs, ours, public = f"/provider/exits/{case}", f"/bureau/exits/{case}", f"/exits/{ban}"
    everyone = (firm.actor, district.reviewer, district.approver, district.second_approver, district.school)
    async with visitors(*everyone) as (provider, reviewer, approver, second, school):
        assert "未申诉" in text_of(await school.get(public))
        assert "提交申诉" in text_of(await provider.get(theirs))
        assert (await provider.post(f"{theirs}/appeal", {"words": ""})).status_code == 422
        assert (await school.post(f"{theirs}/appeal", {"words": WORDS})).status_code == 403
        files = {"evidence": ("劳动合同.pdf", io.BytesIO(_pdf(tmp_path)), "application/pdf")}
        form = {"_csrf_token": provider.csrf, "words": WORDS}
        sent = await provider.client.post(f"{theirs}/appeal", data=form, files=files)
        assert sent.status_code == 303, sent.text
        again = await provider.post(f"{theirs}/appeal", {"words": "还有话说"})
        assert (again.status_code, "已经提出过申诉" in text_of(again)) == (409, True)
        file = (await rows("SELECT evidence FROM exit_appeal"))[0]["evidence"]
        for visitor, status in ((provider, 200), (reviewer, 200), (school, 404)):
            assert (await visitor.get(f"/files/{file}")).status_code == status
        await _pages(provider, theirs)
        for visitor in (reviewer, approver, second):
            await _pages(visitor, ours, "/bureau/exits?state=appealed")
            assert WORDS in text_of(await visitor.get(ours))
        await _pages(school, public)
        shown = text_of(await school.get(public))
        assert ("已申诉，办理中" in shown, WORDS in shown) == (True, False)
        refusal = {"refuse_reason": "维持"}
        assert (await reviewer.post(f"{ours}/refuse-appeal", refusal)).status_code == 403
        involved = await approver.post(f"{ours}/refuse-appeal", refusal)
        assert (involved.status_code, "规则 R13" in text_of(involved)) == (422, True)
        opinion = {"overturn_reason": "申诉属实"}
        assert (await reviewer.post(f"{ours}/propose-overturn", {})).status_code == 422
        assert (await provider.post(f"{ours}/propose-overturn", opinion)).status_code == 403
        assert (await reviewer.post(f"{ours}/propose-overturn", opinion)).status_code == 303
        assert "申诉属实" not in text_of(await provider.get(theirs)), "a proposal is the bureau's own"
        act = {"reason": "劳动合同真实", "password": PASSWORD}
        mine = await approver.post(f"{ours}/overturn", act)
        assert (mine.status_code, "规则 R13" in text_of(mine)) == (422, True)
        sent_back = {"overturn_back_reason": "请核对合同日期"}
        assert (await second.post(f"{ours}/send-overturn-back", sent_back)).status_code == 303
        assert (await second.post(f"{ours}/overturn", act)).status_code == 409
        assert (await approver.post(f"{ours}/propose-overturn", opinion)).status_code == 303
        await _pages(second, ours, f"{ours}/overturn")
        assert (await second.post(f"{ours}/overturn", {**act, "password": "x"})).status_code == 422
        assert (await second.post(f"{ours}/overturn", act)).status_code == 303
        assert await _state("entry", entry) == "listed"
        await _pages(provider, theirs)
        await _pages(second, ours)
        assert "原决定已撤销" in text_of(await school.get(public))


async def test_a_refused_appeal_through_the_pages(settings_env: dict[str, str]) -> None:
    district, firm, entry, case = await _removed()
    ban = (await rows("SELECT id FROM ban WHERE case_id = {}", case))[0]["id"]
    theirs, ours = f"/provider/exits/{case}", f"/bureau/exits/{case}"
    async with visitors(firm.actor, district.second_approver) as (provider, second):
        assert (await provider.post(f"{theirs}/appeal", {"words": WORDS})).status_code == 303
        refusal = {"refuse_reason": "劳动合同晚于事发日"}
        assert (await second.post(f"{ours}/refuse-appeal", refusal)).status_code == 303
        assert (await second.post(f"{ours}/refuse-appeal", refusal)).status_code == 409
        await _pages(second, ours)
        shown = text_of(await provider.get(theirs))
        assert ("劳动合同晚于事发日" in shown, "提交申诉" in shown) == (True, False)
        public = text_of(await provider.get(f"/exits/{ban}"))
        assert ("维持原决定" in public, "劳动合同晚于事发日" in public) == (True, False)
        assert await _state("entry", entry) == "removed"
