"""All handlers of the bureau's pages."""

from __future__ import annotations

from registry.web.bureau import (
    decision,
    decision_acts,
    entries,
    events,
    exits,
    listing,
    lists,
    lists_import,
    lists_matches,
    notices,
    objections,
    publishing,
    queue,
    renewals,
    rounds,
)

HANDLERS = [
    *queue.HANDLERS,
    *decision.HANDLERS,
    *decision_acts.HANDLERS,
    *rounds.HANDLERS,
    *notices.HANDLERS,
    *publishing.HANDLERS,
    *objections.HANDLERS,
    *events.HANDLERS,
    *listing.HANDLERS,
    *lists.HANDLERS,
    *lists_import.HANDLERS,
    *lists_matches.HANDLERS,
    *entries.HANDLERS,
    *renewals.HANDLERS,
    *exits.HANDLERS,
]
