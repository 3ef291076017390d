"""The real PostgreSQL and S3 that tests run against: one pair per test run, shared by all its workers.

`python -m tests.services FOLDER PID` starts both in FOLDER, migrates a template database, writes
`services.json` and stays until process PID is gone or it is told to stop. The process that needs the
services first starts it; it is a process of its own, because the workers of pytest-xdist come and go.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

TEMPLATE = "registry_template"
SECRET_KEYS = "test:" + base64.b64encode(bytes(range(32))).decode()
ROOT = Path(__file__).resolve().parents[1]

# A test database is thrown away: durability would only cost time.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    # In the cluster's folder, gone with it: a server that is killed leaves the other kind behind for good.
    "dynamic_shared_memory_type": "mmap",
    "shared_buffers": "64MB",
    "max_connections": "120",
}

# Memory that Linux gives as a folder, and how much of it has to be free.
_MEMORY = Path("/dev/shm")
_MEMORY_NAME = "registry-tests"
_MEMORY_LEAST = 2 << 30


@dataclass(frozen=True)
class Services:
    """Where the running services are. `*_url` hold `{database}` for the name of a database."""

    pid: int
    admin_url: str
    owner_url: str
    application_url: str
    s3_endpoint: str
    s3_access_key: str
    s3_secret_key: str


def run(folder: Path, watched: int) -> None:
    """Start the services, announce them, keep them until `watched` ends."""
    from registry.entrypoints.supervisor import postgres
    from registry.entrypoints.supervisor.privileges import wrap
    from storage import embedded

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    fast = _fast_folder(folder, watched)
    database = postgres.prepare(fast / "postgres", postgres.fresh_passwords(), options=_FAST)
    objects = embedded.prepare(folder / "s3")
    children: list[subprocess.Popen[bytes]] = []
    try:
        with open(folder / "s3.log", "wb") as log:
            children.append(
                subprocess.Popen(
                    wrap(objects.argv(), run_as=None, on_death=signal.SIGKILL),
                    env=objects.environment(),
                    cwd=objects.folder,
                    stdout=log,
                    stderr=log,
                )
            )
        database.create_cluster()
        with open(folder / "postgres.log", "wb") as log:
            children.append(
                subprocess.Popen(
                    wrap(database.argv(), run_as=database.run_as, on_death=signal.SIGQUIT),
                    cwd="/",
                    stdout=log,
                    stderr=log,
                )
            )
        _wait(database.is_ready, children)
        database.create_roles()
        _wait(objects.is_ready, children)
        _make_template(database)
        services = Services(
            pid=os.getpid(),
            admin_url=database.url(postgres.SUPERUSER, "{database}"),
            owner_url=database.url(postgres.OWNER, "{database}"),
            application_url=database.url(postgres.APPLICATION, "{database}"),
            s3_endpoint=objects.endpoint,
            s3_access_key=objects.access_key,
            s3_secret_key=objects.secret_key,
        )
        note = folder / "services.new"
        note.write_text(json.dumps(asdict(services)))
        note.rename(folder / "services.json")
        while psutil.pid_exists(watched) and all(child.poll() is None for child in children):
            time.sleep(0.5)
    finally:
        for child in children:
            child.kill()
            child.wait()
        objects.remove_sockets()
        for made in {folder, fast}:
            shutil.rmtree(made, ignore_errors=True)


def _fast_folder(folder: Path, watched: int) -> Path:
    """A folder in memory for the cluster: every test copies a database, more than disks like. ``folder`` where there
    is too little memory set apart for files."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _MEMORY_LEAST:
        return folder
    for left in _MEMORY.glob(f"{_MEMORY_NAME}-*"):
        whose = int(left.name.rpartition("-")[2])
        # Of our own process only an earlier one with the same number can have left one.
        if whose == watched or not psutil.pid_exists(whose):
            shutil.rmtree(left, ignore_errors=True)
    made = _MEMORY / f"{_MEMORY_NAME}-{watched}"
    made.mkdir(mode=0o711)
    return made


def _wait(is_ready: Callable[[], bool], children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 60
    while not is_ready():
        if time.monotonic() > deadline or any(child.poll() is not None for child in children):
            raise RuntimeError("a test service did not start; see its log")
        time.sleep(0.05)


def _make_template(database: object) -> None:
    from registry.entrypoints.supervisor import postgres

    assert isinstance(database, postgres.EmbeddedPostgres)
    environment = {
        **os.environ,
        "PICCOLO_CONF": "registry.piccolo_conf",
        "REGISTRY_OWNER_DATABASE_URL": database.url(postgres.OWNER),
        "REGISTRY_DATABASE_URL": database.url(postgres.APPLICATION),
        "REGISTRY_SECRET_KEYS": SECRET_KEYS,
        "REGISTRY_MODE": "demo",
    }
    subprocess.run(
        [sys.executable, "-m", "registry.entrypoints.migrate"], cwd=ROOT, env=environment, check=True
    )
    import psycopg

    with psycopg.connect(database.url(postgres.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{postgres.DATABASE}" RENAME TO "{TEMPLATE}"'.encode())


def ensure(folder: Path, watched: int) -> Services:
    """The services of this test run, started if nobody has yet. `folder` is the same for all workers."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    note = folder / "services.json"
    with open(folder.parent / f"{folder.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            _start(folder, watched, note)
    return Services(**json.loads(note.read_text()))


def _start(folder: Path, watched: int, note: Path) -> None:
    log = folder.parent / f"{folder.name}.log"
    with open(log, "wb") as output:
        host = subprocess.Popen(
            [sys.executable, "-m", "tests.services", str(folder), str(watched)],
            cwd=ROOT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    while not note.exists():
        if host.poll() is not None:
            raise RuntimeError(f"the test services did not start:\n{log.read_text()[-4000:]}")
        time.sleep(0.05)


def stop(folder: Path) -> None:
    """Stop the services in `folder` and wait until they are gone; nothing happens where none run."""
    note = folder / "services.json"
    if not note.exists():
        return
    pid = json.loads(note.read_text())["pid"]
    try:
        process = psutil.Process(pid)
        process.terminate()
        process.wait(20)
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        pass


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
