"""Objects in S3: put a stream, read it back, lock it, sweep what nobody recorded.

Every method is async; the SDK blocks, so its calls run in threads. Nothing here knows the database:
the order "put the object, commit the record, lock on submission" is kept by the documents room.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Final

from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import S3Error
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig
from urllib3.response import BaseHTTPResponse

from storage.client import S3Location, connect, connect_public, from_s3_error, translated
from storage.errors import (
    ObjectCorrupt,
    ObjectLocked,
    ObjectTooLarge,
    StorageMisconfigured,
    StorageUnavailable,
)
from storage.keys import ObjectKey, parse_key
from storage.streams import CHUNK, MeteredReader, Source

# S3's smallest part is 5 MiB; one part is in memory at a time, so this bounds an upload's memory.
PART_SIZE: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What was put: `size` in bytes, `sha256` in hex, counted and hashed on the way in."""

    key: ObjectKey
    version_id: str
    size: int
    sha256: str
    content_type: str


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What the server says of one version. `locked_until` is None when no retention is set."""

    key: ObjectKey
    version_id: str
    size: int
    content_type: str
    stored_at: datetime
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One line of a listing; `is_marker` for a delete marker, which has no bytes."""

    key: str
    version_id: str
    size: int
    stored_at: datetime
    is_latest: bool
    is_marker: bool


class ObjectStore:
    """One bucket with versions and object lock."""

    def __init__(self, location: S3Location) -> None:
        self._bucket = location.bucket
        self._client: Minio = connect(location)
        self._public: Minio | None = connect_public(location)

    async def ensure_bucket(self) -> None:
        """Create the bucket with versions and object lock, or check that it has them.

        Raises StorageMisconfigured for a bucket without object lock: it cannot be added later.
        """
        await asyncio.to_thread(self._ensure_bucket)

    def _ensure_bucket(self) -> None:
        with translated():
            if not self._client.bucket_exists(self._bucket):
                self._client.make_bucket(self._bucket, object_lock=True)
            try:
                self._client.get_object_lock_config(self._bucket)
            except S3Error as error:
                if error.code == "ObjectLockConfigurationNotFoundError":
                    raise StorageMisconfigured(f"bucket {self._bucket} has no object lock") from error
                raise
            if self._client.get_bucket_versioning(self._bucket).status != ENABLED:
                self._client.set_bucket_versioning(self._bucket, VersioningConfig(ENABLED))

    async def put(self, key: ObjectKey, source: Source, *, content_type: str, limit: int) -> StoredObject:
        """Store a stream under `key` and tell its size and sha256. `limit` is in bytes.

        Raises ObjectTooLarge when the stream goes past `limit`, and whatever the source raises; in
        both cases nothing is stored. Once this returns, the server has the bytes.
        """
        parse_key(key)
        reader = MeteredReader(source, limit=limit, loop=asyncio.get_running_loop())
        try:
            version_id = await asyncio.to_thread(self._put, key, reader, content_type)
        finally:
            reader.close()  # a cancelled request must not leave its thread pulling
        return StoredObject(key, version_id, reader.size, reader.sha256, content_type)

    def _put(self, key: ObjectKey, reader: MeteredReader, content_type: str) -> str:
        with translated(key):
            written = self._client.put_object(
                self._bucket,
                key,
                reader,  # type: ignore[arg-type]  # the SDK calls read(n) and nothing else
                length=-1,
                part_size=PART_SIZE,
                num_parallel_uploads=1,
                content_type=content_type,
            )
        if not written.version_id:
            raise StorageMisconfigured(f"bucket {self._bucket} keeps no versions")
        return written.version_id

    @asynccontextmanager
    async def open(
        self, key: ObjectKey, *, version_id: str | None = None, offset: int = 0, length: int = 0
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Read an object as a stream: `async with store.open(key) as chunks: async for chunk in chunks`.

        `offset` and `length` (0: to the end) choose a range of bytes. Raises ObjectMissing.
        """
        parse_key(key)
        response = await asyncio.to_thread(self._get, key, version_id, offset, length)
        try:
            yield _chunks(response)
        finally:
            await asyncio.to_thread(_release, response)

    def _get(self, key: str, version_id: str | None, offset: int, length: int) -> BaseHTTPResponse:
        with translated(key):
            return self._client.get_object(
                self._bucket, key, offset=offset, length=length, version_id=version_id
            )

    async def read(self, key: ObjectKey, *, limit: int, version_id: str | None = None) -> bytes:
        """The whole object in memory. Raises ObjectMissing, or ObjectTooLarge past `limit` bytes."""
        parts: list[bytes] = []
        size = 0
        async with self.open(key, version_id=version_id) as chunks:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise ObjectTooLarge(limit)
                parts.append(chunk)
        return b"".join(parts)

    async def copy_to(
        self, key: ObjectKey, target: IO[bytes], *, sha256: str | None = None, version_id: str | None = None
    ) -> int:
        """Write an object into an open file and return its size in bytes.

        Raises ObjectMissing, and ObjectCorrupt when `sha256` (hex) is given and differs.
        """
        digest = hashlib.sha256()
        size = 0
        async with self.open(key, version_id=version_id) as chunks:
            async for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                await asyncio.to_thread(target.write, chunk)
        if sha256 is not None and digest.hexdigest() != sha256:
            raise ObjectCorrupt(key)
        return size

    async def stat(self, key: ObjectKey, *, version_id: str | None = None) -> ObjectStat:
        """What the server knows of an object. Raises ObjectMissing."""
        parse_key(key)
        return await asyncio.to_thread(self._stat, key, version_id)

    def _stat(self, key: ObjectKey, version_id: str | None) -> ObjectStat:
        with translated(key):
            found = self._client.stat_object(self._bucket, key, version_id=version_id)
        headers = found.metadata or {}
        until = headers.get("x-amz-object-lock-retain-until-date")
        return ObjectStat(
            key=key,
            version_id=found.version_id or "",
            size=found.size or 0,
            content_type=found.content_type or "application/octet-stream",
            stored_at=found.last_modified or datetime.now(UTC),
            locked_until=datetime.fromisoformat(until) if until else None,
        )

    async def lock(self, key: ObjectKey, version_id: str, *, until: datetime) -> None:
        """Put one version under COMPLIANCE retention: until then nobody can delete it, root included.

        `until` is an aware datetime in real time. Retention can be made longer, never shorter: a shorter
        one raises ObjectLocked. Raises ObjectMissing.
        """
        parse_key(key)
        if until.tzinfo is None:
            raise ValueError("retention needs an aware datetime")
        await asyncio.to_thread(self._lock, key, version_id, until.astimezone(UTC))

    def _lock(self, key: ObjectKey, version_id: str, until: datetime) -> None:
        try:
            self._client.set_object_retention(
                self._bucket, key, Retention(COMPLIANCE, until), version_id=version_id
            )
        except S3Error as error:
            if error.code == "AccessDenied" and self._stat(key, version_id).locked_until:
                raise ObjectLocked(key) from error
            raise from_s3_error(error, key) from error
        except OSError as error:
            raise StorageUnavailable("the object store cannot be reached") from error

    async def delete(self, key: ObjectKey, version_id: str) -> None:
        """Delete one version for good. Raises ObjectLocked while it is under retention.

        Deleting what is gone already is no error.
        """
        parse_key(key)
        await asyncio.to_thread(self.delete_version, key, version_id)

    def delete_version(self, key: str, version_id: str) -> None:
        """`delete`, blocking: for threads of this package."""
        try:
            with translated(key):
                self._client.remove_object(self._bucket, key, version_id=version_id)
        except StorageMisconfigured as error:
            # AccessDenied is the server's word for retention as well as for bad credentials.
            if self._stat(ObjectKey(key), version_id).locked_until:
                raise ObjectLocked(key) from error
            raise

    async def versions(self, prefix: str = "") -> AsyncIterator[ObjectVersion]:
        """Every version and delete marker under `prefix`, in key order, page by page."""
        listing = await asyncio.to_thread(
            self._client.list_objects, self._bucket, prefix=prefix, recursive=True, include_version=True
        )
        while True:
            page = await asyncio.to_thread(_page, listing)
            for version in page:
                yield version
            if not page:
                return

    def presigned_url(self, key: ObjectKey, *, version_id: str | None, valid_for: timedelta) -> str | None:
        """A link under which a browser gets the object from the server itself, or None where no public
        endpoint is configured: then the web process streams. Makes no request."""
        parse_key(key)
        if self._public is None:
            return None
        return self._public.presigned_get_object(self._bucket, key, expires=valid_for, version_id=version_id)

    async def check(self) -> None:
        """Raise StorageUnavailable or StorageMisconfigured unless the bucket answers: for health pages."""

        def ask() -> bool:
            with translated():
                return self._client.bucket_exists(self._bucket)

        if not await asyncio.to_thread(ask):
            raise StorageMisconfigured(f"bucket {self._bucket} does not exist")

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._bucket

    @property
    def client(self) -> Minio:
        """The SDK's client, for `storage.sweep` only."""
        return self._client


def _page(listing: object, size: int = 500) -> list[ObjectVersion]:
    page: list[ObjectVersion] = []
    with translated():
        for item in listing:  # type: ignore[attr-defined]  # the SDK does not type its generator
            page.append(
                ObjectVersion(
                    key=item.object_name,
                    version_id=item.version_id or "",
                    size=item.size or 0,
                    stored_at=item.last_modified,
                    is_latest=item.is_latest in (True, "true"),
                    is_marker=bool(item.is_delete_marker),
                )
            )
            if len(page) == size:
                break
    return page


async def _chunks(response: BaseHTTPResponse) -> AsyncIterator[bytes]:
    while True:
        with translated():
            chunk = await asyncio.to_thread(response.read, CHUNK * 4)
        if not chunk:
            return
        yield chunk


def _release(response: BaseHTTPResponse) -> None:
    response.close()
    response.release_conn()
