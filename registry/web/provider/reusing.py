"""Beginning a draft with the last application: what would be taken over and what not, then the act."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.checks import reuse as reusing
from registry.kernel.errors import Conflict
from registry.web.bureau.words import document_name
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of

PATH = "/provider/applications/{application_id:int}/reuse"


@get(PATH, opt={"permission": "application.edit"})
async def reuse_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """What would be taken over, document by document, and why the rest is not."""
    given = await reusing.offer(actor_of(request), application_id)
    if given is None:
        return redirect(f"/provider/applications/{application_id}")
    words = words_of(request)
    return await page(
        request,
        "provider/reuse.html.j2",
        application=given.draft,
        offer=given,
        names={one.type: words.gettext(document_name(one.type)) for one in given.pieces},
    )


@post(PATH, opt={"permission": "application.edit"}, status_code=200)
async def reuse(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Take it over; a second press leads back to the draft."""
    await read_form(request)
    words, back = words_of(request), f"/provider/applications/{application_id}"
    try:
        given = await reusing.reuse(actor_of(request), application_id)
    except Conflict as error:
        return redirect(back, kind="info", flash=words.gettext(error.message, **error.params))
    return redirect(
        back,
        flash=words.gettext(
            N_("已沿用上次申报的填写内容和 %(n)s 份材料，请逐项核对，补齐其余部分"), n=len(given.taken)
        ),
    )


HANDLERS = [reuse_page, reuse]
