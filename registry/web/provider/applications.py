"""An application: begun, its task list while it is written, its record afterwards, withdrawing it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.applications import commands, queries
from registry.applications.clerks import clerk_of
from registry.applications.completeness import missing
from registry.applications.lifecycle import APPLICATION
from registry.applications.queries import ApplicationView
from registry.checks import reuse
from registry.kernel.clock import today
from registry.kernel.errors import FieldError, Invalid, RuleRefusal
from registry.review import commands as review
from registry.rounds import queries as rounds
from registry.rounds.queries import RoundView
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.provider.reading import show_errors
from registry.web.provider.record import record_page, second_look_until
from registry.web.provider.tasks import tasks_of


@post("/provider/applications", opt={"permission": "application.edit"}, status_code=200)
async def start(request: Req) -> Response[str]:
    """Begin an application in a round; a live one is opened instead."""
    form = (await read_form(request)).form
    round_id = form.integer("round", N_("批次"), minimum=1)
    provider_id = form.integer("provider", N_("机构"), minimum=1, required=False)
    if form.errors or round_id is None:
        raise Invalid("请从页面上的批次进入申报", fields=[FieldError("round", "请选择批次")])
    application_id = await commands.start(actor_of(request), round_id, provider_id)
    return redirect(f"/provider/applications/{application_id}")


@get("/provider/applications/{application_id:int}", opt={"permission": "application.edit"})
async def show(request: Req, application_id: FromPath[int]) -> Response[str]:
    """The task list of a draft, the record of anything else."""
    found = await queries.own(actor_of(request), application_id)
    if found.state == "draft":
        return await _task_list(request, found)
    return await record_page(request, found)


async def _task_list(request: Req, found: ApplicationView) -> Response[str]:
    round_ = await rounds.get(found.round_id)
    form, _ = await queries.working_form(found.id)
    files = [file for file in await queries.current_files(found.id) if not file.leaving]
    problems = missing(form, {file.item for file in files}, queries.frame_of(round_))
    as_of = await today()
    paper = await queries.paper_of(found.id)
    return await page(
        request,
        "provider/tasks.html.j2",
        application=found,
        round=round_,
        phase=round_.phase(as_of).value,
        days_left=(round_.deadline - as_of).days,
        tasks=tasks_of(found, problems, files, form.model_dump(), words_of(request)),
        complete=not problems,
        reusable="" if paper else await reuse.last_application(found),
        paper=paper,
        clerk=found.provider_id not in actor_of(request).provider_ids,
    )


@get("/provider/applications/{application_id:int}/withdraw", opt={"permission": "application.submit"})
async def withdraw_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """What withdrawing means, and the reason."""
    return await _withdraw(request, await queries.own(actor_of(request), application_id), Form(), 200)


async def _withdraw(request: Req, found: ApplicationView, form: Form, status: int) -> Response[str]:
    round_: RoundView = await rounds.get(found.round_id)
    as_of = await today()
    return await page(
        request,
        "provider/withdraw.html.j2",
        status_code=status,
        application=found,
        round=round_,
        form=form,
        possible=await _may_withdraw(request, found),
        may_apply_again=round_.phase(as_of).value == "open",
    )


async def _may_withdraw(request: Req, found: ApplicationView) -> bool:
    actor = actor_of(request)
    if found.provider_id not in actor.provider_ids:
        return await clerk_of(actor, found.id)
    return APPLICATION.allows(found.state, "withdraw", actor.roles) and not await queries.entered_by_clerks(
        found
    )


@post(
    "/provider/applications/{application_id:int}/withdraw",
    opt={"permission": "application.submit"},
    status_code=200,
)
async def withdraw(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Withdraw; a second press finds it withdrawn."""
    actor = actor_of(request)
    form = (await read_form(request)).form
    found = await queries.own(actor, application_id)
    if found.state == "withdrawn":
        return redirect(f"/provider/applications/{application_id}")
    reason = form.text("reason", N_("撤回原因"), required=False, max_length=500, multiline=True)
    if not form.errors:
        try:
            await commands.withdraw(actor, application_id, reason)
        except Invalid as error:
            show_errors(form, error.fields)
    if form.errors:
        return await _withdraw(request, found, form, 422)
    own = found.provider_id in actor.provider_ids
    return redirect(
        f"/provider/applications/{application_id}" if own else "/bureau/paper",
        flash=words_of(request).gettext(N_("申报已撤回")),
    )


@get("/provider/applications/{application_id:int}/second-look", opt={"permission": "application.submit"})
async def second_look_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Asking for a second look: until when, and why."""
    return await _second_look(request, await queries.own(actor_of(request), application_id), Form(), 200)


async def _second_look(request: Req, found: ApplicationView, form: Form, status: int) -> Response[str]:
    return await page(
        request,
        "provider/second_look.html.j2",
        status_code=status,
        application=found,
        form=form,
        until=await second_look_until(found, await today()),
    )


@post(
    "/provider/applications/{application_id:int}/second-look",
    opt={"permission": "application.submit"},
    status_code=200,
)
async def ask_second_look(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Ask for a second look at a rejection (R14)."""
    actor = actor_of(request)
    form = (await read_form(request)).form
    found = await queries.own(actor, application_id)
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    if not form.errors:
        try:
            await review.ask_second_look(actor, application_id, reason)
        except (Invalid, RuleRefusal) as error:
            form.fail("reason", error.message, **error.params)
    if form.errors:
        return await _second_look(request, found, form, 422)
    return redirect(
        f"/provider/applications/{application_id}",
        flash=words_of(request).gettext(N_("复核申请已提交，由未参与原审核的工作人员办理")),
    )


HANDLERS = [start, show, withdraw_page, withdraw, second_look_page, ask_second_look]
