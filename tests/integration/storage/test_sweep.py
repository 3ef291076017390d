"""The sweep removes what nobody recorded, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from storage.client import S3Location
from storage.keys import Area, ObjectKey, new_key
from storage.store import ObjectStore
from storage.sweep import Known, Swept, sweep_orphans

PDF = "application/pdf"
LATER = timedelta(hours=2)


@pytest.fixture
async def own_store(s3_location: S3Location) -> ObjectStore:
    """A bucket of its own: a sweep looks at a whole area."""
    store = ObjectStore(replace(s3_location, bucket=f"sweep-{uuid4().hex}"))
    await store.ensure_bucket()
    return store


def knows(*keys: ObjectKey) -> Known:
    async def known(asked: frozenset[ObjectKey]) -> frozenset[ObjectKey]:
        return asked & frozenset(keys)

    return known


async def put(store: ObjectStore, area: Area = Area.UPLOADS, body: bytes = b"12345") -> ObjectKey:
    key = new_key(area, PDF)
    await store.put(key, body, content_type=PDF, limit=100)
    return key


async def keys_in(store: ObjectStore) -> set[str]:
    return {version.key async for version in store.versions()}


async def test_orphans_go_and_recorded_objects_stay(own_store: ObjectStore) -> None:
    recorded, orphan = await put(own_store), await put(own_store)
    elsewhere = await put(own_store, Area.SEALS)
    swept = await sweep_orphans(
        own_store,
        Area.UPLOADS,
        knows(recorded),
        now=datetime.now(UTC) + LATER,
    )
    assert swept == Swept(removed=1, freed_bytes=5)
    assert await keys_in(own_store) == {recorded, elsewhere}
    assert orphan not in await keys_in(own_store)


async def test_a_young_object_may_still_be_recorded(own_store: ObjectStore) -> None:
    key = await put(own_store)
    assert await sweep_orphans(own_store, Area.UPLOADS, knows()) == Swept()
    assert await keys_in(own_store) == {key}


async def test_a_locked_orphan_is_counted_and_kept(own_store: ObjectStore) -> None:
    key = new_key(Area.UPLOADS, PDF)
    stored = await own_store.put(key, b"12345", content_type=PDF, limit=10)
    until = datetime.now(UTC) + timedelta(days=1)
    await own_store.lock(key, stored.version_id, until=until)
    swept = await sweep_orphans(own_store, Area.UPLOADS, knows(), now=datetime.now(UTC) + LATER)
    assert swept == Swept(locked=1)
    assert await own_store.read(key, limit=10) == b"12345"


async def test_names_that_are_not_ours_are_left_alone(own_store: ObjectStore) -> None:
    import io

    own_store.client.put_object(own_store.bucket, "uploads/notes.txt", io.BytesIO(b"x"), 1)
    swept = await sweep_orphans(own_store, Area.UPLOADS, knows(), now=datetime.now(UTC) + LATER)
    assert swept == Swept()
    assert await keys_in(own_store) == {"uploads/notes.txt"}


async def test_every_version_and_marker_of_an_orphan_goes(own_store: ObjectStore) -> None:
    key = await put(own_store)
    await own_store.put(key, b"again", content_type=PDF, limit=10)
    own_store.client.remove_object(own_store.bucket, key)
    swept = await sweep_orphans(own_store, Area.UPLOADS, knows(), now=datetime.now(UTC) + LATER)
    assert swept.removed == 3
    assert await keys_in(own_store) == set()


async def test_an_upload_that_never_ended_is_ended(own_store: ObjectStore) -> None:
    key = new_key(Area.UPLOADS, PDF)
    upload = own_store.client._create_multipart_upload(own_store.bucket, key, {"Content-Type": PDF})
    own_store.client._upload_part(own_store.bucket, key, b"x" * (5 * 1024 * 1024), None, upload, 1)
    assert await sweep_orphans(own_store, Area.UPLOADS, knows()) == Swept()
    swept = await sweep_orphans(own_store, Area.UPLOADS, knows(), now=datetime.now(UTC) + LATER)
    assert swept == Swept(uploads_ended=1)
    listed = own_store.client._list_multipart_uploads(own_store.bucket, prefix="uploads/")
    assert listed.uploads == []


async def test_more_than_one_batch(own_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sweep.BATCH", 3)
    keys = [await put(own_store) for _ in range(8)]
    swept = await sweep_orphans(
        own_store,
        Area.UPLOADS,
        knows(*keys[:2]),
        now=datetime.now(UTC) + LATER,
    )
    assert swept.removed == 6
    assert await keys_in(own_store) == set(keys[:2])
