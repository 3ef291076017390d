"""People on the record (R32): no contract with uncleared people, clearances asked for again, changes after signing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from registry.contracts import drafting, entering, signing
from registry.contracts.people import Person, people_by_id, read_people
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Invalid, NotFound, RuleRefusal
from tests.factories.listed import (
    START,
    District,
    Firm,
    cleared_person,
    make_district,
    resident_id,
    scan,
    set_day,
)

SEPTEMBER = date(2022, 9, 1)


async def _signed() -> tuple[District, Firm, int]:
    district = await make_district()
    firm = await district.firm()
    contract = await district.signed(firm, await district.listed(firm), ends_on=date(2024, 8, 31))
    await set_day(SEPTEMBER)
    return district, firm, contract


def _another(**changes: Any) -> Person:
    return replace(Person("闭知微", resident_id(8), "教师资格证", SEPTEMBER, SEPTEMBER), **changes)


async def test_a_contract_is_not_signed_with_lapsed_clearances() -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    contract = await district.offered(entry)
    await signing.take_back(district.school, contract)
    old = replace(cleared_person(), record_queried_on=date(2021, 7, 5))
    await drafting.name_people(district.school, contract, [old, cleared_person(9)])
    await drafting.attach_scan(district.school, contract, await scan(contract))
    await signing.offer(district.school, contract)
    with pytest.raises(RuleRefusal) as refused:
        await signing.sign(firm.actor, contract)
    assert [(one.code, one.rule) for one in refused.value.refusals] == [("people_uncleared", "R32")]
    await signing.take_back(district.school, contract)
    yesterday = replace(old, record_queried_on=date(2021, 7, 6))
    await drafting.name_people(district.school, contract, [yesterday])
    await signing.offer(district.school, contract)
    await signing.sign(firm.actor, contract)


async def test_people_join_and_leave_a_running_contract_and_stay_on_record() -> None:
    district, firm, contract = await _signed()
    for stranger in (district.township, firm.actor):
        with pytest.raises(NotFound):
            await entering.join(stranger, contract, _another())
    with pytest.raises(RuleRefusal) as uncleared:
        await entering.join(district.school, contract, _another(health_checked_on=None))
    assert (uncleared.value.rule, uncleared.value.code) == ("R32", "person_uncleared")
    with pytest.raises(RuleRefusal):
        await entering.join(district.school, contract, _another(record_queried_on=date(2021, 9, 1)))
    with pytest.raises(Invalid) as twice:
        await entering.join(district.school, contract, replace(cleared_person(), name="同一人"))
    assert [one.field for one in twice.value.fields] == ["id_number"]
    (first,) = await people_by_id(contract)
    with pytest.raises(Conflict):
        await entering.leave(district.school, contract, first)
    await entering.join(district.school, contract, _another())
    await entering.leave(district.school, contract, first)
    with pytest.raises(NotFound):
        await entering.leave(district.school, contract, first)
    assert [one.name for one in await read_people(contract)] == ["闭知微"]
    kept = await rows(
        "SELECT joined_on, left_on FROM contract_person WHERE contract = {} ORDER BY id", contract
    )
    assert kept == [{"joined_on": None, "left_on": SEPTEMBER}, {"joined_on": SEPTEMBER, "left_on": None}]
    words = await rows(
        "SELECT data::text || reason AS words FROM event WHERE action IN ('let_in', 'let_out')"
    )
    assert len(words) == 4, "two acts, in the chains of bureau and provider"
    assert not [one for one in words if re.search(r"闭知微|梁文博|\d{15}", one["words"])]


async def test_clearances_are_asked_for_again_once_each_and_renewed() -> None:
    district, firm, contract = await _signed()
    lapses = date(2023, 7, 5)
    assert await entering.remind(lapses - timedelta(days=31)) == 0
    for days in (30, 29, 7, 0):
        await entering.remind(lapses - timedelta(days=days))
        await entering.remind(lapses - timedelta(days=days))
    for told in (district.school, firm.actor):
        sent = await rows(
            "SELECT key FROM notification WHERE key LIKE 'contract-clearance-%' AND account_id = {} ORDER BY id",
            told.account_id,
        )
        assert [one["key"].rpartition("-")[2] for one in sent] == ["30", "7", "0"]
    await set_day(lapses)
    ((person_id, person),) = (await people_by_id(contract)).items()
    assert not person.cleared_on(lapses, 12)
    assert person.cleared_on(lapses - timedelta(days=1), 12)
    for wrong in (lapses + timedelta(days=1), START - timedelta(days=1), None):
        with pytest.raises(Invalid):
            await entering.renew(
                district.school, contract, person_id, health_checked_on=wrong, record_queried_on=None
            )
    await entering.renew(
        district.school, contract, person_id, health_checked_on=lapses, record_queried_on=lapses
    )
    assert (await people_by_id(contract))[person_id].cleared_on(lapses, 12)
    assert await entering.remind(lapses) == 0


async def test_nothing_changes_when_the_contract_is_over() -> None:
    district, _, contract = await _signed()
    await set_day(date(2024, 9, 1))
    with pytest.raises(Conflict):
        await entering.join(
            district.school,
            contract,
            _another(health_checked_on=date(2024, 9, 1), record_queried_on=date(2024, 9, 1)),
        )
