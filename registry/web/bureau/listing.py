"""Confirming listings once their notice has passed (R18)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.errors import NotFound, RegistryError
from registry.web.bureau.asking import attempt, panel_of, said, status_of
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.web.school.acting import prove
from registry.web.school.shown import category_words, refusals_of
from registry.whitelist.listing import candidate, list_application, refusals_against, waiting_for_listing

PATH = "/bureau/entries/waiting"


@get(PATH, opt={"permission": "bureau.read"})
async def waiting_page(request: Req) -> Response[str]:
    """The applications whose notice has passed, the longest waiting first."""
    words = words_of(request)
    waiting = await waiting_for_listing(actor_of(request).bureau_ids(), day_of(request))
    return await page(
        request,
        "bureau/waiting.html.j2",
        listing=Listing(
            PATH,
            [
                Column("name", N_("机构")),
                Column("list", N_("名单")),
                Column("notice", N_("公示"), kind="code"),
                Column("passed", N_("公示期满"), kind="date"),
                Column("objections", N_("异议"), kind="short"),
                Column("act", "", kind="short"),
            ],
            exports=(),
        ),
        rows=[{"waiting": one, "categories": category_words(words, one.categories)} for one in waiting],
    )


@get(f"{PATH}/{{application_id:int}}", opt={"permission": "listing.confirm"})
async def confirm_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """What the listing brings about, and everything that stands against it."""
    return await _page(request, application_id, Form(), None)


async def _page(
    request: Req, application_id: int, form: Form, refusal: RegistryError | None, status: int | None = None
) -> Response[str]:
    words, as_of = words_of(request), day_of(request)
    found = await candidate(application_id)
    if found.bureau_id not in actor_of(request).bureau_ids():
        raise NotFound("没有找到这份申报")
    against = await refusals_against(found, as_of) if found.state != "listed" else ()
    return await page(
        request,
        "bureau/listing_confirm.html.j2",
        status_code=status or status_of(refusal),
        form=form,
        found=found,
        today=as_of,
        categories=category_words(words, found.categories, found.policy),
        against=refusals_of(words, against),
        refusal=panel_of(refusal, words),
    )


@post(f"{PATH}/{{application_id:int}}", opt={"permission": "listing.confirm"}, status_code=200)
async def confirm(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Confirm the listing."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if not form.errors:
        await prove(request, form)
    if form.errors:
        return await _page(request, application_id, form, None, 422)
    refusal = await attempt(form, list_application(actor_of(request), application_id, reason))
    if refusal is not None:
        return await _page(request, application_id, form, refusal)
    return redirect(PATH, flash=said(request, N_("已确认入库")))


HANDLERS = [waiting_page, confirm_page, confirm]
