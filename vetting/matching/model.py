"""The nouns of list matching: who is screened, what is listed, what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class ListKind(StrEnum):
    """What kind of list a listing stands on (R3, R28)."""

    OWN_BAN = "own_ban"
    RECOGNISED_BAN = "recognised_ban"
    SERIOUS_VIOLATION = "serious_violation"
    ABNORMAL_OPERATION = "abnormal_operation"
    JUDGMENT_DEBTOR = "judgment_debtor"
    INDUSTRY_BLACKLIST = "industry_blacklist"
    OTHER = "other"

    @property
    def is_ban(self) -> bool:
        """Whether the list bars the legal representative of a listed organisation too (R28)."""
        return self in (ListKind.OWN_BAN, ListKind.RECOGNISED_BAN)


class SubjectType(StrEnum):
    """Whether a listing names an organisation or a person."""

    ORGANISATION = "organisation"
    PERSON = "person"


class Outcome(StrEnum):
    """What screening says, strongest first. ``clear`` is never an outcome of a match, only of a whole screening."""

    HIT = "hit"
    POSSIBLE = "possible"
    CLEAR = "clear"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return _OUTCOMES.index(self)


_OUTCOMES = (Outcome.HIT, Outcome.POSSIBLE, Outcome.CLEAR)


class Reason(StrEnum):
    """Why a listing matches, in the order of the table of outcomes."""

    CREDIT_CODE = "credit_code"
    NAME = "name"
    FORMER_NAME = "former_name"
    BRANCH = "branch"
    RELATED_PERSON_ID = "related_person_id"
    NAME_OTHER_CODE = "name_other_code"
    SIMILAR_NAME = "similar_name"
    MASKED_ID = "masked_id"
    PERSON_NAME_REGION = "person_name_region"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as written down. ``id_number`` is full (18 or 15 digits), masked (one ``*`` a character) or empty."""

    name: str = ""
    id_number: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider as it stands on the day it is screened; everything as typed. Absent facts are empty."""

    id: str = ""
    name: str = ""
    former_names: tuple[str, ...] = ()
    credit_code: str = ""
    legal_representative: Person = Person()
    teachers: tuple[Person, ...] = ()
    address: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A row of a list; everything as imported.

    For a person ``legal_representative`` is that person. ``region_code`` is the six-digit division. The listing counts
    on the days ``in_force_from`` to ``in_force_until``, both inclusive, and before ``lifted_on``; None is open.
    ``teachers``, ``address`` and ``phones`` are known for own bans and feed the search for ban evasion only.
    """

    list_id: str
    kind: ListKind
    subject_type: SubjectType
    name: str
    list_name: str = ""
    former_names: tuple[str, ...] = ()
    credit_code: str = ""
    legal_representative: Person = Person()
    region_code: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    lifted_on: date | None = None
    grounds: str = ""
    teachers: tuple[Person, ...] = ()
    address: str = ""
    phones: tuple[str, ...] = ()

    def in_force(self, as_of: date) -> bool:
        """Whether the listing counts on ``as_of``. The day of lifting itself no longer does."""
        if self.in_force_from is not None and as_of < self.in_force_from:
            return False
        if self.in_force_until is not None and as_of > self.in_force_until:
            return False
        return self.lifted_on is None or as_of < self.lifted_on


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of two aligned texts. ``op`` is equal, replace, insert (listing only) or delete (subject only)."""

    op: str
    subject: str
    listing: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of two names side by side: ``place``, ``brand``, ``trade``, ``form``, ``note`` or ``branch``."""

    part: str
    subject: str
    listing: str

    @property
    def equal(self) -> bool:
        """Whether both sides say the same."""
        return self.subject == self.listing


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two sides match: both sides aligned, what was equal, what differed, what decided.

    ``field`` names what was compared; ``subject`` and ``listing`` are both sides after normalising, ID numbers with
    their middle hidden. ``equal`` and ``different`` are stable words (``credit_code``, ``place``, ``look_alike`` ...);
    ``decided`` is the rule of the table; ``zh`` and ``en`` say it all to a person.
    """

    field: str
    subject: str
    listing: str
    alignment: tuple[Span, ...]
    parts: tuple[Part, ...]
    equal: tuple[str, ...]
    different: tuple[str, ...]
    decided: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON-ready data."""
        return {
            "field": self.field,
            "subject": self.subject,
            "listing": self.listing,
            "alignment": [{"op": s.op, "subject": s.subject, "listing": s.listing} for s in self.alignment],
            "parts": [
                {"part": p.part, "subject": p.subject, "listing": p.listing, "equal": p.equal}
                for p in self.parts
            ],
            "equal": list(self.equal),
            "different": list(self.different),
            "decided": self.decided,
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Match:
    """One listing that has to do with one subject, for its strongest reason."""

    list_id: str
    outcome: Outcome
    reason: Reason
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Screening:
    """What the lists say of one subject. ``outcome`` is that of the strongest match, else clear."""

    subject_id: str
    as_of: date
    matches: tuple[Match, ...]

    @property
    def outcome(self) -> Outcome:
        """The strongest outcome of all matches."""
        return min((m.outcome for m in self.matches), key=lambda o: o.rank, default=Outcome.CLEAR)

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)
