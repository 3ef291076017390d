"""What is worth knowing but wrong in nothing: blank, repeated and turned pages, order, older copies (R7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vetting.checks.case import Case, evidence
from vetting.checks.catalogue import Draft
from vetting.model import Evidence, PageKind

_ORDER: Mapping[str, int] = {
    "application_form": 1,
    "business_licence": 2,
    "private_nonenterprise_certificate": 2,
    "social_organization_certificate": 2,
    "name_change_notice": 2,
    "resident_id": 4,
    "authorization_letter": 4,
    "teacher_roster": 5,
    "teacher_qualification": 5,
    "skill_certificate": 5,
    "sports_instructor_certificate": 5,
    "heritage_inheritor_certificate": 5,
    "annual_inspection": 6,
    "service_plan": 7,
    "commitment": 8,
}


def page_observations(case: Case) -> Iterator[Draft]:
    """Blank, duplicate and rotated pages."""
    for page in case.pages:
        place = (Evidence(None, page.page, None),)
        number = str(page.page)
        if page.kind is PageKind.BLANK:
            yield Draft(f"blank_page:{number}", {"page": number}, place)
        elif page.kind is PageKind.DUPLICATE:
            yield Draft(
                f"duplicate_page:{number}", {"page": number, "original": str(page.duplicate_of or "")}, place
            )
        elif page.rotation and page.readable:
            yield Draft(
                f"rotated_page:{number}:{page.rotation}",
                {"page": number, "degrees": str(page.rotation)},
                place,
            )


def documents_out_of_order(case: Case) -> Iterator[Draft]:
    """Documents that do not follow the order of the notice (R6)."""
    highest = 0
    for document in sorted(case.documents, key=lambda d: d.first_page):
        place = _ORDER.get(document.type, 0)
        if 0 < place < highest:
            params = {"document": document.type, "page": str(document.first_page)}
            yield Draft("documents_out_of_order", params, (evidence(document),))
            return
        highest = max(highest, place)


def superseded_document(case: Case) -> Iterator[Draft]:
    """An older registration certificate beside the one that counts."""
    for document in case.superseded:
        params = {"document": document.type, "page": str(document.first_page)}
        yield Draft(f"superseded_document:{document.id}", params, (evidence(document, "issue_date"),))


def file_notes(case: Case) -> Iterator[Draft]:
    """What intake saw of a file that a person should know (R11)."""
    for note in case.notes:
        yield Draft(note.code, {"file": note.file, "detail": note.detail or note.code}, ())
