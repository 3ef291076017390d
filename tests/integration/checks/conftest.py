"""What the tests of the vetting job share: the application's pool, and the reading engine of their process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registry.checks import jobs
from tests.factories.pooled import pool

__all__ = ["pool"]


@pytest.fixture(autouse=True, scope="module")
def _engine_stops() -> Iterator[None]:
    """The reading engine of this process ends with the module."""
    yield
    if jobs.engine.cache_info().currsize:
        jobs.engine().close()
        jobs.engine.cache_clear()
