"""The fixtures themselves: a clean database per test, roles that differ, a bucket that keeps bytes."""

from __future__ import annotations

import psycopg
import pytest

from storage.keys import Area, new_key
from storage.store import ObjectStore
from tests.conftest import TestDatabase


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_a_clean_database(database: TestDatabase, turn: int) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE only_here (turn int)")
        assert connection.execute("SELECT current_database()").fetchone() == (database.name,)


def test_the_application_role_cannot_alter_tables(database: TestDatabase) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (i int)")
        assert connection.execute("SELECT count(*) FROM migration").fetchone() != (0,)


async def test_the_engine_of_the_application_uses_the_test_database(settings_env: dict[str, str]) -> None:
    from registry.kernel.db import row

    found = await row("SELECT current_database() AS name, current_user AS role")
    assert found is not None
    assert settings_env["REGISTRY_DATABASE_URL"].endswith("/" + found["name"])
    assert found["role"] == "registry_app"


async def test_the_bucket_keeps_bytes(object_store: ObjectStore) -> None:
    key = new_key(Area.UPLOADS, "application/pdf")
    stored = await object_store.put(key, b"%PDF-1.7", content_type="application/pdf", limit=100)
    assert await object_store.read(key, limit=100, version_id=stored.version_id) == b"%PDF-1.7"
