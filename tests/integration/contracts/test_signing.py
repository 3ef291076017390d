"""Signing (R22–R24, R32): one contract that may be signed, and each single thing that stands against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from registry.contracts import drafting, queries, signing
from registry.contracts.drafting import Consent, Terms
from registry.contracts.sweep import sweep
from registry.exits.reporting import terminate_contract
from registry.kernel.actor import Actor
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.whitelist import commands as whitelist
from registry.whitelist.lifecycle import Cause
from tests.conftest import TestDatabase
from tests.factories.listed import (
    CYCLE_END,
    START,
    District,
    Firm,
    cleared_person,
    make_district,
    scan,
    set_day,
)

SEPTEMBER = date(2022, 9, 1)


async def _world(*, township: bool = False) -> tuple[District, Firm, int, int]:
    """A district, a listed firm, its entry, and a contract that lacks only the provider's signature."""
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    school = district.township if township else district.school
    return district, firm, entry, await _offered(district, entry, school, township=township)


async def _offered(district: District, entry: int, school: Actor, *, township: bool) -> int:
    if not township:
        return await district.offered(entry, school=school)
    (school_id,) = school.school_ids
    terms = Terms("arts", "少儿书法", SEPTEMBER, date(2023, 8, 31), 4000)
    contract = await drafting.draft(school, school_id, entry, terms)
    for kind in ("parents_consulted", "plan_published", "liability_insurance"):
        consent = Consent(False, 90, 61) if kind == "parents_consulted" else None
        await drafting.record_precondition(school, contract, kind, START, "已完成", consent=consent)
    await drafting.name_people(school, contract, [cleared_person()])
    await drafting.attach_scan(school, contract, await scan(contract))
    await signing.offer(school, contract)
    return contract


async def _refused(actor: Actor, contract: int) -> set[tuple[str, str]]:
    with pytest.raises(RuleRefusal) as caught:
        await signing.sign(actor, contract)
    found = await row("SELECT state, signed_on FROM contract WHERE id = {}", contract)
    assert found == {"state": "offered", "signed_on": None}
    for one in caught.value.refusals:
        assert one.remedy
    return {(one.code, one.rule) for one in caught.value.refusals} or {
        (caught.value.code, caught.value.rule or "")
    }


async def test_a_contract_is_signed_and_keeps_its_policy() -> None:
    _, firm, _, contract = await _world()
    await signing.sign(firm.actor, contract)
    found = await row("SELECT state, signed_on, policy_version, policy IS NOT NULL AS frozen FROM contract")
    assert found is not None
    assert (found["state"], found["signed_on"], found["frozen"]) == ("signed", START, True)
    file = await row("SELECT retain_until IS NOT NULL AS kept FROM stored_file")
    assert file == {"kept": True}
    actions = [one.action for one in await queries.happenings(contract)]
    assert actions[0] == "sign"
    assert actions[-1] == "draft"


async def test_the_second_click_is_a_conflict() -> None:
    _, firm, _, contract = await _world()
    await signing.sign(firm.actor, contract)
    with pytest.raises(Conflict):
        await signing.sign(firm.actor, contract)


async def _suspend(district: District, firm: Firm, entry: int, contract: int) -> None:
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")


async def _withdraw(district: District, firm: Firm, entry: int, contract: int) -> None:
    await whitelist.withdraw(firm.actor, entry, "停业")


async def _lapse(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", START - timedelta(days=1), firm.id)


async def _unserve(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("DELETE FROM list_school WHERE school = {}", district.school_id)


async def _other_category(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("UPDATE contract SET category = 'sports' WHERE id = {}", contract)


async def _too_long(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("UPDATE contract SET ends_on = {} WHERE id = {}", date(2024, 9, 1), contract)


async def _longest(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("UPDATE contract SET ends_on = {} WHERE id = {}", date(2024, 8, 31), contract)


async def _started(district: District, firm: Firm, entry: int, contract: int) -> None:
    await set_day(SEPTEMBER + timedelta(days=1))


async def _on_the_first_day(district: District, firm: Firm, entry: int, contract: int) -> None:
    await set_day(SEPTEMBER)


async def _after_the_cycle(district: District, firm: Firm, entry: int, contract: int) -> None:
    after = CYCLE_END + timedelta(days=1)
    await rows(
        "UPDATE contract SET starts_on = {}, ends_on = {} WHERE id = {}",
        after,
        after + timedelta(days=90),
        contract,
    )


async def _no_insurance(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows(
        "DELETE FROM contract_precondition WHERE contract = {} AND kind = 'liability_insurance'", contract
    )


async def _nobody(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("DELETE FROM contract_person WHERE contract = {}", contract)


async def _not_cleared(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("UPDATE contract_person SET record_queried_on = NULL WHERE contract = {}", contract)


async def _no_scan(district: District, firm: Firm, entry: int, contract: int) -> None:
    await rows("UPDATE contract SET scan = NULL WHERE id = {}", contract)


Change = Callable[[District, Firm, int, int], Awaitable[None]]


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        (_suspend, {("entry_suspended", "R22")}),
        (_withdraw, {("entry_withdrawn", "R22")}),
        (_lapse, {("entry_lapsed", "R22")}),
        (_unserve, {("list_does_not_serve_school", "R31")}),
        (_other_category, {("category_not_listed", "R22")}),
        (_too_long, {("term_not_allowed", "R23")}),
        (_started, {("signed_after_start", "R23")}),
        (_after_the_cycle, {("not_covered", "R22")}),
        (_no_insurance, {("precondition_liability_insurance", "R24")}),
        (_nobody, {("nobody_named", "R32")}),
        (_not_cleared, {("people_uncleared", "R32")}),
        (_no_scan, {("scan_missing", "R22")}),
    ],
)
async def test_one_thing_stands_against_it(change: Change, stands: set[tuple[str, str]]) -> None:
    district, firm, entry, contract = await _world()
    await change(district, firm, entry, contract)
    assert await _refused(firm.actor, contract) == stands


@pytest.mark.parametrize("change", [_longest, _on_the_first_day])
async def test_at_the_edge_it_is_signed(change: Change) -> None:
    district, firm, entry, contract = await _world()
    await change(district, firm, entry, contract)
    await signing.sign(firm.actor, contract)


@pytest.mark.parametrize(
    ("committee", "asked", "signed", "ok"),
    [
        (False, 90, 60, False),
        (False, 90, 61, True),
        (True, None, None, True),
        (False, 0, 0, False),
        (False, None, None, False),
    ],
)
async def test_a_township_school_needs_more_than_two_thirds_or_the_committee(
    committee: bool, asked: int | None, signed: int | None, ok: bool
) -> None:
    _, firm, _, contract = await _world(township=True)
    await rows(
        "UPDATE contract SET committee_applied = {}, parents_asked = {}::int, parents_signed = {}::int WHERE id = {}",
        committee,
        asked,
        signed,
        contract,
    )
    if ok:
        await signing.sign(firm.actor, contract)
    else:
        assert await _refused(firm.actor, contract) == {("township_parents", "R24")}


async def test_both_sides_are_different_people_and_the_right_ones() -> None:
    district, firm, entry, contract = await _world()
    both = Actor(district.school.account_id, "两边", (*district.school.memberships, *firm.actor.memberships))
    assert await _refused(both, contract) == {("same_person", "R22")}
    stranger = await district.firm("别的机构")
    with pytest.raises(NotFound):
        await signing.sign(stranger.actor, contract)
    with pytest.raises(NotFound):
        await signing.sign(district.school, contract)
    with pytest.raises(NotFound):
        await signing.offer(district.township, contract)
    with pytest.raises(NotFound):
        await queries.get_contract(stranger.actor, contract)
    draft = await drafting.draft(
        district.school, district.school_id, entry, Terms("arts", "国画", SEPTEMBER, date(2023, 8, 31))
    )
    with pytest.raises(NotFound):
        await queries.get_contract(firm.actor, draft)
    with pytest.raises(NotFound):
        await queries.get_contract(district.approver, draft)


async def test_a_draft_that_cannot_be_signed_is_refused_at_once() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)

    async def refused(terms: Terms) -> set[str]:
        with pytest.raises(RuleRefusal) as caught:
            await drafting.draft(district.school, district.school_id, entry, terms)
        return {one.code for one in caught.value.refusals}

    good = Terms("arts", "少儿书法", SEPTEMBER, date(2023, 8, 31))
    assert await refused(replace(good, ends_on=date(2024, 9, 1))) == {"term_not_allowed"}
    assert await refused(replace(good, category="sports")) == {"category_not_listed"}
    with pytest.raises(Invalid):
        await drafting.draft(
            district.school, district.school_id, entry, replace(good, ends_on=SEPTEMBER - timedelta(days=1))
        )
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    assert await refused(good) == {"entry_suspended"}
    assert await rows("SELECT id FROM contract") == []


async def test_the_school_settles_its_part_before_it_offers() -> None:
    district = await make_district()
    entry = await district.listed(await district.firm())
    contract = await drafting.draft(
        district.school, district.school_id, entry, Terms("arts", "少儿书法", SEPTEMBER, date(2023, 8, 31))
    )
    with pytest.raises(RuleRefusal) as caught:
        await signing.offer(district.school, contract)
    assert {one.code for one in caught.value.refusals} == {
        "precondition_parents_consulted",
        "precondition_plan_published",
        "precondition_liability_insurance",
    }
    with pytest.raises(Invalid):
        await drafting.record_precondition(
            district.school, contract, "plan_published", START + timedelta(days=1), "x"
        )
    with pytest.raises(Invalid):
        await drafting.record_precondition(district.school, contract, "plan_published", START, " ")
    with pytest.raises(NotFound):
        await drafting.record_precondition(district.school, contract, "people_cleared", START, "x")


async def test_what_was_offered_does_not_change_behind_the_other_side() -> None:
    district, firm, _, contract = await _world()
    terms = Terms("arts", "国画", SEPTEMBER, date(2023, 8, 31))
    with pytest.raises(Conflict):
        await drafting.change_terms(district.school, contract, terms)
    with pytest.raises(Conflict):
        await drafting.name_people(district.school, contract, [])
    await drafting.name_people(firm.actor, contract, [cleared_person(8), cleared_person(9)])
    found = await row("SELECT state, school_confirmed_by FROM contract WHERE id = {}", contract)
    assert found == {"state": "draft", "school_confirmed_by": None}
    with pytest.raises(NotFound):
        await signing.sign(firm.actor, contract)
    await signing.offer(district.school, contract)
    await signing.decline(firm.actor, contract, "课程名称有误")
    assert queries.declined_because(await queries.happenings(contract)) == "课程名称有误"
    await drafting.change_terms(district.school, contract, terms)
    await signing.offer(district.school, contract)
    await signing.take_back(district.school, contract)
    with pytest.raises(Conflict):
        await signing.take_back(district.school, contract)
    await signing.offer(district.school, contract)
    await signing.sign(firm.actor, contract)
    with pytest.raises(Conflict):
        await drafting.attach_scan(district.school, contract, await scan(contract))
    with pytest.raises(Conflict):
        await signing.cancel(district.school, contract, "x")


async def test_people_are_sealed_and_their_numbers_are_checked(database: TestDatabase) -> None:
    district, _, _, contract = await _world()
    await signing.take_back(district.school, contract)
    wrong = replace(cleared_person(), id_number="450103199001010001")
    with pytest.raises(Invalid) as caught:
        await drafting.name_people(district.school, contract, [cleared_person(), wrong, cleared_person()])
    assert [one.field for one in caught.value.fields] == ["people-1-id_number", "people-2-id_number"]
    stored = database.execute("SELECT name_sealed, id_number_sealed FROM contract_person")
    assert stored
    for name, number in stored:
        assert "梁文博".encode() not in bytes(name)
        assert cleared_person().id_number.encode() not in bytes(number)
    text = str(database.execute("SELECT data, reason FROM event"))
    assert cleared_person().id_number not in text
    assert "梁文博" not in text


async def test_a_file_of_another_contract_is_no_scan() -> None:
    district, _, entry, contract = await _world()
    other = await district.offered(entry)
    with pytest.raises(NotFound):
        await drafting.attach_scan(district.school, contract, await scan(other))


async def test_the_database_refuses_what_the_command_would(database: TestDatabase) -> None:
    district, firm, entry, contract = await _world()
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    with pytest.raises(psycopg.errors.CheckViolation):
        database.execute(
            "UPDATE contract SET state = 'signed', signed_on = '2022-07-05', provider_confirmed_by = 1, policy = '{}'"
            " WHERE id = %s",
            contract,
        )
    assert firm.id


async def test_the_first_day_of_service_is_judged_again() -> None:
    district, firm, entry, first = await _world()
    await signing.sign(firm.actor, first)
    await sweep(SEPTEMBER - timedelta(days=1))
    assert await row("SELECT service_checked_on FROM contract WHERE id = {}", first) == {
        "service_checked_on": None
    }
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    await set_day(SEPTEMBER + timedelta(days=3))
    assert await sweep(SEPTEMBER + timedelta(days=3)) == {"judged": 1, "unblocked": 0, "reminded": 0}
    blocked = await row("SELECT service_checked_on, service_blocked_on FROM contract WHERE id = {}", first)
    assert blocked == {"service_checked_on": SEPTEMBER, "service_blocked_on": SEPTEMBER}
    contract = await queries.get_contract(district.school, first)
    assert contract.shown_state(SEPTEMBER + timedelta(days=3)) == "blocked"
    assert await sweep(SEPTEMBER + timedelta(days=3)) == {"judged": 0, "unblocked": 0, "reminded": 0}
    await whitelist.reinstate(district.approver, entry, cause=Cause.BUREAU, reason="无问题")
    assert await sweep(SEPTEMBER + timedelta(days=4)) == {"judged": 0, "unblocked": 1, "reminded": 0}
    contract = await queries.get_contract(district.school, first)
    assert contract.shown_state(SEPTEMBER + timedelta(days=4)) == "signed"
    told = await rows(
        "SELECT subject FROM notification WHERE account_id = {} ORDER BY id", district.school.account_id
    )
    assert [one["subject"].partition("：")[2] for one in told][-2:] == ["服务暂不得开始", "服务可以开始"]


async def test_a_suspension_later_on_the_first_day_blocks_service_too() -> None:
    district, firm, entry, contract = await _world()
    await signing.sign(firm.actor, contract)
    await set_day(SEPTEMBER)
    assert (await sweep(SEPTEMBER))["judged"] == 1
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="上午的举报")
    assert await sweep(SEPTEMBER) == {"judged": 0, "unblocked": 0, "reminded": 0}
    assert (await row("SELECT service_blocked_on FROM contract WHERE id = {}", contract)) == {
        "service_blocked_on": SEPTEMBER
    }
    told = await rows("SELECT id FROM notification WHERE key LIKE 'contract-block_service%'")
    await sweep(SEPTEMBER)
    assert await rows("SELECT id FROM notification WHERE key LIKE 'contract-block_service%'") == told


async def test_a_late_sweep_judges_the_first_day_not_its_own() -> None:
    district, firm, entry, contract = await _world()
    await signing.sign(firm.actor, contract)
    await set_day(SEPTEMBER + timedelta(days=5))
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查")
    await sweep(SEPTEMBER + timedelta(days=5))
    assert await row("SELECT service_blocked_on FROM contract WHERE id = {}", contract) == {
        "service_blocked_on": None
    }


async def test_only_the_school_ends_it_and_only_once() -> None:
    district, firm, _, contract = await _world()
    await signing.sign(firm.actor, contract)
    with pytest.raises(NotFound):
        await terminate_contract(firm.actor, contract, ground=None, reason="协商")
    with pytest.raises(Invalid):
        await terminate_contract(district.school, contract, ground=None, reason=" ")
    assert await terminate_contract(district.school, contract, ground=None, reason="协商一致") is None
    with pytest.raises(Conflict):
        await terminate_contract(district.school, contract, ground=None, reason="再次")
    assert await rows("SELECT id FROM exit_case") == []
    assert await rows("SELECT id FROM suspension") == []


async def test_an_official_may_not_sign() -> None:
    district, _, _, contract = await _world()
    with pytest.raises((NotFound, Forbidden)):
        await signing.sign(district.approver, contract)
