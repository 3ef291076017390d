"""Questions about a round: what was answered, and asking one, by anybody and without a name."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal, TooMany
from registry.rounds import queries, questions
from registry.rounds.questions import MAX_QUESTION
from registry.rounds.rules import RoundPhase
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/rounds/{round_id:int}/questions"
_SHOWN = {RoundPhase.UPCOMING, RoundPhase.OPEN, RoundPhase.CLOSED}


@get(PATH, opt={"public": True})
async def questions_page(request: Req, round_id: FromPath[int]) -> Response[str]:
    """The answers that were published, and the form to ask."""
    return await _show(request, round_id, Form(), 200)


async def _show(request: Req, round_id: int, form: Form, status: int) -> Response[str]:
    found = await queries.get(round_id)
    phase = found.phase(await today())
    if phase not in _SHOWN:
        raise NotFound(N_("没有找到这个遴选批次"))
    return await page(
        request,
        "public/questions.html.j2",
        status_code=status,
        round=found,
        phase=phase.value,
        answered=await questions.answered(round_id),
        form=form,
        longest=MAX_QUESTION,
    )


@post(PATH, opt={"public": True}, status_code=200)
async def ask(request: Req, round_id: FromPath[int]) -> Response[str]:
    """Ask: ``question``, and ``contact`` where the asker wants to be told."""
    form = (await read_form(request)).form
    text = form.text("question", N_("问题"), max_length=MAX_QUESTION, multiline=True)
    contact = form.text("contact", N_("联系方式"), required=False, max_length=100)
    status = 422
    if not form.errors:
        try:
            await questions.ask(
                actor_of(request),
                round_id,
                text,
                contact=contact,
                browser=request.scope["state"]["csrf_token"],
            )
        except Invalid as error:
            for wrong in error.fields:
                form.fail(wrong.field, wrong.message, **wrong.params)
        except (RuleRefusal, TooMany) as error:
            status = error.status
            form.fail("question", error.message, **error.params)
    if form.errors:
        return await _show(request, round_id, form, status)
    return redirect(
        f"/rounds/{round_id}/questions",
        flash=words_of(request).gettext(N_("已收到您的提问，答复后在本页公开，不显示提问人")),
    )


HANDLERS = [questions_page, ask]
