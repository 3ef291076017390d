"""Objections to the provider on a public notice: the facts, the time to answer, the answer (R17)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.notices import cases, objections
from registry.notices.objections import MAX_ANSWER
from registry.notices.rules import may_answer
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, words_of
from registry.web.school.acting import settle
from registry.web.school.shown import show_errors, strip_days

_ONE = "/provider/objections/{objection_id:int}"
_ANSWER = {"permission": "objection.answer"}


@get(_ONE, opt=_ANSWER)
async def detail(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """An objection: the facts and the days left; who objects is not shown."""
    return await _show(request, objection_id, Form(), 200)


async def _show(request: Req, objection_id: int, form: Form, status: int) -> Response[str]:
    words, as_of = words_of(request), await today()
    found = await cases.for_provider(actor_of(request), objection_id)
    return await page(
        request,
        "provider/objection.html.j2",
        status_code=status,
        found=found,
        form=form,
        today=as_of,
        days=strip_days(words, found.hearing),
        may_answer=may_answer(found.state, found.answer is not None, found.hearing, as_of),
        over=found.hearing.has_passed(as_of),
        maximum=MAX_ANSWER,
    )


@post(_ONE, opt=_ANSWER, status_code=200)
async def answer(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """Hand in the written answer, or add to it."""
    form = (await read_form(request)).form
    text = form.text("answer", N_("答复"), max_length=MAX_ANSWER, multiline=True)
    if form.errors:
        return await _show(request, objection_id, form, 422)
    act = objections.answer(actor_of(request), objection_id, text)
    try:
        return await settle(request, act, f"/provider/objections/{objection_id}", N_("答复已提交"))
    except Invalid as error:
        show_errors(form, error)
        return await _show(request, objection_id, form, 422)


HANDLERS = [detail, answer]
