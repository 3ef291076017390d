"""Renewed documents of a registration: handed in by the provider, read, decided by an officer (R9, R12, R20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.checks import single
from registry.documents.commands import PutFile, record, retain
from registry.jurisdictions.queries import get_list
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.notifications.commands import accounts_of, notify
from registry.providers.registration import DocumentKind, document_kind
from registry.whitelist.lifecycle import RENEWAL
from registry.whitelist.registration import take_over
from registry.whitelist.tables import Renewal


@dataclass(frozen=True, slots=True)
class LockedRenewal:
    """A renewed document, its row locked until the transaction ends."""

    id: int
    state: str
    provider_id: int
    list_id: int
    bureau_id: int
    kind: DocumentKind
    reading: int
    stated_until: date | None

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))


async def require_may_hand_in(actor: Actor, provider_id: int, list_id: int) -> None:
    """The provider is the actor's, and stands or is about to stand on the list. Raises NotFound."""
    concerned = provider_id in actor.provider_ids and await row(
        "SELECT 1 AS one FROM entry WHERE provider = {} AND list = {} AND state IN ('listed', 'suspended')"
        " UNION ALL SELECT 1 FROM application a JOIN round r ON r.id = a.round WHERE a.provider = {} AND r.list = {}"
        " AND a.state IN ('shortlisted', 'on_notice') LIMIT 1",
        provider_id,
        list_id,
        provider_id,
        list_id,
    )
    if not concerned:
        raise NotFound("没有找到这个名单条目")


async def hand_in(
    actor: Actor, provider_id: int, list_id: int, kind: DocumentKind, stated_until: date | None, file: PutFile
) -> int:
    """Hand in a renewed document; it is read in the background and an officer is told. Returns its id.

    ``stated_until`` is the last valid day printed on it, None for 长期. Raises Invalid for one that has passed,
    Conflict while another of the kind waits, NotFound for a provider that is not the actor's.
    """
    as_of = await today()
    if stated_until is not None and stated_until < as_of:
        raise Invalid(fields=[FieldError("valid_until", "这份证照已经过期，请提交换发后的证照")])
    async with transaction():
        await require_may_hand_in(actor, provider_id, list_id)
        await rows("SELECT id FROM provider WHERE id = {} FOR NO KEY UPDATE", provider_id)
        if await row(
            "SELECT 1 AS one FROM renewal WHERE provider = {} AND list = {} AND kind = {} AND state = 'handed_in'",
            provider_id,
            list_id,
            kind.value,
        ):
            raise Conflict("同类证照已有一份在等待核对。需要更换的，请先撤回")
        of_list = await get_list(list_id)
        file_id = await record(actor, file, owner="renewal", owner_id=provider_id)
        await retain([file_id])
        made = Renewal(
            provider=provider_id,
            list=list_id,
            kind=kind.value,
            file=file_id,
            reading=await single.queue(file_id, provider_id=provider_id, list_id=list_id, as_of=as_of),
            stated_until=stated_until,
            handed_in_by=actor.account_id,
            handed_in_on=as_of,
            created_at=real_now(),
        )
        await made.save()
        renewal_id = int(made.id)
        chains = (events.bureau_chain(of_list.bureau_id), events.provider_chain(provider_id))
        await events.record(
            actor,
            subject="renewal",
            subject_id=renewal_id,
            action="hand_in",
            chains=chains,
            to_state="handed_in",
            data={"file": file_id, "kind": kind.value, "until": stated_until},
        )
        await notify(
            await accounts_of(bureau_id=of_list.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
            key=f"renewal-{renewal_id}",
            subject=f"待核对：换发的{kind.zh}",
            body="机构提交了换发的证照，请核对后采用或退回。",
            link=f"/bureau/renewals/{renewal_id}",
        )
    return renewal_id


async def take_back(actor: Actor, renewal_id: int) -> None:
    """The provider takes a document back that nobody decided on. Raises Conflict, NotFound."""
    async with transaction():
        found = await _lock(renewal_id)
        if found.provider_id not in actor.provider_ids:
            raise NotFound("没有找到这份证照")
        await move(RENEWAL, Renewal, renewal_id, "take_back", actor, chains=found.chains)


async def accept(
    actor: Actor, renewal_id: int, valid_until: date | None, reason: str, *, checked_by_hand: bool = False
) -> None:
    """An officer takes a renewed document as valid until a day (None: 长期): a lapse ends with it (R20).

    ``checked_by_hand``: somebody looked at a document that vetting did not read or did not find clean. Raises
    Invalid for a day that has passed and without a reason, RuleRefusal (R9, R13), Conflict, NotFound.
    """
    as_of = await today()
    text = _reason(reason)
    if valid_until is not None and valid_until < as_of:
        raise Invalid(fields=[FieldError("valid_until", "这一天已经过去。过期的证照请退回机构")])
    async with transaction():
        found = await _lock(renewal_id)
        _require_officer(actor, found)
        reading = await single.get(found.reading)
        if not reading.clean and not checked_by_hand:
            raise RuleRefusal(
                "这份证照没有核验通过。请对照原件逐项核对并勾选确认，或退回机构",
                code="not_vetted",
                rule="R9",
            )
        await move(
            RENEWAL,
            Renewal,
            renewal_id,
            "accept",
            actor,
            chains=found.chains,
            reason=text,
            values={
                "accepted_until": valid_until,
                "decided_by": actor.account_id,
                "decided_on": as_of,
                "reason": text,
            },
            data={"until": valid_until} | ({} if reading.clean else {"checked_by_hand": True}),
        )
        await take_over(
            found.provider_id, found.kind, valid_until, source="renewal", source_id=found.id, as_of=as_of
        )
        await _tell(found, "accepted", f"换发的{found.kind.zh}已采用", "登记证照的有效期已更新。")


async def give_back(actor: Actor, renewal_id: int, reason: str) -> None:
    """An officer gives a document back with a reason that the provider reads. Raises as ``accept``."""
    as_of = await today()
    text = _reason(reason)
    async with transaction():
        found = await _lock(renewal_id)
        _require_officer(actor, found)
        await move(
            RENEWAL,
            Renewal,
            renewal_id,
            "return",
            actor,
            chains=found.chains,
            reason=text,
            values={"decided_by": actor.account_id, "decided_on": as_of, "reason": text},
        )
        await _tell(found, "returned", f"换发的{found.kind.zh}被退回", f"理由：{text}")


def _reason(given: str) -> str:
    if not given.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
    return given.strip()


def _require_officer(actor: Actor, found: LockedRenewal) -> None:
    if found.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份证照")
    if found.bureau_id not in actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if found.provider_id in actor.provider_ids:
        raise RuleRefusal(
            "您是这家机构的成员，不能办理它的事项，请由他人办理", code="own_organisation", rule="R13"
        )


async def _lock(renewal_id: int) -> LockedRenewal:
    """Entries of the provider before the renewal, so that a removal and an acceptance queue."""
    place = await row("SELECT provider FROM renewal WHERE id = {}", renewal_id)
    if place is None:
        raise NotFound("没有找到这份证照")
    await rows("SELECT id FROM entry WHERE provider = {} ORDER BY id FOR UPDATE", place["provider"])
    found = await row(
        "SELECT n.id, n.state, n.provider AS provider_id, n.list AS list_id, l.bureau AS bureau_id, n.kind, n.reading,"
        " n.stated_until FROM renewal n JOIN registry_list l ON l.id = n.list WHERE n.id = {} FOR UPDATE OF n",
        renewal_id,
    )
    assert found is not None
    return LockedRenewal(**{**found, "kind": document_kind(found["kind"])})


async def _tell(found: LockedRenewal, what: str, subject: str, body: str) -> None:
    await notify(
        await accounts_of(provider_id=found.provider_id),
        key=f"renewal-{found.id}-{what}",
        subject=subject,
        body=body,
        link="/provider/contracts",
    )
