"""A data folder as one file, and back: database, objects with their versions and locks, and the keys.

The system must be stopped: then the copy is consistent by itself, and what is restored is what was, down
to version ids and retention. The file holds the key ring and so all personal data in the clear to whoever
has it; it is written readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Final

from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.folder import LOCK_FILE, SECRETS_FILE, hold
from registry.entrypoints.supervisor.messages import Message
from registry.entrypoints.supervisor.postgres import binary
from registry.entrypoints.supervisor.privileges import choose_user

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_LEFT_OUT: Final = frozenset({LOCK_FILE, "children.json", "children.new", "log"})


class BadArchive(Exception):
    """The file is not an archive of this system, or its bytes have changed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: number of files, their bytes, when it was made (ISO 8601, UTC), its mode."""

    files: int
    size: int
    made_at: str
    mode: str


def create(folder: Path, target: Path) -> Contents:
    """Write the stopped system in `folder` to `target`, which appears only when it is whole.

    Raises CannotStart where the system runs or `folder` is none of ours, FileExistsError for an existing
    `target`.
    """
    if target.exists():
        raise FileExistsError(target)
    mode = _mode(folder)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    with hold(folder, mode) as held:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                contents = _write(held.path, out, mode)
                out.flush()
                os.fsync(out.fileno())
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    return contents


def verify(archive: Path) -> Contents:
    """Read every byte again and compare. Raises BadArchive."""
    with _opened(archive) as tar:
        return _check(tar, None)


def restore(archive: Path, folder: Path) -> Contents:
    """Unpack into `folder`, which must not exist, checking every byte on the way.

    The folder appears only when it is whole. Raises BadArchive, FileExistsError.
    """
    folder = folder.resolve()
    if folder.exists():
        raise FileExistsError(folder)
    fresh = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o711, parents=True)
    try:
        with _opened(archive) as tar:
            contents = _check(tar, fresh)
        _give_to_server(fresh / "postgres")
        fresh.rename(folder)
    finally:
        # What was half unpacked is personal data lying about.
        shutil.rmtree(fresh, ignore_errors=True)
    return contents


def _mode(folder: Path) -> str:
    try:
        return str(json.loads((folder / SECRETS_FILE).read_text())["mode"])
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotStart(Message.NOT_OURS, folder=folder) from None


def _files(folder: Path) -> Iterator[Path]:
    """Files and folders (empty ones matter to PostgreSQL) in a fixed order; sockets are left out."""
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).parts[0] in _LEFT_OUT or path.is_symlink():
            continue
        if path.is_dir() or path.is_file():
            yield path


def _write(folder: Path, out: IO[bytes], mode: str) -> Contents:
    digests: dict[str, str] = {}
    size = 0
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            member = tar.gettarinfo(path, arcname=name)
            if not member.isfile():
                tar.addfile(member)
                continue
            with path.open("rb") as file:
                reader = _Hashing(file)
                tar.addfile(member, reader)
            digests[name] = reader.digest.hexdigest()
            size += member.size
        facts = {"format": FORMAT, "made_at": made_at, "mode": mode, "files": digests}
        body = json.dumps(facts, indent=1).encode()
        last = tarfile.TarInfo(MANIFEST)
        last.size, last.mode = len(body), 0o600
        tar.addfile(last, io.BytesIO(body))
    return Contents(len(digests), size, made_at, mode)


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, mode="r|") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise BadArchive(f"{archive} is not a whole archive: {error}") from error


def _check(tar: tarfile.TarFile, target: Path | None) -> Contents:
    found: dict[str, str] = {}
    size = 0
    facts: object = None
    for member in tar:
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
            raise BadArchive(f"{member.name} does not belong into an archive")
        if member.isdir():
            if target is not None:
                (target / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        content = tar.extractfile(member)
        if content is None:
            raise BadArchive(f"{member.name} cannot be read")
        if member.name == MANIFEST:
            facts = json.loads(content.read(64 * 1024 * 1024))
            continue
        found[member.name] = _copy(content, target / name if target is not None else None)
        size += member.size
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise BadArchive("no manifest of this format")
    if facts["files"] != found:
        changed = sorted(set(facts["files"].items()) ^ set(found.items()))
        raise BadArchive(f"changed or missing: {changed[0][0]}")
    return Contents(len(found), size, str(facts["made_at"]), str(facts["mode"]))


def _copy(content: IO[bytes], target: Path | None) -> str:
    reader = _Hashing(content)
    if target is None:
        while reader.read(1024 * 1024):
            pass
        return reader.digest.hexdigest()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while data := reader.read(1024 * 1024):
            out.write(data)
    return reader.digest.hexdigest()


def _give_to_server(folder: Path) -> None:
    """As root the database's files belong to the user its server runs as."""
    run_as = choose_user(folder, [binary("postgres")])
    if run_as is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, run_as.uid, run_as.gid)
