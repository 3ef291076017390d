"""The script that makes the roles in docker compose, run on a real PostgreSQL: as `make run` makes them."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from registry.entrypoints.supervisor import postgres
from registry.entrypoints.supervisor.privileges import wrap
from tests.integration.supervisor.running import eventually

ROOT = Path(__file__).resolve().parents[3]


def test_the_script_makes_roles_on_which_the_migrations_run(tmp_path: Path) -> None:
    server = postgres.prepare(
        tmp_path / "postgres", postgres.fresh_passwords(), options={"fsync": "off", "shared_buffers": "32MB"}
    )
    server.create_cluster()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            wrap(server.argv(), run_as=server.run_as, on_death=signal.SIGQUIT),
            cwd="/",
            stdout=log,
            stderr=log,
        )
    try:
        assert eventually(server.is_ready, 60)
        environment = {
            **os.environ,
            "PATH": f"{postgres.binary('psql').parent}:{os.environ['PATH']}",
            "PGHOST": postgres.HOST,
            "PGPORT": str(server.port),
            "PGPASSWORD": server.passwords[postgres.SUPERUSER],
            # What a password may hold: the script must quote it.
            "REGISTRY_OWNER_PASSWORD": "own'er\"$x",
            "REGISTRY_APP_PASSWORD": server.passwords[postgres.APPLICATION],
        }
        script = ROOT / "docker/postgres/roles.sh"
        subprocess.run(["bash", str(script)], env=environment, check=True, capture_output=True, timeout=60)

        with psycopg.connect(
            host=postgres.HOST, port=server.port, user=postgres.OWNER, password="own'er\"$x",
            dbname=postgres.DATABASE, autocommit=True,
        ) as owner:  # fmt: skip
            owner.execute("CREATE TABLE made (n int)")
            assert owner.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (
                False,
            )
        with psycopg.connect(server.url(postgres.APPLICATION), autocommit=True) as application:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute("CREATE TABLE mine (n int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute("SELECT * FROM made")
    finally:
        process.kill()
        process.wait()
