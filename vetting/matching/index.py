"""Indexes that find the pairs worth judging: by code, names, variations of names, IDs and names of persons.

An index never decides. It gathers every pair that some row of the table could hold for and lets ``rules.rule`` judge it,
so that screening through an index and judging all pairs give the same answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from vetting.matching.company import BRANCH
from vetting.matching.explain import explain
from vetting.matching.keys import ListingKeys, SubjectKeys, listing_keys, subject_keys
from vetting.matching.lookalike import misreadings
from vetting.matching.model import Listing, Match, Reason, Screening, Subject
from vetting.matching.normalise import is_full
from vetting.matching.rules import rule
from vetting.matching.variants import FOLDED, folds

_REASONS = tuple(Reason)


class _Postings:
    """Keys to row numbers. One row is stored bare: most keys have one, and a list for each would double the memory."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[str, int | list[int]] = {}

    def add(self, key: str, row: int) -> None:
        """Note that ``row`` has ``key``; an empty key is none."""
        if not key:
            return
        held = self._rows.get(key)
        if held is None:
            self._rows[key] = row
        elif isinstance(held, int):
            if held != row:
                self._rows[key] = [held, row]
        elif held[-1] != row:
            held.append(row)

    def get(self, key: str) -> Iterable[int]:
        """The rows that have ``key``."""
        held = self._rows.get(key)
        if held is None:
            return ()
        return (held,) if isinstance(held, int) else held

    def misread(self, name: str) -> Iterator[int]:
        """The rows whose key differs from ``name`` in one look-alike character."""
        rows = self._rows
        for other in misreadings(name):
            if other in rows:
                yield from self.get(other)


class _Names:
    """The names of one side: current, former, and the current ones under each variation."""

    __slots__ = ("current", "folded", "former")

    def __init__(self) -> None:
        self.current = _Postings()
        self.former = _Postings()
        self.folded = _Postings()

    def add(self, row: int, name: str, raw: str, former: Iterable[str]) -> None:
        """Note the names of one row."""
        self.current.add(name, row)
        for variation, key in folds(name, raw):
            self.folded.add(f"{variation}:{key}", row)
        for key in former:
            self.former.add(key, row)

    def candidates(self, name: str, raw: str, former: Iterable[str]) -> Iterator[int]:
        """The rows that may share a name with the other side, or have a similar one."""
        if not name:
            return
        yield from self.current.get(name)
        yield from self.current.misread(name)
        yield from self.former.get(name)
        for key in former:
            yield from self.current.get(key)
            yield from self.former.get(key)
        yield from self._similar(name, raw)

    def _similar(self, name: str, raw: str) -> Iterator[int]:
        changed = dict(folds(name, raw))
        for variation in FOLDED:
            key = changed.get(variation, name)
            yield from self.folded.get(f"{variation}:{key}")
            if key != name:
                yield from self.current.get(key)


class Screener:
    """Listings, indexed once, to screen providers against.

    Building takes every listing, in force or not: the day is asked with each screening, so one index answers for any day.
    """

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._listings: list[ListingKeys] = []
        self._codes = _Postings()
        self._names = _Names()
        self._ids = _Postings()
        self._persons = _Postings()
        for row, listing in enumerate(listings):
            keys = listing_keys(listing)
            self._listings.append(keys)
            self._codes.add(keys.code, row)
            self._names.add(row, keys.name, listing.name, keys.former)
            if is_full(keys.person_id):
                self._ids.add(keys.person_id, row)
            else:
                for name in keys.person_names:
                    self._persons.add(name, row)

    def __len__(self) -> int:
        return len(self._listings)

    def screen(self, subject: Subject, as_of: date) -> Screening:
        """Everything the listings in force on ``as_of`` have to do with the provider, strongest first."""
        keys = subject_keys(subject)
        rows = sorted(set(self._candidates(keys)))
        matches = (_match(keys, self._listings[row], as_of) for row in rows)
        found = sorted((m for m in matches if m is not None), key=_strength)
        return Screening(subject.id, as_of, tuple(found))

    def screen_all(
        self, subjects: Iterable[Subject], as_of: date, progress: Callable[[int], None] | None = None
    ) -> Iterator[Screening]:
        """Screen many providers, one at a time; ``progress`` is told how many are done, every thousand."""
        done = 0
        for done, subject in enumerate(subjects, 1):
            yield self.screen(subject, as_of)
            if progress is not None and done % 1000 == 0:
                progress(done)
        if progress is not None:
            progress(done)

    def _candidates(self, keys: SubjectKeys) -> Iterator[int]:
        yield from self._codes.get(keys.code)
        yield from self._names.candidates(keys.name, keys.subject.name, keys.former)
        if BRANCH in keys.name:
            for end in range(2, len(keys.name)):
                yield from self._names.current.get(keys.name[:end])
        for person in keys.people:
            yield from self._ids.get(person.id)
            yield from self._persons.get(person.name)


class ProviderIndex:
    """Providers, indexed once, to ask which of them a new or changed listing touches."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self._subjects: list[SubjectKeys] = []
        self._codes = _Postings()
        self._names = _Names()
        self._ids = _Postings()
        self._persons = _Postings()
        branches: list[tuple[str, int]] = []
        for row, subject in enumerate(subjects):
            keys = subject_keys(subject)
            self._subjects.append(keys)
            self._codes.add(keys.code, row)
            self._names.add(row, keys.name, subject.name, keys.former)
            if BRANCH in keys.name:
                branches.append((keys.name, row))
            for person in keys.people:
                self._ids.add(person.id, row)
                self._persons.add(person.name, row)
        self._branches = sorted(branches)

    def __len__(self) -> int:
        return len(self._subjects)

    def touched(self, listing: Listing, as_of: date) -> Iterator[tuple[Subject, Match]]:
        """The providers that the listing has to do with on ``as_of``, each with its match."""
        keys = listing_keys(listing)
        for row in sorted(set(self._candidates(keys))):
            match = _match(self._subjects[row], keys, as_of)
            if match is not None:
                yield self._subjects[row].subject, match

    def _candidates(self, keys: ListingKeys) -> Iterator[int]:
        yield from self._codes.get(keys.code)
        yield from self._names.candidates(keys.name, keys.listing.name, keys.former)
        if keys.name:
            start = bisect_left(self._branches, (keys.name, -1))
            for name, row in self._branches[start:]:
                if not name.startswith(keys.name):
                    break
                yield row
        if is_full(keys.person_id):
            yield from self._ids.get(keys.person_id)
        else:
            for name in keys.person_names:
                yield from self._persons.get(name)


def _match(subject: SubjectKeys, listing: ListingKeys, as_of: date) -> Match | None:
    """The match of one pair on one day."""
    if not listing.listing.in_force(as_of):
        return None
    ruling = rule(subject, listing)
    if ruling is None:
        return None
    return Match(listing.listing.list_id, ruling.outcome, ruling.reason, explain(subject, listing, ruling))


def _strength(match: Match) -> tuple[int, int, str]:
    return match.outcome.rank, _REASONS.index(match.reason), match.list_id
