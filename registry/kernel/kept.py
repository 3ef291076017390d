"""Answers kept for a while in this process: counts over whole tables that many pages show and none needs to the second.

How long is decided by how much was counted, so that a small registry is always exact and a large one never counts the
same hundred thousand rows for every visitor.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

from registry.settings import get_settings

T = TypeVar("T")
ROWS_A_SECOND = 5000
LONGEST_SECONDS = 60.0
_SMALL = 2500
_MOST_KEPT = 256

_answers: dict[Hashable, tuple[float, Any]] = {}
_making: dict[Hashable, asyncio.Lock] = {}


def seconds_for(counted: int) -> float:
    """How long an answer over ``counted`` rows is kept: not at all for few, a minute for 300,000."""
    return 0.0 if counted < _SMALL else min(counted / ROWS_A_SECOND, LONGEST_SECONDS)


async def kept(key: Hashable, make: Callable[[], Awaitable[T]], counted: Callable[[T], int]) -> T:
    """The answer kept under ``key``, or a new one by ``make``; several who ask at once wait for one answer.

    ``counted`` says of an answer over how many rows it was made.
    """
    place = (get_settings().database_url.get_secret_value(), key)
    found = _fresh(place)
    if found is not None:
        return cast("T", found[0])
    async with _making.setdefault(place, asyncio.Lock()):
        found = _fresh(place)
        if found is not None:
            return cast("T", found[0])
        answer = await make()
        seconds = seconds_for(counted(answer))
        if seconds:
            if len(_answers) >= _MOST_KEPT:
                _answers.clear()
                _making.clear()
            _answers[place] = (time.monotonic() + seconds, answer)
        else:
            _making.pop(place, None)
        return answer


def _fresh(place: Hashable) -> tuple[Any] | None:
    found = _answers.get(place)
    return (found[1],) if found is not None and found[0] > time.monotonic() else None
