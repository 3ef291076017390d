"""Contract terms, and what stands against signing (R22–R24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contracts.rules import (
    Phase,
    SigningFacts,
    TownshipConsent,
    default_end,
    latest_end,
    may_sign,
    phase,
    service_refusals,
    signing_refusals,
    term_allowed,
)
from registry.policies import load
from registry.policies.vocabulary import Precondition
from registry.whitelist.rules import EntryStatus, StatusKind
from tests.unit.rules.tables import rows


@pytest.mark.parametrize(
    "row", rows("contract_terms"), ids=lambda row: f"{row['starts_on']}-{row['ends_on']}"
)
def test_truth_table(row: dict[str, str]) -> None:
    answer = term_allowed(
        date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"]), int(row["max_years"])
    )
    assert answer.allowed is (row["allowed"] == "true")
    assert answer.why


@pytest.mark.parametrize(
    ("starts", "years", "latest"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 27)),
        (date(2024, 2, 29), 3, date(2027, 2, 27)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2023, 3, 1), 1, date(2024, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 27)),
        (date(2022, 1, 1), 1, date(2022, 12, 31)),
        (date(2022, 9, 1), 3, date(2025, 8, 31)),
    ],
)
def test_latest_end(starts: date, years: int, latest: date) -> None:
    assert latest_end(starts, years) == latest


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 5), st.integers(-5, 2000))
def test_a_term_is_allowed_up_to_its_latest_end(starts: date, years: int, days: int) -> None:
    ends = date.fromordinal(starts.toordinal() + days)
    assert term_allowed(starts, ends, years).allowed is (starts <= ends <= latest_end(starts, years))


def test_years_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        latest_end(date(2022, 9, 1), 0)


@pytest.mark.parametrize(
    ("starts", "end"),
    [
        (date(2022, 9, 1), date(2023, 8, 31)),
        (date(2023, 2, 20), date(2023, 8, 31)),
        (date(2023, 8, 31), date(2023, 8, 31)),
    ],
)
def test_a_contract_ends_with_its_school_year(starts: date, end: date) -> None:
    assert default_end(starts, load("default").contract.school_year_ends_on) == end


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_default_end_is_never_too_late(starts: date) -> None:
    assert term_allowed(starts, default_end(starts, (8, 31)), 1).allowed


@pytest.mark.parametrize(
    ("as_of", "terminated", "expected"),
    [
        (date(2022, 8, 31), None, Phase.UPCOMING),
        (date(2022, 9, 1), None, Phase.RUNNING),
        (date(2023, 8, 31), None, Phase.RUNNING),
        (date(2023, 9, 1), None, Phase.ENDED),
        (date(2023, 1, 9), date(2023, 1, 10), Phase.RUNNING),
        (date(2023, 1, 10), date(2023, 1, 10), Phase.TERMINATED),
    ],
)
def test_phase(as_of: date, terminated: date | None, expected: Phase) -> None:
    assert phase(date(2022, 9, 1), date(2023, 8, 31), terminated, as_of) is expected


SIGNED_ON = date(2022, 8, 20)
ACTIVE = EntryStatus(StatusKind.LISTED, date(2022, 7, 1))
REQUIRED = {kind.value: kind.zh for kind in Precondition}
GOOD = SigningFacts(
    status=ACTIVE,
    status_at_start=ACTIVE,
    list_serves_school=True,
    category="sports",
    entry_categories=frozenset({"sports"}),
    entry_ends_on=date(2024, 6, 30),
    starts_on=date(2022, 9, 1),
    ends_on=date(2023, 8, 31),
    max_years=2,
    preconditions=REQUIRED,
    met=frozenset(REQUIRED),
    people_named=2,
    people_uncleared=0,
    school_confirmed=True,
    provider_confirmed=True,
    scan_stored=True,
)


def test_nothing_stands_against_a_good_contract() -> None:
    assert signing_refusals(GOOD, SIGNED_ON) == ()
    assert may_sign(GOOD, SIGNED_ON)


def _status(kind: StatusKind) -> dict[str, object]:
    status = EntryStatus(kind, date(2022, 8, 1))
    return {"status": status, "status_at_start": status}


@pytest.mark.parametrize(
    ("changes", "code", "rule"),
    [
        (_status(StatusKind.SUSPENDED), "entry_suspended", "R22"),
        (_status(StatusKind.REMOVED), "entry_removed", "R22"),
        (_status(StatusKind.WITHDRAWN), "entry_withdrawn", "R22"),
        (_status(StatusKind.LAPSED), "entry_lapsed", "R22"),
        (_status(StatusKind.EXPIRED), "entry_expired", "R22"),
        (_status(StatusKind.NOT_YET), "entry_not_yet", "R22"),
        ({"status_at_start": EntryStatus(StatusKind.LAPSED, date(2022, 8, 25))}, "not_covered", "R22"),
        ({"starts_on": date(2024, 7, 1), "ends_on": date(2024, 8, 31)}, "not_covered", "R22"),
        ({"list_serves_school": False}, "list_does_not_serve_school", "R31"),
        ({"category": "arts"}, "category_not_listed", "R22"),
        ({"starts_on": date(2022, 8, 19)}, "signed_after_start", "R23"),
        ({"ends_on": date(2024, 9, 1)}, "term_not_allowed", "R23"),
        ({"ends_on": date(2022, 8, 31)}, "term_not_allowed", "R23"),
        *(
            ({"met": frozenset(REQUIRED) - {code}}, f"precondition_{code}", "R24")
            for code in ("parents_consulted", "plan_published", "liability_insurance", "people_cleared")
        ),
        ({"township": TownshipConsent(False, 20, 30)}, "township_parents", "R24"),
        ({"people_named": 0}, "nobody_named", "R32"),
        ({"people_uncleared": 1}, "people_uncleared", "R32"),
        ({"school_confirmed": False}, "school_not_confirmed", "R22"),
        ({"provider_confirmed": False}, "provider_not_confirmed", "R22"),
        ({"scan_stored": False}, "scan_missing", "R22"),
    ],
)
def test_each_thing_that_stands_against_signing(changes: dict[str, object], code: str, rule: str) -> None:
    facts = replace(GOOD, **changes)  # type: ignore[arg-type]
    (refusal,) = signing_refusals(facts, SIGNED_ON)
    assert (refusal.code, refusal.rule) == (code, rule)
    assert refusal.text and "%(" not in refusal.text
    assert refusal.remedy_text and "%(" not in refusal.remedy_text
    assert not may_sign(facts, SIGNED_ON)


def test_all_refusals_are_told_at_once() -> None:
    facts = replace(GOOD, scan_stored=False, category="arts", ends_on=date(2024, 9, 1))
    codes = [refusal.code for refusal in signing_refusals(facts, SIGNED_ON)]
    assert codes == ["term_not_allowed", "category_not_listed", "scan_missing"]


def test_signing_on_the_first_day_is_in_time() -> None:
    assert may_sign(GOOD, date(2022, 9, 1))


def test_a_contract_may_outlive_the_entry() -> None:
    assert may_sign(replace(GOOD, ends_on=date(2024, 8, 31)), SIGNED_ON)
    assert may_sign(replace(GOOD, starts_on=date(2024, 6, 30), ends_on=date(2024, 8, 31)), SIGNED_ON)


@pytest.mark.parametrize(
    ("consent", "suffices"),
    [
        (TownshipConsent(True, 0, 0), True),
        (TownshipConsent(False, 20, 30), False),
        (TownshipConsent(False, 21, 30), True),
        (TownshipConsent(False, 0, 0), False),
    ],
)
def test_more_than_two_thirds(consent: TownshipConsent, suffices: bool) -> None:
    assert consent.suffices(Fraction(2, 3)) is suffices
    assert consent.suffices(load("default").contract.township_parents_fraction) is suffices


def test_service_is_judged_again_on_its_first_day() -> None:
    categories = frozenset({"sports"})
    good = service_refusals(ACTIVE, list_serves_school=True, category="sports", entry_categories=categories)
    assert good == ()
    suspended = EntryStatus(StatusKind.SUSPENDED, date(2022, 8, 30))
    bad = service_refusals(suspended, list_serves_school=False, category="arts", entry_categories=categories)
    assert [refusal.code for refusal in bad] == [
        "list_does_not_serve_school",
        "entry_suspended",
        "category_not_listed",
    ]
