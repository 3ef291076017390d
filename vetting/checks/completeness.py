"""Whether every required material is there (R6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vetting.checks.case import HERITAGE, SUBJECT_CERTIFICATES, Case
from vetting.checks.catalogue import Draft
from vetting.model import Evidence, PageKind

# Which documents satisfy a material of a policy; others are satisfied by the type of their own name.
_SATISFIED_BY: Mapping[str, tuple[str, ...]] = {
    "subject_certificate": SUBJECT_CERTIFICATES,
    "legal_rep_id": ("resident_id",),
    "no_criminal_record": ("no_criminal_record_certificate",),
    "heritage_inheritor": (HERITAGE,),
}
# Any certificate that prints the code serves (三证合一): its absence is that of the certificate.
_NEVER_MISSED_ALONE = ("credit_code_certificate",)


def missing_documents(case: Case) -> Iterator[Draft]:
    """One finding for each required material without a document."""
    unreadable = [p for p in case.pages if p.kind is PageKind.CONTENT and not p.readable]
    known = {page for d in case.documents if not d.readable for page in range(d.first_page, d.last_page + 1)}
    doubtful = [p for p in unreadable if p.page not in known]
    for material in case.policy.required_materials:
        if material in _NEVER_MISSED_ALONE or case.of(*satisfied_by(material)):
            continue
        hint = "maybe_unreadable" if doubtful else ""
        places = tuple(Evidence(None, p.page, None) for p in doubtful)
        yield Draft(f"missing_document:{material}", {"document": material, "hint": hint}, places)


def satisfied_by(material: str) -> tuple[str, ...]:
    """Types of document that satisfy a material of a policy."""
    return _SATISFIED_BY.get(material, (material,))
