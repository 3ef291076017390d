"""Every test here has a clean database."""

from __future__ import annotations

import pytest

from tests.conftest import TestDatabase


@pytest.fixture(autouse=True)
def clean(database: TestDatabase) -> TestDatabase:
    """A migrated, empty database of the test's own."""
    return database
