"""Bans: period, reach, whom they stop (R28, R31)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.bans.rules import (
    BanFacts,
    Bearing,
    Link,
    ListFacts,
    ban_period,
    bars,
    covers,
    in_force,
    reach_division,
    strong_link,
)
from registry.policies.vocabulary import Reach
from tests.unit.rules.tables import rows


@pytest.mark.parametrize("row", rows("ban_periods"), ids=lambda row: row["decided_on"])
def test_truth_table(row: dict[str, str]) -> None:
    period = ban_period(date.fromisoformat(row["decided_on"]), int(row["ban_years"]))
    assert period.last_day.isoformat() == row["last_banned_day"]
    assert period.may_apply_from.isoformat() == row["may_apply_from"]


@pytest.mark.parametrize(
    ("decided", "years", "last", "again"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28), date(2025, 3, 1)),
        (date(2024, 2, 29), 2, date(2026, 2, 28), date(2026, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29), date(2028, 3, 1)),
        (date(2024, 2, 29), 5, date(2029, 2, 28), date(2029, 3, 1)),
        (date(2023, 2, 28), 1, date(2024, 2, 28), date(2024, 2, 29)),
        (date(2096, 2, 29), 4, date(2100, 2, 28), date(2100, 3, 1)),
    ],
)
def test_other_periods(decided: date, years: int, last: date, again: date) -> None:
    period = ban_period(decided, years)
    assert (period.last_day, period.may_apply_from) == (last, again)


@pytest.mark.parametrize(("decided", "years"), [(date(2022, 1, 1), 0), (date(9998, 1, 1), 3)])
def test_impossible_periods(decided: date, years: int) -> None:
    with pytest.raises(ValueError):
        ban_period(decided, years)


NANNING, NANNING_DISTRICT, LIUZHOU, GUANGXI, GUANGDONG = "450100", "450102", "450200", "450000", "440000"
BAN = BanFacts(date(2022, 7, 1), date(2025, 7, 1), reach=NANNING, bureau_division=NANNING)


@pytest.mark.parametrize(
    ("as_of", "overturned", "held"),
    [
        (date(2022, 6, 30), None, False),
        (date(2022, 7, 1), None, True),
        (date(2025, 7, 1), None, True),
        (date(2025, 7, 2), None, False),
        (date(2023, 1, 9), date(2023, 1, 10), True),
        (date(2023, 1, 10), date(2023, 1, 10), False),
    ],
)
def test_in_force(as_of: date, overturned: date | None, held: bool) -> None:
    ban = BanFacts(BAN.decided_on, BAN.last_day, BAN.reach, BAN.bureau_division, overturned)
    assert in_force(ban, as_of) is held


@pytest.mark.parametrize(
    ("reach", "bureau", "list_division", "recognised", "expected"),
    [
        (NANNING, NANNING, NANNING, (), Bearing.BARS),
        (NANNING, NANNING, NANNING_DISTRICT, (), Bearing.BARS),
        (NANNING, NANNING_DISTRICT, NANNING, (), Bearing.BARS),
        (NANNING_DISTRICT, NANNING_DISTRICT, NANNING, (), Bearing.INFO),
        (NANNING, NANNING, LIUZHOU, (), Bearing.INFO),
        (NANNING, NANNING, LIUZHOU, (NANNING,), Bearing.BARS),
        (NANNING, NANNING, LIUZHOU, (GUANGXI,), Bearing.BARS),
        (NANNING, NANNING, LIUZHOU, (GUANGDONG,), Bearing.INFO),
        (GUANGXI, NANNING, LIUZHOU, (), Bearing.BARS),
        ("000000", NANNING, "442000100", (), Bearing.BARS),
    ],
)
def test_bars(
    reach: str, bureau: str, list_division: str, recognised: tuple[str, ...], expected: Bearing
) -> None:
    ban = BanFacts(BAN.decided_on, BAN.last_day, reach, bureau)
    target = ListFacts(list_division, recognised)
    assert bars(ban, target, date(2023, 1, 1)) is expected
    assert bars(ban, target, date(2025, 7, 2)) is Bearing.NONE


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("450100", "450100", True),
        ("450100", "450102", True),
        ("450102", "450100", False),
        ("450000", "450102", True),
        ("450100", "451000", False),
        ("440000", "442000", True),
        ("442000", "442000100", True),
        ("442000100", "442000100", True),
        ("442000100", "442000101", False),
        ("442000100", "442000", False),
        ("442000100000", "442000100", True),
        ("000000", "110101", True),
    ],
)
def test_covers(outer: str, inner: str, expected: bool) -> None:
    assert covers(outer, inner) is expected


@pytest.mark.parametrize(
    ("reach", "bureau", "division"),
    [
        (Reach.REGION, "450102", "450102"),
        (Reach.CITY, "450102", "450100"),
        (Reach.CITY, "450100", "450100"),
        (Reach.CITY, "442000100", "442000"),
        (Reach.CITY, "310115", "310000"),
        (Reach.CITY, "429004", "429004"),
        (Reach.PROVINCE, "450102", "450000"),
        (Reach.NATION, "450102", "000000"),
    ],
)
def test_reach_division(reach: Reach, bureau: str, division: str) -> None:
    assert reach_division(reach, bureau) == division


@pytest.mark.parametrize(
    ("code", "representative", "expected"),
    [
        ("A", "x", Link.CREDIT_CODE),
        ("A", None, Link.CREDIT_CODE),
        ("B", "x", Link.LEGAL_REPRESENTATIVE),
        ("B", "y", None),
        ("B", None, None),
        ("", "", None),
    ],
)
def test_strong_links(code: str, representative: str | None, expected: Link | None) -> None:
    found = strong_link(ban_code="A", ban_representative="x", code=code, representative=representative)
    assert found is expected


def test_unknown_facts_link_nobody() -> None:
    assert strong_link(ban_code="", ban_representative=None, code="", representative=None) is None
