"""What schools said of the provider, the complaints it is asked about, and its answers (R25)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.evaluations import queries, scoring
from registry.evaluations.complaints import cases, handling
from registry.evaluations.complaints.handling import MAX_WORDS
from registry.evaluations.scoring import MAX_ANSWER
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, words_of
from registry.web.school.acting import settle
from registry.web.school.rated import score_rows, term_name, timeline, topic_word
from registry.web.school.shown import refused, show_errors

PATH = "/provider/evaluations"
COMPLAINTS = "/provider/complaints"
_ID = f"{PATH}/{{evaluation_id:int}}"
_COMPLAINT = f"{COMPLAINTS}/{{complaint_id:int}}"
_ANSWER = {"permission": "evaluation.answer"}
_COMPLAINT_ANSWER = {"permission": "complaint.answer"}


@get(PATH, opt=_ANSWER)
async def evaluations_page(request: Req) -> Response[str]:
    """Evaluations, the latest first; the complaints that wait for an answer above."""
    actor, words, as_of = actor_of(request), words_of(request), await today()
    found = await queries.of_providers(actor.provider_ids, after=request.query_params.get("after"))
    asked = await cases.of_providers(actor.provider_ids, limit=20)
    return await page(
        request,
        "provider/evaluations.html.j2",
        today=as_of,
        complaints=[{"complaint": one, "topic": topic_word(words, one.topic)} for one in asked.complaints],
        more_complaints=asked.after is not None,
        listing=Listing(
            PATH,
            [
                Column("school", N_("学校")),
                Column("course", N_("课程")),
                Column("term", N_("学期")),
                Column("satisfaction", N_("家长满意度"), kind="number"),
                Column("state", N_("状态"), kind="short"),
            ],
            next_cursor=found.after,
            exports=(),
        ),
        rows=[
            {"evaluation": one, "term": term_name(words, one.school_year, one.term_number)}
            for one in found.evaluations
        ],
    )


@get(_ID, opt=_ANSWER)
async def detail(request: Req, evaluation_id: FromPath[int]) -> Response[str]:
    """One evaluation with the provider's own word to it."""
    return await _show(request, evaluation_id, Form(), 200)


async def _show(
    request: Req,
    evaluation_id: int,
    form: Form,
    status: int,
    refusals: list[dict[str, str]] | None = None,
) -> Response[str]:
    actor, words, as_of = actor_of(request), words_of(request), await today()
    found = await queries.get_evaluation(actor, evaluation_id)
    if found.provider_id not in actor.provider_ids:
        raise NotFound("没有找到这项评价")
    return await page(
        request,
        "provider/evaluation.html.j2",
        status_code=status,
        found=found,
        form=form,
        refusals=refusals or [],
        term=term_name(words, found.school_year, found.term_number),
        scores=score_rows(words, found),
        may_answer=found.may_answer(as_of),
        maximum=MAX_ANSWER,
        timeline=timeline(words, await queries.happenings("evaluation", found.id), "evaluation", named=False),
    )


@post(_ID, opt=_ANSWER, status_code=200)
async def answer(request: Req, evaluation_id: FromPath[int]) -> Response[str]:
    """The provider's word to an evaluation."""
    form = (await read_form(request)).form
    text = form.text("text", N_("说明"), max_length=MAX_ANSWER, multiline=True)
    if form.errors:
        return await _show(request, evaluation_id, form, 422)
    try:
        act = scoring.answer(actor_of(request), evaluation_id, text)
        return await settle(request, act, f"{PATH}/{evaluation_id}", N_("说明已提交"))
    except Invalid as error:
        show_errors(form, error)
        return await _show(request, evaluation_id, form, 422)
    except RuleRefusal as error:
        return await _show(request, evaluation_id, form, 422, refused(words_of(request), error))


@get(_COMPLAINT, opt=_COMPLAINT_ANSWER)
async def complaint(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """What the bureau asks about a complaint; who complained and what they wrote is not shown."""
    return await _complaint(request, complaint_id, Form(), 200)


async def _complaint(request: Req, complaint_id: int, form: Form, status: int) -> Response[str]:
    words = words_of(request)
    found = await cases.for_provider(actor_of(request), complaint_id)
    return await page(
        request,
        "provider/complaint.html.j2",
        status_code=status,
        found=found,
        one=found.row,
        form=form,
        today=await today(),
        topic=topic_word(words, found.row.topic),
        maximum=MAX_WORDS,
    )


@post(_COMPLAINT, opt=_COMPLAINT_ANSWER, status_code=200)
async def answer_complaint(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """The provider's answer to what it was asked."""
    form = (await read_form(request)).form
    text = form.text("text", N_("答复"), max_length=MAX_WORDS, multiline=True)
    if form.errors:
        return await _complaint(request, complaint_id, form, 422)
    act = handling.answer(actor_of(request), complaint_id, text)
    return await settle(request, act, f"{COMPLAINTS}/{complaint_id}", N_("答复已提交"))


HANDLERS = [evaluations_page, detail, answer, complaint, answer_complaint]
