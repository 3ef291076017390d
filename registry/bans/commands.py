"""Deciding and overturning bans, appeals against them: steps of an exit case's decision, in its transaction (R27, R28)."""

from __future__ import annotations

from datetime import date

from registry.bans.rules import NATION, ban_period, reach_division
from registry.bans.tables import Ban
from registry.jurisdictions.queries import ListView
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now
from registry.kernel.db import row, rows
from registry.kernel.errors import Conflict, NotFound
from registry.kernel.sealed import seal, unseal
from registry.policies import Policy
from registry.policies.vocabulary import Ground


async def decide(
    actor: Actor,
    *,
    on_list: ListView,
    provider_id: int,
    case_id: int,
    ground: Ground,
    policy: Policy,
    as_of: date,
) -> int:
    """Ban a provider from ``as_of`` on; returns the ban's id (R28). Inside the caller's transaction.

    The caller holds the provider's row and, alone, its legal representative (``queries.hold_representative``).

    ``policy`` is the case's: it sets the years and the reach. Raises Conflict where the case led to one already.
    """
    if await row("SELECT 1 AS one FROM ban WHERE case_id = {}", case_id) is not None:
        raise Conflict("这个案件已经作出禁入决定。请刷新页面查看最新情况")
    provider = await row("SELECT * FROM provider WHERE id = {}", provider_id)
    if provider is None:
        raise NotFound("没有找到这个机构")
    reach = reach_division(policy.ban.reach, on_list.bureau_division)
    await ensure_division(reach)
    ban = Ban(
        provider=provider_id,
        bureau=on_list.bureau_id,
        list=on_list.id,
        reach=reach,
        case_id=case_id,
        name=provider["name"],
        credit_code=provider["credit_code"],
        legal_representative=provider["legal_representative"],
        legal_representative_id_sealed=_resealed(provider["legal_representative_id_sealed"]),
        legal_representative_id_index=provider["legal_representative_id_index"],
        ground=ground.value,
        decided_on=as_of,
        last_day=ban_period(as_of, policy.ban.years).last_day,
        policy_version=policy.version,
        created_at=real_now(),
    )
    await ban.save()
    ban_id = int(ban.id)
    await events.record(
        actor,
        subject="ban",
        subject_id=ban_id,
        action="decide",
        chains=(events.bureau_chain(on_list.bureau_id), events.provider_chain(provider_id)),
        to_state="in_force",
        data={"case": case_id, "ground": ground.value, "last_day": ban.last_day, "reach": reach},
    )
    return ban_id


async def overturn(actor: Actor, *, case_id: int, reason: str, as_of: date) -> int:
    """Lift the ban of a case from ``as_of`` on; returns its id. Inside the caller's transaction.

    Raises NotFound where the case led to none, Conflict where it was lifted already.
    """
    found = await row(
        "SELECT id, bureau, provider, overturned_on FROM ban WHERE case_id = {} FOR UPDATE", case_id
    )
    if found is None:
        raise NotFound("这个案件没有禁入决定")
    if found["overturned_on"] is not None:
        raise Conflict("这个禁入决定已被撤销。请刷新页面查看最新情况")
    await rows(
        "UPDATE ban SET overturned_on = {}, overturned_reason = {} WHERE id = {}", as_of, reason, found["id"]
    )
    await events.record(
        actor,
        subject="ban",
        subject_id=found["id"],
        action="overturn",
        chains=(events.bureau_chain(found["bureau"]), events.provider_chain(found["provider"])),
        from_state="in_force",
        to_state="overturned",
        reason=reason,
        data={"case": case_id},
    )
    return int(found["id"])


async def note_appeal(*, case_id: int, as_of: date) -> None:
    """Note that the provider appealed against the case of a ban: that it did is public (R28), its words are not.

    Inside the caller's transaction, under the case's lock.
    """
    await rows("UPDATE ban SET appealed_on = {} WHERE case_id = {}", as_of, case_id)


async def note_appeal_refused(*, case_id: int, as_of: date) -> None:
    """Note that the decision was maintained against the appeal. Inside the caller's transaction."""
    await rows("UPDATE ban SET appeal_refused_on = {} WHERE case_id = {}", as_of, case_id)


def _resealed(token: bytes | None) -> bytes | None:
    # A sealed value opens only in the column it was sealed for.
    if token is None:
        return None
    return seal(unseal(token, "provider.legal_representative_id"), "ban.legal_representative_id")


async def ensure_division(code: str) -> None:
    """Have a division by its code. A reach is one; one above the bureaux that use this system may not have been entered yet."""
    name = "全国" if code == NATION else code
    await rows("INSERT INTO division (code, name) VALUES ({}, {}) ON CONFLICT DO NOTHING", code, name)
