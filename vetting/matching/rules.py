"""The table of outcomes: what makes a listing a hit or a possible match of a provider (R3, R20, R28).

Every row of the table is one function below, tried from the strongest to the weakest; the first that holds is the
reason. Nothing here is a score: each outcome follows from facts that can be named.

======== ==================== =========================================================================
outcome  reason               rule
======== ==================== =========================================================================
hit      credit_code          same code, whatever the name
hit      name                 normalised names equal, codes do not contradict
hit      former_name          a current or former name equals a former (or current) name of the other side,
                              codes do not contradict
hit      branch               provider name = listed name + ... + 分公司 (a branch has its own code)
hit      related_person_id    full ID of the legal representative or a teacher = a listed person, or = the
                              legal representative of a banned organisation
possible related_person_id    the same, organisation on any other list
possible name_other_code      names equal, codes contradict
possible similar_name         names differ in exactly one variation, codes do not contradict
possible masked_id            same person name and the masked ID fits
possible person_name_region   same rare name as a listed person, same six-digit region, no ID on the list
======== ==================== =========================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vetting.matching.company import BRANCH, FORMS
from vetting.matching.keys import ListingKeys, PersonKeys, SubjectKeys
from vetting.matching.model import Outcome, Reason
from vetting.matching.normalise import codes_contradict, is_full, is_masked, mask_fits
from vetting.matching.persons import is_rare
from vetting.matching.variants import Variation, variation_between


@dataclass(frozen=True, slots=True)
class Ruling:
    """Why a pair matches, and the facts that decided: the equal or similar names, the person, the variation."""

    outcome: Outcome
    reason: Reason
    subject_name: str = ""
    listing_name: str = ""
    person: PersonKeys | None = None
    variation: Variation | None = None


def branch_of(name: str, parent: str) -> bool:
    """Whether a company's name is that of a branch of ``parent``: parent + ... + 分公司, and no other company between."""
    tail = name[len(parent) :].strip("()")
    if not parent or not name.startswith(parent) or not tail.endswith(BRANCH):
        return False
    between = tail.replace(BRANCH, "")
    return not any(form in between for form in FORMS if form.endswith("公司"))


def _credit_code(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if subject.code and subject.code == listing.code:
        return Ruling(Outcome.HIT, Reason.CREDIT_CODE, subject.name, listing.name)
    return None


def _name(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if listing.name and subject.name == listing.name and not codes_contradict(subject.code, listing.code):
        return Ruling(Outcome.HIT, Reason.NAME, subject.name, listing.name)
    return None


def _former_name(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if codes_contradict(subject.code, listing.code):
        return None
    ours, theirs = (subject.name, *subject.former), (listing.name, *listing.former)
    common = [name for name in ours if name and name in theirs]
    if common and (common[0] != subject.name or common[0] != listing.name):
        return Ruling(Outcome.HIT, Reason.FORMER_NAME, common[0], common[0])
    return None


def _branch(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if branch_of(subject.name, listing.name):
        return Ruling(Outcome.HIT, Reason.BRANCH, subject.name, listing.name)
    return None


def _related_person_id(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if not is_full(listing.person_id):
        return None
    person = next((p for p in subject.people if p.id and p.id == listing.person_id), None)
    if person is None:
        return None
    barred = listing.is_person or listing.listing.kind.is_ban
    return Ruling(Outcome.HIT if barred else Outcome.POSSIBLE, Reason.RELATED_PERSON_ID, person=person)


def _name_other_code(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if listing.name and subject.name == listing.name and codes_contradict(subject.code, listing.code):
        return Ruling(Outcome.POSSIBLE, Reason.NAME_OTHER_CODE, subject.name, listing.name)
    return None


def _similar_name(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if not listing.name or not subject.name or subject.name == listing.name:
        return None
    if codes_contradict(subject.code, listing.code):
        return None
    variation = variation_between(subject.name, subject.subject.name, listing.name, listing.listing.name)
    if variation is None:
        return None
    return Ruling(Outcome.POSSIBLE, Reason.SIMILAR_NAME, subject.name, listing.name, variation=variation)


def _masked_id(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if not is_masked(listing.person_id):
        return None
    for person in subject.people:
        if person.id and person.name in listing.person_names and mask_fits(listing.person_id, person.id):
            return Ruling(Outcome.POSSIBLE, Reason.MASKED_ID, person=person)
    return None


def _person_name_region(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    if not listing.is_person or listing.person_id or len(listing.region) != 6:
        return None
    for person in subject.people:
        if person.name in listing.person_names and is_rare(person.name) and subject.region == listing.region:
            return Ruling(Outcome.POSSIBLE, Reason.PERSON_NAME_REGION, person=person)
    return None


_TABLE: tuple[Callable[[SubjectKeys, ListingKeys], Ruling | None], ...] = (
    _credit_code,
    _name,
    _former_name,
    _branch,
    _related_person_id,
    _name_other_code,
    _similar_name,
    _masked_id,
    _person_name_region,
)


def rule(subject: SubjectKeys, listing: ListingKeys) -> Ruling | None:
    """The strongest reason why the listing has to do with the provider, or None. Dates are the caller's."""
    best: Ruling | None = None
    for row in _TABLE:
        ruling = row(subject, listing)
        if ruling is not None and (best is None or ruling.outcome.rank < best.outcome.rank):
            best = ruling
            if best.outcome is Outcome.HIT:
                break
    return best
