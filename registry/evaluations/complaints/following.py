"""What became of a complaint, for the one who filed it and kept the receipt (R25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.evaluations.complaints.handling import opened_replies
from registry.kernel.db import row
from registry.kernel.receipts import opens, typed_number


@dataclass(frozen=True, slots=True)
class FollowedComplaint:
    """A complaint as its author may see it: how far it is and what the officers answered, never who handles it."""

    number: str
    state: str
    filed_on: date
    accept_until: date | None
    accepted_on: date | None
    close_until: date | None
    closed_on: date | None
    replies: tuple[dict[str, str], ...]
    entry_id: int
    provider_name: str
    bureau_name: str
    bureau_contact: str

    @property
    def over(self) -> bool:
        """Whether it is closed."""
        return self.closed_on is not None


async def follow(number: str, secret: str) -> FollowedComplaint | None:
    """The complaint with a receipt number and its code, or None where they do not belong together. One query."""
    found = await row(
        "SELECT c.receipt_number AS number, c.receipt_secret_hash, c.state, c.filed_on, c.accept_until, c.accepted_on,"
        " c.close_until, c.closed_on, c.replies_sealed, e.id AS entry_id, e.name AS provider_name,"
        " b.name AS bureau_name, b.contact AS bureau_contact FROM complaint c JOIN entry e ON e.id = c.entry"
        " JOIN bureau b ON b.id = c.bureau WHERE c.receipt_number = {}",
        typed_number(number),
    )
    stored = found.pop("receipt_secret_hash") if found else None
    if not opens(secret, stored) or found is None:
        return None
    replies = tuple(opened_replies(found.pop("replies_sealed")))
    return FollowedComplaint(**found, replies=replies)
