"""The school's pages, collected."""

from __future__ import annotations

from registry.web.school import (
    acts,
    choose,
    choosing,
    complaints,
    contracts,
    entering,
    evaluations,
    overview,
    preparing,
    reports,
    varying,
)

HANDLERS = [
    *overview.HANDLERS,
    *choose.HANDLERS,
    *choosing.HANDLERS,
    *contracts.HANDLERS,
    *preparing.HANDLERS,
    *acts.HANDLERS,
    *reports.HANDLERS,
    *evaluations.HANDLERS,
    *complaints.HANDLERS,
    *entering.HANDLERS,
    *varying.HANDLERS,
]
