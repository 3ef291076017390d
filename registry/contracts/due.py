"""What a school's running contracts ask for: what is blocked, what ends, what lapses at the provider's (R20, R22, R27)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from registry.contracts import records
from registry.contracts.following_rules import renewal_opens
from registry.contracts.records import SELECT, Contract
from registry.kernel.db import rows
from registry.whitelist.rules import EntryStatus, StatusKind
from registry.whitelist.status import statuses

_LAPSES_WITHIN = timedelta(days=90)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Running:
    """A signed contract that has not ended, with what the school should know of it.

    ``lapses_on`` is the last valid day of the provider's registration where that is within 90 days or over;
    ``renewal`` whether it may be renewed now; ``renewed`` whether somebody began to.
    """

    contract: Contract
    entry: EntryStatus
    lapses_on: date | None
    renewal: bool
    renewed: bool

    @property
    def urgent(self) -> bool:
        """Whether it waits for the school: to end it, to stop the service, to decide on a renewal."""
        blocked = self.contract.service_blocked_on is not None or self.contract.flagged_on is not None
        return blocked or (self.renewal and not self.renewed)

    @property
    def calm(self) -> bool:
        """Whether there is nothing to say of it."""
        return not self.urgent and self.lapses_on is None and self.entry.kind is StatusKind.LISTED


async def running(school_ids: Iterable[int], as_of: date) -> list[Running]:
    """The signed contracts of some schools that have not ended, what waits first, then by their end (at most 200)."""
    found = await rows(
        f"{SELECT} WHERE c.school = ANY({{}}) AND c.state = 'signed' AND c.ends_on >= {{}} ORDER BY c.ends_on, c.id"
        " LIMIT {}",
        sorted(set(school_ids)),
        as_of,
        _MOST,
    )
    contracts = [records.of(one) for one in found]
    ids = [one.id for one in contracts]
    known = await statuses((one.entry_id for one in contracts), as_of)
    facts = await rows(
        "SELECT c.id, p.registered_until,"
        " EXISTS (SELECT 1 FROM contract n WHERE n.renews = c.id AND n.state <> 'cancelled') AS renewed"
        " FROM contract c JOIN entry e ON e.id = c.entry JOIN provider p ON p.id = e.provider WHERE c.id = ANY({})",
        ids,
    )
    of = {one["id"]: one for one in facts}
    made = []
    for one in contracts:
        until: date | None = of[one.id]["registered_until"]
        soon = until is not None and until != date.max and until <= as_of + _LAPSES_WITHIN
        opens = renewal_opens(one.ends_on) <= as_of
        made.append(Running(one, known[one.entry_id], until if soon else None, opens, of[one.id]["renewed"]))
    return sorted(made, key=lambda one: (not one.urgent, one.calm, one.contract.ends_on, one.contract.id))
