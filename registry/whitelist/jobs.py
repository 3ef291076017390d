"""The whitelist's periodic work; what a day brings is called by the composition's sweep."""

from __future__ import annotations

from datetime import date

from registry.kernel.jobs import job
from registry.whitelist import list_hits, snapshots


@job("whitelist.list_hits", cron="* * * * *")
async def follow_lists() -> None:
    """Every minute, so that a changed list is acted on within a minute (R12, R20)."""
    await list_hits.follow()


@job("whitelist.snapshot", retries=20)
async def make_snapshot(list_id: int, day: str) -> None:
    """The signed snapshot of a list as of a day; the sweep asks for each day's (R21)."""
    await snapshots.make(list_id, date.fromisoformat(day))
