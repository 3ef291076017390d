"""Fixtures on real parts: a migrated database of its own per test, an S3 bucket, an SMTP server.

Nothing is started for tests that do not ask: `pytest tests/unit` runs without any server.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from storage.client import S3Location
from storage.store import ObjectStore
from tests import services as test_services

os.environ.setdefault("PICCOLO_CONF", "registry.piccolo_conf")
# Modules read the settings when they are imported: a whole set stands here before the first test module.
os.environ.setdefault("REGISTRY_MODE", "demo")
os.environ.setdefault("REGISTRY_SECRET_KEYS", test_services.SECRET_KEYS)
os.environ.setdefault("REGISTRY_DATABASE_URL", "postgresql://nobody:none@127.0.0.1:1/none")


def _run_id() -> tuple[int, Path]:
    """The process that lives as long as the test run, and the folder of its services."""
    controller = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    return controller, Path(tempfile.gettempdir()) / f"registry-tests-{controller}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the services when the run ends (its workers leave that to the controller)."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _, folder = _run_id()
        test_services.stop(folder)
        for leftover in (f"{folder.name}.lock", f"{folder.name}.log"):
            (folder.parent / leftover).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def services() -> test_services.Services:
    """The PostgreSQL and S3 servers of this test run."""
    controller, folder = _run_id()
    return test_services.ensure(folder, controller)


@dataclass(frozen=True)
class TestDatabase:
    """A migrated, empty database. The three URLs are those of the superuser, the owner, the application."""

    __test__ = False

    name: str
    admin_url: str = field(repr=False)
    owner_url: str = field(repr=False)
    url: str = field(repr=False)

    def execute(self, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Run one statement as the superuser, for looking behind the scenes. `%s` marks arguments."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), arguments)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def database(services: test_services.Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestDatabase]:
    """A clean migrated database for one test (a copy of the template); the application's engine uses it."""
    name = f"test_{uuid4().hex}"
    admin = services.admin_url.format(database="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            (
                f'CREATE DATABASE "{name}" OWNER registry_owner TEMPLATE "{test_services.TEMPLATE}"'
                " STRATEGY FILE_COPY"
            ).encode()
        )
    made = TestDatabase(
        name=name,
        admin_url=services.admin_url.format(database=name),
        owner_url=services.owner_url.format(database=name),
        url=services.application_url.format(database=name),
    )
    monkeypatch.setenv("REGISTRY_DATABASE_URL", made.url)
    monkeypatch.setenv("REGISTRY_OWNER_DATABASE_URL", made.owner_url)
    _forget_settings()
    _point_engine_at(made.url)
    yield made
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
    _forget_settings()


def _point_engine_at(url: str) -> None:
    """Piccolo's tables keep the engine they found first, so that engine is pointed elsewhere."""
    from registry.kernel.db import connection_config, engine

    engine().config.update(connection_config(url))


def _forget_settings() -> None:
    module = sys.modules.get("registry.settings")
    if module is not None:
        module.get_settings.cache_clear()


@pytest.fixture(scope="session")
def s3_location(services: test_services.Services) -> S3Location:
    """A bucket shared by the tests of this process; keys are unique, so tests do not meet."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return S3Location(
        services.s3_endpoint, services.s3_access_key, services.s3_secret_key, f"test-{worker}", secure=False
    )


@pytest.fixture
async def object_store(s3_location: S3Location) -> ObjectStore:
    """The object store on that bucket."""
    store = ObjectStore(s3_location)
    await store.ensure_bucket()
    return store


@pytest.fixture
def settings_env(
    database: TestDatabase,
    object_store: ObjectStore,
    s3_location: S3Location,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> dict[str, str]:
    """All REGISTRY_* settings, in the environment and returned: a fresh database, a bucket, demo mode."""
    values = {
        "PICCOLO_CONF": "registry.piccolo_conf",
        "REGISTRY_MODE": "demo",
        "REGISTRY_DATABASE_URL": database.url,
        "REGISTRY_OWNER_DATABASE_URL": database.owner_url,
        "REGISTRY_S3_ENDPOINT": s3_location.endpoint,
        "REGISTRY_S3_ACCESS_KEY": s3_location.access_key,
        "REGISTRY_S3_SECRET_KEY": s3_location.secret_key,
        "REGISTRY_S3_BUCKET": s3_location.bucket,
        "REGISTRY_S3_SECURE": "false",
        "REGISTRY_S3_PUBLIC_ENDPOINT": "",
        "REGISTRY_SECRET_KEYS": test_services.SECRET_KEYS,
        "REGISTRY_DATA_DIR": str(tmp_path / "var"),
        "REGISTRY_HOST": "127.0.0.1",
        "REGISTRY_PORT": "8000",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    _forget_settings()
    return values


@dataclass
class Mailbox:
    """An SMTP server on this machine and what it received."""

    host: str
    port: int
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take one message (the method's name is aiosmtpd's)."""
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture
async def smtp_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Mailbox]:
    """A running SMTP server; REGISTRY_SMTP_HOST and _PORT point at it."""
    from aiosmtpd.controller import Controller

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mailbox = Mailbox("127.0.0.1", port)
    controller = Controller(mailbox, hostname=mailbox.host, port=port)
    controller.start()
    monkeypatch.setenv("REGISTRY_SMTP_HOST", mailbox.host)
    monkeypatch.setenv("REGISTRY_SMTP_PORT", str(port))
    _forget_settings()
    try:
        yield mailbox
    finally:
        controller.stop()
        _forget_settings()
