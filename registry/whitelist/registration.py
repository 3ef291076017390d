"""The registration behind an entry: until when it is valid, as vetting read it (R10, R18, R20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from registry.checks import queries as checks
from registry.checks.single import LICENCE_TYPES, PERMIT_TYPES
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import rows, transaction
from registry.kernel.errors import FieldError, Invalid
from registry.providers import registration
from registry.providers.registration import DocumentKind, earliest, later
from registry.whitelist.commands import lock_entry, reinstate, require_officer, suspend
from registry.whitelist.lifecycle import Cause
from registry.whitelist.rules import first_lapsed_day

_TYPES = {DocumentKind.LICENCE: LICENCE_TYPES, DocumentKind.PERMIT: PERMIT_TYPES}
LONG_TERM = "long-term"
# Below this a reading is a finding for a person (R11), never a day that suspends by itself.
_SURE = 0.8
_LAPSE = Actor.for_system("whitelist.registration")


def kind_of(document_type: str) -> DocumentKind | None:
    """Which document of a registration a type of vetting is, None for any other."""
    return next((kind for kind, types in _TYPES.items() if document_type in types), None)


def valid_until(fields: Mapping[str, Any]) -> tuple[bool, date | None]:
    """Whether a document's end was read for certain, and the day (None: 长期).

    A licence of the newest kind prints no term at all: that is 长期. One of which only the beginning was read
    is not certain.
    """
    read = fields.get("valid_until")
    if not read or read.get("value") is None:
        return "valid_from" not in fields, None
    if read["value"] == LONG_TERM:
        return True, None
    try:
        day = date.fromisoformat(str(read["value"]))
    except ValueError:
        return False, None
    return float(read.get("confidence") or 0) >= _SURE, day


def read_from(
    documents: Iterable[Mapping[str, Any]], distrusted: frozenset[str]
) -> dict[DocumentKind, date | None]:
    """Until when the registration documents among ``documents`` are valid; of several of a kind the newest counts.

    ``distrusted`` are types of which a person found the reading of the day to be wrong.
    """
    found: dict[DocumentKind, date | None] = {}
    for one in documents:
        kind = kind_of(str(one["type"]))
        if kind is None or one["type"] in distrusted:
            continue
        certain, day = valid_until(one["fields"])
        if certain:
            found[kind] = later(found[kind], day) if kind in found else day
    return found


async def vetted(application_id: int) -> dict[DocumentKind, date | None]:
    """What the latest vetting of an application read of its registration; nothing where it was not vetted.

    A day that a person overruled as expired was misread and is left out.
    """
    found = await checks.dossier(application_id)
    distrusted = frozenset(
        one.params.get("document", "")
        for one in found.findings
        if one.code == "licence_expired" and one.overruled_on is not None
    )
    return read_from(found.documents, distrusted)


async def valid_for(provider_id: int, application_id: int, recorded: date | None) -> date | None:
    """Until when a provider's registration is valid at its listing: the later of what is known and what was vetted.

    ``recorded`` is what stands on the provider, used where neither says anything.
    """
    days = await combined(provider_id, application_id)
    return earliest(days) if days else recorded


async def combined(provider_id: int, application_id: int) -> dict[DocumentKind, date | None]:
    """Of each document the later day of what was learned before and what this application's vetting read."""
    days = {kind: one.valid_until for kind, one in (await registration.known(provider_id)).items()}
    for kind, day in (await vetted(application_id)).items():
        days[kind] = later(days[kind], day) if kind in days else day
    return days


async def take_over(
    provider_id: int,
    kind: DocumentKind,
    valid_until: date | None,
    *,
    source: str,
    source_id: int,
    as_of: date,
) -> None:
    """Write a document's new last day in the caller's transaction; a lapse that it cures ends today (R20).

    A lapse between the old day and today is kept as a suspension, so that what the entry was on any day can be
    answered afterwards (R21).
    """
    entries = await rows(
        "SELECT e.id, p.registered_until, p.validity_learned_on FROM entry e JOIN provider p ON p.id = e.provider"
        " WHERE e.provider = {} AND e.state IN ('listed', 'suspended') ORDER BY e.id",
        provider_id,
    )
    for one in entries:
        began = first_lapsed_day(one["registered_until"], one["validity_learned_on"])
        if began is not None and began <= as_of:
            await suspend(
                _LAPSE,
                one["id"],
                cause=Cause.REGISTRATION_LAPSED,
                started_on=began,
                reason=f"登记证照已于 {one['registered_until'].isoformat()} 到期",
            )
    until = await registration.learn(
        provider_id, kind, valid_until, source=source, source_id=source_id, as_of=as_of
    )
    if until is not None and until < as_of:
        return
    for one in entries:
        await reinstate(_LAPSE, one["id"], cause=Cause.REGISTRATION_LAPSED, reason="换发的登记证照在有效期内")


async def enter_by_hand(
    actor: Actor, entry_id: int, kind: DocumentKind, valid_until: date | None, reason: str
) -> None:
    """An officer who saw the original writes until when it is valid (None: 长期), with a reason (R11).

    For what vetting could not read, and for entries that were imported. Raises Invalid without a reason, NotFound,
    Forbidden, RuleRefusal (R13).
    """
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明依据，例如所核对的原件")])
    as_of = await today()
    async with transaction():
        entry = await lock_entry(entry_id)
        require_officer(actor, entry, Role.REVIEWER, Role.APPROVER)
        await take_over(
            entry.provider_id,
            kind,
            valid_until,
            source="officer",
            source_id=actor.account_id or 0,
            as_of=as_of,
        )
        await events.record(
            actor,
            subject="entry",
            subject_id=entry_id,
            action="enter_validity",
            chains=entry.chains,
            reason=reason.strip(),
            data={"kind": kind.value, "until": valid_until},
        )
