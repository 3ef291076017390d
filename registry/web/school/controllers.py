"""The school's pages, collected."""

from __future__ import annotations

from registry.web.school import acts, choose, contracts, reports

HANDLERS = [*choose.HANDLERS, *contracts.HANDLERS, *acts.HANDLERS, *reports.HANDLERS]
