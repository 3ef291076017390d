"""Counting in whole years, as the Civil Code does (art. 202)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_years(day: date, years: int) -> date:
    """The corresponding day ``years`` years later; 28 February where there is no 29th (R23, R28).

    Raises ``ValueError`` for a year that cannot be written.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        if (day.month, day.day) != (2, 29):
            raise
        return date(day.year + years, 2, 28)


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` months later; the month's last day where there is none (art. 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
