"""Questions about a round and the bureau's answers, published without who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotFound, RuleRefusal, TooMany
from registry.kernel.lifecycle import move
from registry.kernel.sealed import blind_index, seal, unseal
from registry.notifications.commands import accounts_of, notify
from registry.rounds import queries
from registry.rounds.lifecycle import QUESTION
from registry.rounds.rules import RoundPhase
from registry.rounds.tables import RoundQuestion

MAX_QUESTION = 1000
MAX_ANSWER = 3000
_PER_DAY = 10
_DAY_SECONDS = 24 * 3600
_CONTEXT = "round_question.contact"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question as everybody may read it, with its answer; nothing of who asked."""

    id: int
    question: str
    answer: str
    asked_on: date
    answered_on: date


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the bureau sees it; ``contact`` is what the asker left, if anything."""

    id: int
    round_id: int
    round_title: str
    bureau_id: int
    state: str
    question: str
    shown_question: str
    contact: str
    answer: str
    asked_on: date
    answered_on: date | None
    answered_by: str | None


async def ask(actor: Actor, round_id: int, text: str, *, contact: str = "", browser: str = "") -> int:
    """Ask about a published round, signed in or not; the bureau is told. The same words again are one question.

    Raises Invalid, NotFound for a round that is not published, RuleRefusal (R5) once its deadline is over, TooMany for
    one browser or account that sends many on a day.
    """
    as_of = await today()
    question = text.strip()
    if not question:
        raise Invalid(fields=[FieldError("question", "请填写要问的问题")])
    if len(question) > MAX_QUESTION:
        raise Invalid(
            fields=[FieldError("question", "最多 %(max)s 个字，请缩短", {"max": str(MAX_QUESTION)})]
        )
    found = await queries.get(round_id)
    phase = found.phase(as_of)
    if phase in {RoundPhase.DRAFT, RoundPhase.CANCELLED}:
        raise NotFound("没有找到这个遴选批次")
    if phase is RoundPhase.CLOSED:
        raise RuleRefusal(
            "本批次已于 %(day)s 截止申报，不再接受提问。可以查看已公开的答复，或联系教育局",
            code="round_closed",
            rule="R5",
            day=found.deadline.isoformat(),
        )
    mark = blind_index(
        f"account:{actor.account_id}" if actor.account_id else f"browser:{browser}", "round_question"
    )
    async with transaction():
        await rows("SELECT pg_advisory_xact_lock(hashtextextended({}, 7))::text AS held", mark)
        sent = await rows(
            "SELECT id, round, question FROM round_question WHERE browser = {} AND asked_on = {}", mark, as_of
        )
        for one in sent:
            if (one["round"], one["question"]) == (round_id, question):
                return int(one["id"])
        if len(sent) >= _PER_DAY:
            raise TooMany("今天提问已达上限，请明天再来，或电话联系教育局", retry_after=_DAY_SECONDS)
        made = RoundQuestion(
            round=round_id,
            question=question,
            contact_sealed=seal(contact.strip(), _CONTEXT) if contact.strip() else None,
            asked_by=actor.account_id,
            asked_on=as_of,
            browser=mark,
            created_at=real_now(),
        )
        await made.save()
        question_id = int(made.id)
        # Neither the words nor who asked is in the event: it is kept for ever (R33, R34).
        await events.record(
            Actor.public(),
            subject="round_question",
            subject_id=question_id,
            action="ask",
            chains=(events.bureau_chain(found.bureau_id),),
            to_state="asked",
            data={"round": round_id},
        )
        await notify(
            await accounts_of(bureau_id=found.bureau_id, roles=[Role.BUREAU_ADMIN, Role.REVIEWER]),
            key=f"round-question-{question_id}",
            subject="批次有新的提问",
            body=f"“{found.title}”收到一个提问，请公开答复。",
            link=f"/bureau/rounds/{round_id}/questions",
        )
    return question_id


async def answer(actor: Actor, question_id: int, shown_question: str, text: str) -> None:
    """Publish an answer, or correct one; ``shown_question`` is the question without what would name somebody.

    Raises Invalid, Forbidden, NotFound, Conflict for one that was set aside.
    """
    as_of = await today()
    shown, said = shown_question.strip(), text.strip()
    errors = []
    if not shown:
        errors.append(FieldError("shown_question", "请填写公开的问题"))
    if not said:
        errors.append(FieldError("answer", "请填写答复"))
    if errors:
        raise Invalid(fields=errors)
    async with transaction():
        found = await _lock(actor, question_id)
        again = found["state"] == "answered"
        await move(
            QUESTION,
            RoundQuestion,
            question_id,
            "correct_answer" if again else "answer",
            actor,
            chains=(events.bureau_chain(found["bureau_id"]),),
            values={
                "shown_question": shown[:MAX_QUESTION],
                "answer": said[:MAX_ANSWER],
                "answered_by": actor.account_id,
                "answered_on": as_of,
            },
            data={"round": found["round"]},
        )
        if found["asked_by"] is not None and not again:
            await notify(
                [found["asked_by"]],
                key=f"round-question-{question_id}-answered",
                subject="您的提问已公开答复",
                body="答复不显示提问人。",
                link=f"/rounds/{found['round']}/questions",
            )


async def decline(actor: Actor, question_id: int, reason: str) -> None:
    """Set a question aside, with a reason kept by the bureau. Raises as ``answer``."""
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
    async with transaction():
        found = await _lock(actor, question_id)
        await move(
            QUESTION,
            RoundQuestion,
            question_id,
            "decline",
            actor,
            chains=(events.bureau_chain(found["bureau_id"]),),
            reason=reason.strip(),
            data={"round": found["round"]},
        )


async def _lock(actor: Actor, question_id: int) -> dict[str, Any]:
    found = await row(
        "SELECT q.id, q.state, q.round, q.asked_by, l.bureau AS bureau_id FROM round_question q"
        " JOIN round r ON r.id = q.round JOIN registry_list l ON l.id = r.list WHERE q.id = {} FOR UPDATE OF q",
        question_id,
    )
    if found is None or found["bureau_id"] not in actor.bureau_ids():
        raise NotFound("没有找到这个提问")
    if found["bureau_id"] not in actor.bureau_ids(*QUESTION.may["answer"]):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    return found


async def answered(round_id: int) -> list[Answered]:
    """The answered questions of a round, the latest answer first (at most 200)."""
    found = await rows(
        "SELECT id, shown_question AS question, answer, asked_on, answered_on FROM round_question"
        " WHERE round = {} AND state = 'answered' ORDER BY answered_on DESC, id DESC LIMIT 200",
        round_id,
    )
    return [Answered(**one) for one in found]


async def of_round(actor: Actor, round_id: int) -> list[Asked]:
    """Every question of a round of the actor's bureaux, those that wait first (at most 300). Raises NotFound."""
    of = await queries.get(round_id)
    if of.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这个遴选批次")
    found = await rows(
        "SELECT q.id, q.round AS round_id, q.state, q.question, q.shown_question, q.contact_sealed, q.answer,"
        " q.asked_on, q.answered_on, a.display_name AS answered_by FROM round_question q"
        " LEFT JOIN account a ON a.id = q.answered_by WHERE q.round = {}"
        " ORDER BY q.state <> 'asked', q.id DESC LIMIT 300",
        round_id,
    )
    officer = of.bureau_id in actor.bureau_ids(*QUESTION.may["answer"])
    return [
        Asked(
            **{key: value for key, value in one.items() if key != "contact_sealed"},
            round_title=of.title,
            bureau_id=of.bureau_id,
            contact=unseal(one["contact_sealed"], _CONTEXT) if officer and one["contact_sealed"] else "",
        )
        for one in found
    ]


async def waiting(round_ids: list[int]) -> dict[int, int]:
    """How many questions of some rounds wait for an answer; rounds without any are left out."""
    found = await rows(
        "SELECT round, count(*) AS n FROM round_question WHERE round = ANY({}) AND state = 'asked' GROUP BY round",
        round_ids,
    )
    return {one["round"]: one["n"] for one in found}
