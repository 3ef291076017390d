"""A clean database with the application's connection pool on it, for folders whose tests all want both."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from registry.kernel import db
from tests.conftest import TestDatabase


@pytest.fixture(autouse=True)
async def pool(database: TestDatabase) -> AsyncIterator[None]:
    """The pool of the application's engine, for the loop of one test. A folder's conftest asks for it by its name."""
    async with db.pooled():
        yield
