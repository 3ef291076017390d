"""Jobs of applications."""

from __future__ import annotations

from registry.applications.commands import close_overdue_corrections
from registry.kernel.clock import today
from registry.kernel.jobs import job


@job("applications.close_corrections", cron="11 0 * * *")
async def close_corrections() -> None:
    """Send applications whose correction time is over back to review (R5)."""
    await close_overdue_corrections(await today())
