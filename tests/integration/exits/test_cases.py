"""Exit cases (R26–R28): from the report to the ban, by two people, and back on appeal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.bans import queries as bans
from registry.bans.queries import ban_that_bars
from registry.bans.rules import Link
from registry.contracts import queries as contracts
from registry.exits import deciding, handover, overturning, queries
from registry.exits.reporting import Report, open_case, report, terminate_contract
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.sealed import unseal
from registry.policies.vocabulary import Ground
from registry.whitelist import queries as whitelist
from registry.whitelist.commands import reinstate, suspend, withdraw
from registry.whitelist.lifecycle import Cause
from registry.whitelist.listing import list_application
from registry.whitelist.rules import StatusKind
from tests.factories.listed import START, District, Firm, account, make_district, make_round, set_day

FACTS = "现场发现授课教师为另一机构人员"
ANSWERED = date(2022, 7, 12)


async def _world() -> tuple[District, Firm, int, int]:
    """A district, a listed firm, its entry and a signed contract."""
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    return district, firm, entry, await district.signed(firm, entry)


async def _case(district: District, entry: int, *, ground: Ground = Ground.SUBCONTRACTED) -> int:
    return await report(district.school, entry, Report(ground, FACTS, school_id=district.school_id))


async def _proposed(district: District, firm: Firm, case: int, verdict: deciding.Verdict = "uphold") -> None:
    await deciding.answer(firm.actor, case, "已整改")
    await deciding.propose(district.reviewer, case, verdict, Ground.SUBCONTRACTED, "事实清楚")


async def _upheld() -> tuple[District, Firm, int, int, int]:
    district, firm, entry, contract = await _world()
    case = await _case(district, entry)
    await _proposed(district, firm, case)
    await deciding.decide(district.approver, case, "uphold", "证据充分")
    return district, firm, entry, contract, case


async def test_a_report_opens_a_case_and_the_next_joins_it() -> None:
    district, firm, entry, _ = await _world()
    case = await _case(district, entry)
    shown = await queries.get_case(firm.actor, case)
    assert (shown.number, shown.state, shown.answer_until) == ("TC-450100-2022-0001", "open", ANSWERED)
    assert (await whitelist.status(entry, START)).active, "a report alone does not suspend"
    await deciding.answer(firm.actor, case, "没有转包")
    await set_day(date(2022, 7, 6))
    again = await report(
        district.township,
        entry,
        Report(Ground.UNLAWFUL_CONDUCT, "另有新的事实", school_id=district.township_id),
    )
    assert again == case
    shown = await queries.get_case(district.reviewer, case)
    assert (shown.answer_until, shown.answered_on) == (date(2022, 7, 13), None), (
        "new facts, new time to answer"
    )
    assert [one.facts for one in await queries.reports_of(case)] == [FACTS, "另有新的事实"]
    assert [one.text for one in queries.answers_of(shown)] == ["没有转包"]


async def test_facts_are_sealed_and_in_no_event() -> None:
    district, _, entry, _ = await _world()
    case = await _case(district, entry)
    stored = (await rows("SELECT facts_sealed FROM exit_report"))[0]["facts_sealed"]
    assert FACTS.encode() not in stored
    assert unseal(stored, "exit_report.facts") == FACTS
    assert FACTS not in str(await rows("SELECT reason, data FROM event"))
    assert FACTS not in str(await rows("SELECT subject, body FROM notification"))
    assert case


async def test_a_termination_on_a_ground_suspends_at_once_and_reports() -> None:
    district, firm, entry, contract = await _world()
    case = await terminate_contract(district.school, contract, ground=Ground.SUBCONTRACTED, reason=FACTS)
    assert case is not None
    now = await whitelist.status(entry, START)
    assert (now.kind, now.causes) == (StatusKind.SUSPENDED, ("terminated_by_school",))
    (made,) = await queries.reports_of(case)
    assert (made.contract_id, made.school_id, made.ground) == (
        contract,
        district.school_id,
        Ground.SUBCONTRACTED,
    )
    await _proposed(district, firm, case, "dismiss")
    await deciding.decide(district.approver, case, "dismiss", "证据不足")
    assert (await whitelist.status(entry, START)).active, "dismissed: the suspension ends"
    assert await row("SELECT state FROM contract") == {"state": "terminated"}


async def test_another_cause_keeps_the_entry_suspended_after_a_dismissal() -> None:
    district, firm, entry, contract = await _world()
    await suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    case = await terminate_contract(district.school, contract, ground=Ground.SUBCONTRACTED, reason=FACTS)
    assert case is not None
    await _proposed(district, firm, case, "dismiss")
    await deciding.decide(district.approver, case, "dismiss", "证据不足")
    assert (await whitelist.status(entry, START)).causes == ("bureau",)
    await reinstate(district.approver, entry, cause=Cause.BUREAU, reason="核查完毕")
    assert (await whitelist.status(entry, START)).active


async def test_a_ground_must_be_one_of_the_policy() -> None:
    district, _, entry, contract = await _world()
    with pytest.raises(RuleRefusal) as caught:
        await _case(district, entry, ground=Ground.SOLICITING_STUDENTS)
    assert caught.value.rule == "R26"
    with pytest.raises(RuleRefusal):
        await terminate_contract(district.school, contract, ground=Ground.SOLICITING_STUDENTS, reason=FACTS)
    assert await row("SELECT state FROM contract") == {"state": "signed"}, (
        "the termination goes with its report"
    )


async def test_a_school_reports_only_what_concerns_it() -> None:
    district, firm, entry, _ = await _world()
    other = await make_district(division="450103", policy_name="default", name="青秀区教育局")
    with pytest.raises(NotFound):
        await report(other.school, entry, Report(Ground.SUBCONTRACTED, FACTS, school_id=other.school_id))
    with pytest.raises(NotFound):
        await report(
            district.township, entry, Report(Ground.SUBCONTRACTED, FACTS, school_id=district.school_id)
        )
    with pytest.raises(Invalid):
        await report(district.school, entry, Report(Ground.SUBCONTRACTED, "  ", school_id=district.school_id))
    case = await _case(district, entry)
    stranger = await district.firm("别的机构")
    for actor in (other.reviewer, stranger.actor, district.school):
        with pytest.raises(NotFound):
            await queries.get_case(actor, case)
    with pytest.raises(NotFound):
        await deciding.answer(stranger.actor, case, "x")
    with pytest.raises(NotFound):
        await open_case(other.reviewer, entry, Report(Ground.SUBCONTRACTED, FACTS, source="bureau"))
    assert firm.id


async def test_nothing_is_decided_before_the_provider_was_heard() -> None:
    district, firm, entry, _ = await _world()
    case = await _case(district, entry)
    for day in (START, ANSWERED):
        await set_day(day)
        with pytest.raises(RuleRefusal) as caught:
            await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "x")
        assert (caught.value.code, caught.value.rule) == ("answer_pending", "R27")
    await deciding.answer(firm.actor, case, "最后一天答复")
    await set_day(ANSWERED + timedelta(days=1))
    with pytest.raises(RuleRefusal) as caught:
        await deciding.answer(firm.actor, case, "迟了")
    assert caught.value.code == "answer_late"
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "x")


async def test_without_an_answer_it_is_decided_after_the_time() -> None:
    district, _, entry, _ = await _world()
    case = await _case(district, entry)
    await set_day(ANSWERED + timedelta(days=1))
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "期满未答复")
    assert await deciding.decide(district.approver, case, "uphold", "同意") is not None


async def test_two_people_decide_as_proposed() -> None:
    district, firm, entry, _ = await _world()
    case = await _case(district, entry)
    await _proposed(district, firm, case)
    at_bureau = Membership(Role.APPROVER, bureau_id=district.bureau_id)
    same = Actor(district.reviewer.account_id, "x", (*district.reviewer.memberships, at_bureau))
    with pytest.raises(RuleRefusal) as caught:
        await deciding.decide(same, case, "uphold", "x")
    assert (caught.value.code, caught.value.rule) == ("same_person", "R13")
    with pytest.raises(RuleRefusal) as caught:
        await deciding.decide(district.approver, case, "dismiss", "x")
    assert caught.value.code == "not_as_proposed"
    with pytest.raises(Forbidden):
        await deciding.decide(district.reviewer, case, "uphold", "x")
    for membership in (
        Membership(Role.PROVIDER, provider_id=firm.id),
        Membership(Role.SCHOOL, school_id=district.school_id),
    ):
        insider = await account("内部", at_bureau, membership)
        with pytest.raises(RuleRefusal) as caught:
            await deciding.decide(insider, case, "uphold", "x")
        assert caught.value.code == "own_organisation"
    await deciding.send_back(district.approver, case, "请补充证据")
    with pytest.raises(Conflict):
        await deciding.decide(district.approver, case, "uphold", "x")
    await deciding.propose(district.reviewer, case, "dismiss", Ground.SUBCONTRACTED, "证据不足")
    await deciding.decide(district.approver, case, "dismiss", "同意")
    with pytest.raises(Conflict):
        await deciding.decide(district.second_approver, case, "dismiss", "同意")
    assert await rows("SELECT id FROM ban") == []


async def test_upholding_removes_flags_and_bans_in_one() -> None:
    district, firm, entry, contract, case = await _upheld()
    assert (await whitelist.status(entry, START)).kind is StatusKind.REMOVED
    ban = await bans.of_case(case)
    assert ban is not None
    assert (ban.decided_on, ban.last_day, ban.reach, ban.in_force(START)) == (
        START,
        date(2025, 7, 5),
        "450100",
        True,
    )
    flagged = await contracts.get_contract(district.school, contract)
    assert (flagged.state, flagged.flagged_on) == ("signed", START), "it does not end by itself"
    _, steps = await handover.steps_of(district.school, contract)
    assert len(steps) == len(handover.STEPS)
    await handover.tick(district.school, contract, steps[0].id, done=True)
    await handover.tick(district.school, contract, steps[0].id, done=True)
    _, steps = await handover.steps_of(district.school, contract)
    assert [one.done_on for one in steps[:2]] == [START, None]
    with pytest.raises(NotFound):
        await handover.steps_of(district.township, contract)
    chains = {one["chain"] for one in await rows("SELECT chain FROM event WHERE action = 'uphold'")}
    assert chains == {f"bureau:{district.bureau_id}", f"provider:{firm.id}"}
    assert await terminate_contract(district.school, contract, ground=None, reason="机构已被移出名单") is None
    with pytest.raises(Conflict):
        await _case(district, entry)


async def test_contracts_that_ended_are_not_flagged_and_those_to_come_are() -> None:
    district, firm, entry, running = await _world()
    ending = await district.signed(firm, entry, starts_on=START, ends_on=START)
    coming = await district.signed(
        firm, entry, school=district.school, starts_on=date(2022, 10, 1), ends_on=date(2023, 1, 31)
    )
    await set_day(START + timedelta(days=1))
    case = await _case(district, entry)
    await _proposed(district, firm, case)
    await deciding.decide(district.approver, case, "uphold", "证据充分")
    flagged = await rows("SELECT id FROM contract WHERE flagged_on IS NOT NULL ORDER BY id")
    assert [one["id"] for one in flagged] == [running, coming]
    assert ending not in [running, coming]


async def test_a_withdrawal_does_not_end_a_case() -> None:
    district, firm, entry, _ = await _world()
    case = await _case(district, entry)
    await withdraw(firm.actor, entry, "不再参与")
    await _proposed(district, firm, case)
    await deciding.decide(district.approver, case, "uphold", "证据充分")
    assert (await whitelist.status(entry, START)).kind is StatusKind.REMOVED
    assert await bans.of_case(case) is not None


async def test_an_expiry_does_not_end_a_case() -> None:
    district, firm, entry, contract = await _world()
    await rows("UPDATE entry SET ends_on = {} WHERE id = {}", date(2022, 9, 30), entry)
    await set_day(date(2022, 10, 8))
    assert (await whitelist.status(entry, date(2022, 10, 8))).kind is StatusKind.EXPIRED
    case = await _case(district, entry)
    await _proposed(district, firm, case)
    await deciding.decide(district.approver, case, "uphold", "证据充分")
    assert (await contracts.get_contract(district.school, contract)).flagged_on == date(2022, 10, 8)


async def test_a_ban_refuses_the_listing_of_the_same_provider() -> None:
    district, firm, _, _, _ = await _upheld()
    later = await make_round(district.list_id, "nanning-2022", cycle_ends_on=date(2026, 7, 4))
    application = await district.on_notice(firm, round_id=later)
    for day, codes in (
        (date(2022, 7, 6), {"barred"}),
        (date(2025, 7, 5), {"barred"}),
        (date(2025, 7, 6), set[str]()),
    ):
        await set_day(day)
        if codes:
            with pytest.raises(RuleRefusal) as caught:
                await list_application(district.approver, application, "x")
            assert {one.code for one in caught.value.refusals} == codes
        else:
            await list_application(district.approver, application, "禁入期满")


async def test_a_ban_suspends_the_provider_on_other_lists_in_its_reach() -> None:
    city = await make_district()
    county = await make_district(division="450103", policy_name="default", name="青秀区教育局")
    firm = await city.firm()
    entry = await city.listed(firm)
    elsewhere = await county.listed(firm)
    case = await _case(city, entry)
    await _proposed(city, firm, case)
    await deciding.decide(city.approver, case, "uphold", "证据充分")
    assert (await whitelist.status(elsewhere, START)).causes == ("banned",)
    await city.overturned(case, "复议撤销")
    assert (await whitelist.status(elsewhere, START)).active


async def test_an_appeal_restores_what_can_be_restored_and_keeps_the_history() -> None:
    district, firm, entry, contract, case = await _upheld()
    after = START + timedelta(days=30)
    await set_day(after)
    assert await district.overturned(case, "行政复议撤销") is True
    assert (await whitelist.status(entry, after)).active
    assert (await whitelist.status(entry, after - timedelta(days=1))).kind is StatusKind.REMOVED
    shown = await whitelist.entry_public(entry, START + timedelta(days=3))
    assert (shown.removal_ground, shown.overturned_later) == ("subcontracted", after)
    assert [one.what for one in (await whitelist.entry_public(entry, after)).history] == [
        "listed",
        "removed",
        "restored",
    ]
    assert (await contracts.get_contract(district.school, contract)).flagged_on is None
    ban = await bans.of_case(case)
    assert ban is not None
    assert not ban.in_force(after)
    assert ban.in_force(after - timedelta(days=1))
    with pytest.raises(Conflict):
        await overturning.overturn(district.second_approver, case, "再次")
    assert await district.signed(firm, entry)


async def test_an_appeal_brings_back_a_withdrawn_entry_as_withdrawn_and_a_suspended_one_as_suspended() -> (
    None
):
    district, firm, entry, contract = await _world()
    await suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    case = await terminate_contract(district.school, contract, ground=Ground.SUBCONTRACTED, reason=FACTS)
    assert case is not None
    await _proposed(district, firm, case)
    await deciding.decide(district.approver, case, "uphold", "证据充分")
    await district.overturned(case, "撤销")
    now = await whitelist.status(entry, START)
    assert (now.kind, now.causes) == (StatusKind.SUSPENDED, ("bureau",))
    other = await district.firm("第二家")
    gone = await district.listed(other)
    second = await _case(district, gone)
    await withdraw(other.actor, gone, "退出")
    await _proposed(district, other, second)
    await deciding.decide(district.approver, second, "uphold", "证据充分")
    await district.overturned(second, "撤销")
    assert (await whitelist.status(gone, START)).kind is StatusKind.WITHDRAWN


@pytest.mark.parametrize("same", ["code", "representative", "nothing"])
async def test_whom_a_ban_bars(same: str) -> None:
    district, firm, _, _, _ = await _upheld()
    code = firm.code if same == "code" else "52450100MJX999999X"
    index = firm.representative_index if same == "representative" else None
    found = await ban_that_bars(
        list_id=district.list_id, credit_code=code, representative_index=index, as_of=START
    )
    links = {"code": Link.CREDIT_CODE, "representative": Link.LEGAL_REPRESENTATIVE, "nothing": None}
    assert (found.link if found else None) == links[same]
    early = await ban_that_bars(
        list_id=district.list_id,
        credit_code=code,
        representative_index=index,
        as_of=START - timedelta(days=1),
    )
    assert early is None


async def test_a_ban_elsewhere_is_an_info_unless_recognised() -> None:
    district, firm, _, _, _ = await _upheld()
    far = await make_district(division="440700", policy_name="default", name="江门市教育局")
    asked = {"list_id": far.list_id, "credit_code": firm.code, "representative_index": None, "as_of": START}
    assert await ban_that_bars(**asked) is None  # type: ignore[arg-type]
    (info,) = await bans.strongly_linked_elsewhere(**asked)  # type: ignore[arg-type]
    assert info.ban.bureau_id == district.bureau_id
    barring = await ban_that_bars(**asked, recognised=["450000"])  # type: ignore[arg-type]
    assert barring is not None


async def test_the_public_list_of_bans_pages_and_narrows() -> None:
    district, firm, _, _, case = await _upheld()
    other = await district.firm("第二家机构", representative=2)
    second = await _case(district, await district.listed(other))
    await _proposed(district, other, second)
    await deciding.decide(district.approver, second, "uphold", "证据充分")
    await district.overturned(second, "撤销")
    listed = await bans.list_bans(as_of=START)
    assert [one.case_id for one in listed.bans] == [case]
    overturned = await bans.list_bans(as_of=START, state="overturned")
    assert [one.case_id for one in overturned.bans] == [second]
    first = await bans.list_bans(as_of=START, state="", limit=1)
    rest = await bans.list_bans(as_of=START, state="", limit=1, after=first.after)
    assert [one.case_id for one in (*first.bans, *rest.bans)] == [second, case]
    assert rest.after is None
    assert [one.case_id for one in (await bans.list_bans(as_of=START, state="", q=firm.code)).bans] == [case]
    assert (await bans.list_bans(as_of=date(2025, 7, 6), state="over")).bans[0].case_id == case
    assert (await bans.list_bans(as_of=START, after="nonsense")).bans
