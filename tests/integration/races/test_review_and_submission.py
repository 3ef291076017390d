"""Two approvers; handing in against the deadline, against a round's cancelling, against a ban (R5, R13, R28)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from registry.applications import commands as applications
from registry.applications.form import open_form
from registry.exits import deciding
from registry.exits.reporting import Report, report
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, RegistryError, RuleRefusal
from registry.policies.vocabulary import Ground
from registry.review import commands as review
from registry.rounds import commands as rounds
from registry.whitelist.listing import list_application
from tests.factories.applying import DEADLINE, Applicant, make_applicant, whole_form
from tests.factories.listed import account, credit_code, make_district, set_day
from tests.factories.reviewing import make_desk
from tests.integration.machine.world import add_locked_file
from tests.integration.races.meeting import RACES, Meeting, copy, one, says_what_happened, turn_to


async def test_two_approvers_decide_once() -> None:
    meeting, desk = Meeting("two approvers"), await make_desk()
    first = await desk.applied(state="in_review")
    await review.recommend(desk.reviewer, first, "shortlist", "材料齐全")
    runs = (await rows("SELECT id FROM vetting_run WHERE application = {}", first))[0]["id"]
    for number in range(RACES):
        provider = (await one("SELECT provider FROM application WHERE id = {}", first))["provider"]
        application = await copy(
            "application", first, receipt_number=f"R{number}",
            provider=await copy("provider", provider, credit_code=credit_code(700_000 + number)),
        )  # fmt: skip
        await copy("vetting_run", runs, application=application)
        outcome = await meeting.of(
            review.decide(desk.approver, application, "shortlist", "同意"),
            review.decide(desk.approver2, application, "reject", "不同意"),
        )
        (loser,) = [got for got in outcome if got is not None]
        assert isinstance(loser, Conflict), loser
        says_what_happened(loser)
        found = await one("SELECT state, decided_by FROM application WHERE id = {}", application)
        won = outcome.index(None)
        assert found == {
            "state": ("shortlisted", "rejected")[won],
            "decided_by": (desk.approver, desk.approver2)[won].account_id,
        }
        acts = await rows(
            "SELECT id FROM review_act WHERE application = {} AND kind IN ('shortlist', 'reject')",
            application,
        )
        assert len(acts) == 1
        meeting.ways[str(found["state"])] += 1
    meeting.end()


async def _draft(applicant: Applicant) -> tuple[int, int]:
    """A complete draft and its round, to be copied."""
    application = await applicant.start()
    await applications.save_form(applicant.actor, application, whole_form(applicant.facts), 0)
    await add_locked_file(application)
    return application, applicant.desk.round_id


async def _again(application: int, round_id: int, **changes: Any) -> int:
    """The same draft in a round of its own."""
    made = await copy("application", application, round=await copy("round", round_id), **changes)
    await add_locked_file(made)
    return made


async def test_handing_in_against_the_deadline() -> None:
    meeting, applicant = Meeting("submit against deadline"), await make_applicant()
    first, round_id = await _draft(applicant)

    async def midnight() -> None:
        # The day turns in an instant, handing in takes a while before it asks for the day.
        await asyncio.sleep(meeting.dice.random() * 0.05)
        await turn_to(DEADLINE + timedelta(days=1))

    for _ in range(RACES):
        await turn_to(DEADLINE)
        application = await _again(first, round_id)
        outcome = await meeting.of(applications.submit(applicant.actor, application), midnight())
        found = await one(
            "SELECT a.state, a.submitted_on, (SELECT count(*) FROM submission s WHERE s.application = a.id) AS handed_in"
            " FROM application a WHERE a.id = {}",
            application,
        )
        if isinstance(outcome[0], str):
            assert (found["state"], found["submitted_on"], found["handed_in"]) == ("submitted", DEADLINE, 1)
        else:
            assert isinstance(outcome[0], RuleRefusal)
            assert outcome[0].rule == "R5"
            says_what_happened(outcome[0])
            assert (found["state"], found["submitted_on"], found["handed_in"]) == ("draft", None, 0)
        meeting.ways[found["state"]] += 1
    meeting.end()


async def test_handing_in_against_the_cancelling_of_the_round() -> None:
    meeting, applicant = Meeting("submit against cancel"), await make_applicant()
    first, round_id = await _draft(applicant)
    admin = applicant.desk.admin
    for _ in range(RACES):
        application = await _again(first, round_id)
        of_round = (await one("SELECT round FROM application WHERE id = {}", application))["round"]
        outcome = await meeting.of(
            applications.submit(applicant.actor, application), rounds.cancel(admin, of_round, "取消")
        )
        assert outcome[1] is None, outcome
        found = await one("SELECT state FROM application WHERE id = {}", application)
        order = await rows(
            "SELECT action FROM event WHERE chain LIKE 'bureau:%' AND (subject = 'round' AND subject_id = {}"
            " AND action = 'cancel' OR subject = 'application' AND subject_id = {} AND action = 'submit') ORDER BY number",
            of_round,
            application,
        )
        if isinstance(outcome[0], RegistryError):
            says_what_happened(outcome[0])
            assert found["state"] == "draft"
            assert [e["action"] for e in order] == ["cancel"]
        else:
            assert found["state"] == "submitted"
            assert [e["action"] for e in order] == ["submit", "cancel"]
        meeting.ways[found["state"]] += 1
    meeting.end()


async def _banned_soon(name: str) -> tuple[Any, Actor, int, int, int]:
    """A district on whose list a firm faces an upheld proposal, and its complete draft in a round of that list."""
    applicant = await make_applicant()
    district = await make_district()
    await set_day(DEADLINE)
    firm = await district.firm(name, representative=901)
    case_entry = await district.on_notice(firm, passes_from=DEADLINE)
    entry = await list_application(district.approver, case_entry, "期满")
    case = await report(
        district.school, entry, Report(Ground.SUBCONTRACTED, "现场发现转包", school_id=district.school_id)
    )
    await deciding.answer(firm.actor, case, "说明")
    await deciding.propose(district.reviewer, case, "uphold", Ground.SUBCONTRACTED, "属实")
    draft, round_id = await _draft(applicant)
    await rows("UPDATE round SET list = {} WHERE id = {}", district.list_id, round_id)
    return district, applicant.actor, draft, entry, case


async def test_a_ban_against_handing_in() -> None:
    """By the same code and by the same legal representative in turns: whichever is second sees the other."""
    meeting = Meeting("ban against submit")
    district, _, draft, entry, case = await _banned_soon("被举报机构")
    base = await one("SELECT provider, round, form_sealed FROM application WHERE id = {}", draft)
    form = open_form(base["form_sealed"])
    index = (
        await one("SELECT legal_representative_id_index AS i FROM provider WHERE id = {}", base["provider"])
    )["i"]
    for number in range(RACES):
        code = credit_code(710_000 + 2 * number)
        banned = await copy(
            "provider", base["provider"], credit_code=code, legal_representative_id_index=index
        )
        itself = number % 2 == 0
        applying = (
            banned
            if itself
            else await copy("provider", base["provider"], credit_code=credit_code(710_001 + 2 * number))
        )
        member = await account("机构", Membership(Role.PROVIDER, provider_id=applying))
        own = form.model_copy(update={"credit_code": code if itself else credit_code(710_001 + 2 * number)})
        application = await _again(draft, base["round"], provider=applying)
        await rows("UPDATE application SET form_sealed = {} WHERE id = {}", own.sealed(), application)
        its_entry = await copy(
            "entry", entry, provider=banned, certificate_number=f"Z{number}", application=None
        )
        its_case = await copy("exit_case", case, entry=its_entry, number=f"T{number}")
        # The bans of the rounds before are lifted, or they would bar the same representative.
        await rows("UPDATE ban SET overturned_on = decided_on WHERE overturned_on IS NULL")
        outcome = await meeting.of(
            applications.submit(member, application),
            deciding.decide(district.approver, its_case, "uphold", "属实"),
        )
        assert isinstance(outcome[1], int), outcome
        order = await rows(
            "SELECT action FROM event WHERE chain = {} AND (subject = 'ban' AND subject_id = {} OR"
            " subject = 'application' AND subject_id = {} AND action = 'submit') ORDER BY number",
            f"bureau:{district.bureau_id}",
            outcome[1],
            application,
        )
        way = "submitted first" if isinstance(outcome[0], str) else "banned first"
        if way == "banned first":
            assert isinstance(outcome[0], RuleRefusal), outcome
            assert outcome[0].rule == "R28"
            says_what_happened(outcome[0])
            assert [e["action"] for e in order] == ["decide"]
        else:
            assert [e["action"] for e in order] == ["submit", "decide"], "handed in past a ban"
        meeting.ways[way] += 1
    meeting.end()
