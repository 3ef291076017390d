"""From our records to what matching compares: providers as subjects, list rows and bans as listings."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from registry.applications.form import ApplicationForm, open_form
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.sealed import blind_index, unseal, unseal_json
from registry.policies.vocabulary import ListKind as PolicyList
from registry.settings import get_settings
from vetting.matching.model import Listing, ListKind, Person, Subject, SubjectType

BAN_PREFIX = "ban:"
ROW_PREFIX = "row:"
KIND_NAMES = {**{kind.value: kind.zh for kind in PolicyList}, "recognised_ban": "外地禁入名单"}

_PROVIDER = (
    "SELECT p.id, p.name, p.credit_code, p.legal_representative, p.legal_representative_id_sealed,"
    " p.registered_address, p.contact_sealed,"
    " (SELECT array_agg(f.name ORDER BY f.id) FROM former_name f WHERE f.provider = p.id) AS former_names"
    " FROM provider p"
)


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


def subject_of_record(found: Mapping[str, Any]) -> Subject:
    """A provider as the registry knows it."""
    sealed_id, contact = found["legal_representative_id_sealed"], found["contact_sealed"]
    phone = unseal_json(contact, "provider.contact").get("phone", "") if contact else ""
    return Subject(
        id=str(found["id"]),
        name=found["name"],
        former_names=tuple(found["former_names"] or ()),
        credit_code=found["credit_code"],
        legal_representative=Person(
            found["legal_representative"],
            unseal(sealed_id, "provider.legal_representative_id") if sealed_id else "",
        ),
        address=found["registered_address"],
        phones=(phone,) if phone else (),
    )


async def subject(provider_id: int, application_id: int | None) -> Subject:
    """A provider as it stands: what its application states, and names the registry knows besides.

    Raises NotFound.
    """
    found = await row(f"{_PROVIDER} WHERE p.id = {{}}", provider_id)
    if found is None:
        raise NotFound("没有找到这个机构")
    record = subject_of_record(found)
    handed_in = (
        await row(
            "SELECT form_sealed FROM submission WHERE application = {} ORDER BY number DESC LIMIT 1",
            application_id,
        )
        if application_id is not None
        else None
    )
    if handed_in is None:
        return record
    stated = subject_of(provider_id, open_form(handed_in["form_sealed"]))
    names = dict.fromkeys((*stated.former_names, record.name, *record.former_names))
    return replace(
        stated,
        former_names=tuple(name for name in names if name and name != stated.name),
        phones=tuple(dict.fromkeys((*stated.phones, *record.phones))),
    )


def subject_mark(of: Subject) -> str:
    """A keyed hash of all that is screened of a provider: it changes when the provider does."""
    return blind_index(json.dumps(dataclasses.asdict(of), ensure_ascii=False), "screening.subject")


_FORMS: dict[tuple[str, int], tuple[int, Subject]] = {}


def source() -> str:
    """Which database this process works on: what is kept in the process is kept for one."""
    return get_settings().database_url.get_secret_value()


async def known_subjects() -> list[Subject]:
    """Every provider that ever handed in an application, as it last stated itself: those a chain may lead through.

    Forms are opened once and kept in the process until a newer one is handed in.
    """
    latest = await rows(
        "SELECT DISTINCT ON (a.provider) a.provider, s.id FROM submission s JOIN application a ON a.id = s.application"
        " ORDER BY a.provider, s.id DESC"
    )
    here = source()
    missing = [one["id"] for one in latest if _FORMS.get((here, one["provider"]), (0,))[0] != one["id"]]
    opened = await rows(
        "SELECT s.id, a.provider, s.form_sealed FROM submission s JOIN application a ON a.id = s.application"
        " WHERE s.id = ANY({})",
        missing,
    )
    for one in opened:
        _FORMS[here, one["provider"]] = (
            one["id"],
            subject_of(one["provider"], open_form(one["form_sealed"])),
        )
    return [_FORMS[here, one["provider"]][1] for one in latest]


async def records(provider_ids: Iterable[int]) -> dict[int, Subject]:
    """Some providers as the registry knows them."""
    found = await rows(f"{_PROVIDER} WHERE p.id = ANY({{}})", sorted(set(provider_ids)))
    return {one["id"]: subject_of_record(one) for one in found}


def listing_of(found: Mapping[str, Any]) -> Listing:
    """A stored row of an imported list."""
    sealed_id = found["person_id_sealed"]
    return Listing(
        list_id=f"{ROW_PREFIX}{found['id']}",
        kind=ListKind(found["list_kind"]),
        subject_type=SubjectType(found["subject_type"]),
        name=found["name"],
        list_name=KIND_NAMES[found["list_kind"]],
        former_names=tuple(found["former_names"]),
        credit_code=found["credit_code"] or "",
        legal_representative=Person(
            found["legal_representative"], unseal(sealed_id, "listing.person_id") if sealed_id else ""
        ),
        region_code=found["region_code"],
        in_force_from=found["in_force_from"],
        in_force_until=found["in_force_until"],
        lifted_on=found["lifted_on"],
        grounds=found["grounds"],
    )


def ban_listing(found: Mapping[str, Any], provider: Subject | None = None) -> Listing:
    """A ban of ours as a listing: in force from its decision to its last day, unless overturned (R28).

    ``provider`` is the banned one as it last stated itself: its people, address and phones lead to those who
    come after it.
    """
    sealed_id = found["legal_representative_id_sealed"]
    overturned: date | None = found["overturned_on"]
    return Listing(
        list_id=f"{BAN_PREFIX}{found['id']}",
        kind=ListKind.OWN_BAN,
        subject_type=SubjectType.ORGANISATION,
        name=found["name"],
        list_name="退出禁入名单",
        former_names=provider.former_names if provider else (),
        credit_code=found["credit_code"],
        legal_representative=Person(
            found["legal_representative"],
            unseal(sealed_id, "ban.legal_representative_id") if sealed_id else "",
        ),
        region_code=found["reach"],
        in_force_from=found["decided_on"],
        in_force_until=found["last_day"],
        lifted_on=overturned,
        grounds=found["ground"],
        teachers=provider.teachers if provider else (),
        address=provider.address if provider else "",
        phones=provider.phones if provider else (),
    )
