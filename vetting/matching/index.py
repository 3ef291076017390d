"""Indexes over one side, to screen the other side against: listings for providers, providers for listings.

An index never decides. It gathers every pair that shares a blocking key and lets ``rules.rule`` judge it, so that screening
through an index and judging all pairs give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from vetting.matching.blocking import listing_asks, listing_filed, subject_asks, subject_filed
from vetting.matching.explain import explain
from vetting.matching.keys import ListingKeys, SubjectKeys, listing_keys, subject_keys
from vetting.matching.model import Listing, Match, Reason, Screening, Subject
from vetting.matching.rules import rule

_REASONS = tuple(Reason)


class _Postings:
    """Keys to row numbers. One row is stored bare: most keys have one, and a list for each would double the memory."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[str, int | list[int]] = {}

    def add(self, row: int, keys: Iterable[str]) -> None:
        """File a row under its keys. Rows come in ascending order."""
        rows = self._rows
        for key in keys:
            held = rows.get(key)
            if held is None:
                rows[key] = row
            elif isinstance(held, int):
                if held != row:
                    rows[key] = [held, row]
            elif held[-1] != row:
                held.append(row)

    def find(self, keys: Iterable[str]) -> list[int]:
        """The rows filed under any of the keys, in order."""
        rows, found = self._rows, set[int]()
        # Of some two hundred keys asked for few exist: one intersection is far cheaper than asking for each.
        for key in rows.keys() & set(keys):
            held = rows[key]
            if isinstance(held, int):
                found.add(held)
            else:
                found.update(held)
        return sorted(found)


class Screener:
    """Listings, indexed once, to screen providers against.

    Building takes every listing, in force or not: the day is asked with each screening, so one index answers for any day.
    """

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._listings: list[ListingKeys] = []
        self._postings = _Postings()
        for row, listing in enumerate(listings):
            keys = listing_keys(listing)
            self._listings.append(keys)
            self._postings.add(row, listing_filed(keys))

    def __len__(self) -> int:
        return len(self._listings)

    def screen(self, subject: Subject, as_of: date) -> Screening:
        """Everything the listings in force on ``as_of`` have to do with the provider, strongest first."""
        keys = subject_keys(subject)
        rows = self._postings.find(subject_asks(keys))
        matches = (judge(keys, self._listings[row], as_of) for row in rows)
        found = sorted((match for match in matches if match is not None), key=_strength)
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


class ProviderIndex:
    """Providers, indexed once, to ask which of them a new or changed listing touches."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self._subjects: list[SubjectKeys] = []
        self._postings = _Postings()
        for row, subject in enumerate(subjects):
            keys = subject_keys(subject)
            self._subjects.append(keys)
            self._postings.add(row, subject_filed(keys))

    def __len__(self) -> int:
        return len(self._subjects)

    def touched(self, listing: Listing, as_of: date) -> Iterator[tuple[Subject, Match]]:
        """The providers that the listing has to do with on ``as_of``, each with its match."""
        keys = listing_keys(listing)
        for row in self._postings.find(listing_asks(keys)):
            match = judge(self._subjects[row], keys, as_of)
            if match is not None:
                yield self._subjects[row].subject, match


def judge(subject: SubjectKeys, listing: ListingKeys, as_of: date) -> Match | None:
    """The match of one pair on one day, None where the listing is not in force or has nothing to do with the provider."""
    if not listing.listing.in_force(as_of):
        return None
    ruling = rule(subject, listing)
    if ruling is None:
        return None
    return Match(listing.listing.list_id, ruling.outcome, ruling.reason, explain(subject, listing, ruling))


def _strength(match: Match) -> tuple[int, int, str]:
    return match.outcome.rank, _REASONS.index(match.reason), match.list_id
