"""The provider's renewed documents: handing one in, what became of it, taking it back (R12, R20)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.checks import uploads
from registry.documents.commands import PutFile
from registry.jurisdictions.queries import get_list
from registry.kernel.clock import today
from registry.kernel.errors import Conflict, Invalid, NotFound, TooLarge
from registry.providers.registration import DocumentKind, known
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Posted, Req, actor_of, page, read_form, redirect, words_of
from registry.web.files.spool import spooled
from registry.web.school.acting import settle
from registry.whitelist import queries as whitelist
from registry.whitelist import renewal_views, renewals

_MAY = {"permission": "registration.renew"}
PATH = "/provider/renewals/{provider_id:int}/{list_id:int}"


@get(PATH, opt=_MAY)
async def renewals_page(request: Req, provider_id: FromPath[int], list_id: FromPath[int]) -> Response[str]:
    """Until when the registration is valid, what was handed in, and the form for a renewed document."""
    return await _show(request, provider_id, list_id, Form(), 200)


async def _show(request: Req, provider_id: int, list_id: int, form: Form, status: int) -> Response[str]:
    await renewals.require_may_hand_in(actor_of(request), provider_id, list_id)
    as_of, words = await today(), words_of(request)
    handed_in = await renewal_views.of_provider(provider_id, list_id)
    waiting = {one.kind for one in handed_in if one.state == "handed_in"}
    entries = await whitelist.entries_of_provider([provider_id], as_of)
    return await page(
        request,
        "provider/renewals.html.j2",
        status_code=status,
        form=form,
        base=f"/provider/renewals/{provider_id}/{list_id}",
        of_list=await get_list(list_id),
        entry=next((one for one in entries if one.list_id == list_id), None),
        known=sorted((await known(provider_id)).values(), key=lambda one: one.kind.value),
        handed_in=handed_in,
        kinds=[(kind.value, words.gettext(kind.zh)) for kind in DocumentKind if kind not in waiting],
        max_bytes=get_settings().max_upload_bytes,
        as_of=as_of,
    )


@post(PATH, opt=_MAY, status_code=200)
async def hand_in(request: Req, provider_id: FromPath[int], list_id: FromPath[int]) -> Response[str]:
    """Hand in a renewed document: ``kind``, ``valid_until`` or ``long_term``, and the ``file``."""
    actor = actor_of(request)
    await renewals.require_may_hand_in(actor, provider_id, list_id)
    posted = await read_form(request)
    form = posted.form
    chosen = form.choice("kind", N_("证照种类"), [kind.value for kind in DocumentKind])
    long_term = form.ticked("long_term")
    until = form.date("valid_until", N_("有效期至"), required=not long_term)
    if long_term and until is not None:
        form.fail("valid_until", N_("长期有效的不用填写日期，请清空日期或取消勾选“长期有效”"))
    put = None if form.errors else await _file(posted)
    if form.errors or put is None:
        return await _show(request, provider_id, list_id, form, 422)
    kind = next(one for one in DocumentKind if one.value == chosen)
    try:
        await renewals.hand_in(actor, provider_id, list_id, kind, until, put)
    except Invalid as error:
        for wrong in error.fields:
            form.fail(wrong.field, wrong.message, **wrong.params)
    except Conflict as error:
        form.fail("kind", error.message, **error.params)
    if form.errors:
        return await _show(request, provider_id, list_id, form, 422)
    return redirect(
        f"/provider/renewals/{provider_id}/{list_id}",
        flash=words_of(request).gettext(N_("证照已提交，系统核验后由教育局核对")),
    )


async def _file(posted: Posted) -> PutFile | None:
    given = posted.files.get("file", [])
    if not given:
        posted.form.fail("file", N_("请先选择要上传的文件"))
        return None
    try:
        async with spooled(given[0]) as path:
            return await uploads.inspect_and_put(
                name=given[0].filename, path=path, allowed=uploads.PDF_OR_PHOTO
            )
    except (Invalid, TooLarge) as error:
        wrong = error.fields[0] if isinstance(error, Invalid) and error.fields else error
        posted.form.fail("file", wrong.message, **dict(wrong.params))
        return None


@post("/provider/renewals/{renewal_id:int}/take-back", opt=_MAY, status_code=200)
async def take_back(request: Req, renewal_id: FromPath[int]) -> Response[str]:
    """Take a document back that nobody decided on."""
    await read_form(request)
    found = await renewal_views.get(actor_of(request), renewal_id)
    if found.provider_id not in actor_of(request).provider_ids:
        raise NotFound("没有找到这份证照")
    back = f"/provider/renewals/{found.provider_id}/{found.list_id}"
    return await settle(request, renewals.take_back(actor_of(request), renewal_id), back, N_("证照已撤回"))


HANDLERS = [renewals_page, hand_in, take_back]
