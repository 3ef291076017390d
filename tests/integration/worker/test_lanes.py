"""The worker's two lanes: what takes minutes never holds up what takes moments; a signal ends both."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from registry.entrypoints import worker
from registry.kernel import jobs
from registry.kernel.jobs import defer, job
from tests.conftest import TestDatabase

pytestmark = pytest.mark.usefixtures("settings_env")


class Seen:
    """What the jobs of the test did."""

    def __init__(self) -> None:
        self.reading = 0
        self.ended = asyncio.Event()
        self.quick = asyncio.Event()


@pytest.fixture
def seen() -> Iterator[Seen]:
    seen = Seen()

    @job("test.read", queue=worker.READING)
    async def read(number: int) -> None:
        seen.reading += 1
        await seen.ended.wait()

    @job("test.quick", queue="mail")
    async def quick() -> None:
        seen.quick.set()

    yield seen
    for name in ("test.read", "test.quick"):
        jobs.JOBS.pop(name)


async def test_a_full_reading_lane_does_not_hold_up_the_others(database: TestDatabase, seen: Seen) -> None:
    for number in range(4):
        await defer("test.read", queue=worker.READING, number=number)
    await defer("test.quick", queue="mail")
    work = asyncio.create_task(worker.run(reading=2, other=1))
    try:
        await asyncio.wait_for(seen.quick.wait(), 60)
        assert seen.reading <= 2
        seen.ended.set()
        while seen.reading < 4:
            assert not work.done()
            await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(work, 60)
    finally:
        work.cancel()
    assert database.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'test.%%'") == [
        (0,)
    ]
