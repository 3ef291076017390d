"""The pages of the application form: one a section; saved at any time, judged when one goes on."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.applications import commands, completeness, queries
from registry.applications.completeness import RoundFrame, Section
from registry.applications.form import ApplicationForm, CertificateType, InspectionResult
from registry.applications.queries import ApplicationView
from registry.kernel.errors import Conflict, FieldError, NotFound
from registry.providers.rules import RegistrationKind
from registry.rounds import queries as rounds
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.provider import reading
from registry.web.provider.sections import SECTIONS, SectionPage, asked_sections, section_of

SAVE = "save"


@get("/provider/applications/{application_id:int}/form", opt={"permission": "application.edit"})
async def first_section(request: Req, application_id: FromPath[int]) -> Response[str]:
    """The form begins with its first section."""
    await queries.own(actor_of(request), application_id)
    return redirect(f"/provider/applications/{application_id}/{SECTIONS[0].path}")


@get("/provider/applications/{application_id:int}/form/{name:str}", opt={"permission": "application.edit"})
async def section_page(request: Req, application_id: FromPath[int], name: FromPath[str]) -> Response[str]:
    """One section with what is saved; ``?check=1`` shows what it still lacks."""
    found, section = await _section(request, application_id, name)
    stored, version = await queries.working_form(application_id)
    form = filled(reading.fields_of(stored), words_of(request).gettext)
    frame = queries.frame_of(await rounds.get(found.round_id))
    if request.query_params.get("check"):
        reading.show_errors(form, section_errors(section.key, stored, frame))
    return await _page(request, found, section, form, version, frame, 200)


async def _section(request: Req, application_id: int, name: str) -> tuple[ApplicationView, SectionPage]:
    found = await queries.own(actor_of(request), application_id)
    section = section_of(name)
    if section is None:
        raise NotFound("没有找到这一页")
    if section.key not in asked_sections(found):
        raise Conflict("申请表现在不能修改。请查看申报的最新状态")
    return found, section


async def _page(
    request: Req,
    found: ApplicationView,
    section: SectionPage,
    form: Form,
    version: int,
    frame: RoundFrame,
    status: int,
    stale: bool = False,
) -> Response[str]:
    names = [(code, frame.policy.category_name(code)) for code in frame.categories]
    return await page(
        request,
        f"provider/form_{section.key.value}.html.j2",
        status_code=status,
        application=found,
        section=section,
        sections=[s for s in SECTIONS if s.key is not Section.FILES],
        form=form,
        version=version,
        stale=stale,
        categories=names,
        years=frame.inspection_years,
        kinds=[(kind.value, kind.zh) for kind in RegistrationKind],
        certificate_types=[(kind.value, kind.zh) for kind in CertificateType],
        results=[(result.value, result.zh) for result in InspectionResult],
    )


@post(
    "/provider/applications/{application_id:int}/form/{name:str}",
    opt={"permission": "application.edit"},
    status_code=200,
)
async def save_section(request: Req, application_id: FromPath[int], name: FromPath[str]) -> Response[str]:
    """Save what can be read of a section; going on asks for the rest, saving a draft does not."""
    form = (await read_form(request)).form
    found, section = await _section(request, application_id, name)
    frame = queries.frame_of(await rounds.get(found.round_id))
    version = form.integer("version", N_("版本"), required=False, minimum=0) or 0
    if form.wants_rows:
        form.change_rows()
        return await _page(request, found, section, form, version, frame, 200)
    stored, _ = await queries.working_form(application_id)
    changed = stored.model_copy(update=_read(section.key, form, frame))
    try:
        version = await commands.save_form(actor_of(request), application_id, changed, version)
    except Conflict as error:
        if error.code != "stale_form":
            raise
        form.fail("", error.message)
        _, newest = await queries.working_form(application_id)
        return await _page(request, found, section, form, newest, frame, 409, stale=True)
    if form.value("action") != SAVE:
        reading.show_errors(form, section_errors(section.key, changed, frame))
    if form.errors:
        return await _page(request, found, section, form, version, frame, 422)
    return _onward(request, found, section, form.value("action"))


def _onward(request: Req, found: ApplicationView, section: SectionPage, action: str) -> Response[str]:
    base = f"/provider/applications/{found.id}"
    if action == SAVE:
        return redirect(base, flash=words_of(request).gettext(N_("草稿已保存")))
    following = SECTIONS[SECTIONS.index(section) + 1]
    if following.key in asked_sections(found):
        return redirect(f"{base}/{following.path}")
    return redirect(base)


def _read(section: Section, form: Form, frame: RoundFrame) -> dict[str, Any]:
    match section:
        case Section.BASICS:
            return reading.read_basics(form, frame.categories)
        case Section.COURSES:
            return reading.read_courses(form, frame.categories)
        case Section.TEACHERS:
            return reading.read_teachers(form)
        case _:
            return reading.read_commitment(form, frame.inspection_years)


def section_errors(section: Section, form: ApplicationForm, frame: RoundFrame) -> list[FieldError]:
    """What one section lacks for a submission."""
    match section:
        case Section.BASICS:
            return completeness.basics_errors(form, frame)
        case Section.COURSES:
            return completeness.course_errors(form)
        case Section.TEACHERS:
            return completeness.teacher_errors(form, frame)
        case _:
            return completeness.inspection_errors(form, frame) + completeness.declaration_errors(form)


HANDLERS = [first_section, section_page, save_section]
