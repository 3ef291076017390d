"""Objects on a real S3 server: bytes kept, limits held, locks that nobody opens, orphans swept."""

from __future__ import annotations

import asyncio
import hashlib
import io
import tempfile
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.client import S3Location
from storage.errors import (
    InvalidKey,
    ObjectCorrupt,
    ObjectLocked,
    ObjectMissing,
    ObjectTooLarge,
    StorageMisconfigured,
    StorageUnavailable,
)
from storage.keys import Area, ObjectKey, new_key
from storage.store import PART_SIZE, ObjectStore

PDF = "application/pdf"
MB = 1024 * 1024


async def stream(total: int, *, chunk: int = 256 * 1024) -> AsyncIterator[bytes]:
    """`total` bytes that are not all alike."""
    sent = 0
    while sent < total:
        size = min(chunk, total - sent)
        yield hashlib.sha256(str(sent).encode()).digest() * (size // 32) + b"x" * (size % 32)
        sent += size


async def digest_of(chunks: AsyncIterator[bytes]) -> str:
    digest = hashlib.sha256()
    async for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


@pytest.mark.parametrize("size", [0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 2 * PART_SIZE + 5])
async def test_what_was_put_is_what_is_read(object_store: ObjectStore, size: int) -> None:
    key = new_key(Area.UPLOADS, PDF)
    stored = await object_store.put(key, stream(size), content_type=PDF, limit=size)
    assert (stored.key, stored.size, stored.sha256) == (key, size, await digest_of(stream(size)))
    async with object_store.open(key) as chunks:
        assert await digest_of(chunks) == stored.sha256
    stat = await object_store.stat(key)
    assert (stat.size, stat.version_id, stat.locked_until) == (size, stored.version_id, None)


async def test_bytes_and_files_are_sources_too(object_store: ObjectStore) -> None:
    for source in (b"one", io.BytesIO(b"one")):
        key = new_key(Area.UPLOADS, PDF)
        stored = await object_store.put(key, source, content_type=PDF, limit=3)
        assert stored.sha256 == hashlib.sha256(b"one").hexdigest()
        assert await object_store.read(key, limit=3) == b"one"


async def test_a_large_upload_streams(services: object, object_store: ObjectStore) -> None:
    """130 MB pass through a process whose own memory grows by a few parts only."""
    import psutil

    process = psutil.Process()
    await object_store.put(new_key(Area.UPLOADS, PDF), stream(MB), content_type=PDF, limit=MB)
    before = process.memory_info().rss
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.01):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        key = new_key(Area.UPLOADS, PDF)
        stored = await object_store.put(key, stream(130 * MB), content_type=PDF, limit=200 * MB)
        with tempfile.TemporaryFile() as target:
            assert await object_store.copy_to(key, target, sha256=stored.sha256) == 130 * MB
    finally:
        done.set()
        watcher.join()
    assert peak - before < 8 * PART_SIZE


@pytest.mark.parametrize("size", [101, PART_SIZE + 1, 3 * PART_SIZE])
async def test_a_stream_past_its_limit_leaves_nothing(object_store: ObjectStore, size: int) -> None:
    key = new_key(Area.UPLOADS, PDF)
    with pytest.raises(ObjectTooLarge) as refusal:
        await object_store.put(key, stream(size), content_type=PDF, limit=size - 1)
    assert str(size - 1) in str(refusal.value)
    with pytest.raises(ObjectMissing):
        await object_store.stat(key)
    assert [version async for version in object_store.versions(key)] == []


async def test_a_sender_that_fails_leaves_nothing(object_store: ObjectStore) -> None:
    class Gone(Exception):
        pass

    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * (PART_SIZE + 1)
        yield b"x" * (PART_SIZE + 1)
        raise Gone

    key = new_key(Area.UPLOADS, PDF)
    with pytest.raises(Gone):
        await object_store.put(key, broken(), content_type=PDF, limit=10 * PART_SIZE)
    assert [version async for version in object_store.versions(key)] == []


async def test_a_cancelled_upload_ends(object_store: ObjectStore) -> None:
    started = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"first"
        started.set()
        await asyncio.sleep(3600)

    key = new_key(Area.UPLOADS, PDF)
    task = asyncio.create_task(object_store.put(key, endless(), content_type=PDF, limit=MB))
    await asyncio.wait_for(started.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(2.5)  # the thread looks up once a second
    assert [version async for version in object_store.versions(key)] == []


async def test_a_range_can_be_read(object_store: ObjectStore) -> None:
    key = new_key(Area.UPLOADS, PDF)
    await object_store.put(key, b"0123456789", content_type=PDF, limit=10)
    async with object_store.open(key, offset=3, length=4) as chunks:
        assert b"".join([chunk async for chunk in chunks]) == b"3456"


async def test_reading_is_limited_and_checked(object_store: ObjectStore) -> None:
    key = new_key(Area.UPLOADS, PDF)
    await object_store.put(key, b"0123456789", content_type=PDF, limit=10)
    with pytest.raises(ObjectTooLarge):
        await object_store.read(key, limit=9)
    with tempfile.TemporaryFile() as target, pytest.raises(ObjectCorrupt):
        await object_store.copy_to(key, target, sha256="0" * 64)


async def test_a_later_version_does_not_hide_the_recorded_one(object_store: ObjectStore) -> None:
    key = new_key(Area.DERIVED, PDF)
    first = await object_store.put(key, b"first", content_type=PDF, limit=10)
    await object_store.put(key, b"second", content_type=PDF, limit=10)
    assert await object_store.read(key, limit=10) == b"second"
    assert await object_store.read(key, limit=10, version_id=first.version_id) == b"first"
    assert len([version async for version in object_store.versions(key)]) == 2


class TestLock:
    async def test_nobody_deletes_or_shortens(self, object_store: ObjectStore) -> None:
        key = new_key(Area.UPLOADS, PDF)
        stored = await object_store.put(key, b"evidence", content_type=PDF, limit=10)
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
        await object_store.lock(key, stored.version_id, until=until)
        assert (await object_store.stat(key)).locked_until == until

        with pytest.raises(ObjectLocked):
            await object_store.delete(key, stored.version_id)
        with pytest.raises(ObjectLocked):
            await object_store.lock(key, stored.version_id, until=until - timedelta(days=1))
        await object_store.put(key, b"replaced", content_type=PDF, limit=10)
        object_store.client.remove_object(object_store.bucket, key)  # a delete marker hides, deletes nothing

        with tempfile.TemporaryFile() as target:
            await object_store.copy_to(key, target, sha256=stored.sha256, version_id=stored.version_id)
        with pytest.raises(ObjectLocked):
            await object_store.delete(key, stored.version_id)

    async def test_it_can_be_made_longer(self, object_store: ObjectStore) -> None:
        key = new_key(Area.UPLOADS, PDF)
        stored = await object_store.put(key, b"evidence", content_type=PDF, limit=10)
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
        for days in (0, 30):
            await object_store.lock(key, stored.version_id, until=until + timedelta(days=days))
        assert (await object_store.stat(key)).locked_until == until + timedelta(days=30)

    async def test_it_needs_something_to_lock(self, object_store: ObjectStore) -> None:
        with pytest.raises(ObjectMissing):
            await object_store.lock(
                new_key(Area.UPLOADS, PDF), "0" * 32, until=datetime.now(UTC) + timedelta(days=1)
            )

    async def test_a_naive_date_is_refused(self, object_store: ObjectStore) -> None:
        with pytest.raises(ValueError, match="aware"):
            await object_store.lock(
                new_key(Area.UPLOADS, PDF),
                "0" * 32,
                until=datetime(2030, 1, 1),  # noqa: DTZ001
            )


async def test_unlocked_versions_can_be_deleted_and_twice(object_store: ObjectStore) -> None:
    key = new_key(Area.UPLOADS, PDF)
    stored = await object_store.put(key, b"draft", content_type=PDF, limit=10)
    await object_store.delete(key, stored.version_id)
    await object_store.delete(key, stored.version_id)
    with pytest.raises(ObjectMissing):
        await object_store.read(key, limit=10)
    with pytest.raises(ObjectMissing):
        await object_store.stat(key, version_id=stored.version_id)


@pytest.mark.parametrize("name", ["../etc/passwd", "uploads/申请表.pdf", "uploads/ab/x.pdf", ""])
async def test_a_string_that_is_no_key_never_reaches_the_server(object_store: ObjectStore, name: str) -> None:
    key = ObjectKey(name)
    with pytest.raises(InvalidKey):
        await object_store.put(key, b"", content_type=PDF, limit=1)
    with pytest.raises(InvalidKey):
        await object_store.read(key, limit=1)
    with pytest.raises(InvalidKey):
        await object_store.stat(key)
    with pytest.raises(InvalidKey):
        await object_store.delete(key, "1")


class TestLinks:
    def test_none_without_a_public_endpoint(self, s3_location: S3Location) -> None:
        store = ObjectStore(s3_location)
        key = new_key(Area.UPLOADS, PDF)
        assert store.presigned_url(key, version_id=None, valid_for=timedelta(minutes=5)) is None

    async def test_with_one_a_browser_gets_the_bytes(
        self, object_store: ObjectStore, s3_location: S3Location
    ) -> None:
        import httpx

        public = S3Location(
            s3_location.endpoint, s3_location.access_key, s3_location.secret_key, s3_location.bucket,
            secure=False, public_endpoint=f"http://{s3_location.endpoint}",
        )  # fmt: skip
        key = new_key(Area.UPLOADS, PDF)
        stored = await object_store.put(key, b"shown", content_type=PDF, limit=10)
        link = ObjectStore(public).presigned_url(
            key, version_id=stored.version_id, valid_for=timedelta(minutes=5)
        )
        assert link is not None
        assert httpx.get(link, trust_env=False).content == b"shown"
        assert httpx.get(link.split("?")[0], trust_env=False).status_code == 403
        assert s3_location.secret_key not in link

    @pytest.mark.parametrize("endpoint", ["files.example.com", "ftp://files.example.com", "https://h/path"])
    def test_an_endpoint_that_is_no_address_is_refused(self, endpoint: str) -> None:
        with pytest.raises(StorageMisconfigured):
            ObjectStore(S3Location("h:1", "a", "s", "bucket", public_endpoint=endpoint))


class TestConfiguration:
    async def test_wrong_credentials_are_an_operators_matter(self, s3_location: S3Location) -> None:
        wrong = S3Location(
            s3_location.endpoint, s3_location.access_key, "wrong", s3_location.bucket, secure=False
        )
        with pytest.raises(StorageMisconfigured):
            await ObjectStore(wrong).check()
        assert "wrong" not in repr(wrong)

    async def test_a_missing_bucket_is_named(self, s3_location: S3Location) -> None:
        missing = S3Location(
            s3_location.endpoint, s3_location.access_key, s3_location.secret_key, "not-there", secure=False
        )
        with pytest.raises(StorageMisconfigured, match="not-there"):
            await ObjectStore(missing).check()
        with pytest.raises(StorageMisconfigured):
            await ObjectStore(missing).put(new_key(Area.UPLOADS, PDF), b"x", content_type=PDF, limit=1)

    async def test_a_server_that_is_not_there(self) -> None:
        store = ObjectStore(S3Location("127.0.0.1:1", "a", "s", "bucket", secure=False))
        with pytest.raises(StorageUnavailable):
            await store.check()
        with pytest.raises(StorageUnavailable):
            await store.put(new_key(Area.UPLOADS, PDF), b"x", content_type=PDF, limit=1)

    async def test_a_bucket_without_lock_is_refused(self, s3_location: S3Location) -> None:
        plain = S3Location(
            s3_location.endpoint, s3_location.access_key, s3_location.secret_key,
            f"{s3_location.bucket}-plain", secure=False,
        )  # fmt: skip
        store = ObjectStore(plain)
        if not store.client.bucket_exists(plain.bucket):
            store.client.make_bucket(plain.bucket)
        with pytest.raises(StorageMisconfigured, match="object lock"):
            await store.ensure_bucket()

    async def test_preparing_twice_changes_nothing(self, object_store: ObjectStore) -> None:
        await object_store.ensure_bucket()
        await object_store.check()
