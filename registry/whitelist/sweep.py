"""What a day brings to the whitelist by itself: lapses, cures, warnings, listings that need no person.

Safe to run again and late: what an entry *is* follows from dates; the sweep writes the acts and tells people.
"""

from __future__ import annotations

from datetime import date, timedelta

import structlog

from registry.jurisdictions.queries import lists_by_id
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import RegistryError
from registry.notifications.commands import accounts_of, notify
from registry.whitelist import yearly_reviews
from registry.whitelist.commands import reinstate, suspend
from registry.whitelist.hits import reinstate_cleared, suspend_hits
from registry.whitelist.lifecycle import Cause
from registry.whitelist.listing import list_application, listed_by_rule
from registry.whitelist.rules import first_lapsed_day

log = structlog.get_logger(__name__)
SYSTEM = Actor.for_system("whitelist.sweep")


async def sweep(day: date) -> dict[str, int]:
    """Do what ``day`` asks for; returns how many of each (R18, R20). Idempotent."""
    # A day that is caught up tells when something lapsed; whether it is cured, or named by a list, the present tells.
    now = max(day, await today())
    return {
        "suspended": await suspend_lapsed(day) + await suspend_hits(now),
        "reinstated": await reinstate_renewed(now) + await reinstate_cleared(now),
        "warned": await warn(day),
        "listed": await list_automatically(day),
        "reviews": await yearly_reviews.open_due(day) + await yearly_reviews.tell_overdue(day),
    }


async def suspend_lapsed(day: date) -> int:
    """Suspend entries whose provider's registration has lapsed on ``day`` (R20)."""
    found = await rows(
        "SELECT e.id, p.registered_until, p.validity_learned_on FROM entry e JOIN provider p ON p.id = e.provider"
        " WHERE e.state IN ('listed', 'suspended') AND p.registered_until < {} AND e.ends_on >= {}"
        " AND (p.validity_learned_on IS NULL OR p.validity_learned_on <= {})"
        " AND NOT EXISTS (SELECT 1 FROM suspension s WHERE s.entry = e.id AND s.ended_on IS NULL AND s.cause = {})"
        " ORDER BY e.id",
        day,
        day,
        day,
        Cause.REGISTRATION_LAPSED.value,
    )
    done = 0
    for one in found:
        done += await suspend(
            SYSTEM,
            one["id"],
            cause=Cause.REGISTRATION_LAPSED,
            started_on=first_lapsed_day(one["registered_until"], one["validity_learned_on"]),
            reason=f"登记证照已于 {one['registered_until'].isoformat()} 到期",
        )
    return done


async def reinstate_renewed(day: date) -> int:
    """End suspensions for a lapse where the provider's registration is in force again on ``day`` (R20)."""
    found = await rows(
        "SELECT e.id FROM suspension s JOIN entry e ON e.id = s.entry JOIN provider p ON p.id = e.provider"
        " WHERE s.ended_on IS NULL AND s.cause = {} AND (p.registered_until IS NULL OR p.registered_until >= {})"
        " AND e.state = 'suspended' ORDER BY e.id",
        Cause.REGISTRATION_LAPSED.value,
        day,
    )
    done = 0
    for one in found:
        done += await reinstate(
            SYSTEM, one["id"], cause=Cause.REGISTRATION_LAPSED, reason="换发的登记证照在有效期内"
        )
    return done


async def warn(day: date) -> int:
    """Warn providers whose registration lapses soon, once for each warning day of the policy (R20).

    ``day`` may be one that is caught up: what is told is true on the day it is told, and of the warnings due by then
    only the most urgent is sent. What lapsed on a day that was missed is told as past.
    """
    now = max(day, await today())
    found = await rows(
        "SELECT e.id, e.list, e.provider, e.name, p.registered_until FROM entry e JOIN provider p"
        " ON p.id = e.provider WHERE e.state IN ('listed', 'suspended') AND e.ends_on >= {}"
        " AND p.registered_until BETWEEN {} AND {}::date + 730 ORDER BY e.id",
        now,
        day,
        now,
    )
    lists = await lists_by_id(one["list"] for one in found)
    sent = 0
    for one in found:
        left = (one["registered_until"] - now).days
        due = [n for n in lists[one["list"]].policy.warning_days if left <= n]
        if due:
            sent += await _warn_one(
                one["id"], one["provider"], one["list"], one["name"], one["registered_until"], min(due), left
            )
    return sent


async def _warn_one(
    entry_id: int, provider_id: int, list_id: int, name: str, until: date, warning: int, left: int
) -> bool:
    key = f"registration-{entry_id}-{until.isoformat()}-{warning}"
    async with transaction():
        if await row("SELECT 1 AS one FROM notification WHERE key = {}", key) is not None:
            return False
        when = "已到期" if left < 0 else "今日到期" if left == 0 else f"还有 {left} 天到期"
        after = (
            f"条目自 {(until + timedelta(days=1)).isoformat()} 起自动暂停"
            if left < 0
            else "到期后条目将自动暂停"
        )
        await notify(
            await accounts_of(provider_id=provider_id),
            key=key,
            subject=f"登记证照{when}",
            body=f"登记证照有效期至 {until.isoformat()}，{when}。{after}，请尽快换发并提交。",
            link=f"/provider/renewals/{provider_id}/{list_id}",
        )
        if warning <= 7:
            bureau = await row(
                "SELECT l.bureau FROM entry e JOIN registry_list l ON l.id = e.list WHERE e.id = {}", entry_id
            )
            assert bureau is not None
            await notify(
                await accounts_of(bureau_id=bureau["bureau"], roles=[Role.APPROVER]),
                key=key,
                subject=f"“{name}”登记证照{when}",
                body=f"{after}。",
                link=f"/bureau/entries/{entry_id}",
            )
    return True


async def list_automatically(day: date) -> int:
    """Confirm listings by themselves where the round's policy says so (R18); what is refused waits for a person."""
    done = 0
    for application_id in await listed_by_rule(day):
        try:
            await list_application(SYSTEM, application_id, "公示期满无异议，按本地规则自动入库")
            done += 1
        except RegistryError as error:
            # The person who opens it sees why.
            log.debug("not listed by itself", application=application_id, code=error.code)
    return done
