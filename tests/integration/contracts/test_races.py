"""There is no moment, however unlucky, in which a contract is signed with a suspended or removed provider (R22).

Each round runs two commands at once on two connections, in either order and with small delays.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable

from registry.bans import queries as bans
from registry.contracts import signing
from registry.exits import deciding
from registry.exits.reporting import Report, report
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, RegistryError, RuleRefusal
from registry.policies.vocabulary import Ground
from registry.whitelist.commands import reinstate, suspend
from registry.whitelist.lifecycle import Cause
from registry.whitelist.listing import list_application
from tests.factories.listed import District, Firm, make_district

SUSPEND_ROUNDS = 30
REMOVE_ROUNDS = 15


async def _together(rng: random.Random, *acts: Awaitable[object]) -> list[object]:
    async def later(act: Awaitable[object]) -> object:
        await asyncio.sleep(rng.random() * 0.02)
        return await act

    found = await asyncio.gather(*(later(act) for act in acts), return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, RegistryError):
            raise one
    return list(found)


async def _last(entry: int, action: str, subject: str, subject_id: int) -> int:
    found = await row(
        "SELECT max(id) AS id FROM event WHERE subject = {} AND subject_id = {} AND action = {} AND chain LIKE 'bureau:%'",
        subject,
        subject_id,
        action,
    )
    assert found is not None
    return int(found["id"] or 0)


async def test_sign_against_suspend() -> None:
    rng = random.Random(20220705)
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    signed_first = refused = 0
    for _ in range(SUSPEND_ROUNDS):
        contract = await district.offered(entry)
        outcome = await _together(
            rng,
            signing.sign(firm.actor, contract),
            suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查"),
        )
        assert outcome[1] is True
        found = await row("SELECT state FROM contract WHERE id = {}", contract)
        assert found is not None
        if isinstance(outcome[0], RuleRefusal):
            assert found["state"] == "offered"
            refused += 1
        else:
            assert outcome[0] is None
            assert found["state"] == "signed"
            signed = await _last(entry, "sign", "contract", contract)
            suspended = await _last(entry, "suspend", "entry", entry)
            assert signed < suspended, "signed after the suspension"
            signed_first += 1
        await reinstate(district.approver, entry, cause=Cause.BUREAU, reason="继续")
    assert signed_first, "the race never went one way: make the delays meet"
    assert refused, "the race never went the other way"


async def _ready_to_uphold(district: District, firm: Firm) -> tuple[int, int, int]:
    entry = await district.listed(firm)
    contract = await district.offered(entry)
    case = await report(
        district.school, entry, Report(Ground.SUBCONTRACTED, "现场发现转包", school_id=district.school_id)
    )
    await deciding.answer(firm.actor, case, "说明")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "属实")
    return entry, contract, case


async def test_sign_against_remove() -> None:
    rng = random.Random(20220706)
    district = await make_district()
    ways = set()
    for number in range(REMOVE_ROUNDS):
        firm = await district.firm(f"机构{number}", representative=number + 20)
        _, contract, case = await _ready_to_uphold(district, firm)
        outcome = await _together(
            rng,
            signing.sign(firm.actor, contract),
            deciding.decide(district.approver, case, "uphold", "属实"),
        )
        assert isinstance(outcome[1], int), outcome
        found = await row("SELECT state, flagged_on FROM contract WHERE id = {}", contract)
        assert found is not None
        if outcome[0] is None:
            assert found["state"] == "signed"
            assert found["flagged_on"] is not None, (
                "signed before the removal, so the removal must have seen it"
            )
        else:
            assert isinstance(outcome[0], RuleRefusal)
            assert (found["state"], found["flagged_on"]) == ("offered", None)
        ways.add(found["state"])
    assert ways == {"signed", "offered"}, "the race went one way only: make the delays meet"


async def test_two_decisions_at_once_decide_once() -> None:
    rng = random.Random(20220707)
    district = await make_district()
    for number in range(5):
        firm = await district.firm(f"机构{number}", representative=number + 40)
        _, _, case = await _ready_to_uphold(district, firm)
        outcome = await _together(
            rng,
            deciding.decide(district.approver, case, "uphold", "属实"),
            deciding.decide(district.second_approver, case, "uphold", "属实"),
        )
        assert sorted(type(one).__name__ for one in outcome) == ["Conflict", "int"]
        assert len(await rows("SELECT id FROM ban WHERE case_id = {}", case)) == 1
        assert await bans.of_case(case) is not None


async def test_two_reports_at_once_make_one_case() -> None:
    rng = random.Random(20220708)
    district = await make_district()
    for number in range(5):
        entry = await district.listed(await district.firm(f"机构{number}", representative=number + 60))
        outcome = await _together(
            rng,
            report(
                district.school, entry, Report(Ground.SUBCONTRACTED, "事实一", school_id=district.school_id)
            ),
            report(
                district.township,
                entry,
                Report(Ground.SUBCONTRACTED, "事实二", school_id=district.township_id),
            ),
        )
        assert outcome[0] == outcome[1]
        found = await rows('SELECT id FROM exit_report WHERE "case" = {}', outcome[0])
        assert len(found) == 2


async def test_two_listings_and_two_signatures_at_once_act_once() -> None:
    rng = random.Random(20220709)
    district = await make_district()
    for number in range(5):
        firm = await district.firm(f"机构{number}", representative=number + 80)
        application = await district.on_notice(firm)
        outcome = await _together(
            rng,
            list_application(district.approver, application, "期满"),
            list_application(district.second_approver, application, "期满"),
        )
        (entry,) = [one for one in outcome if isinstance(one, int)]
        assert any(isinstance(one, Conflict) for one in outcome)
        contract = await district.offered(entry)
        outcome = await _together(rng, signing.sign(firm.actor, contract), signing.sign(firm.actor, contract))
        assert sorted(type(one).__name__ for one in outcome) == ["Conflict", "NoneType"]
    numbers = await rows("SELECT certificate_number FROM entry ORDER BY id")
    assert [one["certificate_number"] for one in numbers] == [f"450100-2022-{n:04d}" for n in range(1, 6)]


async def test_a_listing_never_slips_past_a_ban_of_the_same_provider() -> None:
    rng = random.Random(20220710)
    district = await make_district()
    other = await make_district(division="450103", policy_name="default", name="青秀区教育局")
    for number in range(8):
        firm = await district.firm(f"机构{number}", representative=number + 100)
        _, _, case = await _ready_to_uphold(district, firm)
        application = await other.on_notice(firm)
        outcome = await _together(
            rng,
            list_application(other.approver, application, "期满"),
            deciding.decide(district.approver, case, "uphold", "属实"),
        )
        assert isinstance(outcome[1], int), outcome
        if isinstance(outcome[0], int):
            held = await rows(
                "SELECT cause FROM suspension WHERE entry = {} AND ended_on IS NULL", outcome[0]
            )
            assert held == [{"cause": "banned"}], "listed before the ban, so the ban must have seen it"
        else:
            assert isinstance(outcome[0], RuleRefusal)
            assert outcome[0].rule == "R28"
