"""Rounds and the questions about them in each of their states, and the commands that move them (R5)."""

from __future__ import annotations

from datetime import timedelta

from registry.kernel.actor import Actor, Role
from registry.rounds import commands, questions
from registry.rounds.commands import RoundDraft
from registry.rounds.lifecycle import QUESTION, ROUND, QuestionState
from tests.factories.applying import DEADLINE, OPEN_DAY, make_applicant
from tests.factories.reviewing import Desk, make_desk
from tests.integration.lifecycles.applications import people_at
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.races.meeting import copy


async def everybody(desk: Desk) -> dict[Role, Actor]:
    """Somebody with each role, where what is walked belongs to no provider."""
    return {**await people_at(desk), Role.PROVIDER: (await make_applicant(desk)).actor}


async def round_walk() -> Walk:
    """A draft, an open round, a cancelled one."""
    desk = await make_desk(day=OPEN_DAY)
    draft = RoundDraft(desk.list_id, "第二批遴选", OPEN_DAY, DEADLINE)
    made = [await commands.create(desk.admin, draft) for _ in range(3)]
    await commands.publish(desk.admin, made[1])
    await commands.cancel(desk.admin, made[2], "另行安排")
    records = dict(zip(("draft", "published", "cancelled"), made, strict=True))
    later = DEADLINE + timedelta(days=5)
    cases = (
        Case("edit", ("edit",), lambda a, i: commands.edit(a, i, draft)),
        Case("publish", ("publish",), lambda a, i: commands.publish(a, i, "局务会")),
        Case("extend", ("extend",), lambda a, i: commands.extend(a, i, later, "系统维护")),
        Case("cancel", ("cancel",), lambda a, i: commands.cancel(a, i, "另行安排")),
    )
    return Walk(ROUND, "round", records, await everybody(desk), cases)


async def question_walk() -> Walk:
    """Questions about an open round."""
    desk = await make_desk(day=OPEN_DAY)
    asked = await questions.ask(Actor.public(), desk.round_id, "可以用证明代替吗？")
    records = {"asked": asked}
    for state in QuestionState:
        if state.value == "asked":
            continue
        said = (
            {"shown_question": "问", "answer": "答", "answered_on": OPEN_DAY}
            if state.value == "answered"
            else {}
        )
        records[state.value] = await copy("round_question", asked, state=state.value, **said)
    cases = (
        Case("answer", ("answer", "correct_answer"), lambda a, i: questions.answer(a, i, "问", "答")),
        Case("decline", ("decline",), lambda a, i: questions.decline(a, i, "与批次无关")),
    )
    return Walk(QUESTION, "round_question", records, await everybody(desk), cases)
