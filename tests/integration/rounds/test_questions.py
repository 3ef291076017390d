"""Questions about a round: anybody asks, the bureau answers in public, nobody learns who asked."""

from __future__ import annotations

from datetime import date

import pytest

from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleRefusal, TooMany
from registry.rounds import questions
from tests.conftest import TestDatabase
from tests.factories.applying import OPEN_DAY
from tests.factories.browsing import text_of, visitors
from tests.factories.listed import set_day
from tests.factories.reviewing import Desk, make_desk

ASKED = "我是虚构机构的韦某某，教师资格证遗失可以用学信网证明代替吗？"
SHOWN = "教师资格证遗失可以用什么代替？"


async def open_desk() -> Desk:
    """A desk whose round is open."""
    return await make_desk(day=OPEN_DAY)


async def test_asked_by_anybody_answered_without_the_asker(database: TestDatabase) -> None:
    desk = await open_desk()
    async with visitors(None, desk.admin, desk.auditor) as (anybody, admin, auditor):
        place = f"/rounds/{desk.round_id}/questions"
        assert "还没有提问" in text_of(await anybody.get(place))
        empty = await anybody.post(place, {"question": " "})
        assert empty.status_code == 422
        sent = await anybody.post(place, {"question": ASKED, "contact": "19900001234"})
        assert sent.status_code == 303
        assert (await anybody.post(place, {"question": ASKED})).status_code == 303
        assert len(await rows("SELECT 1 AS one FROM round_question")) == 1, (
            "a second press is no second question"
        )
        assert ASKED not in (await anybody.get(place)).text, "nothing is shown before the answer"
        bureau = f"/bureau/rounds/{desk.round_id}/questions"
        seen = await admin.get(bureau)
        assert "19900001234" in seen.text
        assert "19900001234" not in (await auditor.get(bureau)).text
        question = (await rows("SELECT id FROM round_question"))[0]["id"]
        given = {f"shown_question-{question}": SHOWN, f"answer-{question}": "可以，附补办回执。"}
        assert (await auditor.post(f"{bureau}/{question}/answer", given)).status_code == 403
        without = await admin.post(f"{bureau}/{question}/answer", {**given, f"answer-{question}": ""})
        assert without.status_code == 422
        assert (await admin.post(f"{bureau}/{question}/answer", given)).status_code == 303
        shown = await anybody.get(place)
        assert SHOWN in shown.text
        assert "可以，附补办回执。" in shown.text
        assert "韦某某" not in shown.text
        assert "19900001234" not in shown.text
    stored = (await rows("SELECT contact_sealed, browser FROM round_question"))[0]
    assert b"19900001234" not in bytes(stored["contact_sealed"])
    kept = await rows(
        "SELECT reason, data, account_id FROM event WHERE subject = 'round_question' AND action = 'ask'"
    )
    assert kept
    assert all("韦" not in f"{one['reason']}{one['data']}" and one["account_id"] is None for one in kept)


async def test_an_answer_can_be_corrected_and_a_question_set_aside(database: TestDatabase) -> None:
    from registry.kernel import db

    async with db.pooled():
        desk = await open_desk()
        first = await questions.ask(Actor.public(), desk.round_id, ASKED, browser="a")
        await questions.answer(desk.reviewer, first, SHOWN, "可以")
        await questions.answer(desk.admin, first, SHOWN, "可以，附补办回执。")
        (public,) = await questions.answered(desk.round_id)
        assert (public.question, public.answer) == (SHOWN, "可以，附补办回执。")
        second = await questions.ask(Actor.public(), desk.round_id, "与批次无关", browser="b")
        with pytest.raises(Invalid):
            await questions.decline(desk.admin, second, "")
        await questions.decline(desk.admin, second, "与本批次无关")
        with pytest.raises(Conflict):
            await questions.answer(desk.admin, second, "x", "y")
        assert len(await questions.answered(desk.round_id)) == 1
        other = await make_desk(day=OPEN_DAY, name="另一教育局")
        with pytest.raises(NotFound):
            await questions.answer(other.admin, first, SHOWN, "我来答")
        with pytest.raises((Forbidden, NotFound)):
            await questions.answer(desk.auditor, first, SHOWN, "我来答")
        for number in range(10):
            await questions.ask(Actor.public(), desk.round_id, f"问题 {number}", browser="many")
        with pytest.raises(TooMany):
            await questions.ask(Actor.public(), desk.round_id, "第十一个", browser="many")
        await set_day(date(2022, 6, 23))
        with pytest.raises(RuleRefusal):
            await questions.ask(Actor.public(), desk.round_id, "晚了", browser="c")
