"""The window of a notice, day by day, as pages and announcements show it (R15, R16)."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.jurisdictions.queries import calendar as load_calendar
from registry.kernel.working_days import Window, notice_window
from registry.kernel.working_days.windows import WindowDay
from registry.policies import Policy


async def window_of(
    published_on: date, working_days: int, publication_day_counts: bool, calendar: str
) -> Window:
    """The window of a notice with the parameters it stores, under the schedules loaded by now (R15, R16)."""
    return notice_window(published_on, working_days, publication_day_counts, await load_calendar(calendar))


async def window_under(policy: Policy, published_on: date) -> Window:
    """The window that a notice published on a day would have under a round's frozen policy."""
    return await window_of(
        published_on, policy.notice.working_days, policy.notice.publication_day_counts, policy.calendar
    )


def as_snapshot(window: Window) -> dict[str, Any]:
    """A window as JSON for the frozen snapshot: its end and why each day counts or not."""
    return {
        "last_day": window.last_day.isoformat(),
        "passes_from": window.passes_from.isoformat() if window.passes_from else None,
        "days": [[day.day.isoformat(), day.counts, day.reason] for day in window.days],
    }


def days_of(snapshot: dict[str, Any]) -> tuple[WindowDay, ...]:
    """The days of a snapshot's window, as published."""
    days = snapshot.get("window", {}).get("days", ())
    return tuple(WindowDay(date.fromisoformat(day), counts, reason) for day, counts, reason in days)
