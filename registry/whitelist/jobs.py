"""The whitelist's periodic work; what a day brings is called by the composition's sweep."""

from __future__ import annotations

from registry.kernel.jobs import job
from registry.whitelist import list_hits


@job("whitelist.list_hits", cron="* * * * *")
async def follow_lists() -> None:
    """Every minute, so that a changed list is acted on within a minute (R12, R20)."""
    await list_hits.follow()
