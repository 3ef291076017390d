"""The decision page of an application, and its pages beside what was read from them."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from registry.applications import queries as applications
from registry.checks import queries as checks
from registry.checks.queries import Dossier
from registry.kernel.actor import Role
from registry.kernel.errors import NotFound, RegistryError
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.review.commands.assigning import OPEN, reviewers_of
from registry.review.dossier import ApplicationDossier, Options, dossier, options
from registry.review.originals import originals_of
from registry.screening import judging
from registry.screening import queries as screenings
from registry.web.bureau import record_views
from registry.web.bureau.asking import number_in, panel_of
from registry.web.bureau.lists_matches import shown
from registry.web.bureau.timeline import timeline
from registry.web.bureau.words import document_name
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.requests import Req, actor_of, day_of, page, words_of

PATH = "/bureau/applications/{application_id:int}"

NEXT_STEPS: dict[str, tuple[str, str]] = {
    "submitted": (N_("系统核验材料"), N_("系统")),
    "vetting": (N_("系统核验材料"), N_("系统")),
    "in_review": (N_("提出初审意见或退回补正"), N_("初审人员")),
    "correction": (N_("补正后重新提交"), N_("机构")),
    "recommended": (N_("复审决定或退回初审"), N_("复审人员（与初审不是同一人）")),
    "shortlisted": (N_("统一发布公示"), N_("复审人员")),
    "on_notice": (N_("公示期满后确认入库"), N_("复审人员")),
}


@get(PATH, opt={"permission": "bureau.read"})
async def decision_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """An application with everything a decision needs; auditors and administrators only read."""
    return await show(request, application_id, Form())


async def show(
    request: Req, application_id: int, form: Form, error: RegistryError | None = None, opened: str = ""
) -> Response[str]:
    """The decision page with what was typed and, where an act was refused, why.

    ``opened`` names the part of the page to open (``correction``, ``note``).
    """
    actor, words, as_of = actor_of(request), words_of(request), day_of(request)
    found = await dossier(actor, application_id)
    vetted = await checks.dossier(application_id)
    allowed = options(found, actor)
    files = await applications.submitted_files(application_id)
    screening = await screenings.latest_of_application(application_id)
    running = checks.being_vetted(found.state, vetted.run)
    return await page(
        request,
        "bureau/application.html.j2",
        status_code=200 if error is None else error.status,
        application=found,
        vetted=vetted,
        running=running,
        originals=await _originals(found),
        assignment=await _assignment(request, found),
        findings=record_views.findings(vetted, application_id, words),
        compared=record_views.comparison(found.form, vetted, application_id, words),
        documents=record_views.documents(vetted, application_id, words),
        files=files,
        lists=shown(request, screening, form),
        category_names={**CATEGORY_NAMES, **found.policy.category_names},
        materials=[(number, material.name) for number, material in found.policy.materials],
        may=allowed.may,
        may_judge=allowed.may("note") and found.state in judging.STATES,
        hindrance=panel_of(allowed.refusal, words),
        refusal=panel_of(error, words),
        head=_head(found, as_of, words),
        history=timeline(await applications.history(application_id), "application", words),
        form=form,
        opened=opened,
        as_of=as_of,
        officer=bool(actor.bureau_ids(Role.REVIEWER, Role.APPROVER) & {found.bureau_id}),
        blocks=vetted.open_blocks() + (screening.open_blocks() if screening else 0),
        refresh=10 if running else 0,
    )


async def _assignment(request: Req, found: ApplicationDossier) -> dict[str, Any]:
    """Who has the application, and what the reader may do about it."""
    actor = actor_of(request)
    administers = actor.has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id)
    asked = found.state in OPEN and (administers or found.assigned_to is not None)
    reviewers = await reviewers_of(found.bureau_id) if asked else []
    mine = found.assigned_to is not None and found.assigned_to == actor.account_id
    reviews = found.state in OPEN and actor.has(Role.REVIEWER, bureau_id=found.bureau_id)
    return {
        "open": found.state in OPEN,
        "name": next((one.name for one in reviewers if one.account_id == found.assigned_to), ""),
        "options": [(str(one.account_id), one.name) for one in reviewers] if administers else [],
        "may_take": reviews and found.assigned_to is None and found.barred(actor, Role.REVIEWER) is None,
        "may_give_up": reviews and mine,
        "account_id": actor.account_id,
        "form": filled({"assignee": found.assigned_to or ""}),
    }


async def _originals(found: ApplicationDossier) -> dict[str, int]:
    """How many originals were seen and how many differ (R8); nothing is asked where the policy has no paper."""
    seen = await originals_of(found.id) if found.policy.paper.accepted else {}
    return {"seen": len(seen), "differs": sum(one.outcome == "differs" for one in seen.values())}


def _head(found: ApplicationDossier, as_of: date, words: Translator) -> dict[str, Any]:
    step = NEXT_STEPS.get(found.state)
    if found.second_look_waits:
        step = (N_("答复复核申请"), N_("未参与首次审核的复审人员"))
    elif (
        found.state == "on_notice"
        and found.notice
        and not (found.notice.passes_from and found.notice.passes_from <= as_of)
    ):
        step = (N_("公示期内，等待期满"), N_("任何人可以提出异议"))
    return {
        "next": words.gettext(step[0]) if step else words.gettext(N_("没有下一步")),
        "who": words.gettext(step[1]) if step else words.gettext(N_("无")),
    }


@get(f"{PATH}/progress", opt={"permission": "bureau.read"})
async def progress(request: Req, application_id: FromPath[int]) -> Response[str]:
    """How far vetting is, for the page that waits; when it is done the page loads anew."""
    found = await dossier(actor_of(request), application_id)
    run = await checks.latest_run(application_id)
    if not checks.being_vetted(found.state, run):
        return Response("", headers={"HX-Refresh": "true"})
    return await page(
        request,
        "bureau/progress.html.j2",
        url=f"/bureau/applications/{application_id}/progress",
        done=run.pages_done if run else 0,
        total=run.pages_total if run else 0,
    )


@get(f"{PATH}/pages/{{number:int}}", opt={"permission": "bureau.read"})
async def page_image(request: Req, application_id: FromPath[int], number: FromPath[int]) -> Response[str]:
    """One page of the handed-in files, counted through, with the boxes of a finding and what was read there."""
    actor, words = actor_of(request), words_of(request)
    found = await dossier(actor, application_id)
    vetted = await checks.dossier(application_id)
    sheet = next((one for one in vetted.pages if one["page"] == number), None)
    if sheet is None or not sheet.get("file_id"):
        raise NotFound("没有找到这一页。材料重新核验后页码可能有变，请从申报页重新打开")
    document = next((one for one in vetted.documents if one["pages"][0] <= number <= one["pages"][1]), None)
    label = words.gettext(document_name(document["type"])) if document else words.gettext(N_("未归类的页"))
    return await page(
        request,
        "bureau/page.html.j2",
        application=found,
        number=number,
        last=max(one["page"] for one in vetted.pages),
        view={
            "image_url": record_views.image_url(sheet["file_id"], sheet["file_page"]),
            "width": record_views.IMAGE_WIDTH,
            "height": record_views.image_height(sheet),
            "page": number,
            "pages": max(one["page"] for one in vetted.pages),
            "label": label,
            "boxes": _boxes(vetted, number, number_in(request, "finding"), words),
        },
        label=label,
        fields=[one for one in record_views.fields_of(document, words) if one["page"] == number]
        if document
        else [],
        findings=[
            one
            for one in record_views.findings(vetted, application_id, words)
            if any(view["page"] == number for view in one["evidence"])
        ],
        sheet=sheet,
    )


_TONES = {"block": "red", "warn": "amber", "info": "blue"}


def _boxes(vetted: Dossier, number: int, finding_id: int | None, words: Translator) -> list[dict[str, Any]]:
    """The boxes on a page: those of the finding one came from, else of all findings."""
    wanted = [one for one in vetted.findings if finding_id is None or one.id == finding_id]
    return [
        {"box": view.bbox, "label": words.gettext(one.message, **one.params), "tone": _TONES[one.severity]}
        for one in wanted
        for view in one.evidence
        if view.page == number and view.bbox is not None
    ]


__all__ = ["HANDLERS", "Options", "show"]

HANDLERS = [decision_page, progress, page_image]
