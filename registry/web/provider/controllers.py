"""The provider's pages, collected."""

from __future__ import annotations

from registry.web.provider import (
    application_files,
    application_form,
    applications,
    contracts,
    evaluations,
    exits,
    home,
    objections,
    registration,
    renewals,
    reusing,
    roster,
    submission,
)

HANDLERS = [
    *home.HANDLERS,
    *registration.HANDLERS,
    *applications.HANDLERS,
    *application_form.HANDLERS,
    *application_files.HANDLERS,
    *submission.HANDLERS,
    *contracts.HANDLERS,
    *exits.HANDLERS,
    *objections.HANDLERS,
    *evaluations.HANDLERS,
    *roster.HANDLERS,
    *renewals.HANDLERS,
    *reusing.HANDLERS,
]
