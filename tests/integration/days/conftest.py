"""Every test has a clean database and a pool."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from registry.kernel import db
from tests.conftest import TestDatabase


@pytest.fixture(autouse=True)
async def pool(database: TestDatabase) -> AsyncIterator[None]:
    """The pool of the application's engine, for the loop of one test."""
    await db.start_pool()
    try:
        yield
    finally:
        await db.stop_pool()
