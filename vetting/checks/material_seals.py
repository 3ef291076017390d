"""Papers of the provider carry its seal (R6: materials are sealed)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, evidence, pages_of
from vetting.checks.catalogue import Draft

_OWN_PAPERS = ("application_form", "authorization_letter", "teacher_roster", "service_plan")


def material_unsealed(case: Case) -> Iterator[Draft]:
    """A paper that the provider wrote has no seal on any of its pages."""
    sealed = {p.page for p in case.pages if p.seals}
    for document in case.readable(*_OWN_PAPERS):
        if not sealed.intersection(pages_of(document)):
            yield Draft("material_unsealed", {"document": document.type}, (evidence(document),))
