"""What decisions of an exit case bring about, in their transactions: locks, suspensions, messages (R20, R27, R28)."""

from __future__ import annotations

from datetime import date

from registry.bans.queries import ban_that_bars, hold_representative
from registry.exits import records
from registry.jurisdictions.queries import get_list
from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.notifications.commands import accounts_of, notify
from registry.policies.vocabulary import ListKind
from registry.whitelist.commands import reinstate, suspend
from registry.whitelist.lifecycle import Cause


async def lock_all(case_id: int) -> records.Case:
    """Lock what a decision changes, in the documented order: all entries of the provider, the contracts under
    the list, the case, and last the provider with its legal representative. Raises NotFound.

    That lock orders a ban and a listing of the same provider: whichever is second sees the other (R28).
    """
    case = await records.load(case_id)
    await rows("SELECT id FROM entry WHERE provider = {} ORDER BY id FOR UPDATE", case.provider_id)
    await rows(
        "SELECT c.id FROM contract c JOIN entry e ON e.id = c.entry WHERE e.provider = {} AND e.list = {}"
        " AND c.state = 'signed' ORDER BY c.id FOR UPDATE OF c",
        case.provider_id,
        case.list_id,
    )
    case = await records.lock(case_id)
    found = await rows(
        "SELECT legal_representative_id_index AS index FROM provider WHERE id = {} FOR NO KEY UPDATE",
        case.provider_id,
    )
    # Before the first event: its chain is what everybody else locks last.
    await hold_representative(found[0]["index"], shared=False)
    return case


async def end_suspensions(actor: Actor, case: records.Case, reason: str) -> None:
    """End what the case suspended: its entry, and a later one of the same provider on the list."""
    for cause in (Cause.TERMINATED_BY_SCHOOL, Cause.EXIT_CASE):
        held = await rows(
            "SELECT entry FROM suspension WHERE cause = {} AND reference_id = {} AND ended_on IS NULL ORDER BY entry",
            cause.value,
            case.id,
        )
        for one in held:
            await reinstate(actor, one["entry"], cause=cause, reference_id=case.id, reason=reason)


async def suspend_elsewhere(case: records.Case, ban_id: int, as_of: date) -> None:
    """Suspend the provider's entries on other lists that the new ban bars (R20, R28)."""
    others = await rows(
        "SELECT e.id, e.list, p.credit_code FROM entry e JOIN provider p ON p.id = e.provider WHERE e.provider = {}"
        " AND e.id <> {} AND e.state IN ('listed', 'suspended') AND e.ends_on >= {} ORDER BY e.id",
        case.provider_id,
        case.entry_id,
        as_of,
    )
    for other in others:
        await suspend_where_barred(
            other["id"], other["list"], other["credit_code"], as_of, f"处于禁入期(案件 {case.number})", ban_id
        )


async def suspend_where_barred(
    entry_id: int, list_id: int, credit_code: str, as_of: date, reason: str, ban_id: int | None = None
) -> None:
    """Suspend an entry if a ban in force bars its list and the policy there says so (R20, R28).

    The cause is ``ban_id`` or else the ban that bars it.
    """
    barring = await ban_that_bars(
        list_id=list_id, credit_code=credit_code, representative_index=None, as_of=as_of
    )
    if barring is None or ListKind.OWN_BAN not in (await get_list(list_id)).policy.auto_suspension:
        return
    await suspend(
        Actor.for_system("exits.ban"),
        entry_id,
        cause=Cause.BANNED,
        reference_id=ban_id or barring.ban.id,
        reason=reason,
    )


async def tell_parties(case: records.Case, what: str, word: str, body: str) -> None:
    """A message to the provider of a case and to the schools that reported. ``what`` tells it from the case's others."""
    await notify(
        await accounts_of(provider_id=case.provider_id),
        key=f"exit-{case.id}-{what}",
        subject=f"退出案件 {case.number}：{word}",
        body=body,
        link=f"/provider/exits/{case.id}",
    )
    schools = await rows(
        'SELECT DISTINCT school FROM exit_report WHERE "case" = {} AND school IS NOT NULL', case.id
    )
    for one in schools:
        await notify(
            await accounts_of(school_id=one["school"]),
            key=f"exit-{case.id}-{what}",
            subject=f"退出案件 {case.number}：{word}",
            body=f"涉及机构：{case.entry_name}。",
            link="/school/reports",
        )
