"""Until when a provider's registration is valid: learned from vetted documents, never from what was only typed (R10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from registry.kernel.db import row, rows
from registry.kernel.terms import Term
from registry.providers.tables import RegistrationDocument


class DocumentKind(Term):
    """A document of a registration that can lapse."""

    LICENCE = "licence", "登记证照"
    PERMIT = "permit", "办学许可证"


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of one document: its last valid day (None: 长期), since when, and where from."""

    kind: DocumentKind
    valid_until: date | None
    learned_on: date
    source: str
    source_id: int


def document_kind(code: str) -> DocumentKind:
    """The kind of a stored code. Raises StopIteration for an unknown one."""
    return next(kind for kind in DocumentKind if kind.value == code)


def later(first: date | None, second: date | None) -> date | None:
    """The later of two last valid days; None is 长期 and outlasts every day."""
    return None if first is None or second is None else max(first, second)


def earliest(days: Mapping[DocumentKind, date | None]) -> date | None:
    """The day on which the first of some documents ends, None where none does."""
    return min((day for day in days.values() if day is not None), default=None)


async def known(provider_id: int) -> dict[DocumentKind, Learned]:
    """What was learned last of each document of a provider."""
    found = await rows(
        "SELECT DISTINCT ON (kind) kind, valid_until, learned_on, source, source_id FROM registration_document"
        " WHERE provider = {} ORDER BY kind, id DESC",
        provider_id,
    )
    learned = [Learned(**{**one, "kind": document_kind(one["kind"])}) for one in found]
    return {one.kind: one for one in learned}


async def learn(
    provider_id: int,
    kind: DocumentKind,
    valid_until: date | None,
    *,
    source: str,
    source_id: int,
    as_of: date,
) -> date | None:
    """Keep what a vetted document says, in the caller's transaction; returns until when the registration is valid.

    What was known on earlier days stays known of them (R21). The caller writes the event. What is learned again in the same words makes no new row.
    """
    stored = await row("SELECT registered_until FROM provider WHERE id = {} FOR NO KEY UPDATE", provider_id)
    before = await known(provider_id)
    if kind not in before or before[kind].valid_until != valid_until:
        await RegistrationDocument.insert(
            RegistrationDocument(
                provider=provider_id,
                kind=kind.value,
                valid_until=valid_until,
                learned_on=as_of,
                source=source,
                source_id=source_id,
            )
        )
    days = {one: learned.valid_until for one, learned in before.items()}
    if not before and stored is not None:
        # What came with an import, before anything was vetted, is the licence's.
        days[DocumentKind.LICENCE] = stored["registered_until"]
    days[kind] = valid_until
    until = earliest(days)
    if stored is not None and stored["registered_until"] != until:
        await rows(
            "UPDATE provider SET registered_until = {}, validity_learned_on = {} WHERE id = {}",
            until,
            as_of,
            provider_id,
        )
    return until
