"""The vetting job: off the event loop, outside transactions, with its progress shown (R9, R12)."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

import structlog

from registry.checks import cache, commands, deadlines, single, submission
from registry.kernel import jobs
from registry.kernel.jobs import job
from registry.settings import get_settings
from vetting.intake.limits import Limits
from vetting.model import Refused, Submission, VettingResult
from vetting.pipeline import vet
from vetting.reading import OcrEngine

log = structlog.get_logger(__name__)

# One reading at a time in a process: the model uses all the cores it is given.
_READING = threading.Lock()


@lru_cache(maxsize=1)
def engine() -> OcrEngine:
    """The long-lived OCR engine of this worker."""
    return OcrEngine()


@job("checks.vet", queue="vetting", retries=2)
async def vet_application(application_id: int) -> None:
    """Vet a submitted application, store the findings, hand it to review and have it screened."""
    run_id = await commands.begin(application_id, engine().version)
    if run_id is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="vetting-") as folder:
            given, files = await submission.load(application_id, Path(folder))
            readings = await cache.load([f.sha256 for f in files], engine().version)
            async with _progress(run_id) as tell:
                result = await asyncio.to_thread(read, given, readings, tell)
            await cache.store(readings, engine().version)
        await commands.finish(run_id, result, files)
    except Refused as refusal:
        await commands.fail(run_id, refusal.message)
    except Exception as error:
        log.error("vetting failed", application=application_id, run=run_id, exc_info=error)
        await commands.fail(run_id, "核验程序出错，需人工审查")
    await jobs.defer("screening.screen_application", queue="default", application_id=application_id)


@job("checks.follow_deadlines", cron="*/5 * * * *")
async def follow_deadlines() -> None:
    """Right after a deadline was extended, and every five minutes for what was with its provider then (R12)."""
    await deadlines.follow()


@job("checks.read_document", queue="vetting", retries=2)
async def read_document(check_id: int) -> None:
    """Read one document that came after the listing; one that cannot be read is never clean (R9, R12)."""
    found = await single.pending(check_id)
    if found is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="document-") as folder:
            given, sha256 = await single.load(found, Path(folder))
            readings = await cache.load([sha256], engine().version)
            result = await asyncio.to_thread(read, given, readings, lambda _done, _all: None)
        await cache.store(readings, engine().version)
        await single.keep(check_id, result)
    except Refused as refusal:
        await single.fail(check_id, refusal.message)
    except Exception as error:
        log.error("document not read", check=check_id, exc_info=error)
        await single.fail(check_id, "核验程序出错，需人工审查")


def read(given: Submission, readings: cache.Readings, tell: Callable[[int, int], None]) -> VettingResult:
    """Vet what is given, one at a time in a process; blocks, so call it in a thread."""
    limits = Limits(max_bytes=get_settings().max_upload_bytes, max_pages=get_settings().max_pages)
    with _READING:
        return vet(given, engine=engine(), limits=limits, progress=tell, cache=readings)


@asynccontextmanager
async def _progress(run_id: int) -> AsyncIterator[Callable[[int, int], None]]:
    """Give a callback for the reading thread; what it was told last is written twice a second."""
    seen = [0, 0]

    def tell(done: int, total: int) -> None:
        seen[:] = [done, total]

    async def write() -> None:
        written: list[int] = []
        while True:
            await asyncio.sleep(0.5)
            if seen != written:
                written = list(seen)
                await commands.report_progress(run_id, *written)

    writer = asyncio.create_task(write())
    try:
        yield tell
    finally:
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writer
