"""The worker: runs the jobs that rooms declare. Composition only.

Run as ``python -m registry.entrypoints.worker``. SIGTERM lets the running jobs finish.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec

import procrastinate
from procrastinate import PsycopgConnector

from registry.entrypoints import logs
from registry.kernel import db
from registry.kernel.jobs import JOBS, Job
from registry.piccolo_app import ROOMS
from registry.settings import get_settings

# A living worker tells so every ten seconds.
_STALLED_AFTER = 45.0


def make_app() -> procrastinate.App:
    """The procrastinate app with every declared job."""
    connector = PsycopgConnector(
        conninfo=get_settings().database_url.get_secret_value(),
        min_size=1,
        max_size=4,
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

    task = app.task(name="system.retry_stalled", queue="sweep")(retry_stalled)
    app.periodic(cron="* * * * *", periodic_id="system.retry_stalled")(task)


def _runner(declared: Job) -> Callable[..., Awaitable[None]]:
    async def run_job(timestamp: int | None = None, **ids: int | str) -> None:
        # Periodic jobs are given their due time, which ours do not need: they work from the clock's day.
        await declared.function(**ids)

    return run_job


async def run(concurrency: int = 2) -> None:
    """Work until asked to stop."""
    await db.start_pool()
    app = make_app()
    try:
        async with app.open_async():
            await app.run_worker_async(
                concurrency=concurrency, delete_jobs="successful", shutdown_graceful_timeout=8.0
            )
    finally:
        await db.stop_pool()


def main() -> None:
    """The command."""
    os.environ.setdefault("PICCOLO_CONF", "registry.piccolo_conf")
    logs.configure()
    asyncio.run(run())


if __name__ == "__main__":
    main()
