"""All handlers of the bureau's pages."""

from __future__ import annotations

from registry.web.bureau import (
    complaints,
    decision,
    decision_acts,
    entries,
    evaluations,
    events,
    exits,
    listing,
    lists,
    lists_import,
    lists_matches,
    notices,
    objections,
    paper,
    publishing,
    questions,
    queue,
    renewals,
    rounds,
)

HANDLERS = [
    *queue.HANDLERS,
    *paper.HANDLERS,
    *decision.HANDLERS,
    *decision_acts.HANDLERS,
    *questions.HANDLERS,
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
    *complaints.HANDLERS,
    *evaluations.HANDLERS,
]
