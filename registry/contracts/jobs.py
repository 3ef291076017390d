"""The periodic work of contracts; what a day brings is called by the composition's sweep."""

from __future__ import annotations

from registry.contracts.telling import tell_schools
from registry.kernel.clock import today
from registry.kernel.jobs import job


@job("contracts.tell_schools", cron="*/5 * * * *")
async def tell() -> None:
    """Tell schools soon after a provider that serves them was suspended or came back."""
    await tell_schools(await today())
