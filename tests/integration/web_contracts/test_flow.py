"""From choosing a provider to its ban, through the pages of school, provider and bureau, without JavaScript."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import docx
import pypdfium2
import pytest

from registry.accounts.passwords import hash_password
from registry.kernel.actor import Actor
from registry.kernel.db import rows
from tests.conftest import TestDatabase
from tests.factories.browsing import Visitor, counted_queries, text_of, visitors
from tests.factories.listed import START, District, Firm, make_district, resident_id, set_day

PASSWORD = "correct horse battery"
SEPTEMBER = date(2022, 9, 1)


async def _world() -> tuple[District, Firm, int]:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await rows("UPDATE account SET password = {}", await hash_password(PASSWORD))
    return district, firm, entry


async def _state(table: str, record_id: int) -> str:
    return str((await rows(f"SELECT state FROM {table} WHERE id = {{}}", record_id))[0]["state"])


def _pdf(folder: Path) -> bytes:
    made = pypdfium2.PdfDocument.new()
    made.new_page(595, 842)
    made.save(folder / "scan.pdf")
    return (folder / "scan.pdf").read_bytes()


async def test_a_contract_through_the_pages(settings_env: dict[str, str], tmp_path: Path) -> None:
    district, firm, entry = await _world()
    async with visitors(district.school, firm.actor, district.township) as (school, provider, other):
        shown = text_of(await school.get("/school/choose?q=晨曦"))
        assert "南宁市青秀区晨曦艺术培训中心" in shown
        new = await school.get(f"/school/contracts/new?entry={entry}")
        assert "2023年8月31日(周四)" in text_of(new), "the default end is shown before typing"
        assert "2024年8月31日(周六)" in text_of(new), "so is the longest"
        fragment = await school.get(f"/school/contracts/limits?entry={entry}&starts_on=2024-02-29")
        assert "2026年2月27日" in fragment.text
        terms = {
            "entry": str(entry),
            "category": "arts",
            "course_title": "少儿书法",
            "starts_on": "2022-09-01",
            "ends_on": "2024-09-01",
            "fee": "40",
        }
        too_long = await school.post("/school/contracts/new", terms)
        assert too_long.status_code == 422
        assert "规则 R23" in text_of(too_long)
        assert 'value="2024-09-01"' in too_long.text, "what was typed is kept"
        made = await school.post("/school/contracts/new", {**terms, "ends_on": "2024-08-31"})
        path = made.headers["location"]
        contract = int(path.rpartition("/")[2])
        assert (await other.get(path)).status_code == 404
        assert (await provider.get(f"/provider/contracts/{contract}")).status_code == 404
        early = await school.post(f"{path}/offer")
        assert (early.status_code, "签约前置条件未完成" in early.text, "规则 R24" in text_of(early)) == (
            422,
            True,
            True,
        )
        for kind in ("parents_consulted", "plan_published", "liability_insurance"):
            kept = await school.post(
                f"{path}/preconditions/{kind}", {"met_on": "2022-07-01", "note": "已完成"}
            )
            assert kept.status_code == 303
        late = await school.post(
            f"{path}/preconditions/plan_published", {"met_on": "2022-07-06", "note": "x"}
        )
        assert (late.status_code, "完成日期不能晚于今天" in late.text) == (422, True)
        assert (await school.post(f"{path}/offer")).status_code == 303
        assert (await school.post(f"{path}/offer")).status_code == 409
        mine = f"/provider/contracts/{contract}"
        refused = await provider.post(f"{mine}/sign", {"read": "1"})
        assert refused.status_code == 422
        for words in ("合同未列明入校服务人员", "盖章合同的扫描件尚未上传", "规则 R32"):
            assert words in text_of(refused)
        people = {
            "people-0-name": "梁文博",
            "people-0-id_number": resident_id(7),
            "people-0-certificate": "教师资格证",
            "people-0-health_checked_on": "2022-07-01",
            "people-0-record_queried_on": "2022-07-01",
        }
        wrong = await provider.post(f"{mine}/people", {**people, "people-0-id_number": "450103199001010001"})
        assert (wrong.status_code, 'id="f-people-0-id_number-error"' in wrong.text) == (422, True)
        assert (await provider.post(f"{mine}/people", people)).status_code == 303
        assert await _state("contract", contract) == "draft", "the school checks the people"
        page = await school.get(path)
        assert resident_id(7) not in page.text
        assert "450" + "*" * 11 in page.text
        assert (await school.post(f"{path}/offer")).status_code == 303
        files = {"scan": ("盖章合同.pdf", io.BytesIO(_pdf(tmp_path)), "application/pdf")}
        sent = await provider.client.post(f"{mine}/scan", data={"_csrf_token": provider.csrf}, files=files)
        assert sent.status_code == 303, sent.text
        assert (await provider.post(f"{mine}/sign")).status_code == 422, "the box is not ticked"
        assert (await provider.post(f"{mine}/sign", {"read": "1"})).status_code == 303
        again = await provider.post(f"{mine}/sign", {"read": "1"})
        assert (again.status_code, "已经签订" in text_of(again)) == (409, True)
        assert await _state("contract", contract) == "signed"
        for visitor, record in ((school, path), (provider, mine)):
            assert "合同签订" in text_of(await visitor.get(record))


async def _pages(visitor: Visitor, *paths: str) -> None:
    """Each page answers in English and, last, in Chinese: a chosen language stays."""
    for path in paths:
        for language in ("en", "zh-CN"):
            found = await visitor.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert found.status_code == 200, (path, found.status_code, text_of(found)[:300])


async def test_a_case_through_the_pages(database: TestDatabase) -> None:
    district, firm, entry = await _world()
    contract = await district.signed(firm, entry)
    running = await district.signed(firm, entry, starts_on=date(2022, 10, 1), ends_on=date(2023, 1, 31))
    everyone = (district.school, firm.actor, district.reviewer, district.approver)
    async with visitors(*everyone) as (school, provider, reviewer, approver):
        await _pages(
            school,
            f"/school/contracts/{contract}/terminate",
            "/school/reports",
            "/school/reports/new",
            f"/school/reports/new?entry={entry}",
        )
        end = {"ground": "subcontracted", "reason": "现场发现授课教师为另一机构人员", "password": "wrong"}
        refused = await school.post(f"/school/contracts/{contract}/terminate", end)
        assert (refused.status_code, "密码不正确" in refused.text) == (422, True)
        assert end["reason"] in refused.text, "what was typed is kept"
        assert await _state("contract", contract) == "signed"
        done = await school.post(f"/school/contracts/{contract}/terminate", {**end, "password": PASSWORD})
        assert done.status_code == 303
        assert await _state("entry", entry) == "suspended"
        (case,) = [one["id"] for one in await rows("SELECT id FROM exit_case")]
        theirs, ours = f"/provider/exits/{case}", f"/bureau/exits/{case}"
        await _pages(
            provider, "/provider/exits", theirs, "/provider/contracts", f"/provider/contracts/{contract}"
        )
        await _pages(
            reviewer, "/bureau/exits", ours, f"/bureau/entries/{entry}", "/bureau/entries?status=suspended"
        )
        assert "现场发现授课教师" in text_of(await provider.get(theirs))
        opinion = {"verdict": "uphold", "ground": "subcontracted", "reason": "事实清楚"}
        early = await reviewer.post(f"{ours}/propose", opinion)
        assert (early.status_code, "规则 R27" in text_of(early)) == (422, True)
        assert (await provider.post(theirs, {"text": "已经整改"})).status_code == 303
        assert (await reviewer.post(f"{ours}/propose", opinion)).status_code == 303
        assert "事实清楚" not in text_of(await provider.get(theirs)), "a proposal is the bureau's own"
        deciding = text_of(await approver.get(f"{ours}/decide"))
        number = (await rows("SELECT number FROM contract WHERE id = {}", running))[0]["number"]
        for words in (number, "2022年7月5日至2025年7月5日", "2025年7月6日(周日)起可以重新申报", "南宁市"):
            assert words in deciding
        verdict = {"verdict": "uphold", "reason": "证据充分", "password": PASSWORD}
        assert (await reviewer.post(f"{ours}/decide", verdict)).status_code == 403
        assert (await approver.post(f"{ours}/decide", {**verdict, "password": "x"})).status_code == 422
        assert (await approver.post(f"{ours}/decide", {**verdict, "verdict": "dismiss"})).status_code == 422
        assert (await approver.post(f"{ours}/decide", verdict)).status_code == 303
        assert (await approver.post(f"{ours}/decide", verdict)).status_code == 409
        await _pages(
            school,
            f"/school/contracts/{running}",
            f"/school/contracts/{running}/handover",
            f"/school/contracts/{running}/terminate",
        )
        await _pages(approver, ours, f"/bureau/entries/{entry}")
        await _pages(provider, theirs)
        step = (await rows("SELECT id FROM handover_item WHERE contract = {} ORDER BY position", running))[0][
            "id"
        ]
        ticked = await school.post(f"/school/contracts/{running}/handover", {"step": str(step), "done": "1"})
        assert ticked.status_code == 303
        assert "已完成 1 项" in text_of(await school.get(f"/school/contracts/{running}/handover"))
        flagged = {"reason": "机构已被移出名单", "password": PASSWORD}
        assert (await school.post(f"/school/contracts/{running}/terminate", flagged)).status_code == 303


async def test_entries_and_listings_through_the_pages(database: TestDatabase) -> None:
    district, firm, entry = await _world()
    waiting = await district.on_notice(await district.firm("待入库机构", representative=2))
    later = await district.on_notice(
        await district.firm("公示中的机构", representative=3), passes_from=date(2022, 7, 20)
    )
    async with visitors(district.approver, district.reviewer, firm.actor) as (approver, reviewer, provider):
        await _pages(
            approver,
            "/bureau/entries",
            "/bureau/entries/waiting",
            f"/bureau/entries/waiting/{waiting}",
            f"/bureau/entries/{entry}/suspend",
            f"/bureau/exits/new?entry={entry}",
            "/bureau/exits",
        )
        blocked = text_of(await approver.get(f"/bureau/entries/waiting/{later}"))
        assert "公示期未满" in blocked
        assert "再次输入您的密码" not in blocked
        given = {"reason": "公示期满", "password": PASSWORD}
        assert (await reviewer.post(f"/bureau/entries/waiting/{waiting}", given)).status_code == 403
        assert (await approver.post(f"/bureau/entries/waiting/{later}", given)).status_code == 422
        assert (
            await approver.post(f"/bureau/entries/waiting/{waiting}", {"password": PASSWORD})
        ).status_code == 422
        assert (await approver.post(f"/bureau/entries/waiting/{waiting}", given)).status_code == 303
        assert (await approver.post(f"/bureau/entries/waiting/{waiting}", given)).status_code == 409
        assert (await approver.post(f"/bureau/entries/{entry}/suspend", given)).status_code == 303
        assert (await approver.post(f"/bureau/entries/{entry}/suspend", given)).status_code == 409
        await _pages(approver, f"/bureau/entries/{entry}/reinstate")
        assert (await approver.post(f"/bureau/entries/{entry}/reinstate", given)).status_code == 303
        case = {
            "entry": str(entry),
            "source": "complaint",
            "ground": "unlawful_conduct",
            "facts": "多名家长反映存在违规行为",
        }
        opened = await approver.post("/bureau/exits/new", case)
        assert opened.headers["location"].startswith("/bureau/exits/")
        for kind in ("xlsx", "csv"):
            found = await approver.get(f"/bureau/entries.{kind}?status=active")
            assert found.status_code == 200
        assert "待入库机构" in found.content.decode("utf-8-sig")
        await _pages(provider, f"/provider/entries/{entry}/withdraw")
        assert (
            await provider.post(f"/provider/entries/{entry}/withdraw", {**given, "password": "x"})
        ).status_code == 422
        assert (await provider.post(f"/provider/entries/{entry}/withdraw", given)).status_code == 303
        assert (await provider.post(f"/provider/entries/{entry}/withdraw", given)).status_code == 409


@pytest.mark.parametrize(
    "path", ["/school/choose", "/school/contracts", "/provider/contracts", "/bureau/entries", "/bureau/exits"]
)
async def test_lists_ask_the_same_few_questions_however_long_they_are(
    database: TestDatabase, path: str
) -> None:
    district, firm, entry = await _world()
    actor: Actor = {"school": district.school, "provider": firm.actor, "bureau": district.approver}[
        path.split("/")[1]
    ]
    async with visitors(actor) as (visitor,):
        await visitor.get(path)
        with counted_queries() as few:
            await visitor.get(path)
    for number in range(6):
        more = await district.listed(await district.firm(f"机构{number}", representative=number + 2))
        await district.offered(entry)
        await rows(
            "INSERT INTO exit_case (number, entry, bureau, ground, state, opened_on, answer_from, proposal_reason,"
            " decision_reason, overturned_reason, policy_version, policy, created_at) VALUES ({}, {}, {}, 'subcontracted',"
            " 'open', {}, {}, '', '', '', 'x', '{{}}', now())",
            f"TC-{number}",
            more,
            district.bureau_id,
            START,
            START,
        )
    async with visitors(actor) as (visitor,):
        await visitor.get(path)
        with counted_queries() as many:
            assert (await visitor.get(path)).status_code == 200
    assert many.n <= few.n + 1, many.statements


async def test_another_schools_pages_and_a_post_without_token(database: TestDatabase) -> None:
    district, firm, entry = await _world()
    contract = await district.signed(firm, entry)
    base = f"/school/contracts/{contract}"
    async with visitors(district.township, district.school, None) as (other, school, nobody):
        for path in (
            base,
            f"{base}/terminate",
            f"{base}/people",
            f"{base}/scan",
            f"{base}/handover",
            f"/provider/contracts/{contract}",
        ):
            assert (await other.get(path)).status_code in {403, 404}
        for path in (
            f"{base}/offer",
            f"{base}/take-back",
            f"{base}/people",
            f"{base}/preconditions/plan_published",
        ):
            assert (await other.post(path, {"met_on": "2022-07-01", "note": "x"})).status_code == 404
        school.csrf = "forged"
        assert (await school.post(f"{base}/take-back")).status_code == 403
        assert (await nobody.get(base)).status_code == 303
    assert await _state("contract", contract) == "signed"


async def test_a_suspension_between_the_page_and_the_click_is_explained(database: TestDatabase) -> None:
    district, firm, entry = await _world()
    contract = await district.offered(entry)
    await set_day(START)
    async with visitors(firm.actor, district.approver) as (provider, approver):
        assert (await provider.get(f"/provider/contracts/{contract}")).status_code == 200
        await approver.post(f"/bureau/entries/{entry}/suspend", {"reason": "核查", "password": PASSWORD})
        refused = await provider.post(f"/provider/contracts/{contract}/sign", {"read": "1"})
        assert refused.status_code == 422
        for words in ("该机构目前不可签约：暂停", "由教育局在原因消除后恢复", "规则 R22"):
            assert words in text_of(refused)


async def test_a_change_and_a_renewal_through_the_pages(settings_env: dict[str, str], tmp_path: Path) -> None:
    district, firm, entry = await _world()
    contract = await district.signed(firm, entry)
    async with visitors(district.school, firm.actor, district.township) as (school, provider, other):
        base = f"/school/contracts/{contract}"
        shown = await school.get(base)
        assert "合同期满前两个月起（2023-06-30）方可续签" in text_of(shown)
        given = {"course_title": "少儿书法", "ends_on": "2024-09-01", "fee": "40", "reason": "延长一年"}
        too_long = await school.post(f"{base}/variation", given)
        assert too_long.status_code == 422
        assert "由学校将终止日改为 2024-08-31 或更早" in text_of(too_long)
        assert 'value="2024-09-01"' in too_long.text
        assert (await other.post(f"{base}/variation", given)).status_code == 404
        assert (await school.post(f"{base}/variation", given | {"ends_on": "2024-08-31"})).status_code == 303
        variation = (await rows("SELECT id FROM contract_variation"))[0]["id"]
        unticked = await provider.post(f"/provider/variations/{variation}/agree")
        assert unticked.status_code == 422
        unsealed = await provider.post(f"/provider/variations/{variation}/agree", {"agreed": "1"})
        assert "双方盖章后，由学校或机构任一方上传" in text_of(unsealed)
        agreement = await provider.get(f"/contracts/variations/{variation}/agreement.docx")
        words = "\n".join(
            c.text
            for t in docx.Document(io.BytesIO(agreement.content)).tables
            for r in t.rows
            for c in r.cells
        )
        assert "2024年8月31日" in words
        sealed = await provider.client.post(
            f"/contracts/variations/{variation}/scan",
            data={"_csrf_token": provider.csrf},
            files={"scan": ("补充协议.pdf", _pdf(tmp_path), "application/pdf")},
        )
        assert sealed.status_code == 303
        assert (
            await provider.post(f"/provider/variations/{variation}/agree", {"agreed": "1"})
        ).status_code == 303
        assert (
            await provider.post(f"/provider/variations/{variation}/agree", {"agreed": "1"})
        ).status_code == 409
        with counted_queries() as queries:
            done = await school.get(base)
        assert queries.n <= 25, queries.statements
        assert "变更已生效" in text_of(done)
        whole = await school.get(f"{base}/contract.docx")
        text = "\n".join(one.text for one in docx.Document(io.BytesIO(whole.content)).paragraphs)
        assert "2024年8月31日" in text
        assert "南宁市青秀区晨曦艺术培训中心" in text
        assert resident_id(7) not in whole.text
        early = await school.post(f"{base}/renew")
        assert early.status_code == 422
        await rows("UPDATE entry SET ends_on = '2025-12-31'")
        await set_day(date(2024, 7, 1))
        renewed = await school.post(f"{base}/renew")
        assert renewed.status_code == 303
        again = await school.post(f"{base}/renew")
        assert again.headers["location"] == renewed.headers["location"]
        assert "续签自" in text_of(await school.get(renewed.headers["location"]))
