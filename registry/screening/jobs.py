"""Screening as jobs: after vetting, after a list changed, every night (R12)."""

from __future__ import annotations

from registry.kernel import jobs
from registry.kernel.db import rows
from registry.kernel.jobs import job
from registry.screening import commands


@job("screening.screen_application")
async def screen_application(application_id: int) -> None:
    """Screen one application."""
    await commands.screen_application(application_id)


@job("screening.rescreen")
async def rescreen(bureau_id: int) -> None:
    """A list of this bureau changed: screen anew every application that is under way."""
    found = await rows(
        "SELECT a.id FROM application a JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list"
        " WHERE l.bureau = {} AND a.state IN ('in_review', 'recommended', 'shortlisted', 'on_notice', 'listed')",
        bureau_id,
    )
    for one in found:
        await commands.screen_application(one["id"])


@job("screening.nightly", cron="15 2 * * *")
async def nightly() -> None:
    """Screen everything under way again."""
    for bureau in await rows("SELECT DISTINCT bureau FROM registry_list"):
        await jobs.defer(
            "screening.rescreen", bureau_id=bureau["bureau"], queueing_lock=f"rescreen:{bureau['bureau']}"
        )
