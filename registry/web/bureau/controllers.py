"""All handlers of the bureau's pages."""

from __future__ import annotations

from registry.web.bureau import decision, decision_acts, entries, exits, listing, queue

HANDLERS = [*queue.HANDLERS, *decision.HANDLERS, *decision_acts.HANDLERS, *entries.HANDLERS, *listing.HANDLERS, *exits.HANDLERS]
