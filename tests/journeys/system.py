"""The whole system as `make run` starts it, for the journeys: its address, its commands, its database."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from registry.entrypoints.demo.journey.browser import Person

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "kehou-demo-2022"
_REGISTRY = (sys.executable, "-m", "registry.entrypoints.cli.main")
# A first start seeds the demo and reads two applications.
_START_SECONDS = 600.0


@dataclass(frozen=True)
class System:
    """A running demo system; `folder` is its data folder."""

    url: str
    folder: Path

    def command(self, *arguments: str, seconds: float = 600.0) -> subprocess.CompletedProcess[str]:
        """`registry …` as a person at another terminal types it."""
        return subprocess.run(
            [*_REGISTRY, *arguments],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def advance(self, days: int) -> None:
        """Move the demo's day, running every day's sweep."""
        # A day's sweep takes seconds, many on a busy machine.
        done = self.command(
            "demo", "advance", f"{days}d", "--data-dir", str(self.folder), seconds=300.0 + 60.0 * days
        )
        assert done.returncode == 0, done.stderr

    def rows(self, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Run one statement as the application's role, for looking behind the pages. `%s` marks arguments."""
        told = json.loads((self.folder / "environment.json").read_text())
        with psycopg.connect(told["REGISTRY_DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), arguments)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *arguments: Any) -> Any:
        """The single value a statement finds."""
        ((value,),) = self.rows(statement, *arguments)
        return value

    def person(self, login: str) -> Person:
        """Somebody at a browser without JavaScript, signed in as a demo account."""
        person = Person(self.url, login)
        person.sign_in(login, PASSWORD)
        return person

    def anybody(self) -> Person:
        """Somebody who did not sign in."""
        return Person(self.url, "anybody")


def environment() -> dict[str, str]:
    """The environment without what the tests of the rooms put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running() -> Iterator[System]:
    """Start a whole system in a folder of its own, and take it down in order."""
    folder = Path(tempfile.mkdtemp(prefix="registry-journeys-"))
    # The database server runs as another user where the tests run as root.
    folder.chmod(0o711)
    data, port = folder / "var", free_port()
    log = folder / "up.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*_REGISTRY, "up", "--data-dir", str(data), "--port", str(port)],
            cwd=ROOT,
            # One address clicks on everything here, every download too.
            env={**environment(), "REGISTRY_API_REQUESTS_A_MINUTE": "0"},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}", log)
        yield System(f"http://127.0.0.1:{port}", data)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def joined(folder: Path) -> System:
    """The system that runs already on a data folder."""
    told = json.loads((folder / "environment.json").read_text())
    return System(f"http://{told['REGISTRY_HOST']}:{told['REGISTRY_PORT']}", folder.resolve())


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the system did not start:\n{log.read_text()}")
        if "系统已就绪" in log.read_text() and httpx.get(f"{url}/healthz", trust_env=False).is_success:
            return
        time.sleep(0.2)
