"""The provider's teachers on a list: who is admitted, naming a new one with the certificate, taking one off (R32)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.applications.form import CertificateType
from registry.checks import uploads
from registry.documents.commands import PutFile
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, TooLarge
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Posted, Req, actor_of, page, read_form, words_of
from registry.web.files.spool import spooled
from registry.web.school.acting import settle
from registry.web.school.shown import show_errors
from registry.whitelist import queries as whitelist
from registry.whitelist import roster
from registry.whitelist.roster import RosterInput

_PATH = "/provider/entries/{entry_id:int}/roster"
_CHANGE = {"permission": "roster.change"}


@get(_PATH, opt=_CHANGE)
async def roster_page(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """The roster under one entry, with the form for a new teacher."""
    return await _show(request, entry_id, Form(), 200)


async def _show(request: Req, entry_id: int, form: Form, status: int) -> Response[str]:
    as_of, words = await today(), words_of(request)
    entry = await _own(request, entry_id)
    return await page(
        request,
        "provider/roster.html.j2",
        status_code=status,
        entry=entry,
        form=form,
        people=await roster.people(entry_id, gone=True),
        today=as_of,
        types=[(one.value, words.gettext(one.zh)) for one in CertificateType],
        may_change=entry.state in {"listed", "suspended"} and as_of <= entry.ends_on,
        max_bytes=get_settings().max_upload_bytes,
    )


async def _own(request: Req, entry_id: int) -> whitelist.EntryView:
    entry = await whitelist.get_entry(entry_id, await today())
    if entry.provider_id not in actor_of(request).provider_ids:
        raise NotFound("没有找到这个名单条目")
    return entry


@post(_PATH, opt=_CHANGE, status_code=200)
async def propose(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Name a further teacher, with the certificate."""
    posted = await read_form(request)
    form = posted.form
    await _own(request, entry_id)
    given = RosterInput(
        name=form.text("name", N_("姓名"), max_length=80),
        id_number=form.text("id_number", N_("身份证号码"), max_length=40),
        course=form.text("course", N_("任教课程"), max_length=120),
        certificate_type=form.choice(
            "certificate_type", N_("证件种类"), [one.value for one in CertificateType]
        ),
        certificate_number=form.text("certificate_number", N_("证件编号"), max_length=80),
        valid_until=form.date("valid_until", N_("有效期至"), required=False),
    )
    if not posted.files.get("certificate"):
        form.fail("certificate", N_("请上传资格证件的扫描件或照片"))
    if form.errors:
        return await _show(request, entry_id, form, 422)
    file = await _certificate(posted)
    if form.errors:
        return await _show(request, entry_id, form, 422)
    try:
        act = roster.propose(actor_of(request), entry_id, given, file)
        return await settle(
            request, act, f"/provider/entries/{entry_id}/roster", N_("已提交，核准后这名教师才能入校服务")
        )
    except Invalid as error:
        show_errors(form, error)
        return await _show(request, entry_id, form, 422)


async def _certificate(posted: Posted) -> PutFile | None:
    given = posted.files["certificate"][0]
    try:
        async with spooled(given) as path:
            return await uploads.inspect_and_put(name=given.filename, path=path, allowed=uploads.PDF_OR_PHOTO)
    except (Invalid, TooLarge) as error:
        wrong = error.fields[0] if isinstance(error, Invalid) and error.fields else error
        posted.form.fail("certificate", wrong.message, **dict(wrong.params))
    return None


@post(f"{_PATH}/leave", opt=_CHANGE, status_code=200)
async def leave(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Take a teacher off the roster."""
    form = (await read_form(request)).form
    person = form.integer("person", N_("教师"), minimum=1, maximum=2**31 - 1)
    known = {one.id for one in await roster.people(entry_id, gone=True)}
    await _own(request, entry_id)
    if person is None or person not in known:
        raise NotFound("没有找到这名教师")
    return await settle(
        request,
        roster.leave(actor_of(request), person),
        f"/provider/entries/{entry_id}/roster",
        N_("已移出名册"),
    )


HANDLERS = [roster_page, propose, leave]
