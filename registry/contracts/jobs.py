"""The contracts' periodic work."""

from __future__ import annotations

from registry.contracts.sweep import sweep
from registry.kernel.clock import today
from registry.kernel.jobs import job


@job("contracts.sweep", queue="sweep", cron="17 * * * *")
async def run_sweep() -> None:
    """Judge first days of service; every hour, so that a lifted block does not wait a day."""
    await sweep(await today())
