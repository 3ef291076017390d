"""Complaints (R25): anybody, all year, sealed, followed by receipt; answered, closed, and where it must be, a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.evaluations.complaints import cases, deadlines, filing, handling
from registry.evaluations.complaints.filing import ComplaintInput
from registry.evaluations.complaints.following import follow
from registry.evaluations.lifecycle import Topic
from registry.exits import queries as exits
from registry.exits.origins import case_of_complaint
from registry.exits.reporting import Report, open_case
from registry.jurisdictions import calendars
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal, TooMany
from registry.kernel.sealed import unseal_json
from registry.policies.vocabulary import Ground
from registry.whitelist.commands import withdraw
from tests.factories.browsing import visitors
from tests.factories.listed import START, District, Firm, account, make_district, scan, set_day

PUBLIC = Actor.public()
NAME, CONTACT = "投诉人乙", "19900007777"
FACTS = "9月5日下午，上课老师没有到校，孩子无人看管半小时。"
GIVEN = ComplaintInput("person", NAME, CONTACT, Topic.SAFETY, FACTS)


async def _world() -> tuple[District, Firm, int]:
    district = await make_district()
    firm = await district.firm()
    return district, firm, await district.listed(firm)


async def _filed(entry: int, given: ComplaintInput = GIVEN) -> int:
    return (await filing.file(PUBLIC, entry, given)).complaint_id


async def _asked(district: District, entry: int) -> int:
    complaint = await _filed(entry)
    await handling.accept(district.reviewer, complaint)
    await handling.ask(district.reviewer, complaint, "请说明9月5日下午的到岗情况")
    return complaint


async def test_filed_followed_and_closed() -> None:
    district, firm, entry = await _world()
    receipt = await filing.file(PUBLIC, entry, GIVEN)
    assert receipt.number.startswith("TS20220705")
    followed = await follow(f" {receipt.number.lower()[:4]}-{receipt.number[4:]}", receipt.secret.upper())
    assert followed is not None
    assert (followed.state, followed.accept_until) == ("filed", date(2022, 7, 12))
    assert await follow(receipt.number, "0" * 10) is None
    assert await follow("TS20220705000000", receipt.secret) is None
    await handling.accept(district.reviewer, receipt.complaint_id)
    await handling.reply(district.reviewer, receipt.complaint_id, "已联系学校核实")
    await handling.ask(district.reviewer, receipt.complaint_id, "请说明到岗情况")
    await handling.answer(firm.actor, receipt.complaint_id, "教师途中遇堵，已补岗")
    await handling.close(district.reviewer, receipt.complaint_id, "find_true", "情况属实，已责令整改")
    ended = await follow(receipt.number, receipt.secret)
    assert ended is not None
    assert (ended.state, ended.over) == ("founded", True)
    assert [one["text"] for one in ended.replies] == ["已联系学校核实", "情况属实，已责令整改"]
    assert await cases.founded(entry, START) == {"": 1}


async def test_the_same_twice_from_one_browser_is_one() -> None:
    _, _, entry = await _world()
    first = await filing.file(PUBLIC, entry, GIVEN, browser="b1")
    assert await filing.file(PUBLIC, entry, GIVEN, browser="b1") == first
    assert await filing.file(PUBLIC, entry, GIVEN, browser="b2") != first
    assert len(await rows("SELECT id FROM complaint")) == 2


async def test_a_flood_is_stopped_and_says_when_to_come_again() -> None:
    _, _, entry = await _world()
    await _filed(entry)
    await rows(
        "INSERT INTO complaint (receipt_number, receipt_secret_hash, bureau, entry, kind, topic, identity_sealed,"
        " facts_sealed, state, filed_on, filed_at) SELECT 'X' || n, 'x' || n, bureau, entry, kind, topic,"
        " identity_sealed, facts_sealed, state, filed_on, filed_at FROM complaint, generate_series(1, 29) AS n"
    )
    with pytest.raises(TooMany) as stopped:
        await _filed(entry)
    assert 60 <= stopped.value.retry_after <= 3600


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (ComplaintInput("person", "", "", Topic.OTHER, "太短"), "facts"),
        (ComplaintInput("person", "", "", Topic.OTHER, "长" * 5001), "facts"),
        (ComplaintInput("organisation", " ", "", Topic.OTHER, FACTS), "name"),
        (ComplaintInput("person", "", "", Topic.OTHER, FACTS, contract_id=999), "contract"),
    ],
)
async def test_what_is_missing_stands_at_its_field(given: ComplaintInput, field: str) -> None:
    _, _, entry = await _world()
    with pytest.raises(Invalid) as refused:
        await _filed(entry, given)
    assert [one.field for one in refused.value.fields] == [field]


async def test_without_a_name_unless_the_policy_asks() -> None:
    _, _, entry = await _world()
    assert await _filed(entry, ComplaintInput("person", "", "", Topic.FEES, FACTS))


async def test_about_whom_one_may_complain() -> None:
    district, firm, entry = await _world()
    contract = await district.signed(firm, entry)
    await withdraw(firm.actor, entry, "停业")
    with pytest.raises(RuleRefusal) as refused:
        await _filed(entry)
    assert refused.value.rule == "R25"
    await set_day(date(2022, 9, 1))
    assert await _filed(entry), "it serves a school still"
    assert await _filed(entry, ComplaintInput("person", "", "", Topic.FEES, FACTS, contract_id=contract))
    await set_day(date(2023, 9, 1))
    with pytest.raises(RuleRefusal):
        await _filed(entry)
    await rows("UPDATE registry_list SET public = false")
    with pytest.raises(NotFound):
        await _filed(entry)


async def test_who_complains_is_sealed_and_each_look_is_an_event() -> None:
    district, firm, entry = await _world()
    complaint = await _asked(district, entry)
    auditor = await account("审计", Membership(Role.AUDITOR, bureau_id=district.bureau_id))
    assert (await cases.case(auditor, complaint)).facts is None
    with pytest.raises(Forbidden):
        await handling.reveal_identity(auditor, complaint, "好奇")
    with pytest.raises(NotFound):
        await handling.reveal_identity(firm.actor, complaint, "报复")
    identity = await handling.reveal_identity(district.reviewer, complaint, "核实时联系")
    assert (identity.name, identity.contact) == (NAME, CONTACT)
    looks = await rows("SELECT account_id, data::text AS data FROM event WHERE action = 'reveal'")
    assert [one["account_id"] for one in looks] == [district.reviewer.account_id]
    told = await cases.for_provider(firm.actor, complaint)
    assert (told.facts, told.files) == (None, ())
    everything = await rows(
        "SELECT reason || data::text || actor AS words FROM event UNION ALL SELECT subject || body || link FROM notification"
    )
    for secret in (NAME, CONTACT, "无人看管", "9月5日"):
        assert [one for one in everything if secret in one["words"]] == []
    stored = await row("SELECT identity_sealed, facts_sealed, hearing_sealed FROM complaint")
    assert stored is not None
    assert all(
        NAME.encode() not in bytes(one) and "看管".encode() not in bytes(one) for one in stored.values()
    )
    assert unseal_json(stored["identity_sealed"], "complaint.identity")["name"] == NAME


async def test_the_providers_own_history_does_not_lead_to_the_complaint() -> None:
    district, _, entry = await _world()
    await _asked(district, entry)
    chains = await rows("SELECT DISTINCT chain FROM event WHERE subject = 'complaint'")
    assert [one["chain"] for one in chains] == [f"bureau:{district.bureau_id}"]


async def test_each_act_by_who_may_and_in_its_state_only() -> None:
    district, firm, entry = await _world()
    complaint = await _filed(entry)
    with pytest.raises(NotFound):
        await handling.answer(firm.actor, complaint, "没有人问")
    with pytest.raises(Conflict):
        await handling.ask(district.reviewer, complaint, "未受理就问")
    with pytest.raises(Conflict):
        await handling.close(district.reviewer, complaint, "find_untrue", "未受理就办结")
    await handling.accept(district.reviewer, complaint)
    with pytest.raises(Conflict):
        await handling.accept(district.approver, complaint)
    with pytest.raises(Conflict):
        await handling.refuse(district.approver, complaint, "晚了")
    with pytest.raises(RuleRefusal) as unheard:
        await handling.close(district.reviewer, complaint, "find_true", "没问过机构")
    assert unheard.value.code == "provider_not_asked"
    await handling.ask(district.reviewer, complaint, "请说明")
    with pytest.raises(RuleRefusal) as pending:
        await handling.close(district.reviewer, complaint, "find_true", "机构还没答")
    assert pending.value.code == "answer_pending"
    other = await district.firm("南宁市另一机构", representative=4)
    with pytest.raises(NotFound):
        await handling.answer(other.actor, complaint, "不是我")
    with pytest.raises(Invalid):
        await handling.answer(firm.actor, complaint, "")
    await handling.answer(firm.actor, complaint, "属实，已整改")
    with pytest.raises(Conflict):
        await handling.answer(firm.actor, complaint, "再答一次")
    with pytest.raises(Invalid):
        await handling.close(district.reviewer, complaint, "find_true", "  ")
    with pytest.raises(Invalid) as ground:
        await handling.close(district.reviewer, complaint, "find_true", "属实", Ground.POOR_QUALITY)
    assert ground.value.fields[0].field == "ground", "not a ground of this policy"
    await handling.close(district.reviewer, complaint, "find_true", "属实", Ground.SERIOUS_MISMANAGEMENT)
    for late in (
        handling.close(district.reviewer, complaint, "find_untrue", "改主意"),
        handling.reply(district.reviewer, complaint, "再说"),
        handling.ask(district.reviewer, complaint, "再问"),
    ):
        with pytest.raises(Conflict):
            await late
    assert await cases.founded(entry, START) == {"serious_mismanagement": 1}


async def test_founded_when_the_provider_let_its_time_pass() -> None:
    district, firm, entry = await _world()
    complaint = await _asked(district, entry)
    until = (await cases.case(district.reviewer, complaint)).row.answer_until
    assert until == date(2022, 7, 12)
    await set_day(until + timedelta(days=1))
    await handling.close(district.reviewer, complaint, "find_true", "机构逾期未答复，经核实属实")
    with pytest.raises(Conflict):
        await handling.answer(firm.actor, complaint, "太晚了")


async def test_schools_know_of_their_own_contracts_and_of_what_was_founded() -> None:
    district, firm, entry = await _world()
    contract = await district.signed(firm, entry)
    await set_day(date(2022, 9, 6))

    async def seen(actor: Actor) -> list[int]:
        return [one.id for one in (await cases.of_schools(actor.school_ids)).complaints]

    own = await _filed(
        entry, ComplaintInput("person", NAME, CONTACT, Topic.SAFETY, FACTS, contract_id=contract)
    )
    other = await _filed(entry)
    assert await seen(district.school) == [], "not before the bureau takes it up"
    await handling.accept(district.reviewer, own)
    await handling.accept(district.reviewer, other)
    assert await seen(district.school) == [own]
    await handling.ask(district.reviewer, other, "请说明到岗情况")
    await handling.answer(firm.actor, other, "确有其事，已补岗")
    await handling.close(district.reviewer, other, "find_true", "经核实情况属实")
    assert await seen(district.school) == [other, own]
    assert await seen(district.township) == [], "it has no contract there"
    async with visitors(district.school) as (school,):
        page = await school.get("/school/complaints")
        assert page.status_code == 200
        assert "本校合同" in page.text
        assert all(word not in page.text for word in (NAME, CONTACT, FACTS))


async def test_officers_of_another_bureau_and_of_either_side_keep_out() -> None:
    district, firm, entry = await _world()
    contract = await district.signed(firm, entry)
    await set_day(date(2022, 9, 6))
    complaint = await _filed(
        entry, ComplaintInput("person", "", "", Topic.SAFETY, FACTS, contract_id=contract)
    )
    away = Actor(77, "外地", (Membership(Role.REVIEWER, bureau_id=district.bureau_id + 1000),))
    with pytest.raises(NotFound):
        await handling.accept(away, complaint)
    with pytest.raises(NotFound):
        await cases.case(away, complaint)
    reviewer = Membership(Role.REVIEWER, bureau_id=district.bureau_id)
    for own in (
        Membership(Role.PROVIDER, provider_id=firm.id),
        Membership(Role.SCHOOL, school_id=district.school_id),
    ):
        both = await account("兼任", reviewer, own)
        with pytest.raises(RuleRefusal) as refused:
            await handling.accept(both, complaint)
        assert refused.value.rule == "R13"
        assert (await cases.case(both, complaint)).facts is None
    file_id = await scan(complaint, "complaint")
    assert await cases.may_read_evidence(district.reviewer, complaint)
    assert not await cases.may_read_evidence(firm.actor, complaint)
    assert not await cases.may_read_evidence(district.school, complaint)
    assert (await cases.case(district.reviewer, complaint)).files == ((file_id, "合同.pdf"),)


async def test_a_complaint_opens_or_joins_a_case_once_and_never_tells_who() -> None:
    district, firm, entry = await _world()
    ground = Ground.SERIOUS_MISMANAGEMENT
    complaint = await _filed(entry)
    made = Report(ground, "上课时间教师缺岗", source="complaint", complaint_id=complaint)
    with pytest.raises(RuleRefusal) as early:
        await open_case(district.reviewer, entry, made)
    assert early.value.rule == "R27"
    await handling.accept(district.reviewer, complaint)
    second = await district.listed(await district.firm("南宁市另一机构", representative=4))
    with pytest.raises(NotFound):
        await open_case(district.reviewer, second, made)
    case = await open_case(district.reviewer, entry, made)
    with pytest.raises(Conflict):
        await open_case(district.approver, entry, made)
    led = await case_of_complaint(complaint)
    assert led is not None
    assert (led.id, led.state) == (case, "open")
    other = await _filed(entry, ComplaintInput("person", "", "", Topic.SAFETY, FACTS))
    await handling.accept(district.reviewer, other)
    joined = Report(ground, "另一时间教师缺岗", source="complaint", complaint_id=other)
    assert await open_case(district.reviewer, entry, joined) == case
    reports = await exits.reports_of(case)
    assert [one.facts for one in reports] == ["上课时间教师缺岗", "另一时间教师缺岗"]
    assert not await exits.may_read_evidence(firm.actor, reports[0].id)
    third = await _filed(entry, ComplaintInput("person", "丙", "", Topic.SAFETY, FACTS))
    await handling.accept(district.reviewer, third)
    await handling.close(district.reviewer, third, "find_untrue", "经查不属实")
    with pytest.raises(RuleRefusal):
        await open_case(
            district.reviewer, entry, Report(ground, "不属实", source="complaint", complaint_id=third)
        )


async def test_officers_are_reminded_once_of_each_deadline_and_see_what_is_overdue() -> None:
    district, _, entry = await _world()
    complaint = await _filed(entry)
    for day in (date(2022, 7, 11), date(2022, 7, 12), date(2022, 7, 12), date(2022, 7, 13)):
        await deadlines.sweep(day)
    told = await rows(
        "SELECT count(*) AS n FROM notification WHERE key LIKE 'complaint-accept-by-%' AND account_id = {}",
        district.reviewer.account_id,
    )
    assert told == [{"n": 1}]
    assert await cases.waiting([district.bureau_id], date(2022, 7, 12)) == (1, 0)
    assert await cases.waiting([district.bureau_id], date(2022, 7, 13)) == (1, 1)
    late = await cases.of_bureaux([district.bureau_id], as_of=date(2022, 7, 13), state="overdue")
    assert [one.id for one in late.complaints] == [complaint]
    assert late.complaints[0].overdue(date(2022, 7, 13))


async def test_a_deadline_in_a_year_without_schedule_is_settled_later_and_never_overdue() -> None:
    district, _, entry = await _world()
    await rows("UPDATE entry SET ends_on = '2026-08-31'")
    # Guangxi's own days of spring 2025 are not loaded.
    await set_day(date(2025, 4, 10))
    complaint = await _filed(entry)
    found = (await cases.case(district.reviewer, complaint)).row
    assert found.accept_until is None
    assert not found.overdue(date(2025, 6, 1))
    assert await deadlines.settle() == 0
    admin = await account("管理员", Membership(Role.BUREAU_ADMIN, bureau_id=district.bureau_id))
    async with transaction():
        await calendars.declare(admin, district.bureau_id, "CN-GX", 2025, title="未另行放假")
    assert await deadlines.settle() == 1
    assert await deadlines.settle() == 0
    assert (await cases.case(district.reviewer, complaint)).row.accept_until == date(2025, 4, 17)


async def test_the_database_refuses_what_can_never_be() -> None:
    _, _, entry = await _world()
    complaint = await _filed(entry)
    for wrong in (
        "state = 'founded'",
        "ground = 'subcontracted'",
        "kind = 'nobody'",
        "closed_by = 1, closed_on = filed_on",
    ):
        with pytest.raises(Exception, match="violates"):
            await rows(f"UPDATE complaint SET {wrong} WHERE id = {{}}", complaint)
