"""The parts of the system as programs: what each is called with, and which secrets it gets to see."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from registry.entrypoints.supervisor.folder import DataFolder
from registry.entrypoints.supervisor.postgres import APPLICATION, OWNER, EmbeddedPostgres
from registry.entrypoints.supervisor.process import Program
from storage.embedded import EmbeddedS3

BUCKET: Final = "registry"


@dataclass(frozen=True, slots=True)
class Commands:
    """The command lines of our own parts; tests put small stand-ins here."""

    prepare: Sequence[str] = (sys.executable, "-m", "registry.entrypoints.supervisor.prepare")
    web: Sequence[str] = (sys.executable, "-m", "registry.entrypoints.cli.serve")
    worker: Sequence[str] = (sys.executable, "-m", "registry.entrypoints.cli.worker")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web process listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address a person on this machine opens."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"http://{host}:{self.port}"


def postgres_program(database: EmbeddedPostgres) -> Program:
    """The database server. SIGINT is its fast shutdown: sessions end, data is flushed."""
    return Program(
        "postgres",
        database.argv(),
        {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        Path("/"),
        database.is_ready,
        run_as=database.run_as,
        stop_with=signal.SIGINT,
        grace=30.0,
        # After a crash it replays its log before it answers.
        start_within=120.0,
    )


def s3_program(objects: EmbeddedS3) -> Program:
    """The object store."""
    return Program("s3", objects.argv(), objects.environment(), objects.folder, objects.is_ready)


def web_program(commands: Commands, environment: Mapping[str, str], address: Address) -> Program:
    """The web process: ready when it answers its health page."""

    def is_ready() -> bool:
        try:
            return httpx.get(f"{address.url}/healthz", timeout=2.0, trust_env=False).status_code < 500
        except httpx.HTTPError:
            return False

    return Program("web", commands.web, environment, Path.cwd(), is_ready)


def worker_program(commands: Commands, environment: Mapping[str, str]) -> Program:
    """The worker; jobs wait in the database, so it need not be ready before people come."""
    return Program("worker", commands.worker, environment, Path.cwd(), lambda: True, grace=20.0)


def prepare_program(commands: Commands, environment: Mapping[str, str]) -> Program:
    """Migrations and demo data, once."""
    return Program("prepare", commands.prepare, environment, Path.cwd(), lambda: True)


def application_environment(
    folder: DataFolder, database: EmbeddedPostgres, objects: EmbeddedS3, address: Address
) -> dict[str, str]:
    """What web and worker are told: the caller's environment, with ours over it.

    They get the application role alone; `owner_environment` adds the owner for migrations.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "REGISTRY_OWNER_DATABASE_URL"}
    return {
        **inherited,
        "PICCOLO_CONF": "registry.piccolo_conf",
        "PYTHONUNBUFFERED": "1",
        "REGISTRY_MODE": folder.mode,
        "REGISTRY_DATA_DIR": str(folder.path),
        "REGISTRY_HOST": address.host,
        "REGISTRY_PORT": str(address.port),
        "REGISTRY_DATABASE_URL": database.url(APPLICATION),
        "REGISTRY_S3_ENDPOINT": objects.endpoint,
        "REGISTRY_S3_ACCESS_KEY": objects.access_key,
        "REGISTRY_S3_SECRET_KEY": objects.secret_key,
        "REGISTRY_S3_BUCKET": BUCKET,
        "REGISTRY_S3_SECURE": "false",
        "REGISTRY_S3_PUBLIC_ENDPOINT": "",
        "REGISTRY_SECRET_KEYS": folder.secret_keys,
    }


def owner_environment(environment: Mapping[str, str], database: EmbeddedPostgres) -> dict[str, str]:
    """The environment of what migrates."""
    return {**environment, "REGISTRY_OWNER_DATABASE_URL": database.url(OWNER)}
