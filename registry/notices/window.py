"""The window of a notice, day by day, as pages show it."""

from __future__ import annotations

from datetime import date

from registry.kernel.working_days import Window, builtin_calendar, notice_window


def window_of(published_on: date, working_days: int, publication_day_counts: bool, calendar: str) -> Window:
    """The window of a notice with the parameters it stores (R15, R16)."""
    return notice_window(published_on, working_days, publication_day_counts, builtin_calendar(calendar))
