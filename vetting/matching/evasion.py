"""Ban evasion: a new company with the people, the address or the phone of a banned or listed one (R28).

Organisations are linked by what they share. A link alone decides nothing; the chain of links is what a reviewer is
shown. ``LinkIndex`` holds both sides as nodes, so that a chain may lead through another provider: provider - shared
phone - other provider - shared legal representative - banned organisation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vetting.matching.model import Listing, Person, Subject, SubjectType
from vetting.matching.normalise import hide_id, id_key, is_full, name_key, person_key

# An address or a phone that so many share belongs to a business park or an agent and says nothing.
CROWD = 20
_NUMBERS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_UNIT = re.compile(r"[^0-9a-z\u4e00-\u9fff]")
_PREFIXES = ("0086", "86")


class LinkKind(StrEnum):
    """What two organisations share, strongest first."""

    PERSON = "person"
    PHONE = "phone"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Node:
    """One end of a link: a provider (``listed`` False, ``id`` its id) or a listing (``id`` its list_id)."""

    id: str
    name: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Link:
    """What joins two nodes: the kind, how it may be shown, and what it is to each (``legal_representative``,
    ``teacher``, ``phone``, ``address``, ``listed_person``)."""

    kind: LinkKind
    shown: str
    first: Node
    first_role: str
    second: Node
    second_role: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Links from a provider to a listing, in order; ``zh`` and ``en`` say the whole chain."""

    listing: Listing
    links: tuple[Link, ...]
    zh: str
    en: str


def address_key(raw: str) -> str:
    """An address without what means nothing: script, width, punctuation, 号 and 室, leading division names.

    广西南宁市青秀区民族大道1-2号3室 and 青秀区民族大道１－２号三室 are one address. An address without any number is none:
    half a street shares it.
    """
    text = _UNIT.sub("", re.sub(r"[-–—―－#]", "之", name_key(raw)))
    text = re.sub(
        r"[〇零一二三四五六七八九](?=[楼层室号栋幢座单元])", lambda m: m[0].translate(_NUMBERS), text
    )
    text = re.sub(r"^.*?(?:自治区|省)", "", text)
    text = re.sub(r"^[^0-9]{2,7}?市", "", text)
    text = re.sub(r"(?<=\d)(?:号|室|房|楼|层|栋|幢|座|单元)", "之", text)
    text = re.sub(r"之+", "-", text).strip("-")
    return text if any(char.isdigit() for char in text) else ""


def phone_key(raw: str) -> str:
    """A phone number as digits, without +86; ``""`` for one that is too short to be anybody's."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", raw) if char.isdigit())
    for prefix in _PREFIXES:
        if digits.startswith(prefix) and len(digits) - len(prefix) >= 11:
            digits = digits[len(prefix) :]
            break
    return digits if len(digits) >= 7 else ""


def _hide_phone(key: str) -> str:
    return key[:3] + "*" * (len(key) - 7) + key[-4:] if len(key) > 7 else key


@dataclass(frozen=True, slots=True)
class _Trait:
    """One thing an organisation has that another can share."""

    kind: LinkKind
    key: str
    role: str
    shown: str


def _person(person: Person, role: str) -> Iterator[_Trait]:
    key = id_key(person.id_number)
    if is_full(key):
        yield _Trait(LinkKind.PERSON, key, role, f"{person_key(person.name)}（{hide_id(key)}）")


def _traits(
    representative: Person, role: str, teachers: Iterable[Person], phones: Iterable[str], address: str
) -> Iterator[_Trait]:
    yield from _person(representative, role)
    for teacher in teachers:
        yield from _person(teacher, "teacher")
    for phone in phones:
        key = phone_key(phone)
        if key:
            yield _Trait(LinkKind.PHONE, key, "phone", _hide_phone(key))
    key = address_key(address)
    if key:
        yield _Trait(LinkKind.ADDRESS, key, "address", address.strip())


def _of_subject(subject: Subject) -> tuple[_Trait, ...]:
    representative = subject.legal_representative
    found = _traits(representative, "legal_representative", subject.teachers, subject.phones, subject.address)
    return tuple(found)


def _of_listing(listing: Listing) -> tuple[_Trait, ...]:
    role = "listed_person" if listing.subject_type is SubjectType.PERSON else "legal_representative"
    return tuple(
        _traits(listing.legal_representative, role, listing.teachers, listing.phones, listing.address)
    )


class LinkIndex:
    """Listings, and providers to lead through, by what they can share."""

    def __init__(self, listings: Iterable[Listing], providers: Iterable[Subject] = ()) -> None:
        self._nodes: list[tuple[Node, tuple[_Trait, ...], Listing | None]] = []
        self._by_trait: dict[tuple[LinkKind, str], list[tuple[int, _Trait]]] = defaultdict(list)
        for listing in listings:
            self._add(Node(listing.list_id, listing.name.strip(), True), _of_listing(listing), listing)
        for provider in providers:
            self._add(Node(provider.id, provider.name.strip(), False), _of_subject(provider), None)

    def _add(self, node: Node, traits: tuple[_Trait, ...], listing: Listing | None) -> None:
        row = len(self._nodes)
        self._nodes.append((node, traits, listing))
        for trait in traits:
            self._by_trait[trait.kind, trait.key].append((row, trait))

    def chains(self, subject: Subject, as_of: date, *, through: int = 1) -> list[Chain]:
        """The shortest chain from the provider to each listing in force on ``as_of``, strongest links first.

        ``through`` is how many other providers a chain may lead through. A phone or an address that more than
        ``CROWD`` share joins nobody.
        """
        start = Node(subject.id, subject.name.strip(), False)
        frontier: list[tuple[Node, tuple[_Trait, ...], tuple[Link, ...]]] = [
            (start, _of_subject(subject), ())
        ]
        seen: set[int] = {
            i for i, (node, _, _) in enumerate(self._nodes) if not node.listed and node.id == subject.id
        }
        chains: list[Chain] = []
        for _ in range(through + 1):
            following: list[tuple[Node, tuple[_Trait, ...], tuple[Link, ...]]] = []
            for node, traits, path in frontier:
                for row, link in self._links(node, traits):
                    if row in seen:
                        continue
                    seen.add(row)
                    other, other_traits, listing = self._nodes[row]
                    if listing is None:
                        following.append((other, other_traits, (*path, link)))
                    elif listing.in_force(as_of):
                        chains.append(_chain(listing, (*path, link)))
            frontier = following
        return chains

    def _links(self, node: Node, traits: tuple[_Trait, ...]) -> Iterator[tuple[int, Link]]:
        order = tuple(LinkKind)
        for trait in sorted(traits, key=lambda t: order.index(t.kind)):
            sharers = self._by_trait.get((trait.kind, trait.key), [])
            if trait.kind is not LinkKind.PERSON and len(sharers) > CROWD:
                continue
            for row, theirs in sharers:
                yield row, Link(trait.kind, trait.shown, node, trait.role, self._nodes[row][0], theirs.role)


_ROLES = {
    "legal_representative": ("法定代表人", "legal representative"),
    "teacher": ("教师", "teacher"),
    "listed_person": ("名单所列人员", "listed person"),
    "phone": ("联系电话", "phone"),
    "address": ("地址", "address"),
}


def _chain(listing: Listing, links: tuple[Link, ...]) -> Chain:
    said_zh, said_en = [], []
    for link in links:
        ours, theirs = _ROLES[link.first_role], _ROLES[link.second_role]
        said_zh.append(f"“{link.first.name}”的{ours[0]}{link.shown}与“{link.second.name}”的{theirs[0]}相同")
        said_en.append(
            f"the {ours[1]} {link.shown} of “{link.first.name}” is the {theirs[1]} of “{link.second.name}”"
        )
    name = listing.list_name or listing.kind.value
    zh = "；".join(said_zh) + f"；“{listing.name.strip()}”在《{name}》中。"
    en = "; ".join(said_en) + f"; “{listing.name.strip()}” is on {name}."
    return Chain(listing, links, zh, en)
