"""What follows a listing and a signing, in each state: renewals, teachers, yearly reviews, variations (R13, R20, R23, R32)."""

from __future__ import annotations

from datetime import date, timedelta

from registry.contracts import varying
from registry.contracts.lifecycle import VARIATION, VariationState
from registry.documents.commands import PutFile
from registry.kernel.db import rows
from registry.providers.registration import DocumentKind
from registry.whitelist import list_hits, renewals, roster, yearly_reviews
from registry.whitelist.lifecycle import (
    RENEWAL,
    ROSTER_PERSON,
    YEARLY_REVIEW,
    RenewalState,
    YearlyReviewState,
)
from registry.whitelist.review_notices import publish_results
from registry.whitelist.roster import RosterInput
from registry.whitelist.yearly_reviews import ReviewOutcome
from tests.factories.listed import START, make_district, resident_id, scan, set_day
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.lifecycles.contracts import people_of, world
from tests.integration.lifecycles.listed import PROPOSER
from tests.integration.races.meeting import copy

_REVIEW_DUE = date(2023, 7, 4)


def _file(number: int) -> PutFile:
    return PutFile("证书.pdf", "application/pdf", 10, 1, f"{number:064x}", f"uploads/walk-{number}", "v")


async def renewal_walk() -> Walk:
    """Renewed documents of one firm; of a kind only one waits."""
    district, firm, _ = await world()
    first = await renewals.hand_in(
        firm.actor, firm.id, district.list_id, DocumentKind.LICENCE, None, _file(1)
    )
    records = {
        state.value: await copy("renewal", first, state=state.value, decided_by=district.approver.account_id)
        for state in RenewalState
        if state.value != "handed_in"
    } | {"handed_in": first}
    cases = (
        Case("accept", ("accept",), lambda a, i: renewals.accept(a, i, None, "一致", checked_by_hand=True)),
        Case("return", ("return",), lambda a, i: renewals.give_back(a, i, "看不清")),
        Case("take back", ("take_back",), renewals.take_back),
    )
    return Walk(RENEWAL, "renewal", records, await people_of(district, firm), cases)


async def roster_walk() -> Walk:
    """Teachers whom the lists were asked about since they were named."""
    district, firm, entry = await world()

    async def named(number: int) -> int:
        given = RosterInput("闭知微", resident_id(number), "少儿书法", "教师资格证书", f"2022450103{number}")
        return await roster.propose(firm.actor, entry, given, _file(number))

    records = {"proposed": await named(8), "active": await named(9), "refused": await named(10)}
    records["left"] = await named(11)
    await list_hits.follow()
    await roster.admit(district.reviewer, records["active"])
    await roster.refuse(district.reviewer, records["refused"], "证件不清")
    await roster.leave(firm.actor, records["left"])

    cases = (
        Case("admit", ("admit",), roster.admit),
        Case("refuse", ("refuse",), lambda a, i: roster.refuse(a, i, "证件不清")),
        Case("leave", ("leave",), roster.leave),
    )
    return Walk(ROSTER_PERSON, "roster_person", records, await people_of(district, firm), cases)


async def review_walk() -> Walk:
    """Yearly reviews under a policy that has them noticed; whoever proposed is somebody else."""
    district = await make_district(division="442000", policy_name="xiaolan-2023", name="虚构镇教育局")
    firm = await district.firm()
    await district.listed(firm)
    day = _REVIEW_DUE - timedelta(days=10)
    assert await yearly_reviews.open_due(day) == 1
    await set_day(day)
    due = (await rows("SELECT id FROM yearly_review"))[0]["id"]
    proposed = {"outcome": "passed", "reason": "合格", "proposed_by": PROPOSER, "proposed_on": day}
    decided = {**proposed, "decided_by": PROPOSER + 1, "decided_on": day, "decision_reason": "同意"}
    values = {"proposed": proposed, "decided": decided}
    records = {
        state.value: await copy("yearly_review", due, year=10 + n, state=state.value, **values[state.value])
        for n, state in enumerate(YearlyReviewState)
        if state.value in values
    } | {"due": due}
    cases = (
        Case(
            "propose", ("propose",), lambda a, i: yearly_reviews.propose(a, i, ReviewOutcome.PASSED, "合格")
        ),
        Case("send back", ("send_back",), lambda a, i: yearly_reviews.send_back(a, i, "理由")),
        Case("decide", ("decide",), lambda a, i: yearly_reviews.decide(a, i, "同意")),
        Case(
            "publish",
            ("publish_notice",),
            lambda a, i: publish_results(a, district.list_id, [i], "审查结果公示"),
        ),
    )
    return Walk(YEARLY_REVIEW, "yearly_review", records, await people_of(district, firm), cases)


async def variation_walk() -> Walk:
    """Changes of signed contracts with their sealed scans; each of a contract of its own, as only one may wait."""
    district, firm, entry = await world()
    change = varying.Change("少儿书法（提高）", date(2024, 1, 31), 4000)
    records = {}
    for state in VariationState:
        contract = await district.signed(firm, entry)
        variation = await varying.offer(district.school, contract, change, "延长")
        await varying.attach_scan(district.school, variation, await scan(contract))
        agreed = state.value == "agreed"
        await rows(
            "UPDATE contract_variation SET state = {}, agreed_on = {}::date, agreed_by = {}::int WHERE id = {}",
            state.value,
            START if agreed else None,
            firm.actor.account_id if agreed else None,
            variation,
        )
        records[state.value] = variation
    cases = (
        Case("agree", ("agree",), varying.agree),
        Case("decline", ("decline",), lambda a, i: varying.decline(a, i, "师资未定")),
        Case("take back", ("take_back",), varying.take_back),
    )
    return Walk(VARIATION, "contract_variation", records, await people_of(district, firm), cases)
