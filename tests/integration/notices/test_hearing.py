"""No objection is upheld before the provider was heard (R17): by commands, and through its page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Invalid, NotFound, RuleRefusal
from registry.notices import cases, commands, objections, queries
from tests.conftest import TestDatabase
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import set_day
from tests.factories.reviewing import Desk, make_desk, provider_of
from tests.integration.notices.test_objections import PERSON, PUBLIC

FILED = date(2022, 6, 28)
UNTIL = date(2022, 7, 1)


async def _objected(desk: Desk) -> tuple[int, int, Actor]:
    """(application, objection, the provider), filed on a Tuesday: three working days are Wednesday to Friday."""
    application = await desk.shortlisted("南宁甲有限公司")
    notice = await commands.publish(desk.approver, desk.round_id, [application], "公示")
    (item,) = (await queries.detail(notice)).items
    await set_day(FILED)
    provider = await provider_of(application)
    return application, (await objections.file(PUBLIC, item.id, PERSON)).objection_id, provider


async def _state(case: int) -> str:
    return str((await rows("SELECT state FROM objection WHERE id = {}", case))[0]["state"])


async def test_the_day_is_stored_told_and_shown_to_both(database: TestDatabase) -> None:
    desk = await make_desk()
    _, case, provider = await _objected(desk)
    stored = await rows("SELECT answer_until FROM objection WHERE id = {}", case)
    assert stored[0]["answer_until"] == UNTIL
    told = (await rows("SELECT body, link FROM notification WHERE account_id = {}", provider.account_id))[-1]
    assert ("2022-07-01" in told["body"], told["link"]) == (True, f"/provider/objections/{case}")
    assert (await cases.case(desk.reviewer, case)).hearing.last_day == UNTIL
    seen = await cases.for_provider(provider, case)
    assert (seen.hearing.last_day, seen.facts, seen.reason) == (UNTIL, PERSON.facts, "")


async def test_upholding_waits_for_the_answer(database: TestDatabase) -> None:
    desk = await make_desk()
    application, case, provider = await _objected(desk)
    with pytest.raises(RuleRefusal) as early:
        await objections.propose(desk.reviewer, case, "uphold", "属实")
    (refusal,) = early.value.refusals
    assert (refusal.code, refusal.rule, refusal.params["day"]) == ("answer_pending", "R17", "2022-07-01")
    assert refusal.remedy
    await objections.answer(provider, case, "证书真实")
    await objections.propose(desk.reviewer, case, "uphold", "属实")
    await objections.decide(desk.approver, case, "uphold", "属实")
    assert (await rows("SELECT state FROM application WHERE id = {}", application))[0]["state"] == "rejected"


@pytest.mark.parametrize(("day", "heard"), [(UNTIL, False), (UNTIL + timedelta(days=1), True)])
async def test_or_for_the_end_of_the_time(database: TestDatabase, day: date, heard: bool) -> None:
    desk = await make_desk()
    _, case, _ = await _objected(desk)
    await set_day(day)
    if heard:
        await objections.propose(desk.reviewer, case, "uphold", "属实")
    else:
        with pytest.raises(RuleRefusal, match="答复期限未满"):
            await objections.propose(desk.reviewer, case, "uphold", "属实")
    assert await _state(case) == ("proposed" if heard else "open")


async def test_dismissing_does_not_wait_and_cuts_no_answer_short(database: TestDatabase) -> None:
    desk = await make_desk()
    _, case, provider = await _objected(desk)
    await objections.propose(desk.reviewer, case, "dismiss", "明显不实")
    with pytest.raises(RuleRefusal) as early:
        await objections.decide(desk.approver, case, "uphold", "看法不同")
    assert early.value.refusals[0].code == "answer_pending"
    await objections.answer(provider, case, "证书真实")
    with pytest.raises(Conflict):
        await objections.answer(provider, case, "再补充")
    await objections.decide(desk.approver, case, "dismiss", "不成立")
    with pytest.raises(Conflict):
        await objections.answer(provider, case, "办结以后")


async def test_what_was_answered_stays_when_more_is_added(database: TestDatabase) -> None:
    desk = await make_desk()
    _, case, provider = await _objected(desk)
    await objections.answer(provider, case, "证书真实")
    await set_day(UNTIL + timedelta(days=1))
    await objections.answer(provider, case, "附查询结果")
    answer = (await cases.for_provider(provider, case)).answer or ""
    assert answer.startswith("证书真实")
    assert "（2022-07-02）附查询结果" in answer
    with pytest.raises(Invalid):
        await objections.answer(provider, case, "长" * (objections.MAX_ANSWER + 1))


async def test_an_end_that_was_not_settled_is_computed_again(database: TestDatabase) -> None:
    """As for objections from before the time to answer was stored."""
    desk = await make_desk()
    _, case, _ = await _objected(desk)
    await rows("UPDATE objection SET answer_until = NULL")
    with pytest.raises(RuleRefusal):
        await objections.propose(desk.reviewer, case, "uphold", "属实")
    await set_day(UNTIL + timedelta(days=1))
    await objections.propose(desk.reviewer, case, "uphold", "属实")


async def test_the_provider_answers_by_its_page(database: TestDatabase) -> None:
    desk = await make_desk()
    application, case, provider = await _objected(desk)
    stranger = await provider_of(await desk.shortlisted("南宁乙有限公司"))
    with pytest.raises(NotFound):
        await cases.for_provider(stranger, case)
    url = f"/provider/objections/{case}"
    async with visitors(provider, stranger, desk.reviewer) as (own, other, reviewer):
        assert url in (await own.get(f"/provider/applications/{application}")).text
        for language in ("en", "zh-CN"):
            shown = await own.get(f"{url}?lang={language}")
            assert (shown.status_code, "某甲" in shown.text) == (200, False)
        assert "2022年7月1日" in text_of(shown)
        assert PERSON.facts in text_of(shown)
        assert (await other.get(url)).status_code == 404
        assert (await other.post(url, {"answer": "x"})).status_code == 404
        assert (await reviewer.get(url)).status_code == 403
        assert (await own.post(url, {"answer": " "})).status_code == 422
        assert (await own.post(url, {"answer": "证书真实，编号可查"})).status_code == 303
        assert "证书真实" in text_of(await own.get(url))
        officer = f"/bureau/notices/objections/{case}"
        assert "2022年7月1日" in text_of(await reviewer.get(officer))
        opinion = {"ruling": "uphold", "reason": "查无此证"}
        assert (await reviewer.post(f"{officer}/propose", opinion)).status_code == 303
        assert "查无此证" not in text_of(await own.get(url)), "a proposal is the bureau's own"
        assert (await own.post(url, {"answer": "再补充"})).status_code == 409
