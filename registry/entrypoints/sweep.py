"""The daily sweep: what a day brings by itself, room by room in the right order, caught up after a stop.

Statuses follow from dates whether or not the sweep ran; it writes the acts that rules make and tells people.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import structlog

from registry.accounts import sessions
from registry.contracts import entering
from registry.contracts import sweep as contracts
from registry.contracts.telling import tell_schools
from registry.evaluations import sweep as evaluations
from registry.evaluations.complaints import deadlines
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import row, rows
from registry.kernel.jobs import job
from registry.notices.commands import recompute_provisional
from registry.review.commands import close_overdue_corrections
from registry.screening.jobs import follow as follow_applications
from registry.whitelist import list_hits, roster, snapshots
from registry.whitelist import sweep as whitelist

log = structlog.get_logger(__name__)
_ACTOR = Actor.for_system("日终处理")


async def _settle_windows(_: date) -> None:
    await recompute_provisional(_ACTOR)


async def _close_corrections(_: date) -> None:
    await close_overdue_corrections(_ACTOR)


async def _whitelist(day: date) -> None:
    await whitelist.sweep(day)
    await roster.warn(day)


async def _screening(_: date) -> None:
    await follow_applications()
    await list_hits.follow()


async def _contracts(day: date) -> None:
    await contracts.sweep(day)
    await tell_schools(day)
    await entering.remind(day)


async def _evaluations(day: date) -> None:
    await evaluations.sweep(day)
    await deadlines.sweep(day)


async def _snapshots(day: date) -> None:
    await snapshots.ask_for(day)


async def _sessions(_: date) -> None:
    await sessions.sweep()


# Windows before listings; what the lists say before listings too; suspensions before the contracts that need an
# active entry.
STEPS: tuple[tuple[str, Callable[[date], Awaitable[None]]], ...] = (
    ("settle provisional windows", _settle_windows),
    ("close overdue corrections", _close_corrections),
    ("screening", _screening),
    ("whitelist", _whitelist),
    ("contracts", _contracts),
    ("evaluations", _evaluations),
    ("snapshots", _snapshots),
    ("sessions", _sessions),
)


async def sweep_day(day: date) -> None:
    """Run every step for one day. A step that fails is logged, the others run, and the day is not done.

    Raises the first error at the end, so that the job tries again.
    """
    failed: Exception | None = None
    for name, step in STEPS:
        try:
            await step(day)
        except Exception as error:
            log.error("sweep step failed", step=name, day=day.isoformat(), exc_info=error)
            failed = failed or error
    if failed is not None:
        raise failed


async def catch_up() -> int:
    """Sweep every day since the last one done up to today, in order; today again, for what came since.

    Returns how many days were swept.
    """
    now = await today()
    state = await row("SELECT swept_until FROM sweep_state WHERE id = 1")
    day = min(state["swept_until"] + timedelta(days=1), now) if state else now
    swept = 0
    while day <= now:
        await sweep_day(day)
        await rows(
            "INSERT INTO sweep_state (id, swept_until) VALUES (1, {})"
            " ON CONFLICT (id) DO UPDATE SET swept_until = greatest(sweep_state.swept_until, excluded.swept_until)",
            day,
        )
        day += timedelta(days=1)
        swept += 1
    return swept


@job("system.sweep", queue="sweep", cron="7 * * * *")
async def sweep_now() -> None:
    """Every hour, so that a stop of any length is caught up soon after the start."""
    await catch_up()
