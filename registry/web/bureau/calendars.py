"""Loading and correcting years of calendars, and asking when a window ends and why (R15, R16, R29)."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Response, get, post

from registry.jurisdictions import calendars
from registry.jurisdictions.queries import bureau_names, calendar
from registry.kernel.actor import Role
from registry.kernel.errors import FieldError, Invalid, RegistryError
from registry.kernel.working_days import MAX_WORKING_DAYS, builtin_calendars
from registry.kernel.working_days.files import MAX_BYTES, CalendarError
from registry.notices import calendars as commands
from registry.notices.window import window_of
from registry.web.bureau.asking import attempt, panel_of, said
from registry.web.bureau.decision_acts import confirmed
from registry.web.bureau.strip import strip_of
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of

PATH = "/bureau/calendars"
_YEARS_SHOWN = 6


@get(PATH, opt={"permission": "bureau.read"})
async def calendars_page(request: Req) -> Response[str]:
    """The calendars with their latest years, and for an administrator the ways to load one."""
    return await _show(request, Form(), None)


async def _show(request: Req, form: Form, error: RegistryError | None) -> Response[str]:
    actor = actor_of(request)
    found = []
    for calendar_id, name in builtin_calendars().items():
        loaded = await calendar(calendar_id)
        found.append((calendar_id, name, calendars.known_years(loaded)[:_YEARS_SHOWN], loaded))
    administered = await bureau_names(actor.bureau_ids(Role.BUREAU_ADMIN))
    return await page(
        request,
        "bureau/calendars.html.j2",
        status_code=200 if error is None else error.status,
        calendars=found,
        regional=[(one, name) for one, name, _, loaded in found if loaded.seasons is not None],
        versions=[v for one, *_ in found for v in await calendars.versions(one)][:20],
        bureaux=[(str(number), name) for number, name in administered.items()],
        may_load=bool(administered),
        max_bytes=MAX_BYTES,
        as_of=day_of(request),
        form=form,
        problems=error.problems if isinstance(error, CalendarError) else (),
        refusal=None if isinstance(error, CalendarError) else panel_of(error, words_of(request)),
    )


def _bureau(request: Req, form: Form) -> int:
    administered = sorted(actor_of(request).bureau_ids(Role.BUREAU_ADMIN))
    if len(administered) == 1:
        return administered[0]
    chosen = form.choice("bureau", N_("教育局"), [str(one) for one in administered])
    return int(chosen) if chosen else 0


@post(f"{PATH}/load", opt={"permission": "bureau.manage"}, status_code=200)
async def load(request: Req) -> Response[str]:
    """Load a file of days: ``file``, ``title`` of the notice, ``reason`` for a correction, ``password``."""
    posted = await read_form(request)
    form = posted.form
    bureau_id = _bureau(request, form)
    title = form.text("title", N_("文件名称"), max_length=300)
    reason = form.text("reason", N_("更正依据"), max_length=500, required=False)
    sent = posted.files.get("file", [])
    if not sent:
        form.fail("file", N_("请选择日历文件（.csv）"))
    error = await confirmed(request, form)
    if error is not None:
        return await _show(request, form, error)
    content = await asyncio.to_thread(sent[0].file.read, MAX_BYTES + 1)
    done: list[Any] = []
    try:
        error = await attempt(form, _load(request, bureau_id, content, title, reason, done))
    except CalendarError as problem:
        form.fail("file", N_("日历文件有错误，没有载入任何内容"))
        error = problem
    if error is not None:
        return await _show(request, form, error)
    changed, moved = done[0]
    if not changed:
        return redirect(PATH, flash=said(request, N_("文件与已载入的安排相同，没有变动。")))
    years = "、".join(f"{one.calendar} {one.year}" for one in changed)
    flash = N_("已载入 %(years)s。重新计算了 %(n)s 份公示的期限。")
    return redirect(PATH, flash=said(request, flash, years=years, n=moved))


async def _load(
    request: Req, bureau_id: int, content: bytes, title: str, reason: str, done: list[Any]
) -> None:
    done.append(await commands.load_years(actor_of(request), bureau_id, content, title=title, reason=reason))


@post(f"{PATH}/declare", opt={"permission": "bureau.manage"}, status_code=200)
async def declare(request: Req) -> Response[str]:
    """Declare a regional year complete without days of its own: ``calendar``, ``year``, ``basis``, ``password``."""
    form = (await read_form(request)).form
    bureau_id = _bureau(request, form)
    calendar_id = form.choice("calendar", N_("日历"), builtin_calendars())
    year = form.integer("year", N_("年份"), minimum=2000, maximum=2100)
    title = form.text("basis", N_("依据"), max_length=300)
    error = await confirmed(request, form)
    moved: list[int] = []
    if error is None:
        error = await attempt(form, _declare(request, bureau_id, calendar_id, year or 0, title, moved))
    if error is not None:
        return await _show(request, form, error)
    flash = N_("已声明 %(calendar)s %(year)s 年没有地方放假安排。重新计算了 %(n)s 份公示的期限。")
    return redirect(PATH, flash=said(request, flash, calendar=calendar_id, year=year, n=moved[0]))


async def _declare(
    request: Req, bureau_id: int, calendar_id: str, year: int, title: str, moved: list[int]
) -> None:
    try:
        moved.append(
            await commands.declare_year(actor_of(request), bureau_id, calendar_id, year, title=title)
        )
    except Invalid as error:
        renamed = [
            FieldError("basis" if e.field == "title" else e.field, e.message, e.params) for e in error.fields
        ]
        raise Invalid(fields=renamed) from error


@get("/window", opt={"permission": "account.own"})
async def window_page(request: Req) -> Response[str]:
    """When a window ends and why, day by day: ``calendar``, ``published``, ``days``, ``counts`` in the address."""
    asked = dict(request.query_params)
    form = Form([(key, str(value)) for key, value in asked.items()], words_of(request).gettext)
    answer = None
    if "published" in asked:
        calendar_id = form.choice("calendar", N_("日历"), builtin_calendars())
        published_on = form.date("published", N_("公布日"))
        days = form.integer("days", N_("工作日数"), minimum=1, maximum=MAX_WORKING_DAYS)
        counts = form.ticked("counts")
        if not form.errors and published_on is not None and days is not None:
            try:
                answer = await window_of(published_on, days, counts, calendar_id)
            except ValueError:
                # Counting ran past the last day that can be written.
                form.fail("published", N_("日期太远，无法计算"))
    elif not asked:
        form = filled({"calendar": next(iter(builtin_calendars())), "published": day_of(request), "days": 5})
    return await page(
        request,
        "bureau/window.html.j2",
        status_code=422 if form.errors else 200,
        form=form,
        calendars=[(one, f"{name}（{one}）") for one, name in builtin_calendars().items()],
        window=answer,
        calendar_id=form.value("calendar"),
        days=strip_of(answer.days) if answer else [],
        as_of=day_of(request),
    )


HANDLERS = [calendars_page, load, declare, window_page]
