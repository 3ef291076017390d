"""Listed providers and the lists: screened for as long as they are listed, and what a match brings about (R12, R20).

Suspended is by itself only whose exact code stands on a list that the policy names (``hits``); every other match
alerts a person.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import structlog

from registry.jurisdictions.queries import ListView, lists_by_id
from registry.kernel.actor import Role
from registry.kernel.clock import today
from registry.kernel.db import rows, transaction
from registry.kernel.errors import RegistryError
from registry.notifications.commands import accounts_of, notify
from registry.screening import queries as screening
from registry.screening.commands import screen_provider
from registry.screening.following import outdated
from registry.whitelist.hits import reinstate_cleared, suspend_hits
from registry.whitelist.roster import screened_people

log = structlog.get_logger(__name__)

_LIVE = (
    "SELECT e.id, e.provider, e.list, e.application, e.name FROM entry e"
    " WHERE e.state IN ('listed', 'suspended') AND e.ends_on >= {} ORDER BY e.id"
)


async def follow() -> dict[str, int]:
    """Screen the listed providers that a changed list, ban, provider or day may touch, and act on what is found.

    Idempotent: what is up to date costs a few queries. Returns how many were screened, suspended, reinstated.
    """
    day = await today()
    screened = await _screen(day)
    return {
        "screened": screened,
        "suspended": await suspend_hits(day),
        "reinstated": await reinstate_cleared(day),
    }


async def _screen(day: date) -> int:
    live = await rows(_LIVE, day)
    lists = await lists_by_id(one["list"] for one in live)
    by_bureau = defaultdict(list)
    for one in live:
        by_bureau[lists[one["list"]].bureau_id].append(one)
    screened = 0
    for bureau_id, entries in sorted(by_bureau.items()):
        places = [(one["provider"], one["list"], one["application"]) for one in entries]
        for place, cause in await outdated(bureau_id, places):
            entry = entries[place]
            try:
                await screen_provider(*places[place], cause, await screened_people(entry["id"]) or None)
            except RegistryError as error:
                log.warning("not screened", entry=entry["id"], code=error.code)
                continue
            screened += 1
            await _alert(entry["id"], entry["name"], lists[entry["list"]], *places[place])
    return screened


async def _alert(
    entry_id: int, name: str, of_list: ListView, provider_id: int, list_id: int, application_id: int | None
) -> None:
    """Tell the bureau's people what to look at, once for each pair as long as neither side changes."""
    latest = await screening.latest_of_entry(provider_id, list_id, application_id)
    for match in latest.matches if latest else ():
        if not match.open:
            continue
        async with transaction():
            await notify(
                await accounts_of(bureau_id=of_list.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
                key=f"list-hit-{entry_id}-{match.mark[:32]}",
                subject=f"在册机构{'命中' if match.outcome == 'hit' else '疑似命中'}名单",
                body=f"“{name}”与{screening.LIST_NAMES[match.list_kind]}比中，请核对判断。",
                link=f"/bureau/lists/providers/{provider_id}",
            )
