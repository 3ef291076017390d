"""The teachers of a listed provider (R32): changed after listing by the provider, vetted again, decided by the bureau.

The roster begins with the teachers of the application. A change is screened against the lists like the application
was (R12): ``list_hits`` screens whoever is on it or proposed for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.applications.form import CertificateType, Teacher
from registry.documents.commands import PutFile, record, retain
from registry.kernel import events, jobs
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import blind_index, seal, unseal
from registry.notifications.commands import accounts_of, notify
from registry.providers.rules import check_resident_id
from registry.whitelist.commands import LockedEntry, lock_entry, require_officer
from registry.whitelist.lifecycle import ROSTER_PERSON
from registry.whitelist.tables import RosterPerson

MAX_ROSTER = 300
_WARN_DAYS = (30, 0)


@dataclass(frozen=True, slots=True)
class RosterInput:
    """A teacher as typed. ``valid_until`` is None for a certificate that does not expire."""

    name: str
    id_number: str
    course: str
    certificate_type: str
    certificate_number: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class RosterView:
    """A teacher on a roster, opened: for the provider itself and the bureau; pages mask the number."""

    id: int
    entry_id: int
    state: str
    name: str
    id_number: str
    course: str
    certificate_type: str
    certificate_number: str
    valid_until: date | None
    certificate: int | None
    proposed_on: date
    decided_on: date | None
    reason: str
    left_on: date | None

    def lapsed(self, as_of: date) -> bool:
        """Whether the certificate has expired (R10)."""
        return self.valid_until is not None and self.valid_until < as_of


async def propose(actor: Actor, entry_id: int, given: RosterInput, certificate: PutFile | None) -> int:
    """The provider names a further teacher, with the certificate; returns the record's id (R32).

    Vetted again and decided by the bureau before the teacher may enter a school. Raises Invalid at the fields,
    Conflict where the entry is over, NotFound for another provider's.
    """
    as_of = await today()
    async with transaction():
        entry = await lock_entry(entry_id)
        if entry.provider_id not in actor.provider_ids:
            raise NotFound("没有找到这个名单条目")
        if not entry.live or as_of > entry.ends_on:
            raise Conflict("这个条目已经退出、移除或到期，不能再更改教师名册")
        number = check_resident_id(given.id_number, as_of=as_of)
        errors = _errors(given, number.ok, as_of)
        if certificate is None:
            errors.append(FieldError("certificate", "请上传资格证件的扫描件或照片"))
        index = blind_index(number.value, "person_id")
        known = await rows(
            "SELECT id_index FROM roster_person WHERE entry = {} AND state IN ('proposed', 'active')",
            entry_id,
        )
        if index in {one["id_index"] for one in known}:
            errors.append(FieldError("id_number", "这名教师已在名册中，或正在等待核准"))
        if len(known) >= MAX_ROSTER:
            errors.append(FieldError("name", "教师名册最多 %(max)s 名", {"max": str(MAX_ROSTER)}))
        if errors or certificate is None:
            raise Invalid(fields=errors)
        made = _person(entry_id, given, number.value, "proposed", as_of, actor.account_id)
        await made.save()
        person_id = int(made.id)
        file_id = await record(actor, certificate, owner="roster_person", owner_id=person_id)
        await retain([file_id])
        await rows("UPDATE roster_person SET certificate = {} WHERE id = {}", file_id, person_id)
        await _changed(actor, entry, "propose_person", person_id)
        await notify(
            await accounts_of(bureau_id=entry.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
            key=f"roster-proposed-{person_id}",
            subject=f"教师名册变更待核准：{entry.name}",
            body="名单核查随即重新进行，请核对证件后决定。",
            link=f"/bureau/entries/{entry_id}/roster",
        )
    return person_id


def _errors(given: RosterInput, number_ok: bool, as_of: date) -> list[FieldError]:
    errors = [
        FieldError(field, message)
        for field, message in (
            ("name", "请填写姓名"),
            ("course", "请填写任教课程"),
            ("certificate_number", "请填写证件编号"),
        )
        if not str(getattr(given, field)).strip()
    ]
    if not number_ok:
        errors.append(FieldError("id_number", "身份证号码有误，请对照证件逐位核对"))
    if given.certificate_type not in {one.value for one in CertificateType}:
        errors.append(FieldError("certificate_type", "请选择资格证件的种类"))
    if given.valid_until is not None and given.valid_until < as_of:
        errors.append(FieldError("valid_until", "资格证件已经过期"))
    return errors


def _person(
    entry_id: int, given: RosterInput, number: str, state: str, as_of: date, account_id: int | None
) -> RosterPerson:
    return RosterPerson(
        entry=entry_id,
        name_sealed=seal(given.name.strip(), "roster_person.name"),
        id_number_sealed=seal(number, "roster_person.id_number"),
        id_index=blind_index(number, "person_id"),
        course=given.course.strip()[:120],
        certificate_type=given.certificate_type[:60],
        certificate_number_sealed=seal(given.certificate_number.strip(), "roster_person.certificate_number"),
        valid_until=given.valid_until,
        state=state,
        proposed_by=account_id,
        proposed_on=as_of,
        proposed_at=real_now(),
    )


async def begin(entry_id: int, teachers: Iterable[Teacher], as_of: date) -> None:
    """The roster of a new entry: the teachers that were vetted with the application. In the listing's transaction."""
    seen: set[str] = set()
    made = []
    for one in teachers:
        number = check_resident_id(one.id_number).value
        if not number or number in seen:
            continue
        seen.add(number)
        given = RosterInput(
            one.name, number, one.course, one.certificate_type, one.certificate_number, one.valid_until
        )
        made.append(_person(entry_id, given, number, "active", as_of, None))
    if made:
        await RosterPerson.insert(*made)


async def leave(actor: Actor, person_id: int) -> None:
    """The provider takes a teacher off its roster, at once. Raises Conflict, NotFound for another provider's."""
    as_of = await today()
    async with transaction():
        entry, _ = await _lock(person_id)
        if entry.provider_id not in actor.provider_ids:
            raise NotFound("没有找到这名教师")
        await _move(actor, entry, person_id, "leave", {"left_on": as_of})
        await _changed(actor, entry, "leave_person", person_id)


async def admit(actor: Actor, person_id: int) -> None:
    """An officer admits a proposed teacher (R32).

    Not before the lists were asked again since it was proposed, and not with a certificate that has lapsed. Raises
    RuleRefusal (R12, R10, R13), Conflict, Forbidden, NotFound for another bureau's.
    """
    as_of = await today()
    async with transaction():
        entry, found = await _lock(person_id)
        require_officer(actor, entry, Role.REVIEWER, Role.APPROVER)
        if found["state"] == "proposed":
            if found["valid_until"] is not None and found["valid_until"] < as_of:
                raise RuleRefusal("这名教师的资格证件已经过期", code="certificate_lapsed", rule="R10")
            if not await screened_since(entry, found["proposed_at"]):
                raise RuleRefusal("名单核查还没有重新进行，请稍后再决定", code="not_screened_yet", rule="R12")
        await _move(actor, entry, person_id, "admit", {"decided_by": actor.account_id, "decided_on": as_of})
        await _tell_provider(entry, person_id, "已核准，可以入校服务")


async def refuse(actor: Actor, person_id: int, reason: str) -> None:
    """An officer does not admit a proposed teacher, and says why. Raises as ``admit``, Invalid without a reason."""
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明不予核准的理由")])
    as_of = await today()
    async with transaction():
        entry, _ = await _lock(person_id)
        require_officer(actor, entry, Role.REVIEWER, Role.APPROVER)
        await _move(
            actor,
            entry,
            person_id,
            "refuse",
            {"decided_by": actor.account_id, "decided_on": as_of, "reason": reason.strip()[:500]},
        )
        await _changed(actor, entry, "refuse_person", person_id)
        await _tell_provider(entry, person_id, "未获核准，理由见名册")


async def screened_since(entry: LockedEntry, since: object) -> bool:
    """Whether the provider was screened for the list after an instant."""
    found = await row(
        "SELECT 1 AS one FROM screening WHERE provider = {} AND list = {} AND screened_at > {} LIMIT 1",
        entry.provider_id,
        entry.list_id,
        since,
    )
    return found is not None


async def _lock(person_id: int) -> tuple[LockedEntry, dict[str, Any]]:
    found = await row("SELECT entry FROM roster_person WHERE id = {}", person_id)
    if found is None:
        raise NotFound("没有找到这名教师")
    entry = await lock_entry(int(found["entry"]))
    held = await row(
        "SELECT state, valid_until, proposed_at FROM roster_person WHERE id = {} FOR UPDATE", person_id
    )
    assert held is not None
    return entry, held


async def _move(
    actor: Actor, entry: LockedEntry, person_id: int, action: str, values: dict[str, Any]
) -> None:
    # A reason names a person as likely as not: it stays in the record, out of the event.
    await move(ROSTER_PERSON, RosterPerson, person_id, action, actor, chains=entry.chains, values=values)


async def _changed(actor: Actor, entry: LockedEntry, action: str, person_id: int) -> None:
    """Say in the provider's own history that its people changed, and screen it again soon (R12)."""
    await events.record(
        actor,
        subject="provider",
        subject_id=entry.provider_id,
        action=action,
        chains=(events.provider_chain(entry.provider_id),),
        data={"person": person_id, "entry": entry.id},
    )
    await jobs.defer("whitelist.list_hits", queueing_lock="whitelist.list_hits")


async def _tell_provider(entry: LockedEntry, person_id: int, what: str) -> None:
    await notify(
        await accounts_of(provider_id=entry.provider_id),
        key=f"roster-decided-{person_id}",
        subject=f"教师名册变更{what}",
        body=f"名单条目：{entry.name}。",
        link=f"/provider/entries/{entry.id}/roster",
    )


async def people(entry_id: int, *, gone: bool = False) -> list[RosterView]:
    """The roster of an entry, those who wait first; with ``gone`` also who was refused or left (the latest 300)."""
    found = await rows(
        "SELECT id, entry AS entry_id, state, name_sealed, id_number_sealed, course, certificate_type,"
        " certificate_number_sealed, valid_until, certificate, proposed_on, decided_on, reason, left_on"
        " FROM roster_person WHERE entry = {} AND (state IN ('proposed', 'active') OR {})"
        " ORDER BY array_position(ARRAY['proposed', 'active', 'refused', 'left']::varchar[], state), id LIMIT 600",
        entry_id,
        gone,
    )
    views = []
    for one in found:
        opened: dict[str, Any] = {
            name: unseal(one.pop(f"{name}_sealed"), f"roster_person.{name}")
            for name in ("name", "id_number", "certificate_number")
        }
        views.append(RosterView(**one, **opened))
    return views


async def screened_people(entry_id: int) -> tuple[tuple[str, str], ...]:
    """Whom the lists are asked about: name and ID number of everybody on the roster or proposed for it."""
    return tuple((one.name, one.id_number) for one in await people(entry_id))


async def may_read_certificate(actor: Actor, person_id: int) -> bool:
    """Whether the actor may open a teacher's certificate: the provider itself, and the bureau's officers."""
    found = await row(
        "SELECT e.provider, l.bureau FROM roster_person r JOIN entry e ON e.id = r.entry"
        " JOIN registry_list l ON l.id = e.list WHERE r.id = {}",
        person_id,
    )
    return found is not None and (
        found["provider"] in actor.provider_ids
        or found["bureau"] in actor.bureau_ids(Role.REVIEWER, Role.APPROVER)
    )


async def waiting(bureau_ids: Iterable[int]) -> list[dict[str, Any]]:
    """The entries of some bureaux with changes that wait, with how many: entry, name and n."""
    return await rows(
        "SELECT e.id AS entry, e.name, count(*) AS n FROM roster_person r JOIN entry e ON e.id = r.entry"
        " JOIN registry_list l ON l.id = e.list WHERE l.bureau = ANY({}) AND r.state = 'proposed'"
        " GROUP BY e.id ORDER BY min(r.id) LIMIT 200",
        sorted(set(bureau_ids)),
    )


async def warn(day: date) -> int:
    """Tell a provider 30 days before a teacher's certificate lapses and on its last day, once each (R20, R32).

    ``day`` may be one that is caught up: what is told is true on the day it is told, and the earlier of two warnings
    that were missed is left out.
    """
    now = max(day, await today())
    found = await rows(
        "SELECT r.id, r.entry, r.valid_until, e.provider FROM roster_person r JOIN entry e ON e.id = r.entry"
        " WHERE r.state = 'active' AND e.state IN ('listed', 'suspended') AND e.ends_on >= {}"
        " AND r.valid_until BETWEEN {} AND {}::date + 30 ORDER BY r.id",
        now,
        day,
        now,
    )
    sent = 0
    for one in found:
        left = (one["valid_until"] - now).days
        warning = min(days for days in _WARN_DAYS if left <= days)
        key = f"roster-lapse-{one['id']}-{one['valid_until'].isoformat()}-{warning}"
        when = "即将到期" if left > 0 else "今日到期" if left == 0 else "已到期"
        async with transaction():
            if await row("SELECT 1 AS one FROM notification WHERE key = {} LIMIT 1", key) is not None:
                continue
            await notify(
                await accounts_of(provider_id=one["provider"]),
                key=key,
                subject=f"有教师的资格证件{when}",
                body=f"有效期至 {one['valid_until'].isoformat()}。请在名册中移出，换证后重新申请核准。",
                link=f"/provider/entries/{one['entry']}/roster",
            )
            sent += 1
    return sent
