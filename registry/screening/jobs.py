"""Screening as jobs: after vetting, and for ever after (R12)."""

from __future__ import annotations

import structlog

from registry.kernel.db import rows
from registry.kernel.errors import RegistryError
from registry.kernel.jobs import job
from registry.screening import commands, imports
from registry.screening.following import outdated_applications

log = structlog.get_logger(__name__)


@job("screening.screen_application")
async def screen_application(application_id: int) -> None:
    """Screen one application."""
    await commands.screen_application(application_id)


@job("screening.follow", cron="* * * * *")
async def follow() -> None:
    """Screen anew every application under way that a changed list, ban, provider or day may touch.

    Runs every minute and right after an import; what is up to date costs one query a bureau.
    """
    for bureau in await rows("SELECT DISTINCT bureau AS id FROM registry_list ORDER BY bureau"):
        for application_id, cause in await outdated_applications(bureau["id"]):
            try:
                await commands.screen_application(application_id, cause)
            except RegistryError as error:
                # It moved on meanwhile; the others are screened.
                log.warning("not screened", application=application_id, code=error.code)


@job("screening.tidy", cron="40 3 * * *")
async def tidy() -> None:
    """Forget list files that were uploaded and never imported."""
    await imports.discard_forgotten()
