"""The days of a notice's window as the working-day strip shows them (R15, R16)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registry.kernel.working_days.windows import WindowDay

_HOLIDAY = "放假"


def strip_of(days: Iterable[WindowDay]) -> list[dict[str, Any]]:
    """Number the working days; days off and make-up days keep their reason. The first is the publication day."""
    shown: list[dict[str, Any]] = []
    counted = 0
    for number, one in enumerate(days):
        counted += one.counts
        kind = "published" if number == 0 else _kind(one)
        shown.append(
            {
                "date": one.day,
                "counts": counted if one.counts else None,
                "kind": kind,
                "reason": one.reason.partition("，")[2] if kind in {"makeup", "off"} else "",
            }
        )
    return shown


def _kind(day: WindowDay) -> str:
    weekend = day.day.weekday() >= 5
    if day.counts:
        return "makeup" if weekend else "working"
    return "off" if _HOLIDAY in day.reason or not weekend else "weekend"
