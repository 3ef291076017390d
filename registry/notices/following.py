"""What became of an objection, for the one who filed it and kept the receipt (R17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel.db import row
from registry.kernel.receipts import opens, typed_number

_OVER = frozenset({"not_admitted", "upheld", "dismissed"})


@dataclass(frozen=True, slots=True)
class FollowedObjection:
    """An objection as its author may see it: how far it is, never what it says or who handles it.

    ``answered``: the provider has answered. ``ended_on`` and ``reason`` (the officers' words to the author) are
    set once it is over. ``state`` is one of ``ObjectionState``.
    """

    number: str
    state: str
    filed_on: date
    answered: bool
    ended_on: date | None
    reason: str
    provider_name: str
    notice_id: int
    notice_number: str
    notice_title: str
    bureau_name: str
    bureau_contact: str

    @property
    def over(self) -> bool:
        """Whether it was decided."""
        return self.state in _OVER


async def follow(number: str, secret: str) -> FollowedObjection | None:
    """The objection with a receipt number and its code, or None where they do not belong together.

    The code is compared in constant time, also for a number that does not exist. One query.
    """
    found = await row(
        "SELECT o.receipt_number AS number, o.receipt_secret_hash, o.state, o.filed_on,"
        " o.answer_sealed IS NOT NULL AS answered, o.ruling_reason AS reason, a.name AS provider_name,"
        " n.id AS notice_id, n.number AS notice_number, n.title AS notice_title, b.name AS bureau_name,"
        " b.contact AS bureau_contact,"
        " coalesce(o.ruled_on, (SELECT e.on_day FROM event e WHERE e.subject = 'objection' AND e.subject_id = o.id"
        " AND e.action = 'refuse_admission' ORDER BY e.id DESC LIMIT 1)) AS ended_on"
        " FROM objection o JOIN notice_item i ON i.id = o.item JOIN application a ON a.id = i.application"
        " JOIN notice n ON n.id = i.notice JOIN registry_list l ON l.id = n.list JOIN bureau b ON b.id = l.bureau"
        " WHERE o.receipt_number = {}",
        typed_number(number),
    )
    stored = found.pop("receipt_secret_hash") if found else None
    if not opens(secret, stored) or found is None:
        return None
    if found["state"] not in _OVER:
        found |= {"reason": "", "ended_on": None}
    return FollowedObjection(**found)
