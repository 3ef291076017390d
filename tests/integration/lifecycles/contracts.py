"""Contracts in each of their states, and the commands that move them (R22, R27)."""

from __future__ import annotations

from registry.contracts import signing
from registry.contracts.lifecycle import CONTRACT, ContractState
from registry.exits.reporting import terminate_contract
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from tests.factories.listed import START, District, Firm, account, make_district
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.races.meeting import copy


async def people_of(district: District, firm: Firm) -> dict[Role, Actor]:
    """Somebody with each role at the district; the second approver, so that the first may have proposed."""

    async def at(who: str, role: Role, bureau: bool = True) -> Actor:
        return await account(who, Membership(role, bureau_id=district.bureau_id if bureau else None))

    return {
        Role.PROVIDER: firm.actor, Role.REVIEWER: district.reviewer, Role.APPROVER: district.second_approver,
        Role.BUREAU_ADMIN: await at("管理", Role.BUREAU_ADMIN), Role.SCHOOL: district.school,
        Role.AUDITOR: await at("审计", Role.AUDITOR), Role.OPERATOR: await at("运维", Role.OPERATOR, False),
        Role.PUBLIC: Actor.public(), Role.SYSTEM: Actor.for_system("truth table"),
    }  # fmt: skip


async def world() -> tuple[District, Firm, int]:
    """A district, a firm on its list, the entry."""
    district = await make_district()
    firm = await district.firm()
    return district, firm, await district.listed(firm)


async def contract_walk() -> Walk:
    """Contracts with everything that signing asks for."""
    district, firm, entry = await world()
    offered = await district.offered(entry)
    signed = await district.signed(firm, entry)
    over = {"terminated_on": START, "termination_reason": "理由"}
    records = {"offered": offered, "signed": signed}
    for number, state in enumerate(ContractState):
        if state.value in records:
            continue
        base, changes = (signed, over) if state.value == "terminated" else (offered, {})
        made = await copy("contract", base, number=f"W{number}", state=state.value, **changes)
        for table in ("contract_precondition", "contract_person"):
            for one in await rows(f"SELECT id FROM {table} WHERE contract = {{}}", base):
                await copy(table, one["id"], contract=made)
        records[state.value] = made
    cases = (
        Case("offer", ("offer",), signing.offer),
        Case("take back", ("take_back",), signing.take_back),
        Case("decline", ("decline",), lambda a, i: signing.decline(a, i, "理由")),
        Case("sign", ("sign",), signing.sign),
        Case("cancel", ("cancel",), lambda a, i: signing.cancel(a, i, "理由")),
        Case("terminate", ("terminate",), lambda a, i: terminate_contract(a, i, ground=None, reason="理由")),
    )
    return Walk(CONTRACT, "contract", records, await people_of(district, firm), cases)
