"""Terms, scoring windows, averages and thresholds (R25)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.evaluations.rules import (
    SchoolTerm,
    Scores,
    average,
    below,
    heard_refusal,
    reminder_due,
    service_in,
    terms_between,
)
from registry.policies import load

SPANS = load("default").evaluation.term_spans
AUTUMN = SchoolTerm(2022, 1, date(2022, 9, 1), date(2023, 1, 31))
SPRING = SchoolTerm(2022, 2, date(2023, 2, 1), date(2023, 7, 15))


def test_terms_in_order_across_new_year() -> None:
    assert terms_between(SPANS, date(2022, 12, 31), date(2023, 2, 1)) == (AUTUMN, SPRING)
    assert terms_between(SPANS, date(2023, 7, 16), date(2023, 8, 31)) == (), "the holidays are in no term"
    assert [t.school_year for t in terms_between(SPANS, date(2022, 9, 1), date(2024, 8, 31))] == [
        2022, 2022, 2023, 2023,
    ]  # fmt: skip


def _service(term: SchoolTerm, starts: date, ends: date, over: date | None = None) -> tuple[date, ...] | None:
    found = service_in(
        term, starts_on=starts, ends_on=ends, terminated_on=over, shortest_days=30, opens_days=14, due_days=30
    )
    return (found.first, found.last, found.opens_on, found.due_on) if found else None


@pytest.mark.parametrize(
    ("starts", "ends", "over", "expected"),
    [
        (date(2022, 9, 1), date(2023, 8, 31), None, ("2022-09-01", "2023-01-31", "2023-01-17", "2023-03-02")),
        # 30 days with both counted, and one less.
        (date(2023, 1, 2), date(2023, 8, 31), None, ("2023-01-02", "2023-01-31", "2023-01-17", "2023-03-02")),
        (date(2023, 1, 3), date(2023, 8, 31), None, None),
        # Ended early: asked from then on, counted from the last day of service.
        (date(2022, 9, 1), date(2023, 8, 31), date(2022, 10, 20), ("2022-09-01", "2022-10-20", "2022-10-06", "2022-11-19")),
        (date(2022, 9, 1), date(2023, 8, 31), date(2022, 9, 10), None),
        (date(2023, 2, 1), date(2023, 8, 31), None, None),
    ],
)  # fmt: skip
def test_a_contract_is_scored_for_the_terms_it_served_in(
    starts: date, ends: date, over: date | None, expected: tuple[str, ...] | None
) -> None:
    found = _service(AUTUMN, starts, ends, over)
    assert (tuple(day.isoformat() for day in found) if found else None) == expected


def test_a_short_service_is_never_opened_before_it_began() -> None:
    found = service_in(
        AUTUMN, starts_on=date(2022, 9, 1), ends_on=date(2022, 9, 5), terminated_on=None, shortest_days=1,
        opens_days=14, due_days=30,
    )  # fmt: skip
    assert found is not None
    assert found.opens_on == date(2022, 9, 1)


def test_satisfaction_is_weighted_by_answers_and_silence_counts_nothing() -> None:
    found = average([Scores(5, 5, 5, 90, 10), Scores(3, 3, 3, 60, 30), Scores(4, 4, 4, None, 0)])
    assert found is not None
    assert (found.evaluations, found.overall, found.answers) == (3, 4.0, 40)
    assert found.satisfaction == pytest.approx(67.5)
    assert average([]) is None
    silent = average([Scores(4, 4, 4, None, 0)])
    assert silent is not None
    assert silent.satisfaction is None


@pytest.mark.parametrize(("satisfaction", "low"), [(79.9, True), (80, False), (None, False), (0, True)])
def test_the_threshold_itself_is_enough(satisfaction: float | None, low: bool) -> None:
    assert below(satisfaction, 80) is low


@pytest.mark.parametrize(
    ("day", "reminder"),
    [("2023-02-15", None), ("2023-02-16", 14), ("2023-02-26", 14), ("2023-02-27", 3), ("2023-03-02", 0), ("2023-03-03", None)],
)  # fmt: skip
def test_the_most_urgent_reminder_alone(day: str, reminder: int | None) -> None:
    assert reminder_due(date(2023, 3, 2), (14, 3, 0), date.fromisoformat(day)) == reminder


@pytest.mark.parametrize(
    ("asked", "answered", "until", "code"),
    [
        (False, False, None, "provider_not_asked"),
        (True, False, date(2023, 3, 2), "answer_pending"),
        (True, False, None, "answer_pending"),
        (True, True, date(2023, 3, 2), None),
        (True, False, date(2023, 3, 1), None),
    ],
)
def test_founded_only_when_the_provider_was_heard(
    asked: bool, answered: bool, until: date | None, code: str | None
) -> None:
    refusal = heard_refusal(asked, answered, until, date(2023, 3, 2))
    assert (refusal.code if refusal else None) == code
