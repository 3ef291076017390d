"""From our records to what matching compares: providers as subjects, list rows and bans as listings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.applications.form import ApplicationForm
from registry.kernel.sealed import unseal
from vetting.matching.model import Listing, ListKind, Person, Subject, SubjectType

BAN_PREFIX = "ban:"
ROW_PREFIX = "row:"


def subject_of(provider_id: int, form: ApplicationForm) -> Subject:
    """A provider as its application states it."""
    return Subject(
        id=str(provider_id),
        name=form.name,
        former_names=tuple(form.former_names),
        credit_code=form.credit_code,
        legal_representative=Person(form.legal_representative, form.legal_representative_id),
        teachers=tuple(Person(t.name, t.id_number) for t in form.teachers),
        address=form.registered_address,
        phones=(form.contact.phone,) if form.contact.phone else (),
    )


def listing_of(row: Mapping[str, Any]) -> Listing:
    """A stored row of an imported list."""
    sealed_id = row["person_id_sealed"]
    return Listing(
        list_id=f"{ROW_PREFIX}{row['id']}",
        kind=ListKind(row["list_kind"]),
        subject_type=SubjectType(row["subject_type"]),
        name=row["name"],
        former_names=tuple(row["former_names"]),
        credit_code=row["credit_code"] or "",
        legal_representative=Person(
            row["legal_representative"], unseal(sealed_id, "listing.person_id") if sealed_id else ""
        ),
        region_code=row["region_code"],
        in_force_from=row["in_force_from"],
        in_force_until=row["in_force_until"],
        lifted_on=row["lifted_on"],
        grounds=row["grounds"],
    )


def ban_listing(row: Mapping[str, Any]) -> Listing:
    """A ban of ours as a listing: in force from its decision to its last day, unless overturned (R28)."""
    sealed_id = row["legal_representative_id_sealed"]
    overturned: date | None = row["overturned_on"]
    return Listing(
        list_id=f"{BAN_PREFIX}{row['id']}",
        kind=ListKind.OWN_BAN,
        subject_type=SubjectType.ORGANISATION,
        name=row["name"],
        credit_code=row["credit_code"],
        legal_representative=Person(
            row["legal_representative"],
            unseal(sealed_id, "ban.legal_representative_id") if sealed_id else "",
        ),
        region_code=row["reach"],
        in_force_from=row["decided_on"],
        in_force_until=row["last_day"],
        lifted_on=overturned,
        grounds=row["ground"],
    )
