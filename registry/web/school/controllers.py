"""The school's pages, collected."""

from __future__ import annotations

from registry.web.school import acts, choose, contracts, evaluations, preparing, reports, varying

HANDLERS = [
    *choose.HANDLERS,
    *contracts.HANDLERS,
    *preparing.HANDLERS,
    *acts.HANDLERS,
    *reports.HANDLERS,
    *evaluations.HANDLERS,
    *varying.HANDLERS,
]
