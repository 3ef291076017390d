"""When a renewal may be drafted: two months before the end, also where that month is shorter (R23)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.contracts.following_rules import renewal_opens, renewal_refusal


@pytest.mark.parametrize(
    ("ends_on", "opens"),
    [
        (date(2023, 8, 31), date(2023, 6, 30)),
        (date(2023, 8, 30), date(2023, 6, 30)),
        (date(2023, 4, 30), date(2023, 2, 28)),
        (date(2024, 4, 30), date(2024, 2, 29)),
        (date(2023, 1, 31), date(2022, 11, 30)),
        (date(2023, 2, 15), date(2022, 12, 15)),
    ],
)
def test_two_months_before(ends_on: date, opens: date) -> None:
    assert renewal_opens(ends_on) == opens
    assert renewal_refusal(ends_on, flagged=False, as_of=opens) is None
    early = renewal_refusal(ends_on, flagged=False, as_of=date.fromordinal(opens.toordinal() - 1))
    assert early is not None
    assert early.code == "renewal_too_early"


def test_a_flagged_contract_is_not_renewed() -> None:
    refused = renewal_refusal(date(2023, 8, 31), flagged=True, as_of=date(2023, 8, 1))
    assert refused is not None
    assert refused.rule == "R27"
