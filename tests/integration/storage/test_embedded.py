"""The embedded S3 server: nothing acknowledged is lost, nothing unneeded is open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from registry.entrypoints.supervisor.privileges import wrap
from storage import embedded
from storage.embedded import EmbeddedS3
from storage.errors import StorageError
from storage.keys import Area, ObjectKey, new_key
from storage.store import ObjectStore

PDF = "application/pdf"


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[EmbeddedS3, subprocess.Popen[bytes]]]:
    server = embedded.prepare(folder)
    with (folder / "out.log").open("ab") as log:
        process = subprocess.Popen(
            wrap(server.argv(), run_as=None, on_death=signal.SIGKILL),
            env=server.environment(),
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + 30
        while not server.is_ready():
            assert process.poll() is None, (folder / "out.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield server, process
    finally:
        process.kill()
        process.wait()
        server.remove_sockets()


async def test_kill_minus_nine_loses_no_acknowledged_object(tmp_path: Path) -> None:
    acknowledged: dict[ObjectKey, tuple[str, str]] = {}
    folder = tmp_path / "s3"
    with served(folder) as (server, process):
        store = ObjectStore(server.location("kept"))
        await store.ensure_bucket()

        async def put_until_killed(body: bytes) -> None:
            while True:
                key = new_key(Area.UPLOADS, PDF)
                try:
                    stored = await store.put(key, body, content_type=PDF, limit=10**7)
                except (StorageError, OSError):
                    return
                acknowledged[key] = (stored.version_id, stored.sha256)

        writers = [asyncio.create_task(put_until_killed(bytes([n]) * (100_000 * n + 1))) for n in range(4)]
        await asyncio.sleep(2)
        process.kill()
        await asyncio.gather(*writers)
    assert len(acknowledged) > 20

    with served(folder) as (server, _):
        store = ObjectStore(server.location("kept"))
        await store.ensure_bucket()
        for key, (version, sha256) in acknowledged.items():
            with (tmp_path / "read").open("wb") as target:
                await store.copy_to(key, target, sha256=sha256, version_id=version)


async def test_other_ports_find_the_same_objects_and_locks(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    from storage.errors import ObjectLocked

    folder = tmp_path / "s3"
    with served(folder) as (server, _):
        store = ObjectStore(server.location("kept"))
        await store.ensure_bucket()
        key = new_key(Area.UPLOADS, PDF)
        stored = await store.put(key, b"kept", content_type=PDF, limit=10)
        await store.lock(key, stored.version_id, until=datetime.now(UTC) + timedelta(days=1))
        first_ports = server.ports

    note = folder / "server.json"
    kept = json.loads(note.read_text())
    note.write_text(json.dumps({**kept, "ports": None}))
    with served(folder) as (server, _):
        assert server.ports != first_ports
        assert server.secret_key == kept["secret_key"]
        store = ObjectStore(server.location("kept"))
        assert await store.read(key, limit=10) == b"kept"
        with pytest.raises(ObjectLocked):
            await store.delete(key, stored.version_id)


def test_only_loopback_listens_and_only_what_is_needed(tmp_path: Path) -> None:
    with served(tmp_path / "s3") as (server, process):
        listening = [
            connection.laddr
            for connection in psutil.Process(process.pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert {address.ip for address in listening} == {"127.0.0.1"}
        ports = set(server.ports.values())
        assert {address.port for address in listening} <= ports | {port + 10000 for port in ports}

        def status(part: str, path: str, method: str = "GET") -> int:
            url = f"http://127.0.0.1:{server.ports[part]}{path}"
            # The object store is awaited; its other parts come up in their own time.
            client = httpx.Client(transport=httpx.HTTPTransport(retries=12), trust_env=False, timeout=5)
            with client:
                return client.request(method, url).status_code

        assert status("s3", "/") == 403
        assert status("filer", "/buckets/") == 401
        assert status("filer", "/buckets/kept/x", "DELETE") == 401
        assert status("filer", "/buckets/kept/x", "POST") == 401
        assert status("volume", "/1,01234567ab", "DELETE") in (401, 404)
        assert status("admin", "/") == 404


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    first = embedded.prepare(tmp_path / "s3")
    second = embedded.prepare(tmp_path / "s3")
    assert first == second
    assert stat.S_IMODE((tmp_path / "s3" / "server.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "s3").stat().st_mode) == 0o700
    assert first.secret_key not in repr(first)
    assert first.secret_key not in " ".join(first.argv())
    assert embedded.prepare(tmp_path / "other").secret_key != first.secret_key


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file in another user's name")
def test_sockets_that_another_user_left_are_stepped_around(tmp_path: Path) -> None:
    """A killed server leaves them in the shared temporary folder, and only their owner can take them away."""
    first = embedded.prepare(tmp_path / "s3")
    left = Path("/tmp", f"seaweedfs-master-grpc-{first.ports['master'] + 10000}.sock")
    left.touch()
    try:
        assert embedded.prepare(tmp_path / "s3").ports == first.ports, "one's own are only in nobody's way"
        os.chown(left, 65534, 65534)
        second = embedded.prepare(tmp_path / "s3")
        assert second.ports["master"] != first.ports["master"]
        assert embedded.prepare(tmp_path / "s3").ports == second.ports
    finally:
        left.unlink()
