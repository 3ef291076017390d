"""Which reader of fields belongs to which type of document."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vetting.fields import identity, inspection, notices, papers, people, registration, roster
from vetting.fields.view import DocumentView
from vetting.model import FieldValue

_READERS: Mapping[str, Callable[[DocumentView], dict[str, FieldValue]]] = {
    "application_form": papers.application_form,
    "business_licence": registration.business_licence,
    "private_nonenterprise_certificate": registration.private_nonenterprise_certificate,
    "social_organization_certificate": registration.social_organization_certificate,
    "school_licence": registration.school_licence,
    "name_change_notice": notices.name_change_notice,
    "resident_id": identity.resident_id,
    "authorization_letter": notices.authorization_letter,
    "teacher_roster": roster.teacher_roster,
    "teacher_qualification": people.teacher_qualification,
    "skill_certificate": people.skill_certificate,
    "sports_instructor_certificate": people.sports_instructor_certificate,
    "heritage_inheritor_certificate": people.heritage_inheritor_certificate,
    "no_criminal_record_certificate": people.no_criminal_record_certificate,
    "labour_contract": people.labour_contract,
    "annual_inspection": inspection.annual_inspection,
    "service_plan": papers.service_plan,
    "commitment": papers.commitment,
}


def extract(type_: str, view: DocumentView) -> dict[str, FieldValue]:
    """The fields of a document of ``type_``, named as in the corpus README; what is unread is absent."""
    reader = _READERS.get(type_)
    return reader(view) if reader else {}
