"""Forgetting files of existing records that were uploaded and never imported."""

from __future__ import annotations

from registry.kernel.jobs import job
from registry.onboarding import commands


@job("onboarding.tidy", cron="50 3 * * *")
async def tidy() -> None:
    """Every night."""
    await commands.discard_forgotten()
