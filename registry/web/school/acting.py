"""Weighing an act: the password again, and where one lands after it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from litestar import Response

from registry.accounts.commands import confirm_password
from registry.kernel.errors import Conflict, Invalid, TooMany
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, redirect, words_of
from registry.web.school.shown import show_errors


async def settle(request: Req, act: Awaitable[Any], path: str, flash: str) -> Response[str]:
    """Wait for an act and go to its record; where it came too late the record says what happened instead."""
    words = words_of(request)
    try:
        await act
    except Conflict as error:
        return redirect(path, flash=words.gettext(error.message, **error.params), kind="warning")
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
