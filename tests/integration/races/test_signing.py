"""Signing against a suspension and against a removal (R22): no moment, however unlucky."""

from __future__ import annotations

from registry.contracts import signing
from registry.exits import deciding
from registry.exits.reporting import Report, report, terminate_contract
from registry.kernel.actor import Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import RuleRefusal
from registry.policies.vocabulary import Ground
from registry.whitelist.commands import reinstate, suspend
from registry.whitelist.lifecycle import Cause
from tests.factories.listed import account, credit_code, make_district
from tests.integration.races.meeting import RACES, Meeting, copy, one, says_what_happened


async def _offered_again(contract: int, number: int, **changes: int) -> int:
    made = await copy("contract", contract, number=f"K{number}", **changes)
    for table in ("contract_precondition", "contract_person"):
        for row in await rows(f"SELECT id FROM {table} WHERE contract = {{}}", contract):
            await copy(table, row["id"], contract=made)
    return made


async def _order(bureau: int, contract: int, entry: int, action: str) -> list[str]:
    found = await rows(
        "SELECT action FROM event WHERE chain = {} AND (subject = 'contract' AND subject_id = {} AND action = 'sign'"
        " OR subject = 'entry' AND subject_id = {} AND action = {}) ORDER BY number DESC LIMIT 2",
        f"bureau:{bureau}",
        contract,
        entry,
        action,
    )
    return [one["action"] for one in reversed(found)]


async def test_signing_against_a_suspension() -> None:
    meeting, district = Meeting("sign against suspension"), await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    first = await district.offered(entry)
    for number in range(RACES):
        contract = await _offered_again(first, number)
        signed, suspended = await meeting.of(
            signing.sign(firm.actor, contract),
            suspend(district.approver, entry, cause=Cause.BUREAU, reason="核查"),
        )
        assert suspended is True
        found = await one("SELECT state FROM contract WHERE id = {}", contract)
        if signed is None:
            assert found["state"] == "signed"
            order = await _order(district.bureau_id, contract, entry, "suspend")
            assert order == ["sign", "suspend"], "signed while suspended"
        else:
            assert isinstance(signed, RuleRefusal), signed
            says_what_happened(signed)
            assert found["state"] == "offered"
        meeting.ways[found["state"]] += 1
        await reinstate(district.approver, entry, cause=Cause.BUREAU, reason="继续")
    meeting.end()


async def test_signing_against_a_removal() -> None:
    meeting, district = Meeting("sign against removal"), await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    first = await district.offered(entry)
    case = await report(
        district.school, entry, Report(Ground.SUBCONTRACTED, "现场发现转包", school_id=district.school_id)
    )
    await deciding.answer(firm.actor, case, "说明")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "属实")
    for number in range(RACES):
        provider = await copy("provider", firm.id, credit_code=credit_code(720_000 + number))
        actor = await account("机构", Membership(Role.PROVIDER, provider_id=provider))
        its_entry = await copy(
            "entry", entry, provider=provider, certificate_number=f"Y{number}", application=None
        )
        its_case = await copy("exit_case", case, entry=its_entry, number=f"T{number}")
        contract = await _offered_again(first, number, entry=its_entry)
        signed, removed = await meeting.of(
            signing.sign(actor, contract), deciding.decide(district.approver, its_case, "uphold", "属实")
        )
        assert isinstance(removed, int), removed
        found = await one(
            "SELECT state, flagged_on IS NOT NULL AS flagged FROM contract WHERE id = {}", contract
        )
        if signed is None:
            assert found == {"state": "signed", "flagged": True}, (
                "signed before, so the removal must have seen it"
            )
            assert await _order(district.bureau_id, contract, its_entry, "remove") == ["sign", "remove"]
        else:
            assert isinstance(signed, RuleRefusal), signed
            says_what_happened(signed)
            assert found == {"state": "offered", "flagged": False}
        meeting.ways[found["state"]] += 1
    meeting.end()


async def test_a_termination_beside_a_report_about_another() -> None:
    """Both open a case at one bureau: neither waits for the other for ever, and the numbers run on."""
    meeting, district = Meeting("termination beside report"), await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    first = await district.signed(firm, entry)
    for number in range(max(RACES // 4, 10)):
        places = []
        for which in range(2):
            provider = await copy("provider", firm.id, credit_code=credit_code(730_000 + 2 * number + which))
            places.append(
                await copy(
                    "entry",
                    entry,
                    provider=provider,
                    certificate_number=f"X{number}-{which}",
                    application=None,
                )
            )
        contract = await copy("contract", first, entry=places[0], number=f"V{number}")
        made = Report(Ground.SUBCONTRACTED, "现场发现转包", school_id=district.school_id)
        cases = await meeting.of(
            terminate_contract(district.school, contract, ground=Ground.SUBCONTRACTED, reason="转包"),
            report(district.school, places[1], made),
        )
        assert all(isinstance(case, int) for case in cases), cases
        assert cases[0] != cases[1]
    found = await rows("SELECT number FROM exit_case ORDER BY number")
    assert len({row["number"] for row in found}) == len(found)
