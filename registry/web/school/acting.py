"""Weighing an act: the password again, and where one lands after it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from litestar import Response

from registry.accounts.commands import confirm_password
from registry.kernel.errors import Conflict, Invalid, TooMany
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, redirect, words_of
from registry.web.school.shown import show_errors


async def settle(request: Req, act: Awaitable[Any], path: str, flash: str) -> Response[str]:
    """Wait for an act and go to its record. One that came too late changes nothing: 409 says what happened
    instead and leads to the record."""
    words = words_of(request)
    try:
        await act
    except Conflict as error:
        return await page(
            request,
            "components/error.html.j2",
            status_code=error.status,
            status=error.status,
            code=error.code,
            message=words.gettext(error.message, **error.params),
            actions=[{"url": path, "label": words.gettext(N_("查看最新状态"))}],
        )
    return redirect(path, flash=words.gettext(flash))


async def prove(request: Req, form: Form) -> None:
    """Ask for the password again before an act with consequences; a wrong one is an error at its field."""
    secret = form.secret("password", N_("密码"))
    if form.errors:
        return
    try:
        await confirm_password(actor_of(request), secret)
    except Invalid as error:
        show_errors(form, error)
    except TooMany as error:
        form.fail("password", error.message, **error.params)
