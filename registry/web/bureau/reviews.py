"""Yearly reviews of those listed: what is due and overdue, one review and its outcome (R30)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.jurisdictions.queries import get_list
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, RegistryError
from registry.web.bureau.asking import attempt, choice_in, panel_of, said, status_of
from registry.web.bureau.review_publishing import to_publish_by
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.whitelist import yearly_reviews
from registry.whitelist.yearly_reviews import ReviewOutcome

PATH = "/bureau/reviews"
_ID = f"{PATH}/{{review_id:int}}"


@get(PATH, opt={"permission": "bureau.read"})
async def reviews_page(request: Req) -> Response[str]:
    """What is to be done, the longest due first; ``?which=overdue`` for what is late."""
    actor, as_of = actor_of(request), day_of(request)
    which = choice_in(request, "which", ("overdue",))
    found = await yearly_reviews.of_bureaux(actor.bureau_ids(), as_of, overdue=which == "overdue")
    return await page(
        request,
        "bureau/reviews.html.j2",
        rows=[{"review": one, "state": one.shown_state(as_of)} for one in found],
        which=which,
        as_of=as_of,
        to_publish=await to_publish_by(actor),
    )


@get(_ID, opt={"permission": "bureau.read"})
async def review_page(request: Req, review_id: FromPath[int]) -> Response[str]:
    """One review with the step that is due."""
    return await _show(request, review_id, Form(), None)


async def _show(
    request: Req, review_id: int, form: Form, error: RegistryError | None, opened: str = ""
) -> Response[str]:
    actor, words, as_of = actor_of(request), words_of(request), day_of(request)
    found = await yearly_reviews.get(actor, review_id)
    own = found.provider_id in actor.provider_ids
    return await page(
        request,
        "bureau/review.html.j2",
        status_code=status_of(error),
        review=found,
        shown=found.shown_state(as_of),
        noticed=(await get_list(found.list_id)).policy.yearly_review.noticed,
        outcomes=[(one.value, words.gettext(one.zh)) for one in ReviewOutcome],
        outcome=next((one.zh for one in ReviewOutcome if one.value == found.outcome), ""),
        may_propose=not own and found.state == "due" and actor.has(Role.REVIEWER, bureau_id=found.bureau_id),
        may_decide=not own
        and found.state == "proposed"
        and actor.has(Role.APPROVER, bureau_id=found.bureau_id)
        and found.proposed_by != actor.account_id,
        may_publish=actor.has(Role.APPROVER, bureau_id=found.bureau_id),
        form=form,
        opened=opened,
        refusal=panel_of(error, words),
        as_of=as_of,
    )


@post(f"{_ID}/propose", opt={"permission": "yearly_review.propose"}, status_code=200)
async def propose(request: Req, review_id: FromPath[int]) -> Response[str]:
    """Propose an outcome: ``outcome``, ``reason``."""
    form = (await read_form(request)).form
    chosen = form.choice("outcome", N_("审查结果"), [one.value for one in ReviewOutcome])
    reason = form.text("reason", N_("理由"), max_length=1000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        outcome = next(one for one in ReviewOutcome if one.value == chosen)
        error = await attempt(form, yearly_reviews.propose(actor_of(request), review_id, outcome, reason))
    if error is not None:
        return await _show(request, review_id, form, error)
    return redirect(f"{PATH}/{review_id}", flash=said(request, N_("审查意见已提出，由另一人决定。")))


@post(f"{_ID}/decide", opt={"permission": "yearly_review.decide"}, status_code=200)
async def decide(request: Req, review_id: FromPath[int]) -> Response[str]:
    """Decide as proposed: ``reason``."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=1000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, yearly_reviews.decide(actor_of(request), review_id, reason))
    if error is not None:
        return await _show(request, review_id, form, error)
    return redirect(f"{PATH}/{review_id}", flash=said(request, N_("年度审查已决定，并通知机构。")))


@post(f"{_ID}/send-back", opt={"permission": "yearly_review.decide"}, status_code=200)
async def send_back(request: Req, review_id: FromPath[int]) -> Response[str]:
    """Send the proposal back: ``back_reason``."""
    form = (await read_form(request)).form
    reason = form.text("back_reason", N_("退回的理由"), max_length=1000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, yearly_reviews.send_back(actor_of(request), review_id, reason))
    if error is not None:
        return await _show(request, review_id, form, error, "back")
    return redirect(f"{PATH}/{review_id}", flash=said(request, N_("已退回，重新提出意见。")))


HANDLERS = [reviews_page, review_page, propose, decide, send_back]
