"""Loading a year of a calendar, and with it, in one transaction, the windows that hang on it (R16, R29)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from registry.jurisdictions import calendars
from registry.jurisdictions.calendars import YearPlan
from registry.jurisdictions.queries import calendar as load_calendar
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.working_days import Calendar, Window, notice_window
from registry.notices.lifecycle import NoticeKind
from registry.notices.tables import NoticeWindow
from registry.notices.telling import tell_officials, tell_provider, tell_reviewed
from registry.review.telling import zh_day


async def load_years(
    actor: Actor, bureau_id: int, content: bytes, *, title: str, reason: str = ""
) -> tuple[list[YearPlan], int]:
    """Load a file of days and compute anew the windows it touches; returns the years that changed and how many windows.

    Where a loaded schedule has spoken of a day that the file changes, ``reason`` is needed: the published correction.
    Raises CalendarError, Invalid, Forbidden; nothing is loaded then. The same file again changes nothing.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    async with transaction():
        await calendars.lock()
        plans = await calendars.plan(content)
        changed = await calendars.store(actor, bureau_id, plans, title=title, reason=reason, sha256=sha256)
        moved = await follow(actor, {one.calendar for one in changed}, changed, reason) if changed else 0
    return changed, moved


async def declare_year(actor: Actor, bureau_id: int, calendar_id: str, year: int, *, title: str) -> int:
    """Declare a regional year complete without rows; returns how many windows it settles. Raises as ``declare``."""
    async with transaction():
        await calendars.lock()
        await calendars.declare(actor, bureau_id, calendar_id, year, title=title)
        moved = await follow(actor, {calendar_id})
    return moved  # noqa: RET504 - a return inside "async with" is lost on mypy


async def follow(
    actor: Actor, changed: Iterable[str] | None = None, plans: Sequence[YearPlan] = (), correction: str = ""
) -> int:
    """Compute anew the windows that have not passed, in the caller's transaction; returns how many moved (R16).

    ``changed`` names calendars; None means every provisional window. A window that has passed stays as it was judged.
    ``plans`` are the years that were loaded, ``correction`` what was published to correct them: a window that was known
    and moves tells the days and whether they were corrected or named by the schedule of the year that follows.
    """
    as_of = await today()
    named = None if changed is None else sorted(set(changed))
    found = await rows(
        "SELECT n.*, l.bureau AS bureau_id FROM notice n JOIN registry_list l ON l.id = n.list WHERE (n.provisional"
        " OR ({}::varchar[] IS NOT NULL AND n.passes_from > {})) AND ({}::varchar[] IS NULL OR n.calendar = ANY({}::varchar[])"
        " OR split_part(n.calendar, '-', 1) = ANY({}::varchar[])) ORDER BY n.id FOR UPDATE OF n",
        named,
        as_of,
        named,
        named,
        named,
    )
    known: dict[str, Calendar] = {}
    moved = 0
    for notice in found:
        if notice["calendar"] not in known:
            known[notice["calendar"]] = await load_calendar(notice["calendar"])
        moved += await _again(actor, notice, known[notice["calendar"]], as_of, plans, correction.strip())
    return moved


async def _again(
    actor: Actor,
    notice: dict[str, Any],
    under: Calendar,
    as_of: date,
    plans: Sequence[YearPlan],
    correction: str,
) -> bool:
    window = notice_window(
        notice["published_on"], notice["working_days"], notice["publication_day_counts"], under
    )
    last_day, passes_from = window.last_day, window.passes_from
    if not notice["provisional"] and last_day < as_of:
        # Today the notice stood open in public: it never ends before the day on which the correction is loaded.
        last_day, passes_from = as_of, as_of + timedelta(days=1)
    same = (last_day, passes_from) == (notice["last_day"], notice["passes_from"])
    if same:
        return False
    until = max(last_day, notice["last_day"])
    because = [one for one in plans if any(notice["published_on"] <= day <= until for day in one.differs)]
    days = sorted({day for one in because for day in one.differs if notice["published_on"] <= day <= until})
    corrected = not notice["provisional"] and any({*one.corrects} & {*days} for one in because)
    cause = "estimated" if passes_from is None else "corrected" if corrected else "settled"
    await keep(notice["id"], window, under, cause=cause, last_day=last_day, passes_from=passes_from)
    await rows(
        "UPDATE notice SET provisional = {}, last_day = {}, passes_from = {} WHERE id = {}",
        passes_from is None,
        last_day,
        passes_from,
        notice["id"],
    )
    if passes_from is None and notice["provisional"]:
        # Only the estimate moved; nobody can rely on it, and nobody is told.
        return False
    await events.record(
        actor,
        subject="notice",
        subject_id=notice["id"],
        action="correct_window" if corrected else "settle_window",
        chains=(events.bureau_chain(notice["bureau_id"]),),
        data={
            "last_day": last_day, "passes_from": passes_from, "before": notice["last_day"],
            "versions": under.versions_of(window.starts_on, window.last_day), "days": [day.isoformat() for day in days],
        },
    )  # fmt: skip
    what = "止日已确定" if notice["provisional"] else "止日有更正" if corrected else "止日有变动"
    until_words = f"公示期{'预计' if passes_from is None else ''}至{zh_day(last_day)}（含当日）"
    await _tell(
        notice, what, f"{_why(because, days, correction if corrected else '')}，{until_words}。", last_day
    )
    return True


def _why(because: Sequence[YearPlan], days: Sequence[date], correction: str) -> str:
    """Why a window ends on another day, in Chinese: which schedules, and which of its days they change."""
    touched = "、".join(zh_day(day) for day in days)
    among = f"，涉及公示期内的{touched}" if days else ""
    if correction:
        return f"放假安排公布了更正（{correction}）{among}"
    years = "、".join(f"{year} 年" for year in sorted({one.year for one in because}))
    # Where no day of the window changed, the schedule that was waited for said that it stays.
    return f"{years}放假安排已经载入{among}"


async def _tell(notice: dict[str, Any], what: str, body: str, last_day: date) -> None:
    title = f"公示 {notice['number']}：公示期{what}"
    key = f"notice-window:{notice['id']}:{last_day.isoformat()}"
    await tell_officials(
        notice["bureau_id"], Role.APPROVER, key, title, body, f"/bureau/notices/{notice['id']}"
    )
    if notice["kind"] == NoticeKind.YEARLY_REVIEW:
        await tell_reviewed(notice["id"], key, title, body)
    for one in await rows(
        "SELECT a.id, a.provider FROM notice_item i JOIN application a ON a.id = i.application"
        " WHERE i.notice = {} AND i.taken_off_on IS NULL ORDER BY a.id",
        notice["id"],
    ):
        await tell_provider(one["provider"], one["id"], key, title, body)


async def keep(
    notice_id: int,
    window: Window,
    under: Calendar,
    *,
    cause: str,
    last_day: date | None = None,
    passes_from: date | None = None,
) -> None:
    """Keep a window as it was computed, with the versions of the years it was judged under."""
    number = await row(
        "SELECT coalesce(max(number), 0) + 1 AS n FROM notice_window WHERE notice = {}", notice_id
    )
    assert number is not None
    await NoticeWindow(
        notice=notice_id,
        number=number["n"],
        last_day=last_day or window.last_day,
        passes_from=passes_from if last_day else window.passes_from,
        days=json.dumps([[d.day.isoformat(), d.counts, d.reason] for d in window.days], ensure_ascii=False),
        calendar_versions=json.dumps(under.versions_of(window.starts_on, window.last_day)),
        cause=cause,
        on_day=await today(),
        computed_at=real_now(),
    ).save()
