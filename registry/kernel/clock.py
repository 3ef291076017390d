"""The day rules are judged on. Everything else (sessions, tokens, locks, jobs) uses real time.

In production the day is today's date in Asia/Shanghai. In demo mode it is the day stored in the
``demo_clock`` row, moved by ``registry demo advance``.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from registry.kernel.tables import DemoClock
from registry.settings import Mode, get_settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


def real_now() -> datetime:
    """The real instant, in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


async def today() -> date:
    """The day that rules are judged on: real in production, movable in demo mode."""
    if get_settings().mode is Mode.DEMO:
        row = await DemoClock.select(DemoClock.day).first()
        if row is not None:
            day: date = row["day"]
            return day
    return real_now().date()
