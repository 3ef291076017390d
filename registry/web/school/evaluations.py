"""The school's evaluations: what is due, scoring a contract for a term, what was said (R25)."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.params import FromPath

from registry.evaluations import queries, scoring
from registry.evaluations.records import Evaluation
from registry.evaluations.scoring import MAX_WORDS, Scoring
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, words_of
from registry.web.school.acting import settle
from registry.web.school.rated import SCORE_NAMES, score_rows, term_name, timeline
from registry.web.school.shown import refused, show_errors

PATH = "/school/evaluations"
_ID = f"{PATH}/{{evaluation_id:int}}"
_SUBMIT = {"permission": "evaluation.submit"}
_POINTS: Mapping[str, str] = {
    "5": N_("5 分 很好"),
    "4": N_("4 分 较好"),
    "3": N_("3 分 一般"),
    "2": N_("2 分 较差"),
    "1": N_("1 分 很差"),
}


@get(PATH, opt=_SUBMIT)
async def evaluations_page(request: Req) -> Response[str]:
    """What the school owes, the most urgent first, and what it has done."""
    actor, words, as_of = actor_of(request), words_of(request), await today()
    due = await queries.of_schools(actor.school_ids, as_of=as_of, done=False)
    done = await queries.of_schools(
        actor.school_ids, as_of=as_of, done=True, after=request.query_params.get("after")
    )
    return await page(
        request,
        "school/evaluations.html.j2",
        today=as_of,
        due=[
            {
                "evaluation": one,
                "term": term_name(words, one.school_year, one.term_number),
                "left": (one.due_on - as_of).days,
            }
            for one in due.evaluations
        ],
        listing=Listing(
            PATH,
            [
                Column("contract", N_("合同")),
                Column("provider", N_("机构")),
                Column("term", N_("学期")),
                Column("done", N_("提交日期"), kind="date"),
                Column("state", N_("状态"), kind="short"),
            ],
            next_cursor=done.after,
            exports=(),
        ),
        rows=[
            {"evaluation": one, "term": term_name(words, one.school_year, one.term_number)}
            for one in done.evaluations
        ],
    )


@get(_ID, opt=_SUBMIT)
async def detail(request: Req, evaluation_id: FromPath[int]) -> Response[str]:
    """One evaluation: the form while it is due or may be corrected, else what was said."""
    found = await _own(request, evaluation_id)
    form = Form()
    if found.scores is not None:
        form = filled(
            {
                **{key: getattr(found, key) for key in SCORE_NAMES},
                "answers": found.answers,
                "satisfaction": found.satisfaction,
                "words": found.words,
            }
        )
    return await _show(request, found, form, 200)


async def _own(request: Req, evaluation_id: int) -> Evaluation:
    actor = actor_of(request)
    found = await queries.get_evaluation(actor, evaluation_id)
    if found.school_id not in actor.school_ids:
        raise NotFound("没有找到这项评价")
    return found


async def _show(
    request: Req, found: Evaluation, form: Form, status: int, refusals: list[dict[str, str]] | None = None
) -> Response[str]:
    words, as_of = words_of(request), await today()
    rules = scoring.policy_of(found).evaluation
    return await page(
        request,
        "school/evaluation.html.j2",
        status_code=status,
        found=found,
        form=form,
        refusals=refusals or [],
        today=as_of,
        term=term_name(words, found.school_year, found.term_number),
        shown=found.shown_state(as_of),
        scores=score_rows(words, found),
        points=[(one, words.gettext(word)) for one, word in _POINTS.items()],
        names=[(key, words.gettext(name)) for key, name in SCORE_NAMES.items()],
        may_score=found.state == "due" and as_of >= found.opens_on,
        may_revise=found.may_revise(as_of),
        rules=rules,
        max_words=MAX_WORDS,
        timeline=timeline(words, await queries.happenings("evaluation", found.id), "evaluation", named=False),
    )


@post(_ID, opt=_SUBMIT, status_code=200)
async def submit(request: Req, evaluation_id: FromPath[int]) -> Response[str]:
    """Score the contract for the term, or correct the scores (``again``)."""
    form = (await read_form(request)).form
    found = await _own(request, evaluation_id)
    given = _read(form)
    if form.errors or given is None:
        return await _show(request, found, form, 422)
    revising = form.ticked("again")
    act = scoring.revise if revising else scoring.submit
    try:
        return await settle(
            request,
            act(actor_of(request), evaluation_id, given),
            f"{PATH}/{evaluation_id}",
            N_("评价已更正") if revising else N_("评价已提交"),
        )
    except Invalid as error:
        show_errors(form, error)
        return await _show(request, found, form, 422)
    except RuleRefusal as error:
        return await _show(request, found, form, 422, refused(words_of(request), error))


def _read(form: Form) -> Scoring | None:
    points = {key: form.choice(key, name, _POINTS) for key, name in SCORE_NAMES.items()}
    answers = form.integer("answers", N_("参与调查的家长人数"), minimum=0, maximum=100_000)
    satisfaction = form.integer(
        "satisfaction", N_("家长满意度"), required=bool(answers), minimum=0, maximum=100
    )
    said = form.text("words", N_("评语"), required=False, max_length=MAX_WORDS, multiline=True)
    if form.errors or answers is None:
        return None
    return Scoring(
        quality=int(points["quality"]),
        safety=int(points["safety"]),
        conduct=int(points["conduct"]),
        satisfaction=satisfaction,
        answers=answers,
        words=said,
    )


HANDLERS = [evaluations_page, detail, submit]
