"""Bring a database to the current schema, as the owner role, and give the application role its rights.

Run as ``python -m registry.entrypoints.migrate`` with ``REGISTRY_OWNER_DATABASE_URL`` and
``REGISTRY_DATABASE_URL`` set. Safe to run again; two at once queue on an advisory lock.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from importlib.resources import files
from typing import Any

import asyncpg

from registry.kernel.db import connection_config
from registry.settings import get_settings

_LOCK = 7_301_944_210
_RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON event, chain_seal, review_act, list_snapshot, choice, choice_candidate FROM {role};
REVOKE DELETE, TRUNCATE ON chain_head, notice, entry, contract, ban, exit_case, exit_report, exit_appeal,
  application FROM {role};
REVOKE INSERT, UPDATE, DELETE ON migration FROM {role};
"""


def migrate(owner_url: str, app_url: str) -> None:
    """Apply all migrations and rights. ``owner_url`` owns the schema, ``app_url`` names the application role.

    Raises RuntimeError with the tool's output where a migration fails; nothing of that migration stays.
    """
    asyncio.run(_migrate(owner_url, app_url))


async def _migrate(owner_url: str, app_url: str) -> None:
    owner: asyncpg.Connection[Any] = await asyncpg.connect(**connection_config(owner_url))
    try:
        await owner.execute(f"SELECT pg_advisory_lock({_LOCK})")
        await _run_piccolo(owner_url)
        await _install_job_queue(owner)
        role = '"' + connection_config(app_url)["user"].replace('"', '""') + '"'
        await owner.execute(_RIGHTS.format(role=role))
    finally:
        await owner.close()


async def _run_piccolo(owner_url: str) -> None:
    # Piccolo's command exits the interpreter on failure, so it runs in a process of its own.
    result = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "piccolo.main", "migrations", "forwards", "registry"],
        env={**os.environ, "PICCOLO_CONF": "registry.piccolo_conf", "REGISTRY_DATABASE_URL": owner_url},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise RuntimeError(f"migration failed:\n{result.stdout}\n{result.stderr}")


async def _install_job_queue(owner: asyncpg.Connection[Any]) -> None:
    if await owner.fetchval("SELECT to_regclass('procrastinate_jobs')") is None:
        schema = files("procrastinate").joinpath("sql/schema.sql").read_text()
        async with owner.transaction():
            await owner.execute(schema)


def main() -> None:
    """The command: migrate the database of the environment."""
    settings = get_settings()
    migrate(settings.owner_database_url.get_secret_value(), settings.database_url.get_secret_value())


if __name__ == "__main__":
    main()
