"""Check your answers, hand in, the receipt, and how far vetting is."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.applications import commands, queries
from registry.applications.completeness import Missing, missing
from registry.applications.form import ApplicationForm, CertificateType, InspectionResult
from registry.applications.queries import ApplicationView
from registry.checks import queries as checks
from registry.kernel.clock import today
from registry.kernel.errors import Conflict, Invalid, RegistryError, RuleRefusal
from registry.providers.rules import RegistrationKind
from registry.rounds import queries as rounds
from registry.rounds.queries import RoundView
from registry.web.components.forms import field_id
from registry.web.components.i18n import Translator
from registry.web.components.kit import render_macro
from registry.web.components.requests import Req, actor_of, context_of, page, read_form, redirect, words_of
from registry.web.provider.record import VETTING, progress_of
from registry.web.provider.sections import SECTIONS, asked_sections

_WRITABLE = frozenset({"draft", "correction"})


@get("/provider/applications/{application_id:int}/check", opt={"permission": "application.edit"})
async def check(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Everything that will be handed in, to be checked before it is."""
    found = await queries.own(actor_of(request), application_id)
    own = found.provider_id in actor_of(request).provider_ids
    if found.state not in _WRITABLE or (own and await queries.entered_by_clerks(found)):
        return redirect(f"/provider/applications/{application_id}")
    return await _check(request, found, 200)


async def _check(
    request: Req, found: ApplicationView, status: int, refused: RegistryError | None = None
) -> Response[str]:
    words = words_of(request)
    round_ = await rounds.get(found.round_id)
    form, _ = await queries.working_form(found.id)
    files = [file for file in await queries.current_files(found.id) if not file.leaving]
    problems = missing(form, {file.item for file in files}, queries.frame_of(round_))
    shown = (
        refused
        if isinstance(refused, RuleRefusal) or (refused and not getattr(refused, "fields", ()))
        else None
    )
    return await page(
        request,
        "provider/check.html.j2",
        status_code=status,
        application=found,
        round=round_,
        form=form,
        files=files,
        materials=dict(round_.rules.materials),
        problems=[_problem(found, one, words) for one in problems],
        refusal=words.gettext(shown.message, **shown.params) if shown else "",
        categories=[words.gettext(round_.rules.category_name(code)) for code in form.categories],
        names=_names(form, round_, words),
        editable={section.key.value for section in SECTIONS if section.key in asked_sections(found)},
        as_of=await today(),
    )


def _problem(found: ApplicationView, problem: Missing, words: Translator) -> dict[str, Any]:
    section = next(one for one in SECTIONS if one.key is problem.section)
    anchor = field_id(problem.error.field)
    return {
        "text": words.gettext(problem.error.message, **problem.error.params),
        "section": words.gettext(section.title),
        "url": f"/provider/applications/{found.id}/{section.path}?check=1#{anchor}"
        if section.key in asked_sections(found)
        else "",
    }


def _names(form: ApplicationForm, round_: RoundView, words: Translator) -> dict[str, dict[str, str]]:
    return {
        "kind": {kind.value: words.gettext(kind.zh) for kind in RegistrationKind},
        "certificate": {kind.value: words.gettext(kind.zh) for kind in CertificateType},
        "result": {result.value: words.gettext(result.zh) for result in InspectionResult},
        "category": {code: words.gettext(round_.rules.category_name(code)) for code in round_.categories},
    }


@post(
    "/provider/applications/{application_id:int}/submit",
    opt={"permission": "application.submit"},
    status_code=200,
)
async def submit(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Hand in, or hand in again after a correction; a second press leads to the same receipt."""
    actor = actor_of(request)
    await read_form(request)
    found = await queries.own(actor, application_id)
    verb = commands.resubmit if found.state == "correction" else commands.submit
    receipt = f"/provider/applications/{application_id}/receipt"
    if found.provider_id not in actor.provider_ids:
        receipt = f"/bureau/applications/{application_id}"
    try:
        await verb(actor, application_id)
    except (Invalid, RuleRefusal) as error:
        return await _check(request, found, error.status, error)
    except Conflict:
        if (await queries.own(actor, application_id)).state in VETTING:
            return redirect(receipt)
        raise
    return redirect(receipt)


@get("/provider/applications/{application_id:int}/receipt", opt={"permission": "application.edit"})
async def receipt_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """The receipt: its number, what happens next, who acts."""
    found = await queries.own(actor_of(request), application_id)
    if found.receipt_number is None:
        return redirect(f"/provider/applications/{application_id}")
    round_ = await rounds.get(found.round_id)
    handed_in = await queries.submissions(application_id)
    return await page(
        request,
        "provider/receipt.html.j2",
        application=found,
        round=round_,
        submission=handed_in[-1],
        correction_days=round_.rules.correction_days,
        notice_days=round_.rules.notice.working_days,
    )


@get("/provider/applications/{application_id:int}/progress", opt={"permission": "application.edit"})
async def progress(request: Req, application_id: FromPath[int]) -> Response[str]:
    """The progress bar of vetting as a fragment; when it is over the page is loaded anew."""
    found = await queries.own(actor_of(request), application_id)
    run = await checks.latest_run(application_id)
    if not checks.being_vetted(found.state, run):
        return Response("", media_type="text/html", headers={"HX-Refresh": "true"})
    shown = progress_of(run)
    html = render_macro(
        "provider/parts.html.j2", "vetting_progress", await context_of(request), application_id, shown
    )
    return Response(html, media_type="text/html")


HANDLERS = [check, submit, receipt_page, progress]
