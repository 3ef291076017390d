"""Giving an application to a reviewer, and deciding many that nothing is flagged at (R13)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, RegistryError
from registry.review import commands, queries
from registry.review.queries import QueueRow
from registry.web.bureau.asking import attempt, query_of, said
from registry.web.bureau.chosen import PATH, act_on_each, chosen_of
from registry.web.bureau.decision import PATH as ONE
from registry.web.bureau.decision import show
from registry.web.bureau.decision_acts import confirmed
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect


@post(f"{ONE}/assign", opt={"permission": "application.assign"}, status_code=200)
async def assign(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Give it to ``assignee`` (an account), or to nobody."""
    form = (await read_form(request)).form
    chosen = form.integer("assignee", N_("承办人"), required=False, minimum=1)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, commands.assign(actor_of(request), application_id, chosen))
    if error is not None:
        return await show(request, application_id, form, error)
    done = N_("已分派。") if chosen else N_("已取消分派，任何初审人员都可以办理。")
    return redirect(f"{PATH}/{application_id}#assignment", flash=said(request, done))


async def _decidable(chosen: list[QueueRow]) -> set[int]:
    """Recommended for the shortlist by somebody else, waiting for this approver, vetted, nothing flagged, on no list."""
    fit = [
        one.id
        for one in chosen
        if one.mine and one.state == "recommended" and one.recommendation == "shortlist" and one.clean
    ]
    return set(fit) - await queries.matched_by_lists(fit)


@get(f"{PATH}/decide", opt={"permission": "application.decide"})
async def many_page(request: Req) -> Response[str]:
    """The chosen applications and what deciding them together means, before it is done."""
    return await _many(request, Form(query_of(request)), 200)


@post(f"{PATH}/decide", opt={"permission": "application.decide"}, status_code=200)
async def many(request: Req) -> Response[str]:
    """Shortlist the chosen ones, each by a decision of its own: ``application``, ``reason``, ``password``.

    What may not be decided (by the same person, flagged meanwhile, moved on) is left out and named.
    """
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if await confirmed(request, form) is not None:
        return await _many(request, form, 422)
    actor, chosen = actor_of(request), await chosen_of(request, form)
    return await act_on_each(
        request, form, chosen, await _decidable(chosen),
        lambda application_id: commands.decide(actor, application_id, "shortlist", reason),
        all_done=N_("已同意 %(done)s 家拟入围，可以发布公示。"),
        some_done=N_("已同意 %(done)s 家拟入围；未办理：%(left)s"),
    )  # fmt: skip


async def _many(request: Req, form: Form, status: int) -> Response[str]:
    chosen = await chosen_of(request, form)
    fit = await _decidable(chosen)
    clean = [one for one in chosen if one.id in fit]
    if not clean or Role.APPROVER not in actor_of(request).roles:
        return redirect(
            PATH,
            kind="info",
            flash=said(
                request, N_("请先勾选待复审、初审意见为拟入围、核验没有发现问题的申报。其余须逐份办理。")
            ),
        )
    return await page(
        request,
        "bureau/decide_many.html.j2",
        status_code=status,
        form=form,
        clean=clean,
        others=[one for one in chosen if one.id not in fit],
        recommended=await queries.recommenders(one.id for one in clean),
    )


HANDLERS = [assign, many_page, many]
