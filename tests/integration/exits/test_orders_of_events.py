"""Exit cases whose events come in an unusual order (R27, R28, R13)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.exits import deciding, queries
from registry.exits.reporting import Report, report, terminate_contract
from registry.kernel.actor import Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, RuleRefusal
from registry.policies.vocabulary import Ground
from registry.whitelist import queries as whitelist
from tests.factories.listed import START, account, make_district, make_round, set_day
from tests.integration.exits.test_cases import FACTS, _case, _proposed, _world


async def test_a_report_that_joins_a_proposed_case_is_answered_before_anybody_decides() -> None:
    district, firm, entry, _ = await _world()
    case = await _case(district, entry)
    await _proposed(district, firm, case)
    await report(
        district.township,
        entry,
        Report(Ground.UNLAWFUL_CONDUCT, "另有新的事实", school_id=district.township_id),
    )
    shown = await queries.get_case(firm.actor, case)
    assert (shown.state, shown.proposal, shown.proposed_by) == ("open", None, None)
    with pytest.raises(Conflict):
        await deciding.decide(district.approver, case, "uphold", "x")
    await deciding.answer(firm.actor, case, "对新的事实的申辩")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "全部事实清楚")
    assert await deciding.decide(district.approver, case, "uphold", "同意") is not None


async def test_who_proposed_once_never_decides_the_case() -> None:
    district, firm, entry, _ = await _world()
    at_bureau = (
        Membership(Role.REVIEWER, bureau_id=district.bureau_id),
        Membership(Role.APPROVER, bureau_id=district.bureau_id),
    )
    both = await account("两职", *at_bureau)
    case = await _case(district, entry)
    await deciding.answer(firm.actor, case, "没有转包")
    await deciding.propose(both, case, "uphold", Ground.SUBCONTRACTED, "事实清楚")
    await deciding.send_back(district.approver, case, "请补充")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "已补充")
    with pytest.raises(RuleRefusal) as caught:
        await deciding.decide(both, case, "uphold", "x")
    assert (caught.value.code, caught.value.rule) == ("same_person", "R13")


async def test_an_entry_comes_back_suspended_where_another_ban_bars_its_list() -> None:
    city = await make_district()
    county = await make_district(division="450103", policy_name="default", name="青秀区教育局")
    firm = await city.firm()
    entry, elsewhere = await city.listed(firm), await county.listed(firm)
    at_county = await _case(county, elsewhere)
    await _proposed(county, firm, at_county)
    await deciding.decide(county.approver, at_county, "uphold", "证据充分")
    at_city = await _case(city, entry)
    await _proposed(city, firm, at_city)
    await deciding.decide(city.approver, at_city, "uphold", "证据充分")
    assert await county.overturned(at_county, "复议撤销")
    assert (await whitelist.status(elsewhere, START)).causes == ("banned",), "the city's ban holds here too"
    await city.overturned(at_city, "复议撤销")
    assert (await whitelist.status(elsewhere, START)).active


async def test_a_termination_suspends_the_next_cycles_entry_too() -> None:
    """The contract was signed under an entry that has expired since; the provider stands on the list again."""
    district, firm, entry, contract = await _world()
    ends, now = date(2022, 9, 30), date(2022, 10, 8)
    await rows("UPDATE entry SET ends_on = {} WHERE id = {}", ends, entry)
    await set_day(now)
    again = await district.listed(firm, round_id=await make_round(district.list_id, "nanning-2022"))
    case = await terminate_contract(district.school, contract, ground=Ground.SUBCONTRACTED, reason=FACTS)
    assert case is not None
    assert (await whitelist.status(again, now)).causes == ("terminated_by_school",)
    await _proposed(district, firm, case, "dismiss")
    await deciding.decide(district.approver, case, "dismiss", "证据不足")
    assert (await whitelist.status(again, now)).active, "dismissed: the suspension ends"
