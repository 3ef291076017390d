"""The truth tables copied into the tests."""

from __future__ import annotations

import csv
from pathlib import Path

CASES = Path(__file__).parents[2] / "data" / "cases"


def rows(name: str) -> list[dict[str, str]]:
    """All rows of a table in ``tests/data/cases``; fails where it is empty."""
    with (CASES / f"{name}.csv").open(encoding="utf-8-sig", newline="") as handle:
        found = list(csv.DictReader(handle))
    assert found, name
    return found
