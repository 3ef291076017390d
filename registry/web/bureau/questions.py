"""Questions about a round: answering them in public, setting one aside."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.rounds import queries, questions
from registry.rounds.lifecycle import QUESTION
from registry.web.bureau.asking import attempt, panel_of, said, status_of
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/bureau/rounds/{round_id:int}/questions"
_ONE = f"{PATH}/{{question_id:int}}"


@get(PATH, opt={"permission": "bureau.read"})
async def questions_page(request: Req, round_id: FromPath[int]) -> Response[str]:
    """The questions of a round, those that wait first."""
    return await _show(request, round_id, Form(), None)


async def _show(
    request: Req, round_id: int, form: Form, error: RegistryError | None, opened: int = 0
) -> Response[str]:
    actor = actor_of(request)
    found = await questions.of_round(actor, round_id)
    of_round = await queries.get(round_id)
    return await page(
        request,
        "bureau/questions.html.j2",
        status_code=status_of(error),
        round=of_round,
        questions=found,
        form=form,
        opened=opened,
        refusal=panel_of(error, words_of(request)),
        may_answer=of_round.bureau_id in actor.bureau_ids(*QUESTION.may["answer"]),
        longest=(questions.MAX_QUESTION, questions.MAX_ANSWER),
    )


async def _in(request: Req, round_id: int, question_id: int) -> None:
    if question_id not in {one.id for one in await questions.of_round(actor_of(request), round_id)}:
        raise NotFound("没有找到这个提问")


@post(f"{_ONE}/answer", opt={"permission": "question.answer"}, status_code=200)
async def answer(request: Req, round_id: FromPath[int], question_id: FromPath[int]) -> Response[str]:
    """Publish or correct an answer: ``shown_question-ID``, ``answer-ID``."""
    await _in(request, round_id, question_id)
    form = (await read_form(request)).form
    shown = form.text(
        f"shown_question-{question_id}", N_("公开的问题"), max_length=questions.MAX_QUESTION, multiline=True
    )
    text = form.text(f"answer-{question_id}", N_("答复"), max_length=questions.MAX_ANSWER, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, questions.answer(actor_of(request), question_id, shown, text))
    if error is not None:
        return await _show(request, round_id, form, error, question_id)
    return redirect(
        f"/bureau/rounds/{round_id}/questions#question-{question_id}", flash=said(request, N_("答复已公开。"))
    )


@post(f"{_ONE}/decline", opt={"permission": "question.answer"}, status_code=200)
async def decline(request: Req, round_id: FromPath[int], question_id: FromPath[int]) -> Response[str]:
    """Set a question aside: ``reason-ID``."""
    await _in(request, round_id, question_id)
    form = (await read_form(request)).form
    reason = form.text(f"reason-{question_id}", N_("理由"), max_length=500)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, questions.decline(actor_of(request), question_id, reason))
    if error is not None:
        return await _show(request, round_id, form, error, question_id)
    return redirect(f"/bureau/rounds/{round_id}/questions", flash=said(request, N_("已登记，不公开答复。")))


HANDLERS = [questions_page, answer, decline]
