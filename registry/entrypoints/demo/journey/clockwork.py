"""Setting up and moving time: the only things a journey does beside the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import date, timedelta
from typing import Any, TypeVar

from registry.entrypoints.demo.commandline import advance_to
from registry.kernel import clock, db

T = TypeVar("T")


def do(work: Coroutine[Any, Any, T]) -> T:
    """Run one piece of set-up."""

    async def connected() -> T:
        async with db.pooled():
            return await work

    return asyncio.run(connected())


def now() -> date:
    """The demo's day."""
    return do(clock.today())


def advance(day: date) -> None:
    """Move the demo's day to ``day``, one day and one sweep at a time; a day already reached is fine."""

    async def each_day() -> None:
        while (current := await clock.today()) < day:
            await advance_to(current + timedelta(days=1))

    do(each_day())
