"""Blocking keys: which pairs are worth judging.

Each side is *filed* under keys and *asks* for keys of the other side. Whenever some row of the table of outcomes holds for
a pair, one side asks for a key that the other is filed under; the reverse is not so: a shared key decides nothing.

The keys hold ID numbers and names of persons in the clear. They may be kept in memory; whoever stores them stores a keyed
hash (a blind index).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vetting.matching.company import BRANCH
from vetting.matching.keys import ListingKeys, SubjectKeys
from vetting.matching.lookalike import misreadings
from vetting.matching.normalise import is_full
from vetting.matching.variants import FOLDED, folds

# One letter each: code, current name, former name, name under a variation, parent of a branch, ID, person's name.
_CODE, _NAME, _FORMER, _VARIED, _PARENT, _ID, _PERSON = "c:", "n:", "f:", "v:", "b:", "i:", "p:"
# A name that a branch could be of has two characters at least.
_SHORTEST_PARENT = 2


def subject_filed(keys: SubjectKeys) -> Iterator[str]:
    """The keys a provider is filed under."""
    if keys.code:
        yield _CODE + keys.code
    yield from _names_filed(keys.name, keys.subject.name, keys.former)
    for parent in _parents(keys.name):
        yield _PARENT + parent
    for person in keys.people:
        if person.id:
            yield _ID + person.id
        if person.name:
            yield _PERSON + person.name


def subject_asks(keys: SubjectKeys) -> Iterator[str]:
    """The keys under which the listings are filed that may have to do with a provider."""
    if keys.code:
        yield _CODE + keys.code
    yield from _names_asked(keys.name, keys.subject.name, keys.former)
    yield from misreadings(keys.name, _NAME)
    for parent in _parents(keys.name):
        yield _NAME + parent
    for person in keys.people:
        if person.id:
            yield _ID + person.id
        if person.name:
            yield _PERSON + person.name


def listing_filed(keys: ListingKeys) -> Iterator[str]:
    """The keys a listing is filed under."""
    if keys.code:
        yield _CODE + keys.code
    yield from _names_filed(keys.name, keys.listing.name, keys.former)
    yield from _person(keys)


def listing_asks(keys: ListingKeys) -> Iterator[str]:
    """The keys under which the providers are filed that a listing may touch."""
    if keys.code:
        yield _CODE + keys.code
    yield from _names_asked(keys.name, keys.listing.name, keys.former)
    yield from misreadings(keys.name, _NAME)
    if keys.name:
        yield _PARENT + keys.name
    yield from _person(keys)


def _person(keys: ListingKeys) -> Iterator[str]:
    """A full ID is matched by itself; a masked or missing one by the name first."""
    if is_full(keys.person_id):
        yield _ID + keys.person_id
    else:
        for name in keys.person_names:
            yield _PERSON + name


def _names_filed(name: str, raw: str, former: Iterable[str]) -> Iterator[str]:
    if name:
        yield _NAME + name
        for variation, key in folds(name, raw):
            yield f"{_VARIED}{variation}:{key}"
    for key in former:
        yield _FORMER + key


def _names_asked(name: str, raw: str, former: Iterable[str]) -> Iterator[str]:
    if name:
        yield _NAME + name
        yield _FORMER + name
        changed = dict(folds(name, raw))
        for variation in FOLDED:
            # What neither side has to fold is an equal name; what one side folds is filed by it or found by the other.
            key = changed.get(variation, name)
            yield f"{_VARIED}{variation}:{key}"
            if key != name:
                yield _NAME + key
    for key in former:
        yield _NAME + key
        yield _FORMER + key


def _parents(name: str) -> Iterator[str]:
    """Every name that a branch could be of: the beginnings of a name with 分公司 in it."""
    if BRANCH in name:
        for end in range(_SHORTEST_PARENT, len(name)):
            yield name[:end]
