"""Entries on a day, warnings, confirming a listing (R16–R20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.policies import load
from registry.whitelist.rules import (
    EntryFacts,
    ListingFacts,
    StatusKind,
    SuspensionFacts,
    entry_status,
    lapse_day,
    listing_refusals,
    warnings_due,
)

LISTED, ENDS = date(2022, 7, 1), date(2024, 6, 30)
ENTRY = EntryFacts(LISTED, ENDS)
K = StatusKind


def _d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("as_of", "withdrawn", "removed", "registered_until", "suspensions", "kind", "since"),
    [
        ("2022-06-30", None, None, None, [], K.NOT_YET, "2022-07-01"),
        ("2022-07-01", None, None, None, [], K.LISTED, "2022-07-01"),
        ("2024-06-30", None, None, None, [], K.LISTED, "2022-07-01"),
        ("2024-07-01", None, None, None, [], K.EXPIRED, "2024-07-01"),
        ("2023-01-01", None, None, None, [("2023-01-01", None)], K.SUSPENDED, "2023-01-01"),
        ("2022-12-31", None, None, None, [("2023-01-01", None)], K.LISTED, "2022-07-01"),
        ("2023-01-31", None, None, None, [("2023-01-01", "2023-02-01")], K.SUSPENDED, "2023-01-01"),
        ("2023-02-01", None, None, None, [("2023-01-01", "2023-02-01")], K.LISTED, "2023-02-01"),
        # Two causes: the suspension lasts until the last is cured, and since the first.
        ("2023-02-15", None, None, None, [("2023-01-01", "2023-02-01"), ("2023-01-20", None)], K.SUSPENDED, "2023-01-01"),
        ("2023-02-15", None, None, None, [("2023-01-01", "2023-02-01"), ("2023-02-01", None)], K.SUSPENDED, "2023-01-01"),
        ("2023-02-15", None, None, None, [("2023-01-01", "2023-01-31"), ("2023-02-01", None)], K.SUSPENDED, "2023-02-01"),
        # Suspended and cured on one day.
        ("2023-01-01", None, None, None, [("2023-01-01", "2023-01-01")], K.LISTED, "2022-07-01"),
        ("2023-03-01", "2023-03-01", None, None, [("2023-01-01", None)], K.WITHDRAWN, "2023-03-01"),
        ("2023-02-28", "2023-03-01", None, None, [], K.LISTED, "2022-07-01"),
        ("2023-03-01", None, "2023-03-01", None, [], K.REMOVED, "2023-03-01"),
        ("2023-04-01", "2023-03-01", "2023-04-01", None, [], K.REMOVED, "2023-04-01"),
        ("2023-03-15", "2023-03-01", "2023-04-01", None, [], K.WITHDRAWN, "2023-03-01"),
        # A case that goes on after the cycle ends in a removal; a withdrawal outlives the cycle too.
        ("2024-09-01", None, "2024-08-01", None, [], K.REMOVED, "2024-08-01"),
        ("2024-07-15", None, "2024-08-01", None, [], K.EXPIRED, "2024-07-01"),
        ("2024-09-01", "2024-03-01", None, None, [], K.WITHDRAWN, "2024-03-01"),
        ("2024-09-01", None, None, None, [("2024-06-01", None)], K.EXPIRED, "2024-07-01"),
        # A registration is good through the whole of its last day.
        ("2023-05-31", None, None, "2023-05-31", [], K.LISTED, "2022-07-01"),
        ("2023-06-01", None, None, "2023-05-31", [], K.LAPSED, "2023-06-01"),
        ("2022-07-01", None, None, "2022-05-31", [], K.LAPSED, "2022-07-01"),
        ("2023-06-02", None, None, "2023-05-31", [("2023-06-02", None)], K.SUSPENDED, "2023-06-02"),
    ],
)  # fmt: skip
def test_status_on_a_day(
    as_of: str,
    withdrawn: str | None,
    removed: str | None,
    registered_until: str | None,
    suspensions: list[tuple[str, str | None]],
    kind: StatusKind,
    since: str,
) -> None:
    entry = replace(
        ENTRY,
        withdrawn_on=_d(withdrawn) if withdrawn else None,
        removed_on=_d(removed) if removed else None,
        registered_until=_d(registered_until) if registered_until else None,
    )
    causes = [SuspensionFacts(_d(a), _d(b) if b else None, cause="list_hit") for a, b in suspensions]
    status = entry_status(entry, causes, _d(as_of))
    assert (status.kind, status.since.isoformat()) == (kind, since)
    assert status.active is (kind is K.LISTED)
    assert bool(status.causes) is (kind is K.SUSPENDED)


@pytest.mark.parametrize(
    ("as_of", "learned_on", "kind", "since"),
    [
        ("2023-08-09", "2023-08-10", K.LISTED, "2022-07-01"),
        ("2023-08-10", "2023-08-10", K.LAPSED, "2023-08-10"),
        ("2023-06-01", "2023-05-20", K.LAPSED, "2023-06-01"),
        ("2023-05-31", "2023-05-20", K.LISTED, "2022-07-01"),
    ],
)
def test_a_lapse_that_nobody_knew_of_counts_from_the_day_it_was_learned(
    as_of: str, learned_on: str, kind: StatusKind, since: str
) -> None:
    entry = replace(ENTRY, registered_until=_d("2023-05-31"), validity_learned_on=_d(learned_on))
    status = entry_status(entry, [], _d(as_of))
    assert (status.kind, status.since.isoformat()) == (kind, since)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.none() | st.integers(0, 200)), max_size=4),
    st.integers(-5, 800),
)
def test_since_is_when_the_status_began(spans: list[tuple[int, int | None]], offset: int) -> None:
    def day(n: int) -> date:
        return date.fromordinal(LISTED.toordinal() + n)

    causes = [SuspensionFacts(day(a), None if n is None else day(a + n)) for a, n in spans]
    status = entry_status(ENTRY, causes, day(offset))
    if status.kind is K.NOT_YET:
        return
    assert entry_status(ENTRY, causes, status.since).kind is status.kind
    if status.since > LISTED and status.kind is K.SUSPENDED:
        before = date.fromordinal(status.since.toordinal() - 1)
        assert entry_status(ENTRY, causes, before).kind is K.LISTED


def test_a_registration_without_end_never_lapses() -> None:
    assert lapse_day(None) is None
    assert lapse_day(date.max) is None
    assert lapse_day(date(2022, 6, 22)) == date(2022, 6, 23)


DAYS = load("default").warning_days


@pytest.mark.parametrize(
    ("after", "until", "due"),
    [
        ("2022-03-31", "2022-04-01", ()),
        ("2022-04-01", "2022-04-02", (90,)),
        ("2022-04-02", "2022-04-03", ()),
        ("2022-05-31", "2022-06-01", (30,)),
        ("2022-06-23", "2022-06-24", (7,)),
        ("2022-06-30", "2022-07-01", (0,)),
        ("2022-07-01", "2022-07-02", ()),
        ("2022-06-22", "2022-07-05", (7, 0)),  # a sweep that was down for days
        ("2022-06-24", "2022-06-24", ()),  # a second sweep on one day
    ],
)
def test_warnings(after: str, until: str, due: tuple[int, ...]) -> None:
    assert warnings_due(date(2022, 7, 1), DAYS, after=_d(after), until=_d(until)) == due


GOOD = ListingFacts(
    passes_from=date(2022, 7, 1),
    on_notice=True,
    open_objections=0,
    block_findings=0,
    barred_until=None,
    cycle_ends_on=ENDS,
)


def test_a_provider_is_listed_from_the_day_the_notice_passed() -> None:
    assert listing_refusals(GOOD, date(2022, 7, 1)) == ()
    (refusal,) = listing_refusals(GOOD, date(2022, 6, 30))
    assert refusal.code == "notice_running"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on_notice": False}, "not_on_notice"),
        ({"passes_from": None}, "notice_provisional"),
        ({"open_objections": 1}, "objection_open"),
        ({"block_findings": 2}, "block_findings"),
        ({"barred_until": date(2025, 1, 1)}, "barred"),
        ({"cycle_ends_on": date(2022, 6, 30)}, "cycle_over"),
    ],
)
def test_what_stands_against_a_listing(changes: dict[str, object], code: str) -> None:
    (refusal,) = listing_refusals(replace(GOOD, **changes), date(2022, 7, 1))  # type: ignore[arg-type]
    assert refusal.code == code
    assert "%(" not in refusal.text + refusal.remedy_text
