"""Both sides of a comparison, normalised once: what the rules and the index read."""

from __future__ import annotations

from dataclasses import dataclass

from vetting.matching.model import Listing, Person, Subject, SubjectType
from vetting.matching.normalise import code_key, id_key, is_full, name_key, person_key
from vetting.matching.places import region_of


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """A person of the provider: the full ID (``""`` where it is masked or missing), the name, and what they are."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class SubjectKeys:
    """A provider, normalised. ``people`` are the legal representative and the teachers."""

    subject: Subject
    code: str
    name: str
    former: tuple[str, ...]
    people: tuple[PersonKeys, ...]

    @property
    def region(self) -> str:
        """The six-digit division of the address; worked out only where a rule asks for it."""
        return region_of(self.subject.address)


@dataclass(frozen=True, slots=True)
class ListingKeys:
    """A listing, normalised. ``name`` and ``former`` are empty for a person; ``person_*`` is the person listed, or the
    legal representative of the organisation listed. ``person_id`` may be masked."""

    listing: Listing
    code: str
    name: str
    former: tuple[str, ...]
    person_names: tuple[str, ...]
    person_id: str
    region: str
    is_person: bool


def _names(raws: tuple[str, ...], current: str) -> tuple[str, ...]:
    keys = dict.fromkeys(name_key(raw) for raw in raws)
    return tuple(key for key in keys if key and key != current)


def _person(person: Person, role: str) -> PersonKeys:
    key = id_key(person.id_number)
    return PersonKeys(key if is_full(key) else "", person_key(person.name), role)


def subject_keys(subject: Subject) -> SubjectKeys:
    """A provider, normalised."""
    name = name_key(subject.name)
    people = [_person(subject.legal_representative, "legal_representative")]
    people += [_person(teacher, "teacher") for teacher in subject.teachers]
    known = tuple(person for person in people if person.id or person.name)
    return SubjectKeys(
        subject, code_key(subject.credit_code), name, _names(subject.former_names, name), known
    )


def listing_keys(listing: Listing) -> ListingKeys:
    """A listing, normalised. A person's own former names count as names of that person."""
    is_person = listing.subject_type is SubjectType.PERSON
    name = "" if is_person else name_key(listing.name)
    named = [listing.legal_representative.name]
    if is_person:
        named += [listing.name, *listing.former_names]
    person_names = tuple(dict.fromkeys(key for key in map(person_key, named) if key))
    person_id = id_key(listing.legal_representative.id_number)
    return ListingKeys(
        listing=listing,
        code=code_key(listing.credit_code),
        name=name,
        former=() if is_person else _names(listing.former_names, name),
        person_names=person_names,
        person_id=person_id if person_id.strip("*") else "",
        region="".join(char for char in code_key(listing.region_code) if char.isdigit())[:6],
        is_person=is_person,
    )
