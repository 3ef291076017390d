"""The bureau's view of evaluations: terms, what is overdue, what is too low; setting one aside (R25)."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.params import FromPath

from registry.evaluations import queries, scoring
from registry.evaluations.lifecycle import EVALUATION
from registry.evaluations.records import Evaluation
from registry.exits.origins import case_of_evaluation
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.web.bureau.asking import attempt, choice_in, panel_of, query_of, said, text_in
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.web.school.rated import score_rows, term_name, timeline

PATH = "/bureau/evaluations"
ONE = f"{PATH}/{{evaluation_id:int}}"
_SET_ASIDE = {"permission": "evaluation.set_aside"}
_STATES: Mapping[str, str] = {
    "low": N_("满意度低于规定值"),
    "overdue": N_("已逾期"),
    "due": N_("待评价"),
    "scored": N_("已评价"),
    "waived": N_("免予评价"),
    "void": N_("已作废"),
}


@get(PATH, opt={"permission": "bureau.read"})
async def evaluations_page(request: Req) -> Response[str]:
    """How the latest terms stand, and the evaluations under the bureau's lists."""
    words, as_of, bureaux = words_of(request), day_of(request), actor_of(request).bureau_ids()
    terms = await queries.terms_of_bureaux(bureaux, as_of)
    known = {f"{one.school_year}-{one.number}": (one.school_year, one.number) for one in terms}
    state, q = choice_in(request, "state", _STATES), text_in(request, "q")
    term = choice_in(request, "term", known)
    found = await queries.of_bureaux(
        bureaux, as_of=as_of, state=state, term=known.get(term), q=q, after=text_in(request, "after")
    )
    return await page(
        request,
        "bureau/evaluations.html.j2",
        form=filled({"state": state, "q": q, "term": term}),
        states=[(code, words.gettext(word)) for code, word in _STATES.items()],
        terms=[{"counts": one, "name": term_name(words, one.school_year, one.number)} for one in terms],
        term_options=[(key, term_name(words, *pair)) for key, pair in known.items()],
        today=as_of,
        listing=Listing(
            PATH,
            [
                Column("provider", N_("机构")),
                Column("school", N_("学校")),
                Column("term", N_("学期")),
                Column("satisfaction", N_("家长满意度"), kind="number"),
                Column("due", N_("期限"), kind="date"),
                Column("state", N_("状态"), kind="short"),
            ],
            query=query_of(request),
            next_cursor=found.after,
            filters=("state", "term", "q"),
            exports=(),
        ),
        rows=[
            {"evaluation": one, "term": term_name(words, one.school_year, one.term_number)}
            for one in found.evaluations
        ],
    )


@get(ONE, opt={"permission": "bureau.read"})
async def evaluation_page(request: Req, evaluation_id: FromPath[int]) -> Response[str]:
    """One evaluation: scores, the provider's word, whether an exit case may be opened."""
    return await _show(request, evaluation_id, Form(), None)


async def _own(request: Req, evaluation_id: int) -> Evaluation:
    found = await queries.get_evaluation(actor_of(request), evaluation_id)
    if found.bureau_id not in actor_of(request).bureau_ids():
        raise NotFound("没有找到这项评价")
    return found


async def _show(request: Req, evaluation_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    actor, words, as_of = actor_of(request), words_of(request), day_of(request)
    found = await _own(request, evaluation_id)
    roles = frozenset(role for role in Role if actor.has(role, bureau_id=found.bureau_id))
    own = found.provider_id in actor.provider_ids or found.school_id in actor.school_ids
    return await page(
        request,
        "bureau/evaluation.html.j2",
        status_code=200 if error is None else error.status,
        found=found,
        shown=found.shown_state(as_of),
        term=term_name(words, found.school_year, found.term_number),
        public=found.public_from is not None and found.public_from <= as_of,
        scores=score_rows(words, found),
        low=scoring.below_threshold(found),
        threshold=scoring.policy_of(found).evaluation.satisfaction_threshold,
        exit_case=await case_of_evaluation(evaluation_id),
        may=lambda action: not own and EVALUATION.allows(found.state, action, roles),
        may_open=not own and bool(roles & {Role.REVIEWER, Role.APPROVER}),
        form=form,
        refusal=panel_of(error, words),
        timeline=timeline(
            words, await queries.happenings("evaluation", evaluation_id), "evaluation", named=True
        ),
    )


@post(f"{ONE}/set-aside", opt=_SET_ASIDE, status_code=200)
async def set_aside(request: Req, evaluation_id: FromPath[int]) -> Response[str]:
    """Let the school off an evaluation that is due, or set aside one that should not stand: ``reason``."""
    form = (await read_form(request)).form
    found = await _own(request, evaluation_id)
    reason = form.text("reason", N_("理由"), max_length=1000, multiline=True)
    act = scoring.waive if form.value("what") == "waive" else scoring.set_aside
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, act(actor_of(request), found.id, reason))
    if error is not None:
        return await _show(request, evaluation_id, form, error)
    return redirect(f"{PATH}/{evaluation_id}", flash=said(request, N_("已登记，各方已得到通知。")))


HANDLERS = [evaluations_page, evaluation_page, set_aside]
