"""Acts on an entry: suspend and reinstate by cause, withdraw, remove and restore (R19, R20, R27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.notifications.commands import accounts_of, notify
from registry.policies.vocabulary import Ground
from registry.whitelist.lifecycle import ENTRY, Cause
from registry.whitelist.tables import Entry, Removal, Suspension


@dataclass(frozen=True, slots=True)
class LockedEntry:
    """An entry whose row is locked until the transaction ends."""

    id: int
    state: str
    list_id: int
    bureau_id: int
    provider_id: int
    name: str
    listed_on: date
    ends_on: date
    withdrawn_on: date | None

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))

    @property
    def live(self) -> bool:
        """Neither withdrawn nor removed; it may have expired."""
        return self.state in {"listed", "suspended"}


async def lock_entry(entry_id: int) -> LockedEntry:
    """Load and lock an entry inside the caller's transaction: signing and removing queue here (R22).

    Raises NotFound.
    """
    found = await row(
        "SELECT e.id, e.state, e.list AS list_id, l.bureau AS bureau_id, e.provider AS provider_id, e.name,"
        " e.listed_on, e.ends_on, e.withdrawn_on"
        " FROM entry e JOIN registry_list l ON l.id = e.list WHERE e.id = {} FOR UPDATE OF e",
        entry_id,
    )
    if found is None:
        raise NotFound("没有找到这个名单条目")
    return LockedEntry(**found)


def require_officer(actor: Actor, entry: LockedEntry, *roles: Role) -> None:
    """The actor holds one of ``roles`` at the entry's bureau and does not belong to the provider (R13).

    Raises NotFound for another bureau's entry, Forbidden, RuleRefusal (R13).
    """
    if entry.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这个名单条目")
    if not actor.bureau_ids(*roles) & {entry.bureau_id}:
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if entry.provider_id in actor.provider_ids:
        raise RuleRefusal(
            "您是这家机构的成员，不能办理它的事项，请由他人办理", code="own_organisation", rule="R13"
        )


async def suspend(
    actor: Actor,
    entry_id: int,
    *,
    cause: Cause,
    reason: str,
    reference_id: int | None = None,
    started_on: date | None = None,
) -> bool:
    """Suspend an entry for a cause, from ``started_on`` (today) on; returns whether anything changed (R20).

    A second suspension for the same cause and reference, or of an entry that is over, changes nothing.
    ``reference_id`` names the case or the hit. Who may do it: the entry's bureau for its own cause, the system
    and (through an exit case) a school for theirs. The provider and the bureau are told.
    """
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明暂停的理由")])
    as_of = await today()
    async with transaction():
        entry = await lock_entry(entry_id)
        if cause is Cause.BUREAU:
            require_officer(actor, entry, Role.APPROVER)
        if not entry.live:
            if cause is Cause.BUREAU:
                raise Conflict("这个条目已经退出或移除，不能再暂停。请刷新页面查看最新情况")
            return False
        if await _running(entry_id, cause, reference_id) is not None:
            if cause is Cause.BUREAU:
                raise Conflict("这个条目已按同一事由暂停。请刷新页面查看最新情况")
            return False
        suspension = Suspension(
            entry=entry_id,
            cause=cause.value,
            reference_id=reference_id,
            reason=reason.strip(),
            started_on=max(started_on or as_of, entry.listed_on),
        )
        await suspension.save()
        await move(
            ENTRY,
            Entry,
            entry_id,
            "suspend" if entry.state == "listed" else "suspend_further",
            actor,
            chains=entry.chains,
            reason=reason.strip(),
            data={"cause": cause.value, "reference": reference_id, "suspension": suspension.id},
        )
        await _tell(
            entry,
            f"entry-suspended-{suspension.id}",
            "条目已暂停",
            f"“{entry.name}”的在册条目已暂停：{cause.zh}。暂停期间不能签订新合同。",
        )
    return True


async def reinstate(
    actor: Actor, entry_id: int, *, cause: Cause, reason: str, reference_id: int | None = None
) -> bool:
    """End a cause of suspension; the entry comes back when it was the last one (R20).

    Returns whether anything changed. Raises Conflict where a bureau ends its own cause a second time, or that of an
    entry that left the list.
    """
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明恢复的理由")])
    as_of = await today()
    async with transaction():
        entry = await lock_entry(entry_id)
        if cause is Cause.BUREAU:
            require_officer(actor, entry, Role.APPROVER)
            if not entry.live:
                raise Conflict("这个条目已经退出或移除，没有暂停可以解除。请刷新页面查看最新情况")
        running = await _running(entry_id, cause, reference_id)
        if running is None:
            if cause is Cause.BUREAU:
                raise Conflict("这项暂停已经结束。请刷新页面查看最新情况")
            return False
        await rows(
            "UPDATE suspension SET ended_on = greatest({}::date, started_on) WHERE id = {}", as_of, running
        )
        if entry.state != "suspended":
            return True
        last = not await rows("SELECT id FROM suspension WHERE entry = {} AND ended_on IS NULL", entry_id)
        await move(
            ENTRY,
            Entry,
            entry_id,
            "reinstate" if last else "cure_one_cause",
            actor,
            chains=entry.chains,
            reason=reason.strip(),
            data={"cause": cause.value, "reference": reference_id, "suspension": running},
        )
        if last:
            await _tell(
                entry,
                f"entry-reinstated-{running}",
                "条目已恢复",
                f"“{entry.name}”的在册条目已恢复，可以签订合同。",
            )
    return True


async def withdraw(actor: Actor, entry_id: int, reason: str) -> None:
    """Leave the list at the provider's own wish (R19). Running contracts go on; an open exit case goes on too.

    Raises NotFound for another provider's entry, Conflict where it is over already.
    """
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明退出的理由")])
    as_of = await today()
    async with transaction():
        entry = await lock_entry(entry_id)
        if entry.provider_id not in actor.provider_ids:
            raise NotFound("没有找到这个名单条目")
        if as_of > entry.ends_on:
            raise Conflict("这个条目的周期已经届满，无需再申请退出")
        await move(
            ENTRY,
            Entry,
            entry_id,
            "withdraw",
            actor,
            chains=entry.chains,
            reason=reason.strip(),
            values={"withdrawn_on": as_of},
        )
        await notify(
            await accounts_of(bureau_id=entry.bureau_id, roles=[Role.APPROVER]),
            key=f"entry-withdrawn-{entry_id}",
            subject="机构申请退出名单",
            body=f"“{entry.name}”已主动退出名单。",
            link=f"/bureau/entries/{entry_id}",
        )


async def remove(actor: Actor, entry_id: int, *, ground: Ground, case_id: int, reason: str) -> int:
    """Remove an entry by the decision of an exit case, in its transaction (R27); returns the removal's id.

    Raises Conflict where it was removed already.
    """
    as_of = await today()
    entry = await lock_entry(entry_id)
    removal = Removal(entry=entry_id, case_id=case_id, ground=ground.value, removed_on=as_of)
    await move(
        ENTRY,
        Entry,
        entry_id,
        "remove",
        actor,
        chains=entry.chains,
        reason=reason,
        values={"removed_on": as_of},
        data={"case": case_id, "ground": ground.value},
    )
    await removal.save()
    return int(removal.id)


async def restore(actor: Actor, entry_id: int, *, case_id: int, reason: str) -> bool:
    """Take back the removal of a case that was overturned, in its transaction (R27).

    The history stays. An entry that was withdrawn before comes back as withdrawn, one with another cause of
    suspension as suspended. Returns whether it could be restored: not where another entry of the provider
    has taken its place on the list meanwhile.
    """
    as_of = await today()
    entry = await lock_entry(entry_id)
    action = "restore" if entry.withdrawn_on is None else "restore_withdrawn"
    if await _place_taken(entry):
        return False
    await rows(
        "UPDATE removal SET restored_on = {} WHERE entry = {} AND case_id = {}", as_of, entry_id, case_id
    )
    await move(
        ENTRY,
        Entry,
        entry_id,
        action,
        actor,
        chains=entry.chains,
        reason=reason,
        values={"removed_on": None},
        data={"case": case_id},
    )
    causes = await rows("SELECT id, cause FROM suspension WHERE entry = {} AND ended_on IS NULL", entry_id)
    if causes and action == "restore":
        await move(
            ENTRY,
            Entry,
            entry_id,
            "suspend",
            actor,
            chains=entry.chains,
            reason=reason,
            data={"causes": [one["cause"] for one in causes]},
        )
    return True


async def _place_taken(entry: LockedEntry) -> bool:
    found = await row(
        "SELECT 1 AS one FROM entry WHERE list = {} AND provider = {} AND id <> {} AND"
        " daterange(listed_on, least(withdrawn_on, removed_on, ends_on), '[]')"
        " && daterange({}::date, least({}::date, {}::date), '[]')",
        entry.list_id,
        entry.provider_id,
        entry.id,
        entry.listed_on,
        entry.withdrawn_on,
        entry.ends_on,
    )
    return found is not None


async def _running(entry_id: int, cause: Cause, reference_id: int | None) -> int | None:
    found = await row(
        "SELECT id FROM suspension WHERE entry = {} AND cause = {} AND ended_on IS NULL"
        " AND reference_id IS NOT DISTINCT FROM {}::bigint",
        entry_id,
        cause.value,
        reference_id,
    )
    return int(found["id"]) if found else None


async def _tell(entry: LockedEntry, key: str, subject: str, body: str) -> None:
    """Tell the provider and the bureau; schools are told by the room of contracts."""
    await notify(
        await accounts_of(provider_id=entry.provider_id),
        key=key,
        subject=subject,
        body=body,
        link="/provider/contracts",
    )
    await notify(
        await accounts_of(bureau_id=entry.bureau_id, roles=[Role.APPROVER]),
        key=key,
        subject=subject,
        body=body,
        link=f"/bureau/entries/{entry.id}",
    )
