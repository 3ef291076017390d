"""The periodic work of applications."""

from __future__ import annotations

from registry.applications.telling import tell_of_rounds
from registry.kernel.jobs import job


@job("applications.tell_of_rounds", cron="*/5 * * * *")
async def tell() -> None:
    """Tell providers soon after their round was extended or cancelled."""
    await tell_of_rounds()
