"""What follows a signed contract: changes by agreement within the limit, a renewal that looks at the list again (R22, R23)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.contracts import drafting, records, renewing, signing, varying
from registry.contracts.varying import Change
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Invalid, NotFound, RuleRefusal
from registry.whitelist import commands as whitelist
from registry.whitelist.lifecycle import Cause
from tests.factories.listed import START, District, Firm, account, make_district, make_round, scan, set_day

SEPTEMBER = date(2022, 9, 1)
LATEST = date(2024, 8, 31)


async def signed() -> tuple[District, Firm, int, int]:
    """A district, a firm, its entry and a contract from 1 September 2022 to 31 August 2023."""
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    contract = await district.signed(firm, entry)
    return district, firm, entry, contract


def longer(ends_on: date = LATEST) -> Change:
    """The same contract with another end."""
    return Change("少儿书法", ends_on, 4000)


async def test_a_change_takes_effect_when_both_confirmed_it() -> None:
    district, firm, _, contract = await signed()
    variation = await varying.offer(district.school, contract, longer(), "家长要求延长一学年")
    with pytest.raises(Conflict):
        await varying.offer(district.school, contract, longer(date(2024, 1, 1)), "再改")
    with pytest.raises(RuleRefusal) as unsealed:
        await varying.agree(firm.actor, variation)
    assert [one.code for one in unsealed.value.refusals] == ["scan_missing"]
    await varying.attach_scan(firm.actor, variation, await scan(contract))
    await varying.agree(firm.actor, variation)
    found = await records.load(contract)
    assert (found.ends_on, found.starts_on, found.state) == (LATEST, SEPTEMBER, "signed")
    (kept,) = await varying.of_contract(contract)
    assert (kept.state, kept.was_ends_on, kept.agreed_on) == ("agreed", date(2023, 8, 31), START)
    with pytest.raises(Conflict):
        await varying.agree(firm.actor, variation)
    with pytest.raises(Conflict):
        await varying.attach_scan(firm.actor, variation, await scan(contract))
    stored = (await rows("SELECT retain_until FROM stored_file WHERE id = {}", kept.scan))[0]
    assert stored["retain_until"] is not None


async def test_a_change_never_passes_the_limit_and_changes_something() -> None:
    district, _, _, contract = await signed()
    with pytest.raises(RuleRefusal) as over:
        await varying.offer(district.school, contract, longer(LATEST + timedelta(days=1)), "延长")
    assert (over.value.code, over.value.rule) == ("term_not_allowed", "R23")
    with pytest.raises(Invalid):
        await varying.offer(district.school, contract, longer(date(2023, 8, 31)), "什么也不改")
    with pytest.raises(Invalid):
        await varying.offer(district.school, contract, longer(), "  ")
    await set_day(date(2023, 3, 1))
    with pytest.raises(RuleRefusal) as past:
        await varying.offer(district.school, contract, longer(date(2023, 2, 1)), "提前结束")
    assert past.value.code == "ends_in_the_past"


async def test_a_suspended_provider_is_not_given_more_time_but_less() -> None:
    district, firm, entry, contract = await signed()
    variation = await varying.offer(district.school, contract, longer(), "延长")
    await varying.attach_scan(district.school, variation, await scan(contract))
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查中")
    with pytest.raises(RuleRefusal) as refused:
        await varying.agree(firm.actor, variation)
    assert refused.value.code == "entry_not_active"
    await varying.take_back(district.school, variation)
    shorter = await varying.offer(district.school, contract, longer(date(2023, 1, 31)), "提前一学期结束")
    await varying.attach_scan(district.school, shorter, await scan(contract))
    await varying.agree(firm.actor, shorter)
    assert (await records.load(contract)).ends_on == date(2023, 1, 31)


async def test_who_may_change_and_both_sides_are_two_people() -> None:
    district, firm, _, contract = await signed()
    with pytest.raises(NotFound):
        await varying.offer(district.township, contract, longer(), "延长")
    both = await account(
        "两边",
        Membership(Role.SCHOOL, school_id=district.school_id),
        Membership(Role.PROVIDER, provider_id=firm.id),
    )
    variation = await varying.offer(both, contract, longer(), "延长")
    await varying.attach_scan(both, variation, await scan(contract))
    with pytest.raises(RuleRefusal) as same:
        await varying.agree(both, variation)
    assert same.value.code == "same_person"
    other = await district.firm("南宁市虚构机构", representative=4)
    with pytest.raises(NotFound):
        await varying.agree(other.actor, variation)
    with pytest.raises(Invalid):
        await varying.decline(firm.actor, variation, "")
    await varying.decline(firm.actor, variation, "下一年度师资未定")
    (kept,) = await varying.of_contract(contract)
    assert (kept.state, kept.answer) == ("declined", "下一年度师资未定")
    assert (await records.load(contract)).ends_on == date(2023, 8, 31)
    foreign = await scan(contract + 1000)
    again = await varying.offer(district.school, contract, longer(), "延长")
    with pytest.raises(NotFound):
        await varying.attach_scan(district.school, again, foreign)


async def test_an_ended_contract_is_not_changed() -> None:
    district, _, _, contract = await signed()
    await set_day(date(2023, 9, 1))
    with pytest.raises(RuleRefusal) as over:
        await varying.offer(district.school, contract, longer(), "补签")
    assert "contract_over" in {one.code for one in over.value.refusals}


async def test_a_renewal_is_drafted_from_two_months_before_the_end() -> None:
    district, firm, _, contract = await signed()
    await set_day(date(2023, 6, 29))
    with pytest.raises(RuleRefusal) as early:
        await renewing.renew(district.school, contract)
    assert (early.value.code, early.value.refusals[0].params["opens"]) == ("renewal_too_early", "2023-06-30")
    assert await renewing.remind(date(2023, 6, 29)) == 0
    await set_day(date(2023, 6, 30))
    assert await renewing.remind(date(2023, 6, 30)) == 1
    assert await renewing.remind(date(2023, 7, 1)) == 0
    with pytest.raises(NotFound):
        await renewing.renew(district.township, contract)
    made = await renewing.renew(district.school, contract)
    new = await records.load(made)
    assert (new.state, new.starts_on, new.ends_on, new.renews) == (
        "draft", date(2023, 9, 1), date(2024, 8, 31), contract,
    )  # fmt: skip
    with pytest.raises(Conflict):
        await renewing.renew(district.school, contract)
    # It looks at everything again: preconditions are to be met anew, both confirm, the list is judged on the day.
    with pytest.raises(RuleRefusal) as bare:
        await signing.offer(district.school, made)
    assert "precondition_parents_consulted" in {one.code for one in bare.value.refusals}
    for kind in ("parents_consulted", "plan_published", "liability_insurance"):
        await drafting.record_precondition(district.school, made, kind, date(2023, 6, 30), "已完成")
    await drafting.attach_scan(district.school, made, await scan(made))
    await signing.offer(district.school, made)
    await signing.sign(firm.actor, made)
    assert (await records.load(made)).state == "signed"


async def test_a_renewal_under_an_entry_that_is_not_active_is_refused() -> None:
    district, _, entry, contract = await signed()
    await set_day(date(2023, 7, 1))
    await whitelist.suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查中")
    with pytest.raises(RuleRefusal) as refused:
        await renewing.renew(district.school, contract)
    assert refused.value.code == "entry_suspended"


async def test_a_renewal_takes_the_providers_newer_entry() -> None:
    district, firm, entry, contract = await signed()
    await rows("UPDATE entry SET ends_on = '2023-07-01' WHERE id = {}", entry)
    await set_day(date(2023, 7, 10))
    second = await make_round(district.list_id, "nanning-2022", cycle_ends_on=date(2025, 7, 4))
    application = await district.on_notice(firm, passes_from=date(2023, 7, 10), round_id=second)
    from registry.whitelist.listing import list_application

    newer = await list_application(district.approver, application, "公示期满无异议")
    made = await renewing.renew(district.school, contract)
    assert (await records.load(made)).entry_id == newer


async def test_the_database_refuses_an_agreement_of_one_side(database: object) -> None:
    _, firm, _, contract = await signed()
    someone: Actor = firm.actor
    with pytest.raises(Exception, match="agreed_by_both"):
        await rows(
            "INSERT INTO contract_variation (contract, number, state, course_title, ends_on, was_course_title,"
            " was_ends_on, reason, offered_by, offered_on, agreed_by, agreed_on, created_at)"
            " VALUES ({}, 9, 'agreed', 'x', '2023-01-01', 'x', '2023-08-31', 'x', {}, '2022-07-05', {}, '2022-07-05', now())",
            contract,
            someone.account_id,
            someone.account_id,
        )
