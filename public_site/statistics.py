"""Statistics: each chart is drawn from the table beside it, so that the page says the same without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get

from registry.applications import statistics as applications
from registry.applications.statistics import Durations
from registry.jurisdictions.queries import division_names
from registry.kernel.clock import today
from registry.kernel.kept import kept
from registry.notices import statistics as notices
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.web.components.requests import Req, page
from registry.whitelist import statistics as whitelist
from registry.whitelist.queries import Counts, facets

_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the registry."""

    month: date
    notices: int
    objections: int
    upheld: int
    listed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything the page shows. ``places`` are (name, entries by category, all); ``durations`` by month."""

    counts: Counts
    places: tuple[tuple[str, dict[str, int], int], ...]
    months: tuple[Month, ...]
    durations: tuple[Durations, ...]
    overall: Durations | None


def _first_of(as_of: date, months_back: int) -> date:
    at = as_of.year * 12 + as_of.month - 1 - months_back
    return date(at // 12, at % 12 + 1, 1)


async def gather(as_of: date) -> Gathered:
    """Count everything as of a day: six queries."""
    since = _first_of(as_of, _MONTHS - 1)
    counts = await facets(as_of=as_of)
    cells = await whitelist.by_place_and_category(as_of)
    names = await division_names(cell.division for cell in cells)
    by_place: dict[str, dict[str, int]] = {}
    for cell in cells:
        by_place.setdefault(cell.division, {})[cell.category] = cell.entries
    took = await applications.days_to_decision(since, as_of)
    return Gathered(
        counts=counts,
        places=tuple(
            (names.get(code, code), found, sum(found.values())) for code, found in sorted(by_place.items())
        ),
        months=await _months(since, as_of),
        durations=tuple(one for one in took if one.month is not None),
        overall=next((one for one in took if one.month is None), None),
    )


async def _months(since: date, as_of: date) -> tuple[Month, ...]:
    told = {one.month: one for one in await notices.by_month(since, as_of)}
    moved = {one.month: one for one in await whitelist.moves_by_month(since, as_of)}
    months = [_first_of(as_of, back) for back in range(_MONTHS - 1, -1, -1)]
    known = [month for month in months if month in told or month in moved]
    return tuple(
        Month(
            month,
            *((t.notices, t.objections, t.upheld) if (t := told.get(month)) else (0, 0, 0)),
            *((m.listed, m.removed) if (m := moved.get(month)) else (0, 0)),
        )
        for month in months
        if known and month >= known[0]
    )


@get("/statistics", opt={"public": True})
async def statistics(request: Req) -> Response[Any]:
    """Who is listed where, how long applications take, what happened by month."""
    as_of = await today()
    gathered = await kept(("statistics", as_of), lambda: gather(as_of), lambda one: one.counts.total)
    codes = [code for code in CATEGORY_NAMES if any(code in found for _, found, _ in gathered.places)]
    codes += sorted({code for _, found, _ in gathered.places for code in found} - set(codes))
    return await page(
        request, "public/statistics.html.j2", as_of=as_of, data=gathered, categories=codes,
        category_names=CATEGORY_NAMES, months=_MONTHS,
    )  # fmt: skip


HANDLERS = [statistics]
