"""The data folder: one supervisor at a time, secrets made once, demo and production never mixed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.messages import Message
from registry.entrypoints.supervisor.postgres import fresh_passwords

SECRETS_FILE: Final = "secrets.json"
LOCK_FILE: Final = "supervisor.lock"
ENVIRONMENT_FILE: Final = "environment.json"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A locked data folder. `passwords` are those of the database roles, `secret_keys` the key ring."""

    path: Path
    mode: str
    passwords: dict[str, str] = field(repr=False)
    secret_keys: str = field(repr=False)
    lock_descriptor: int = -1

    @property
    def logs(self) -> Path:
        """Where the children's logs go."""
        return self.path / "log"

    def announce(self, url: str) -> None:
        """Write who runs here and where, for whoever finds the folder locked."""
        self._note({"pid": os.getpid(), "url": url})

    def note_children(self, children: dict[str, tuple[int, float]]) -> None:
        """Write down the children's process ids and start times, for a start after a crash."""
        fresh = self.path / "children.new"
        fresh.write_text(json.dumps(children))
        fresh.replace(self.path / "children.json")

    def note_environment(self, environment: Mapping[str, str]) -> None:
        """Leave the application's settings for commands of an operator, readable by the owner alone."""
        told = {name: value for name, value in environment.items() if name.startswith("REGISTRY_")}
        _write_private(self.path / ENVIRONMENT_FILE, json.dumps(told))

    def earlier_children(self) -> dict[str, tuple[int, float]]:
        """What `note_children` wrote last; empty when nothing is left of an earlier run."""
        try:
            found = json.loads((self.path / "children.json").read_text())
            return {name: (int(pid), float(started)) for name, (pid, started) in found.items()}
        except (OSError, ValueError, TypeError):
            return {}

    def _note(self, facts: dict[str, object]) -> None:
        os.ftruncate(self.lock_descriptor, 0)
        os.pwrite(self.lock_descriptor, json.dumps(facts).encode(), 0)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the secrets file holds."""

    mode: str
    passwords: dict[str, str] = field(repr=False)
    secret_keys: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> _Kept:
        found = json.loads(text)
        return cls(str(found["mode"]), dict(found["passwords"]), str(found["secret_keys"]))


@contextmanager
def hold(path: Path, mode: str) -> Iterator[DataFolder]:
    """Make or open the data folder `path` and keep others out while the context lasts.

    The lock is the kernel's and ends with the process, however that ends. Raises CannotStart where
    another supervisor runs, where the folder is somebody else's, or where it holds the other mode's data.
    """
    path = path.resolve()
    try:
        # Others may pass through (the database server's user must), but not look.
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
        (path / "log").mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(Message.FOLDER_REFUSED, folder=path, reason=error.strerror) from error
    try:
        _lock(descriptor, path)
        kept = _secrets(path, mode)
        if kept.mode != mode:
            raise CannotStart(Message.OTHER_MODE, folder=path, kept=kept.mode, asked=mode)
        yield DataFolder(path, mode, kept.passwords, kept.secret_keys, descriptor)
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a supervisor runs on the folder now."""
    try:
        descriptor = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            facts = json.loads(os.pread(descriptor, 4096, 0) or b"{}")
        except ValueError:
            facts = {}
        raise CannotStart(
            Message.ALREADY_RUNNING, folder=path, pid=facts.get("pid", "?"), url=facts.get("url", "?")
        ) from None


def _secrets(path: Path, mode: str) -> _Kept:
    file = path / SECRETS_FILE
    try:
        return _Kept.parse(file.read_text())
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError) as error:
        raise CannotStart(Message.FOLDER_REFUSED, folder=path, reason=f"{SECRETS_FILE}: {error}") from error
    made = _Kept(mode, fresh_passwords(), _fresh_key_ring())
    # Without these keys nothing sealed can be read again: they are on disk before anything is sealed.
    _write_private(
        file,
        json.dumps({"mode": mode, "passwords": made.passwords, "secret_keys": made.secret_keys}, indent=1),
    )
    return made


def _write_private(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def _fresh_key_ring() -> str:
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()
