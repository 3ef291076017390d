"""Tests that run on a database do so with the application's connection pool: connecting anew for every query is slow."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator

import pytest

from registry.kernel import db


@pytest.fixture(autouse=True)
async def _connected(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """The pool, for the loop of one test: of those that are coroutines and have the application's database."""
    if "database" not in request.fixturenames or not inspect.iscoroutinefunction(request.function):
        yield
        return
    request.getfixturevalue("database")
    async with db.pooled():
        yield
