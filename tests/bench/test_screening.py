"""Screening at size; a report, nothing timed is asserted."""

from __future__ import annotations

from tests.bench import screening


def test_screening_at_size() -> None:
    assert screening.main([]) == 0
