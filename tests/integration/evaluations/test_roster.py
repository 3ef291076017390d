"""The roster after listing (R32, R12): named by the provider, screened again, decided by the bureau."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registry.applications.form import Teacher
from registry.contracts import drafting, signing
from registry.documents.commands import PutFile
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal
from registry.screening.commands import screen_provider
from registry.whitelist import list_hits, roster
from registry.whitelist.commands import withdraw
from registry.whitelist.roster import RosterInput
from tests.factories.listed import (
    START,
    District,
    Firm,
    account,
    cleared_person,
    make_district,
    resident_id,
    set_day,
)

NEW = RosterInput("闭知微", resident_id(8), "少儿书法", "教师资格证书", "20224501031000008")


def _file(number: int = 1) -> PutFile:
    return PutFile("证书.pdf", "application/pdf", 10, 1, "0" * 64, f"uploads/roster-{number}", "v")


async def _world() -> tuple[District, Firm, int]:
    district = await make_district()
    firm = await district.firm()
    return district, firm, await district.listed(firm)


async def _proposed(firm: Firm, entry: int) -> int:
    return await roster.propose(firm.actor, entry, NEW, _file())


async def test_named_screened_again_and_admitted() -> None:
    district, firm, entry = await _world()
    await list_hits.follow()
    person = await _proposed(firm, entry)
    with pytest.raises(RuleRefusal) as early:
        await roster.admit(district.reviewer, person)
    assert (early.value.rule, early.value.code) == ("R12", "not_screened_yet")
    queued = await rows("SELECT task_name FROM procrastinate_jobs WHERE task_name = 'whitelist.list_hits'")
    assert len(queued) == 1
    assert (await list_hits.follow())["screened"] == 1
    latest = await row("SELECT cause FROM screening ORDER BY id DESC LIMIT 1")
    assert latest == {"cause": "provider_changed"}
    await roster.admit(district.reviewer, person)
    with pytest.raises(Conflict):
        await roster.admit(district.approver, person)
    assert [(one.name, one.state) for one in await roster.people(entry)] == [("闭知微", "active")]


async def test_the_lists_are_asked_about_the_new_teacher() -> None:
    _, firm, entry = await _world()
    found = await row("SELECT provider, list, application FROM entry WHERE id = {}", entry)
    assert found is not None
    before = await screen_provider(found["provider"], found["list"], found["application"], "asked")
    await _proposed(firm, entry)
    people = await roster.screened_people(entry)
    assert people == ((NEW.name, NEW.id_number),)
    after = await screen_provider(found["provider"], found["list"], found["application"], "asked", people)
    marks = await rows("SELECT DISTINCT subject_mark FROM screening WHERE id = ANY({})", [before, after])
    assert len(marks) == 2, "another set of people is another subject"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"id_number": "450103199001010001"}, "id_number"),
        ({"course": ""}, "course"),
        ({"certificate_type": "驾驶证"}, "certificate_type"),
        ({"certificate_number": ""}, "certificate_number"),
        ({"valid_until": date(2022, 7, 4)}, "valid_until"),
    ],
)
async def test_what_is_wrong_stands_at_its_field(changes: dict[str, Any], field: str) -> None:
    _, firm, entry = await _world()
    with pytest.raises(Invalid) as refused:
        await roster.propose(firm.actor, entry, replace(NEW, **changes), _file())
    assert [one.field for one in refused.value.fields] == [field]


async def test_once_with_a_certificate_and_only_on_ones_own_live_entry() -> None:
    district, firm, entry = await _world()
    other = await district.firm("另一机构", representative=4)
    with pytest.raises(NotFound):
        await roster.propose(other.actor, entry, NEW, _file())
    with pytest.raises(Invalid) as bare:
        await roster.propose(firm.actor, entry, NEW, None)
    assert [one.field for one in bare.value.fields] == ["certificate"]
    person = await _proposed(firm, entry)
    with pytest.raises(Invalid):
        await roster.propose(firm.actor, entry, NEW, _file(2))
    with pytest.raises(NotFound):
        await roster.leave(other.actor, person)
    await roster.leave(firm.actor, person)
    with pytest.raises(Conflict):
        await roster.leave(firm.actor, person)
    assert await roster.propose(firm.actor, entry, NEW, _file(3)) != person
    await withdraw(firm.actor, entry, "停业")
    with pytest.raises(Conflict):
        await roster.propose(firm.actor, entry, replace(NEW, id_number=resident_id(9)), _file(4))


async def test_who_decides_and_who_sees_the_certificate() -> None:
    district, firm, entry = await _world()
    person = await _proposed(firm, entry)
    await list_hits.follow()
    auditor = await account("审计", Membership(Role.AUDITOR, bureau_id=district.bureau_id))
    away = Actor(77, "外地", (Membership(Role.REVIEWER, bureau_id=district.bureau_id + 1000),))
    both = await account(
        "兼任",
        Membership(Role.REVIEWER, bureau_id=district.bureau_id),
        Membership(Role.PROVIDER, provider_id=firm.id),
    )
    for actor, error in ((auditor, Forbidden), (away, NotFound), (both, RuleRefusal), (firm.actor, NotFound)):
        with pytest.raises(error):
            await roster.admit(actor, person)
    with pytest.raises(Invalid):
        await roster.refuse(district.reviewer, person, " ")
    await roster.refuse(district.reviewer, person, "闭知微的证件与本人不符")
    with pytest.raises(Conflict):
        await roster.refuse(district.reviewer, person, "再说")
    assert await roster.may_read_certificate(firm.actor, person)
    assert await roster.may_read_certificate(district.reviewer, person)
    for stranger in (auditor, away, district.school):
        assert not await roster.may_read_certificate(stranger, person)
    words = await rows(
        "SELECT reason || data::text AS words FROM event UNION ALL SELECT subject || body FROM notification"
    )
    assert not [one for one in words if "闭知微" in one["words"] or NEW.id_number in one["words"]]


async def test_a_certificate_that_lapsed_meanwhile_is_not_admitted_and_is_warned_of() -> None:
    district, firm, entry = await _world()
    until = date(2022, 7, 20)
    person = await roster.propose(firm.actor, entry, replace(NEW, valid_until=until), _file())
    await list_hits.follow()
    await set_day(date(2022, 7, 21))
    with pytest.raises(RuleRefusal) as lapsed:
        await roster.admit(district.reviewer, person)
    assert lapsed.value.rule == "R10"
    await set_day(START)
    await roster.admit(district.reviewer, person)
    assert [await roster.warn(day) for day in (START, START, until, date(2022, 7, 21))] == [1, 0, 1, 0]


async def test_a_contract_refuses_who_waits_was_refused_or_left() -> None:
    district, firm, entry = await _world()
    contract = await district.offered(entry)
    await signing.take_back(district.school, contract)
    person = await _proposed(firm, entry)
    await drafting.name_people(
        district.school, contract, [cleared_person(), replace(cleared_person(8), name="闭知微")]
    )
    await signing.offer(district.school, contract)
    with pytest.raises(RuleRefusal) as refused:
        await signing.sign(firm.actor, contract)
    assert [(one.code, one.rule) for one in refused.value.refusals] == [("people_off_roster", "R32")]
    await list_hits.follow()
    await roster.admit(district.reviewer, person)
    await signing.sign(firm.actor, contract)


async def test_nobody_enters_on_a_certificate_that_has_lapsed_on_the_roster() -> None:
    district, firm, entry = await _world()
    contract = await district.offered(entry)
    teacher = Teacher(
        name="梁文博", id_number=resident_id(7), course="少儿书法", certificate_type="教师资格证书",
        certificate_number="20184501031000007", valid_until=date(2022, 7, 20),
    )  # fmt: skip
    await roster.begin(entry, [teacher], START)
    await set_day(date(2022, 7, 21))
    with pytest.raises(RuleRefusal) as refused:
        await signing.sign(firm.actor, contract)
    assert [one.code for one in refused.value.refusals] == ["people_off_roster"]
    await set_day(date(2022, 7, 20))
    await signing.sign(firm.actor, contract)


async def test_the_roster_begins_with_the_teachers_of_the_application() -> None:
    _, _, entry = await _world()
    teacher = Teacher(
        name="梁文博", id_number=resident_id(7), course="少儿书法", certificate_type="教师资格证书",
        certificate_number="20184501031000007",
    )  # fmt: skip
    await roster.begin(entry, [teacher, teacher], START)
    assert [(one.name, one.state) for one in await roster.people(entry)] == [("梁文博", "active")]
