"""What the pages show and do for every (state, action, role) of the tables: the same, without exception."""

from __future__ import annotations

import pytest

from registry.kernel.actor import Role
from tests.integration.lifecycles import page_acts_listing as listing
from tests.integration.lifecycles import page_acts_review as review
from tests.integration.lifecycles.known import lifecycles
from tests.integration.lifecycles.pages import PageAct, covered, page_walk
from tests.integration.lifecycles.walks import WALKS

ACTS: dict[str, tuple[PageAct, ...]] = {
    "application": review.APPLICATION,
    "complaint": listing.COMPLAINT,
    "contract": listing.CONTRACT,
    "contract_variation": listing.VARIATION,
    "data_import": review.DATA_IMPORT,
    "entry": listing.ENTRY,
    "evaluation": listing.EVALUATION,
    "exit_case": listing.EXIT_CASE,
    "list_import": review.LIST_IMPORT,
    "objection": review.OBJECTION,
    "renewal": listing.RENEWAL,
    "roster_person": listing.ROSTER,
    "round": review.ROUND,
    "round_question": review.QUESTION,
    "yearly_review": listing.YEARLY_REVIEW,
}
_JOB = "the worker does it"
_BY_A_CASE = "it follows from the decision of an exit case, whose pages are walked"
_BY_A_CONTRACT = "it follows from ending a contract, whose pages are walked"
# What no page of its own does, and what does it instead.
ELSEWHERE: dict[tuple[str, str, Role], str] = {
    ("application", "start_vetting", Role.SYSTEM): _JOB,
    ("application", "finish_vetting", Role.SYSTEM): _JOB,
    ("application", "close_correction", Role.SYSTEM): _JOB,
    ("application", "confirm_listing", Role.SYSTEM): _JOB,
    ("application", "vet_again", Role.SYSTEM): _JOB,
    ("data_import", "discard", Role.SYSTEM): _JOB,
    ("entry", "suspend", Role.SYSTEM): _JOB,
    ("entry", "suspend_further", Role.SYSTEM): _JOB,
    ("entry", "reinstate", Role.SYSTEM): _JOB,
    ("entry", "cure_one_cause", Role.SYSTEM): _JOB,
    ("entry", "suspend", Role.SCHOOL): _BY_A_CONTRACT,
    ("entry", "suspend_further", Role.SCHOOL): _BY_A_CONTRACT,
    ("entry", "remove", Role.APPROVER): _BY_A_CASE,
    ("entry", "restore", Role.APPROVER): _BY_A_CASE,
    ("entry", "restore_withdrawn", Role.APPROVER): _BY_A_CASE,
    ("exit_case", "join_report", Role.SYSTEM): _JOB,
    ("list_import", "discard", Role.SYSTEM): _JOB,
}


def test_every_lifecycle_has_its_pages() -> None:
    assert set(ACTS) == set(lifecycles())


@pytest.mark.parametrize("subject", sorted(ACTS))
async def test_pages_show_and_do_what_the_tables_say(subject: str, settings_env: dict[str, str]) -> None:
    walk, acts = await WALKS[subject](), ACTS[subject]
    possible = {(action, role) for action, roles in walk.lifecycle.may.items() for role in roles}
    elsewhere = {(action, role) for of, action, role in ELSEWHERE if of == subject}
    assert possible - covered(walk, acts) == elsewhere
    async with page_walk(walk) as pages:
        wrong = [problem for act in acts for problem in await pages.wrong(act)]
    assert not wrong, "\n".join(wrong)
