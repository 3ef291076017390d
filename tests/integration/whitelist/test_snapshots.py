"""The signed snapshot of each day: made once, locked, and says what the whitelist said."""

from __future__ import annotations

import json
from datetime import date, timedelta

import psycopg
import pytest

from registry.audit.commands import public_key
from registry.documents.queries import get, open_stream
from registry.kernel.db import rows
from registry.whitelist import snapshots
from registry.whitelist.snapshot_file import Verdict, check
from tests.conftest import TestDatabase
from tests.factories.listed import START, make_district
from tests.factories.public import DAY, make_scene


async def _content(snapshot_id: int) -> bytes:
    view = await snapshots.get(snapshot_id)
    async with open_stream(await get(view.file_id)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_a_snapshot_says_what_each_entry_was(settings_env: dict[str, str]) -> None:
    scene = await make_scene()
    list_id = scene.district.list_id
    made = await snapshots.make(list_id, DAY)
    assert await snapshots.make(list_id, DAY) == made, "once a day"
    content = await _content(made)
    found = check(content, public_key())
    assert (found.verdict, found.entries, found.day) == (Verdict.GENUINE, 6, DAY)
    kinds = {(one := json.loads(line))["id"]: one["status"] for line in content.splitlines()[1:-1]}
    assert kinds == {entry: kind for kind, entry in scene.entries.items()}
    earlier = json.loads((await _content(await snapshots.make(list_id, date(2022, 7, 5)))).splitlines()[1])
    assert earlier["as_of"] == "2022-07-05"
    view = (await snapshots.snapshots()).snapshots[0]
    assert (view.day, view.entries, view.size) == (DAY, 6, len(content))
    kept = await rows("SELECT retain_until IS NOT NULL AS kept FROM stored_file WHERE id = {}", view.file_id)
    assert kept == [{"kept": True}]


async def test_each_day_asks_once_and_only_for_lists_with_entries(database: TestDatabase) -> None:
    district = await make_district()
    assert await snapshots.ask_for(START) == 0
    await district.listed(await district.firm())
    assert await snapshots.ask_for(START) == 1
    assert await snapshots.ask_for(START) == 1
    assert await snapshots.ask_for(START - timedelta(days=1)) == 0
    queued = await rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'whitelist.snapshot'")
    assert [json.loads(one["args"]) for one in queued] == [
        {"list_id": district.list_id, "day": START.isoformat()}
    ]


async def test_a_snapshot_is_never_changed(settings_env: dict[str, str], database: TestDatabase) -> None:
    district = await make_district()
    await district.listed(await district.firm())
    await snapshots.make(district.list_id, START)
    for statement in ("UPDATE list_snapshot SET entries = 9", "DELETE FROM list_snapshot"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            database.execute(statement)
