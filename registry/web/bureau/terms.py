"""Asking how long a contract may run and a ban lasts, and why (R23, R28)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from litestar import Response, get

from registry.bans.rules import ban_period
from registry.contracts.rules import TermAnswer, term_allowed
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, day_of, page, words_of

_MOST_YEARS = 100
T = TypeVar("T")


def _asked(request: Req, key: str, **first: object) -> tuple[Form, bool]:
    """The form in the address, and whether something was asked; else one with ``first`` filled in."""
    asked = dict(request.query_params)
    if not asked:
        return filled(first), False
    return Form(
        [(name, str(value)) for name, value in asked.items()], words_of(request).gettext
    ), key in asked


def _answer(form: Form, day: str, ask: Callable[[], T]) -> T | None:
    """The rule's answer; none, with an error at the field ``day``, where its last day is past the calendar's end."""
    try:
        return ask()
    except ValueError:
        form.fail(day, N_("日期太远，无法计算"))
        return None


async def _show(request: Req, template: str, form: Form, answer: object) -> Response[str]:
    return await page(request, template, status_code=422 if form.errors else 200, form=form, answer=answer)


@get("/term", opt={"permission": "account.own"})
async def term_page(request: Req) -> Response[str]:
    """Whether a contract from ``starts`` to ``ends`` is short enough for ``years`` years, and its last possible day."""
    form, asked = _asked(request, "starts", starts=day_of(request), years=2)
    answer: TermAnswer | None = None
    if asked:
        starts_on = form.date("starts", N_("服务首日"))
        ends_on = form.date("ends", N_("服务末日"))
        years = form.integer("years", N_("最长年数"), minimum=1, maximum=_MOST_YEARS)
        if not form.errors and starts_on is not None and ends_on is not None and years is not None:
            answer = _answer(form, "starts", partial(term_allowed, starts_on, ends_on, years))
    return await _show(request, "bureau/term.html.j2", form, answer)


@get("/ban-period", opt={"permission": "account.own"})
async def ban_page(request: Req) -> Response[str]:
    """When a ban of ``years`` years ends that was decided on a day, ``decided``."""
    form, asked = _asked(request, "decided", decided=day_of(request), years=3)
    answer = None
    if asked:
        decided_on = form.date("decided", N_("作出决定之日"))
        years = form.integer("years", N_("禁入年数"), minimum=1, maximum=_MOST_YEARS)
        if not form.errors and decided_on is not None and years is not None:
            answer = _answer(form, "decided", partial(ban_period, decided_on, years))
    return await _show(request, "bureau/ban_period.html.j2", form, answer)


HANDLERS = [term_page, ban_page]
