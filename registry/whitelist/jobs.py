"""The whitelist's periodic work."""

from __future__ import annotations

from registry.kernel.clock import today
from registry.kernel.jobs import job
from registry.whitelist.sweep import sweep


@job("whitelist.sweep", queue="sweep", cron="7 * * * *")
async def run_sweep() -> None:
    """Lapses, cures, warnings and automatic listings of today; every hour, so that a cure does not wait a day."""
    await sweep(await today())
