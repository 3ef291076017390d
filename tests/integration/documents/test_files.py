"""Stored files: recorded after they are stored, locked on submission, swept when nobody knows them."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from registry.documents import commands, jobs, queries
from registry.documents.commands import PutFile
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now
from registry.kernel.db import transaction
from registry.kernel.errors import Conflict, NotFound
from storage.errors import ObjectLocked, ObjectMissing
from storage.keys import Area, parse_key
from storage.store import ObjectStore
from tests.conftest import TestDatabase
from tests.factories.applying import pdf_bytes, some_file

pytestmark = pytest.mark.usefixtures("settings_env")

SOMEBODY = Actor(None, "test")


async def _record(file: PutFile) -> int:
    async with transaction():
        recorded = await commands.record(SOMEBODY, file, owner="contract", owner_id=7)
    return recorded  # noqa: RET504 - a return inside "async with" is lost on mypy


async def test_bytes_come_back_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_bytes())
    put = await commands.put(
        path,
        name="合同.pdf",
        media_type="application/pdf",
        pages=2,
        display=path,
        notes=[{"code": "repaired"}],
    )
    file = await queries.get(await _record(put))
    assert (file.given_name, file.pages, file.state, file.notes) == (
        "合同.pdf",
        2,
        "stored",
        (("repaired", ""),),
    )
    original, shown = io.BytesIO(), io.BytesIO()
    await queries.copy_original(file, original)
    await queries.copy_for_display(file, shown)
    assert original.getvalue() == shown.getvalue() == path.read_bytes()
    async with queries.open_stream(file) as chunks:
        assert b"".join([chunk async for chunk in chunks]) == path.read_bytes()


async def test_a_handed_in_file_cannot_be_deleted_by_anybody(object_store: ObjectStore) -> None:
    put = await some_file()
    file_id = await _record(put)
    async with transaction():
        until = await commands.retain([file_id])
    async with transaction():
        with pytest.raises(Conflict):
            await commands.discard(file_id)
    await jobs.lock(file_id)
    await jobs.lock(file_id)
    assert (await queries.get(file_id)).state == "locked"
    stat = await object_store.stat(parse_key(put.object_key), version_id=put.object_version)
    assert stat.locked_until is not None
    assert abs(stat.locked_until - until) < timedelta(seconds=2)
    with pytest.raises(ObjectLocked):
        await object_store.delete(parse_key(put.object_key), put.object_version)


async def test_nothing_is_locked_that_was_not_handed_in(object_store: ObjectStore) -> None:
    put = await some_file()
    file_id = await _record(put)
    await jobs.lock(file_id)
    stat = await object_store.stat(parse_key(put.object_key), version_id=put.object_version)
    assert stat.locked_until is None
    assert (await queries.get(file_id)).state == "stored"


async def test_what_nobody_recorded_is_swept_after_an_hour(object_store: ObjectStore) -> None:
    orphan, kept, given_up = await some_file(), await some_file(), await some_file()
    kept_id, given_up_id = await _record(kept), await _record(given_up)
    await queries.keep_page(await queries.get(kept_id), "page-0001-480-0", b"image")
    await queries.keep_page(await queries.get(given_up_id), "page-0001-480-0", b"image")
    lost = await queries.get(given_up_id)
    async with transaction():
        await commands.discard(given_up_id)

    await jobs.sweep()
    assert (await object_store.stat(parse_key(orphan.object_key))).size, (
        "younger than an hour: may still be recorded"
    )

    later = real_now() + timedelta(hours=1, minutes=1)
    for area in (Area.UPLOADS, Area.DERIVED):
        await jobs.sweep_area(area, now=later)
    for gone in (orphan, given_up):
        with pytest.raises(ObjectMissing):
            await object_store.stat(parse_key(gone.object_key))
    assert (await object_store.stat(parse_key(kept.object_key))).size
    assert await queries.cached_page(await queries.get(kept_id), "page-0001-480-0") == b"image"
    assert await queries.cached_page(lost, "page-0001-480-0") is None
    with pytest.raises(NotFound):
        await queries.get(given_up_id)


async def test_a_record_without_its_object_says_so(object_store: ObjectStore) -> None:
    put = await some_file()
    file_id = await _record(put)
    await object_store.delete(parse_key(put.object_key), put.object_version)
    with pytest.raises(NotFound):
        await queries.copy_original(await queries.get(file_id), io.BytesIO())


async def test_the_record_and_the_retention_need_their_transaction(database: TestDatabase) -> None:
    put = await some_file()
    with pytest.raises(ZeroDivisionError):
        await _record_and_fail(put)
    assert database.execute("SELECT count(*) FROM stored_file") == [(0,)]


async def _record_and_fail(put: PutFile) -> None:
    async with transaction():
        await commands.record(SOMEBODY, put, owner="contract", owner_id=7)
        raise ZeroDivisionError
