"""Publishing the results of yearly reviews as a notice, with its consequences first (R15, R30)."""

from __future__ import annotations

from litestar import Response, get, post

from registry.jurisdictions.queries import ListView, lists_of_bureaux
from registry.kernel.actor import Actor, Role
from registry.kernel.errors import RegistryError
from registry.notices.window import window_under
from registry.web.bureau.asking import attempt, number_in, panel_of, said
from registry.web.bureau.decision_acts import confirmed
from registry.web.bureau.strip import strip_of
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.whitelist.review_notices import publish_results
from registry.whitelist.yearly_reviews import ReviewView, to_publish

PATH = "/bureau/reviews/publish"


async def to_publish_by(actor: Actor) -> list[ReviewView]:
    """The results that wait to be noticed on the lists whose notices the actor publishes."""
    lists = await _lists(actor)
    return await to_publish(lists) if lists else []


async def _lists(actor: Actor) -> dict[int, ListView]:
    bureaux = actor.bureau_ids(Role.APPROVER)
    return {one.id: one for one in await lists_of_bureaux(bureaux)} if bureaux else {}


@get(PATH, opt={"permission": "notice.publish"})
async def publish_page(request: Req) -> Response[str]:
    """The results of one list, all ticked at first, its window today, and what publishing means. ``?list=`` chooses."""
    return await _show(request, number_in(request, "list"), None, None)


@post(PATH, opt={"permission": "notice.publish"}, status_code=200)
async def publish(request: Req) -> Response[str]:
    """Publish: ``list``, ``review`` (several), ``title``, ``reason``, ``password``."""
    form = (await read_form(request)).form
    list_id = form.integer("list", N_("备选库"), minimum=1, maximum=2**31 - 1)
    chosen = [int(one) for one in form.values("review") if one.isascii() and one.isdigit() and len(one) < 10]
    title = form.text("title", N_("公示标题"), max_length=200)
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if not chosen:
        form.fail("review", N_("请至少选择一项审查结果"))
    error = await confirmed(request, form)
    made: list[int] = []
    if error is None and list_id is not None:
        error = await attempt(form, _publish(actor_of(request), list_id, chosen, title, reason, made))
    if error is not None:
        return await _show(request, list_id, form, error)
    return redirect(
        f"/bureau/notices/{made[0]}",
        flash=said(request, N_("公示已发布。请登记在门户网站、公众号等渠道的发布情况。")),
    )


async def _publish(
    actor: Actor, list_id: int, chosen: list[int], title: str, reason: str, made: list[int]
) -> None:
    made.append(await publish_results(actor, list_id, chosen, title, reason))


async def _show(
    request: Req, list_id: int | None, form: Form | None, error: RegistryError | None
) -> Response[str]:
    lists = await _lists(actor_of(request))
    waiting = await to_publish(lists) if lists else []
    chosen_list = lists.get(list_id if list_id is not None else waiting[0].list_id if waiting else 0)
    here = [one for one in waiting if chosen_list is not None and one.list_id == chosen_list.id]
    as_of = day_of(request)
    window = await window_under(chosen_list.policy, as_of) if chosen_list else None
    if form is None:
        title = f"关于{chosen_list.name}{as_of.year}年度审查结果的公示"[:200] if chosen_list else ""
        form = filled({"title": title, "review": [str(one.id) for one in here]})
    return await page(
        request,
        "bureau/review_publish.html.j2",
        status_code=200 if error is None else error.status,
        form=form,
        refusal=panel_of(error, words_of(request)),
        on_list=chosen_list,
        here=here,
        others=sorted({(one.list_id, one.list_name) for one in waiting if one not in here}),
        window=window,
        days=strip_of(window.days) if window else (),
        as_of=as_of,
    )


HANDLERS = [publish_page, publish]
