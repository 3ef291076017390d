"""An application on paper: the postmark counts, a clerk enters it and keeps out of its review, originals are held (R8, R13)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.applications import commands, queries
from registry.applications.commands import Arrival
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.review import commands as review
from registry.review.dossier import dossier, options
from registry.review.originals import OriginalOutcome, check_original, originals_of
from storage.store import ObjectStore
from tests.factories.applying import DEADLINE, Applicant, make_applicant, some_facts, some_file, whole_form
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import credit_code, set_day
from tests.factories.reviewing import Desk, make_desk

LATE = date(2022, 6, 27)


def posted(day: date = DEADLINE, received: date = LATE) -> Arrival:
    """A letter posted on the last day that came five days later."""
    return Arrival(True, day, received)


async def begun(desk: Desk, number: int = 700) -> int:
    """A paper application that a clerk began to enter, with its form and its scan."""
    facts = some_facts(number)
    application = await commands.begin_paper(
        desk.admin, desk.round_id, facts.name, facts.credit_code, posted()
    )
    _, version = await queries.working_form(application)
    await commands.save_form(desk.admin, application, whole_form(facts), version)
    await commands.add_file(desk.admin, application, 0, await some_file())
    return application


async def test_the_postmark_counts_after_the_deadline(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    desk = await make_desk(day=LATE)
    application = await begun(desk)
    receipt = await commands.submit(desk.admin, application)
    found = await queries.get(application)
    assert (found.state, found.submitted_on, found.receipt_number) == ("submitted", DEADLINE, receipt)
    event = (
        await rows("SELECT account_id FROM event WHERE subject = 'application' AND action = 'enter_paper'")
    )[0]
    assert event["account_id"] == desk.admin.account_id
    facts = some_facts(701)
    with pytest.raises(RuleRefusal) as late:
        await commands.begin_paper(
            desk.admin, desk.round_id, facts.name, facts.credit_code, posted(date(2022, 6, 23))
        )
    assert late.value.code == "round_closed"
    with pytest.raises(RuleRefusal):
        await commands.begin_paper(
            desk.admin, desk.round_id, facts.name, facts.credit_code, posted(date(2022, 5, 31))
        )
    with pytest.raises(Invalid) as wrong:
        await commands.begin_paper(
            desk.admin, desk.round_id, "", "123", Arrival(True, LATE, date(2022, 6, 28))
        )
    assert {one.field for one in wrong.value.fields} == {"name", "credit_code", "received_on"}
    with pytest.raises(Conflict):
        await commands.begin_paper(
            desk.admin, desk.round_id, "再来一份", some_facts(700).credit_code, posted()
        )


async def test_who_may_enter_and_the_clerk_keeps_out_of_the_review(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    desk = await make_desk(day=LATE)
    facts = some_facts(710)
    with pytest.raises(Forbidden):
        await commands.begin_paper(desk.approver, desk.round_id, facts.name, facts.credit_code, posted())
    other = await make_desk(day=LATE, name="另一教育局")
    with pytest.raises(NotFound):
        await commands.begin_paper(other.admin, desk.round_id, facts.name, facts.credit_code, posted())
    application = await commands.begin_paper(
        desk.reviewer, desk.round_id, facts.name, facts.credit_code, posted()
    )
    _, version = await queries.working_form(application)
    with pytest.raises(NotFound):
        await commands.save_form(other.admin, application, whole_form(facts), version)
    with pytest.raises(NotFound):
        await commands.save_form(desk.approver, application, whole_form(facts), version)
    await commands.save_form(desk.admin, application, whole_form(facts), version)
    await commands.add_file(desk.reviewer, application, 0, await some_file())
    await commands.submit(desk.reviewer, application)
    await rows("UPDATE application SET state = 'in_review' WHERE id = {}", application)
    await rows(
        "INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at, failure)"
        " VALUES ({}, 'done', 'submission', 'test', {}, now(), '')",
        application,
        DEADLINE,
    )
    with pytest.raises(RuleRefusal) as entered:
        await review.recommend(desk.reviewer, application, "shortlist", "齐全")
    assert (entered.value.code, entered.value.rule) == ("entered_it", "R13")
    assert options(await dossier(desk.reviewer, application), desk.reviewer).refusal is not None
    await review.recommend(desk.reviewer2, application, "shortlist", "齐全")
    with pytest.raises(NotFound):
        await commands.save_form(desk.admin, application, whole_form(facts), 1)


async def test_the_provider_does_not_change_what_is_being_entered(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    applicant: Applicant = await make_applicant()
    desk = applicant.desk
    await set_day(LATE)
    application = await commands.begin_paper(
        desk.admin, desk.round_id, applicant.facts.name, applicant.facts.credit_code, posted()
    )
    assert (await queries.own(applicant.actor, application)).provider_id == applicant.provider_id
    _, version = await queries.working_form(application)
    with pytest.raises(Conflict) as refused:
        await commands.save_form(applicant.actor, application, whole_form(applicant.facts), version)
    assert refused.value.code == "entered_from_paper"
    with pytest.raises(Conflict):
        await commands.submit(applicant.actor, application)
    await commands.withdraw(desk.admin, application)
    assert (await queries.get(application)).state == "withdrawn"


async def test_a_correction_that_came_on_paper(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    desk = await make_desk(day=LATE)
    application = await begun(desk, 740)
    await commands.submit(desk.admin, application)
    await rows("UPDATE application SET state = 'in_review' WHERE id = {}", application)
    await review.request_correction(desk.reviewer, application, [0, 7], "工作方案缺页")
    with pytest.raises(NotFound):
        await commands.add_file(desk.reviewer, application, 7, await some_file())
    await commands.add_file(desk.admin, application, 7, await some_file())
    with pytest.raises(NotFound):
        await commands.resubmit(desk.reviewer, application)
    await commands.resubmit(desk.admin, application)
    assert (await queries.get(application)).state == "submitted"
    event = (await rows("SELECT account_id FROM event WHERE action = 'enter_paper_correction'"))[0]
    assert event["account_id"] == desk.admin.account_id


async def test_originals_are_held_and_differences_recorded(
    object_store: ObjectStore, settings_env: dict[str, str]
) -> None:
    desk = await make_desk(day=LATE)
    application = await desk.applied()
    await check_original(desk.reviewer, application, 2, OriginalOutcome.MATCHES)
    with pytest.raises(Invalid):
        await check_original(desk.reviewer, application, 3, OriginalOutcome.DIFFERS)
    await check_original(
        desk.reviewer, application, 3, OriginalOutcome.DIFFERS, "第 2 页经营范围不同，以纸质为准"
    )
    await check_original(desk.approver, application, 3, OriginalOutcome.MATCHES)
    seen = await originals_of(application)
    assert {item: one.outcome for item, one in seen.items()} == {
        2: OriginalOutcome.MATCHES,
        3: OriginalOutcome.MATCHES,
    }
    assert len(await rows("SELECT 1 AS one FROM original_check")) == 3, "the earlier look is kept"
    with pytest.raises(Invalid):
        await check_original(desk.reviewer, application, 99, OriginalOutcome.MATCHES)
    with pytest.raises(Forbidden):
        await check_original(desk.admin, application, 2, OriginalOutcome.MATCHES)
    unpaper = await make_desk(day=LATE, name="不收纸质的教育局", policy="taishan-2026")
    if not (await dossier(unpaper.reviewer, await unpaper.applied())).policy.paper.accepted:
        with pytest.raises(RuleRefusal):
            await commands.begin_paper(unpaper.admin, unpaper.round_id, "机构", credit_code(720), posted())


async def test_through_the_pages(object_store: ObjectStore, settings_env: dict[str, str]) -> None:
    desk = await make_desk(day=LATE)
    facts = some_facts(730)
    async with visitors(desk.admin, desk.approver, desk.reviewer2) as (clerk, approver, reviewer):
        assert (await approver.get("/bureau/paper")).status_code == 403
        given = {
            "round": str(desk.round_id), "name": facts.name, "credit_code": facts.credit_code, "way": "post",
            "posted_on": "2022-06-23", "received_on": "2022-06-27",
        }  # fmt: skip
        late = await clerk.post("/bureau/paper", given)
        assert (late.status_code, facts.name in late.text) == (422, True)
        assert "截止申报" in text_of(late)
        done = await clerk.post("/bureau/paper", {**given, "posted_on": "2022-06-22"})
        place = done.headers["location"]
        assert (done.status_code, place.startswith("/provider/applications/")) == (303, True)
        assert "纸质申报，邮戳（递交）日期" in text_of(await clerk.get(place))
        assert (await clerk.get(f"{place}/form/basics")).status_code == 200
        assert (await clerk.get(f"{place}/files")).status_code == 200
        assert (await reviewer.get(place)).status_code == 200, "another clerk of the bureau may go on"
        application = int(place.rsplit("/", 1)[1])
        _, version = await queries.working_form(application)
        await commands.save_form(desk.admin, application, whole_form(facts), version)
        await commands.add_file(desk.admin, application, 0, await some_file())
        sent = await clerk.post(f"{place}/submit")
        assert (sent.status_code, sent.headers["location"]) == (303, f"/bureau/applications/{application}")
        shown = await clerk.get(f"/bureau/applications/{application}")
        assert "纸质申报，由工作人员录入" in text_of(shown)
        originals = f"/bureau/applications/{application}/originals"
        assert (await reviewer.post(originals, {"item": "2", "outcome": "differs"})).status_code == 422
        noted = await reviewer.post(originals, {"item": "2", "outcome": "differs", "note": "地址不同"})
        assert noted.status_code == 303
        assert "地址不同" in (await reviewer.get(originals)).text
        assert "1 项与原件不一致" in text_of(await reviewer.get(f"/bureau/applications/{application}"))
