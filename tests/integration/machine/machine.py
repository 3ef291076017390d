"""The state machine: anybody does anything, rightly or not, and days pass with or without their sweep."""

from __future__ import annotations

import random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from registry.applications import commands as applications
from registry.kernel.db import rows
from registry.notices import commands as notices
from registry.review import commands as review
from registry.whitelist.listing import list_application
from tests.integration.machine.applying import Applications, Days, Review, Rounds
from tests.integration.machine.listing import Entries, Notices, Objections
from tests.integration.machine.serving import Contracts, Exits
from tests.integration.machine.world import World

POLICIES = ("nanning-2022", "default", "xiaolan-2023", "taishan-2026")


class Everybody(Days, Rounds, Applications, Review, Notices, Objections, Entries, Contracts, Exits):
    """All acts of the machine."""


# How often each act is tried, of ten thousand or so; what leads on is tried more often than what ends things.
WEIGHTS: dict[str, int] = {
    "days_pass": 6, "sweep_comes": 4, "minute_jobs_run": 2, "set_up_round": 3, "change_round": 2, "apply": 9,
    "submit": 2, "resubmit": 8, "vet": 9, "recommend": 9, "decide": 8, "publish_notice": 12, "object_to": 8,
    "handle_objection": 6, "confirm_listing": 14, "offer_contract": 8, "sign": 8, "handle_case": 12,
    "ask_second_look": 3, "answer_second_look": 3, "withdraw_application": 1, "vet_again": 1, "overrule": 3,
    "request_correction": 4, "hand_back": 1, "revoke": 1, "change_notice": 2, "suspend": 3, "reinstate": 5,
    "leave_the_list": 1, "registration_is_renewed": 2, "list_is_imported": 2, "change_contract": 3, "terminate": 3,
    "report": 4, "appeal_succeeds": 6,
}  # fmt: skip
_DRAWN = [act for act, weight in WEIGHTS.items() for _ in range(weight)]


class Registry(RuleBasedStateMachine):
    """A registry of two bureaux, four providers and four schools.

    One rule tries any act, so that no run does without some of them; ``world`` is shared by all runs of a test.
    """

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.everybody = Everybody(self.world)
        self.begun = False
        self.taken = 0

    @initialize(
        first=st.sampled_from(POLICIES),
        second=st.sampled_from(POLICIES),
        ahead=st.integers(0, 3),
        spread=st.booleans(),
    )
    def begin(self, first: str, second: str, ahead: int, spread: bool) -> None:
        """Empty tables, then some providers who came onto a list by the commands."""
        self.world.begin((first, second))
        for number in range(ahead):
            self.world.run(bring_to_notice(self.world, number, number % 2 if spread else 0))
        if ahead:
            self.world.run(list_all(self.world))
        self.begun = True

    @rule(number=st.integers(0, 2**32))
    def step(self, number: int) -> None:
        """One act; where there is nothing to act on, another one, drawn by its weight too.

        Hypothesis likes to repeat a number; with its place in the run it is thrown anew.
        """
        self.taken += 1
        self.everybody.dice = random.Random(f"{number} {self.taken}")
        for name in dict.fromkeys(self.everybody.dice.sample(_DRAWN, len(_DRAWN))):
            if getattr(self.everybody, name)():
                return

    @invariant()
    def nothing_is_broken(self) -> None:
        """After every step, in SQL of its own."""
        if self.begun:
            self.world.steps += 1
            self.world.witness.check(swept=self.everybody.swept)
            self.everybody.swept = False

    def teardown(self) -> None:
        """Nothing of what was seen has changed."""
        if self.begun:
            self.world.witness.check_history()


async def bring_to_notice(world: World, number: int, at: int) -> None:
    """A provider's application, handed in, vetted, recommended, shortlisted and published."""
    bureau, applicant = world.bureaux[at], world.applicants[number]
    found = await rows("SELECT id FROM round WHERE list = {} ORDER BY id", bureau.district.list_id)
    application = await world.start(applicant, found[0]["id"])
    await applications.submit(applicant.firm.actor, application)
    await world.vet(application, blocking=False)
    await review.recommend(bureau.reviewers[0], application, "shortlist", "材料齐全")
    await review.decide(bureau.approvers[0], application, "shortlist", "同意")
    await notices.publish(bureau.approvers[0], found[0]["id"], [application], "公示")


async def list_all(world: World) -> None:
    """On the day on which every notice has passed, everybody on notice is listed."""
    found = await rows("SELECT max(passes_from) AS day FROM notice")
    await world.go_to(found[0]["day"])
    waiting = await rows(
        "SELECT a.id, l.bureau FROM application a JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list"
        " WHERE a.state = 'on_notice' ORDER BY a.id"
    )
    for one in waiting:
        await list_application(world.bureau_of(one["bureau"]).approvers[1], one["id"], "公示期满")
