"""Confirming a listing (R18): what makes it an entry, and each thing that stands against it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.applications.form import ApplicationForm
from registry.exits import deciding
from registry.exits.reporting import Report, open_case
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, NotFound, RuleRefusal
from registry.kernel.sealed import blind_index
from registry.policies.vocabulary import Ground
from registry.review import commands as review
from registry.whitelist import queries
from registry.whitelist.listing import list_application, waiting_for_listing
from registry.whitelist.rules import StatusKind
from tests.conftest import TestDatabase
from tests.factories.listed import CYCLE_END, START, account, make_district, make_round, resident_id, set_day


async def _refused(actor: Actor, application: int) -> set[str]:
    with pytest.raises(RuleRefusal) as caught:
        await list_application(actor, application, "公示期满")
    assert await row("SELECT 1 AS one FROM entry") is None
    return {one.code for one in caught.value.refusals} or {caught.value.code}


async def test_a_listing_makes_an_entry_with_certificate_and_courses() -> None:
    district = await make_district()
    firm = await district.firm()
    application = await district.on_notice(firm)
    assert [w.application_id for w in await waiting_for_listing([district.bureau_id], START)] == [application]
    entry_id = await list_application(district.approver, application, "公示期满无异议")
    shown = await queries.entry_public(entry_id, START)
    assert shown.entry.certificate_number == "450100-2022-0001"
    assert (shown.entry.listed_on, shown.entry.ends_on, shown.entry.active) == (START, CYCLE_END, True)
    assert [(c.title, c.price_cents) for c in shown.courses] == [("少儿书法", 4000)]
    assert [h.what for h in shown.history] == ["listed"]
    state = await row("SELECT state FROM application WHERE id = {}", application)
    assert state == {"state": "listed"}
    events = await rows("SELECT action, chain FROM event WHERE subject = 'entry' ORDER BY id")
    assert [e["action"] for e in events] == ["list", "list"]
    assert await waiting_for_listing([district.bureau_id], START) == []
    second = await district.listed(await district.firm("另一家"))
    assert (await queries.get_entry(second, START)).certificate_number == "450100-2022-0002"


async def test_the_second_click_is_a_conflict() -> None:
    district = await make_district()
    application = await district.on_notice(await district.firm())
    await list_application(district.approver, application, "公示期满")
    with pytest.raises(Conflict):
        await list_application(district.second_approver, application, "公示期满")
    assert len(await rows("SELECT id FROM entry")) == 1


async def test_a_running_or_provisional_notice_does_not_list() -> None:
    district = await make_district()
    running = await district.on_notice(await district.firm(), passes_from=START + timedelta(days=1))
    assert await _refused(district.approver, running) == {"notice_running"}
    provisional = await district.on_notice(await district.firm(), passes_from=None)
    assert await _refused(district.approver, provisional) == {"notice_provisional"}


async def test_an_item_taken_off_is_not_on_notice() -> None:
    district = await make_district()
    application = await district.on_notice(await district.firm())
    await rows(
        "UPDATE notice_item SET taken_off_on = {}, taken_off_reason = 'x' WHERE application = {}",
        START,
        application,
    )
    assert await _refused(district.approver, application) == {"not_on_notice"}


@pytest.mark.parametrize(("state", "stands"), [("open", True), ("proposed", True), ("dismissed", False)])
async def test_an_open_objection_stands_against_it(database: TestDatabase, state: str, stands: bool) -> None:
    district = await make_district()
    application = await district.on_notice(await district.firm())
    database.execute(
        "INSERT INTO objection (item, receipt_number, receipt_secret_hash, kind, identity_sealed, facts_sealed, state,"
        " filed_on, filed_at, proposed_by, proposal, ruled_by, ruling_reason) SELECT id, 'Y1', '', 'person', '', '', %s,"
        " '2022-06-28', now(), 1, 'dismiss', 2, '' FROM notice_item WHERE application = %s",
        state,
        application,
    )
    if stands:
        assert await _refused(district.approver, application) == {"objection_open"}
    else:
        await list_application(district.approver, application, "异议不成立")


@pytest.mark.parametrize(
    ("severity", "overruled", "stands"),
    [("block", False, True), ("block", True, False), ("warn", False, False)],
)
async def test_block_findings_that_nobody_overruled_stand_against_it(
    database: TestDatabase, severity: str, overruled: bool, stands: bool
) -> None:
    district = await make_district()
    application = await district.on_notice(await district.firm())
    database.execute(
        "WITH run AS (INSERT INTO vetting_run (application, state, cause, engine, as_of, queued_at, failure, pages_total,"
        " pages_done) VALUES (%s, 'done', 'x', 'x', '2022-06-10', now(), '', 0, 0) RETURNING id, application)"
        " INSERT INTO finding (run, application, position, code, severity, rule, overruled_by, overruled_reason)"
        " SELECT id, application, 1, 'licence_expired', %s, 'R10', %s, 'x' FROM run",
        application,
        severity,
        1 if overruled else None,
    )
    if stands:
        assert await _refused(district.approver, application) == {"block_findings"}
    else:
        await list_application(district.approver, application, "已核实")


async def test_a_registration_that_lapsed_meanwhile_stands_against_it() -> None:
    district = await make_district()
    firm = await district.firm()
    application = await district.on_notice(firm)
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", START - timedelta(days=1), firm.id)
    assert await _refused(district.approver, application) == {"registration_lapsed"}
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", START, firm.id)
    await list_application(district.approver, application, "公示期满")


async def test_after_the_cycle_nothing_is_listed() -> None:
    district = await make_district()
    application = await district.on_notice(await district.firm())
    await set_day(CYCLE_END + timedelta(days=1))
    assert await _refused(district.approver, application) == {"cycle_over"}


async def test_nobody_lists_twice_or_for_their_own(database: TestDatabase) -> None:
    district = await make_district()
    firm = await district.firm()
    application = await district.on_notice(firm)
    at_bureau = Membership(Role.APPROVER, bureau_id=district.bureau_id)
    both = Actor(district.reviewer.account_id, "x", (*district.reviewer.memberships, at_bureau))
    assert await _refused(both, application) == {"same_person"}
    insider = await account("内部", at_bureau, Membership(Role.PROVIDER, provider_id=firm.id))
    assert await _refused(insider, application) == {"own_organisation"}
    with pytest.raises(Forbidden):
        await list_application(district.reviewer, application, "x")
    other = await make_district(division="450103", policy_name="default", name="青秀区教育局")
    with pytest.raises(NotFound):
        await list_application(other.approver, application, "x")
    database.execute("UPDATE application SET state = 'in_review' WHERE id = %s", application)
    database.execute("UPDATE application SET recommended_by = NULL WHERE id = %s", application)
    assert await _refused(district.approver, application) == {"not_on_notice", "two_people_missing"}


async def test_the_system_lists_only_where_the_policy_says_so() -> None:
    district = await make_district()
    application = await district.on_notice(await district.firm())
    with pytest.raises(Forbidden):
        await list_application(Actor.for_system("sweep"), application, "自动")


async def test_two_entries_of_a_provider_do_not_overlap() -> None:
    district = await make_district()
    firm = await district.firm()
    await district.listed(firm)
    later = await make_round(district.list_id, "nanning-2022", cycle_ends_on=date(2026, 7, 4))
    application = await district.on_notice(firm, round_id=later)
    with pytest.raises(RuleRefusal) as caught:
        await list_application(district.approver, application, "公示期满")
    assert caught.value.rule == "R19"
    await set_day(CYCLE_END + timedelta(days=1))
    second = await list_application(district.approver, application, "公示期满")
    assert (await queries.status(second, CYCLE_END + timedelta(days=1))).kind is StatusKind.LISTED


async def _names_boss(application: int, code: str, boss: int) -> None:
    form = ApplicationForm(
        name="申报",
        credit_code=code,
        kind="private_nonenterprise_certificate",
        legal_representative="黎新任",
        legal_representative_id=resident_id(boss),
        registered_address="南宁市兴宁区虚构路 9 号",
    )
    await rows("UPDATE application SET form_sealed = {} WHERE id = {}", form.sealed(), application)


async def test_a_ban_bars_the_legal_representative_that_the_application_names() -> None:
    """A provider with an earlier application keeps its record, so that a new boss stands in the application alone."""
    district = await make_district()
    banned = await district.firm("被禁入机构", representative=5)
    report = Report(Ground.SUBCONTRACTED, "转包", source="bureau")
    case = await open_case(district.reviewer, await district.listed(banned), report)
    await deciding.answer(banned.actor, case, "没有")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "清楚")
    await deciding.decide(district.approver, case, "uphold", "同意")
    firm = await district.firm("换了老板的机构", representative=6)
    application = await district.on_notice(firm)
    await _names_boss(application, firm.code, 5)
    with pytest.raises(RuleRefusal) as caught:
        await list_application(district.approver, application, "公示期满")
    assert {one.code for one in caught.value.refusals} == {"barred"}


async def test_what_was_reviewed_becomes_the_providers_record() -> None:
    district = await make_district()
    firm = await district.firm(representative=6)
    application = await district.on_notice(firm)
    await _names_boss(application, firm.code, 8)
    await list_application(district.approver, application, "公示期满")
    assert await row(
        "SELECT legal_representative, legal_representative_id_index AS index, registered_address FROM provider WHERE id = {}",
        firm.id,
    ) == {
        "legal_representative": "黎新任",
        "index": blind_index(resident_id(8), "person_id"),
        "registered_address": "南宁市兴宁区虚构路 9 号",
    }


async def test_who_stepped_aside_does_not_confirm_the_listing() -> None:
    district = await make_district()
    application = await district.on_notice(await district.firm())
    await review.recuse(district.second_approver, application, "亲属任职")
    with pytest.raises(RuleRefusal) as refused:
        await list_application(district.second_approver, application, "公示期满")
    assert (refused.value.rule, refused.value.code) == ("R13", "recused")
    await list_application(district.approver, application, "公示期满")
