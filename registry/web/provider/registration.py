"""Registering one's provider."""

from __future__ import annotations

from litestar import Response, get, post

from registry.kernel.errors import Invalid
from registry.providers import commands
from registry.providers.rules import RegistrationKind
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.provider.reading import provider_facts, read_provider, show_errors

KINDS = [(kind.value, kind.zh) for kind in RegistrationKind]


@get("/provider/register", opt={"permission": "provider.register"})
async def register_page(request: Req) -> Response[str]:
    """The form to register a provider; an account may have several."""
    return await _page(request, Form(), 200)


async def _page(request: Req, form: Form, status: int) -> Response[str]:
    return await page(
        request,
        "provider/register.html.j2",
        status_code=status,
        form=form,
        kinds=KINDS,
        further=bool(actor_of(request).provider_ids),
    )


@post("/provider/register", opt={"permission": "provider.register"}, status_code=200)
async def register(request: Req) -> Response[str]:
    """Register; a second post of the same facts leads to the same place."""
    form = (await read_form(request)).form
    values = read_provider(form)
    if not form.errors:
        try:
            await commands.register(actor_of(request), provider_facts(values))
        except Invalid as error:
            show_errors(form, error.fields)
    if form.errors:
        return await _page(request, form, 422)
    return redirect("/provider", flash=words_of(request).gettext(N_("机构已登记，现在可以选择批次申报")))


HANDLERS = [register_page, register]
