"""Calendars of working days, year by year, with their sources and versions (R29)."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.jurisdictions.calendars import known_years, versions
from registry.jurisdictions.queries import calendar
from registry.jurisdictions.year_sheet import year_sheet
from registry.kernel.clock import today
from registry.kernel.errors import NotFound
from registry.kernel.working_days import builtin_calendars
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, page


@get("/calendars", opt={"public": True})
async def calendars(request: Req) -> Response[str]:
    """Every calendar with its years."""
    found = [(one, name, await calendar(one)) for one, name in builtin_calendars().items()]
    return await page(
        request, "public/calendars.html.j2",
        calendars=[(one, name, known_years(loaded), loaded) for one, name, loaded in found], as_of=await today(),
    )  # fmt: skip


@get("/calendars/{calendar_id:str}/{year:int}", opt={"public": True})
async def calendar_year(request: Req, calendar_id: FromPath[str], year: FromPath[int]) -> Response[str]:
    """One year as a calendar: days off, make-up days, what is not loaded, and where each is said."""
    if calendar_id not in builtin_calendars() or not 2000 <= year <= 2100:
        raise NotFound(N_("没有这一年的日历"))
    found = await calendar(calendar_id)
    national = calendar_id.partition("-")[0]
    told = await versions(calendar_id, year)
    return await page(
        request, "public/calendar.html.j2", sheet=year_sheet(found, year), name=found.name,
        versions=told + (await versions(national, year) if national != calendar_id else []),
        regional=national != calendar_id, as_of=await today(),
    )  # fmt: skip


HANDLERS = [calendars, calendar_year]
