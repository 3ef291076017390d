"""The connection pool: one for everybody, closed by whoever opened it."""

from __future__ import annotations

from registry.kernel import db
from tests.conftest import TestDatabase


async def test_who_comes_later_uses_the_open_pool_and_leaves_it_open(database: TestDatabase) -> None:
    opened = db.engine().pool
    assert opened is not None, "tests run with the pool"
    async with db.pooled():
        assert db.engine().pool is opened
    assert db.engine().pool is opened
    assert await db.row("SELECT 1 AS one") == {"one": 1}


async def test_who_opened_it_closes_it_also_after_an_error(database: TestDatabase) -> None:
    # As a command finds it: nobody opened a pool before.
    await db.engine().close_connection_pool()
    try:
        async with db.pooled():
            assert db.engine().pool is not None
            raise LookupError
    except LookupError:
        pass
    assert db.engine().pool is None
    assert await db.row("SELECT 1 AS one") == {"one": 1}, "without it, each query connects"


async def test_plans_are_made_for_the_first_rows_of_what_is_asked(database: TestDatabase) -> None:
    """Compiled or parallel plans, and one plan for rare and common words alike, made pages slow at size."""
    settings = {"jit": "off", "max_parallel_workers_per_gather": "0", "plan_cache_mode": "force_custom_plan"}
    assert {name: await _setting(name) for name in settings} == settings


async def _setting(name: str) -> str:
    found = await db.row("SELECT current_setting({}) AS value", name)
    assert found is not None
    return str(found["value"])
