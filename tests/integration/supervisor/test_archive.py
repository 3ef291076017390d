"""A backup is what was: database, objects, versions, locks. A damaged one is refused."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from registry.entrypoints.supervisor import archive
from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.messages import Message
from storage import embedded
from storage.client import S3Location
from storage.errors import ObjectLocked
from storage.keys import Area, new_key
from storage.store import ObjectStore
from tests.integration.supervisor.running import running


def store_of(folder: Path) -> ObjectStore:
    facts = json.loads((folder / "s3" / "server.json").read_text())
    endpoint = f"{embedded.HOST}:{facts['ports']['s3']}"
    return ObjectStore(
        S3Location(endpoint, facts["access_key"], facts["secret_key"], "registry", secure=False)
    )


def rows_kept(folder: Path) -> int:
    facts = json.loads((folder / "secrets.json").read_text())
    with psycopg.connect(
        host="127.0.0.1",
        port=int((folder / "postgres.port").read_text()),
        user="registry_owner",
        password=facts["passwords"]["registry_owner"],
        dbname="registry",
    ) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert found is not None
        count: int = found[0]
        return count


async def test_what_is_restored_is_what_was(tmp_path: Path) -> None:
    folder, file, other = tmp_path / "var", tmp_path / "backup.tar", tmp_path / "restored"
    key = new_key(Area.UPLOADS, "application/pdf")
    with running(folder):
        stored = await store_of(folder).put(key, b"evidence", content_type="application/pdf", limit=10)
        until = datetime.now(UTC) + timedelta(days=1)
        await store_of(folder).lock(key, stored.version_id, until=until)
        with pytest.raises(CannotStart) as refusal:
            archive.create(folder, file)
        assert refusal.value.message is Message.ALREADY_RUNNING

    contents = archive.create(folder, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert archive.verify(file) == contents
    with pytest.raises(FileExistsError):
        archive.create(folder, file)
    with pytest.raises(FileExistsError):
        archive.restore(file, folder)

    assert archive.restore(file, other) == contents
    with running(other):
        assert rows_kept(other) == 2  # one from each start of the stand-in
        store = store_of(other)
        assert await store.read(key, limit=10, version_id=stored.version_id) == b"evidence"
        with pytest.raises(ObjectLocked):
            await store.delete(key, stored.version_id)

    _damage(file)
    with pytest.raises(archive.BadArchive):
        archive.verify(file)
    with pytest.raises(archive.BadArchive):
        archive.restore(file, tmp_path / "never")
    assert not [path for path in tmp_path.iterdir() if "never" in path.name]


def _damage(file: Path) -> None:
    """One changed byte in the middle of an object."""
    content = bytearray(file.read_bytes())
    place = content.index(b"evidence")
    content[place] ^= 1
    file.write_bytes(content)


def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cut.tar"
    file.write_bytes(b"\0" * 1024)
    with pytest.raises(archive.BadArchive):
        archive.verify(file)
    file.write_bytes(b"no archive at all")
    with pytest.raises(archive.BadArchive):
        archive.verify(file)


def test_only_our_folders_are_archived(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refusal:
        archive.create(tmp_path, tmp_path / "x.tar")
    assert refusal.value.message is Message.NOT_OURS
