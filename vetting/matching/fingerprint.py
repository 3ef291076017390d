"""What a reviewer's judgement of a pair rests on: a mark that changes when either side changes.

A judgement (the same, not the same) holds as long as the mark of its pair stays. The mark is keyed, because it is made
from ID numbers and is stored in the open.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from vetting.matching.keys import ListingKeys, SubjectKeys, listing_keys, subject_keys
from vetting.matching.model import Listing, Subject


def pair_mark(subject: Subject, listing: Listing, key: bytes) -> str:
    """The mark of a pair, 64 hexadecimal characters: HMAC-SHA256 of all that matching reads of both sides.

    Ways of writing that mean nothing (brackets, spaces, order of former names) do not change it; days in force and
    grounds do not either: a listing that is prolonged is still the same pair.
    """
    facts = [_of_subject(subject_keys(subject)), _of_listing(listing_keys(listing))]
    return hmac.new(key, json.dumps(facts, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def _of_subject(keys: SubjectKeys) -> list[object]:
    people = sorted((person.id, person.name) for person in keys.people)
    return [keys.code, keys.name, sorted(keys.former), people, keys.region]


def _of_listing(keys: ListingKeys) -> list[object]:
    return [
        keys.listing.kind,
        keys.listing.list_id,
        keys.code,
        keys.name,
        sorted(keys.former),
        sorted(keys.person_names),
        keys.person_id,
        keys.region,
    ]
