"""The days of a window as the working-day strip shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.kernel.working_days import WindowDay

_REST = "休息日"


@dataclass(frozen=True, slots=True)
class StripDay:
    """One cell: ``counts`` is the number of the working day or None; ``kind`` as the macro ``day_strip`` wants it."""

    date: date
    counts: int | None
    kind: str
    reason: str


def strip_of(days: Iterable[WindowDay], published_on: date, *, reasons: bool = True) -> list[StripDay]:
    """Number the working days of a window and say what the others are.

    A weekend that is also a holiday is a holiday. Without ``reasons`` (which are Chinese) the kind alone is told.
    """
    cells: list[StripDay] = []
    number = 0
    for day in days:
        number += day.counts
        reason = _reason(day.reason)
        kind = _kind(day, published_on, reason)
        told = reason if reasons and kind in {"makeup", "off"} else ""
        cells.append(StripDay(day.day, number if day.counts else None, kind, told))
    return cells


def _kind(day: WindowDay, published_on: date, reason: str) -> str:
    weekend = day.day.weekday() >= 5
    if day.day == published_on:
        return "published"
    if day.counts:
        return "makeup" if weekend else "working"
    return "weekend" if weekend and reason == _REST else "off"


def _reason(told: str) -> str:
    """``周三，地方放假（广西 2022年“壮族三月三”放假）`` without the weekday, and without what is only a frame."""
    reason = told.partition("（预计")[0].partition("，")[2] or told
    head, _, inner = reason.partition("（")
    return inner.rstrip("）") if head == "地方放假" and inner else reason
