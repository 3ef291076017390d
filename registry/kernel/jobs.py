"""Jobs: declared by rooms, deferred in the transaction of the change that causes them, run by the worker.

``procrastinate_defer_jobs_v1`` is a versioned internal of procrastinate; this module is the only one that
calls it. Arguments are ids, never personal data.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from registry.kernel.db import rows

JobFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A declared job: its name, function, queue, and the cron line of a periodic one."""

    name: str
    function: JobFunction
    queue: str
    cron: str | None
    retries: int


JOBS: dict[str, Job] = {}


def job(
    name: str, *, queue: str = "default", cron: str | None = None, retries: int = 3
) -> Callable[[JobFunction], JobFunction]:
    """Declare an async function as the job ``name``. Jobs are idempotent: they may run again."""

    def declare(function: JobFunction) -> JobFunction:
        if name in JOBS:
            raise ValueError(f"job {name} is declared twice")
        JOBS[name] = Job(name, function, queue, cron, retries)
        return function

    return declare


async def defer(
    name: str,
    *,
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    **ids: int | str,
) -> None:
    """Queue the job ``name`` with ``ids`` in the current transaction: it exists if and only if that commits.

    ``lock``: jobs with the same lock run one after another. ``queueing_lock``: no second one is queued while
    one waits (a second call is then silently nothing, which idempotent jobs want). Where another transaction is
    queueing it at this moment, nobody waits for that one: such a job runs periodically as well.
    """
    if queueing_lock is not None:
        mine = await rows(
            "SELECT pg_try_advisory_xact_lock(hashtextextended({}, 0)) AS free", f"job:{queueing_lock}"
        )
        if not mine[0]["free"]:
            return
        waiting = await rows(
            "SELECT 1 AS one FROM procrastinate_jobs WHERE queueing_lock = {} AND status = 'todo'",
            queueing_lock,
        )
        if waiting:
            return
    await rows(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW({}, {}, 0, {}, {}, {}::jsonb, {})]"
        "::procrastinate_job_to_defer_v1[])",
        queue,
        name,
        lock,
        queueing_lock,
        json.dumps(ids),
        at,
    )
