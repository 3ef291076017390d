"""All checks, in the order in which a reviewer reads their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vetting.checks import (
    academic_scope,
    commitment,
    completeness,
    credit_code,
    inspections,
    lapses,
    legal_representative,
    licence_validity,
    material_seals,
    observations,
    organisation_name,
    readability,
    teacher_materials,
    teachers,
)
from vetting.checks.case import Case
from vetting.checks.catalogue import Draft, finding
from vetting.model import Finding, Severity

Check = Callable[[Case], Iterator[Draft]]

CHECKS: tuple[Check, ...] = (
    completeness.missing_documents,
    readability.unreadable_page,
    licence_validity.licence_expired,
    credit_code.credit_code,
    organisation_name.name_mismatch,
    legal_representative.legal_representative,
    legal_representative.legal_rep_id_expired,
    legal_representative.authorization_expired,
    inspections.annual_inspection,
    teachers.teacher_certificates,
    teacher_materials.teacher_materials,
    academic_scope.academic_scope,
    commitment.commitment_unsigned_or_unsealed,
    readability.hidden_text,
    observations.file_notes,
    readability.unassigned_page,
    lapses.lapses_before_cycle_end,
    material_seals.material_unsealed,
    observations.superseded_document,
    observations.documents_out_of_order,
    observations.page_observations,
)
_WEIGHT = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


def run_checks(case: Case) -> tuple[Finding, ...]:
    """Findings of all checks, the heaviest first, each code and place once (R9)."""
    found = [finding(draft, case.policy) for check in CHECKS for draft in check(case)]
    unique = {(f.code, tuple(sorted(f.params.items()))): f for f in reversed(found)}
    ordered = [f for f in found if unique.get((f.code, tuple(sorted(f.params.items())))) is f]
    return tuple(sorted(ordered, key=lambda f: _WEIGHT[f.severity]))
