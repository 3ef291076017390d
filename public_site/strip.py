"""The days of a window as the working-day strip shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.kernel.working_days import WindowDay


@dataclass(frozen=True, slots=True)
class StripDay:
    """One cell: ``counts`` is the number of the working day or None; ``kind`` as the macro ``day_strip`` wants it."""

    date: date
    counts: int | None
    kind: str
    reason: str


def strip_of(days: Iterable[WindowDay], published_on: date) -> list[StripDay]:
    """Number the working days of a window and name the others."""
    cells: list[StripDay] = []
    number = 0
    for day in days:
        number += day.counts
        weekend = day.day.weekday() >= 5
        if day.day == published_on and not day.counts:
            kind = "published"
        elif day.counts:
            kind = "makeup" if weekend else "working"
        else:
            kind = "weekend" if weekend else "off"
        told = day.reason if kind in {"makeup", "off"} else ""
        cells.append(StripDay(day.day, number if day.counts else None, kind, told))
    return cells
