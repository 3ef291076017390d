"""The worker: runs the jobs that rooms declare. Composition only.

Run as ``python -m registry.entrypoints.worker``. SIGTERM lets the running jobs finish.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import procrastinate
from procrastinate import PsycopgConnector

from registry.entrypoints import logs
from registry.kernel import db
from registry.kernel.jobs import JOBS, Job
from registry.piccolo_app import ROOMS
from registry.settings import get_settings

# A living worker tells so every ten seconds.
_STALLED_AFTER = 45.0
# The queue of the jobs that take minutes each, and the one of the worker's own.
READING = "vetting"
_SWEEP = "sweep"


def make_app() -> procrastinate.App:
    """The procrastinate app with every declared job."""
    connector = PsycopgConnector(
        conninfo=get_settings().database_url.get_secret_value(),
        min_size=1,
        max_size=8,
    )
    app = procrastinate.App(connector=connector)
    for room in ROOMS:
        name = f"registry.{room}.jobs"
        if find_spec(name) is not None:
            import_module(name)
    if find_spec("registry.entrypoints.sweep") is not None:
        import_module("registry.entrypoints.sweep")
    for declared in JOBS.values():
        task = app.task(name=declared.name, queue=declared.queue, retry=declared.retries)(_runner(declared))
        if declared.cron is not None:
            app.periodic(cron=declared.cron, periodic_id=declared.name)(task)
    _retry_stalled(app)
    return app


def _retry_stalled(app: procrastinate.App) -> None:
    """What a killed worker left undone is done by the next one: jobs are idempotent."""

    async def retry_stalled(timestamp: int) -> None:
        for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER):
            await app.job_manager.retry_job(stalled)

    task = app.task(name="system.retry_stalled", queue=_SWEEP)(retry_stalled)
    app.periodic(cron="* * * * *", periodic_id="system.retry_stalled")(task)


def _runner(declared: Job) -> Callable[..., Awaitable[None]]:
    async def run_job(timestamp: int | None = None, **ids: int | str) -> None:
        # Periodic jobs are given their due time, which ours do not need: they work from the clock's day.
        await declared.function(**ids)

    return run_job


async def run(reading: int = 2, other: int = 4) -> None:
    """Work until asked to stop: ``reading`` applications at once, ``other`` jobs of all other kinds.

    Reading takes minutes; mail, screening and the sweep must not wait behind it.
    """
    app = make_app()
    others = sorted(({declared.queue for declared in JOBS.values()} | {_SWEEP}) - {READING})
    async with db.pooled(), app.open_async():
        await _until_stopped(_work(app, "reading", [READING], reading), _work(app, "other", others, other))


def _work(
    app: procrastinate.App, name: str, queues: list[str], concurrency: int
) -> Coroutine[Any, Any, None]:
    return app.run_worker_async(
        name=name,
        queues=queues,
        concurrency=concurrency,
        delete_jobs="successful",
        shutdown_graceful_timeout=8.0,
        install_signal_handlers=False,
    )


async def _until_stopped(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until SIGTERM or SIGINT, or until one ends; then end all in order. Raises what one died of."""
    tasks = [asyncio.create_task(work) for work in works]

    def stop() -> None:
        for task in tasks:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


def main() -> None:
    """The command."""
    os.environ.setdefault("PICCOLO_CONF", "registry.piccolo_conf")
    logs.configure()
    asyncio.run(run())


if __name__ == "__main__":
    main()
