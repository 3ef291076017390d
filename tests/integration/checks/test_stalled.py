"""What a killed worker left is taken up by the next one."""

from __future__ import annotations

import pytest

from registry.entrypoints.worker import make_app
from tests.conftest import TestDatabase

pytestmark = pytest.mark.usefixtures("settings_env")


@pytest.mark.parametrize(("silent_for", "status"), [("1 second", "doing"), ("5 minutes", "todo")])
async def test_a_job_of_a_silent_worker_waits_again(
    database: TestDatabase, silent_for: str, status: str
) -> None:
    worker = database.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
        silent_for,
    )[0][0]
    database.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id)"
        " VALUES ('vetting', 'checks.vet', 'vet:1', '{\"application_id\": 1}', 'doing', %s)",
        worker,
    )
    app = make_app()
    async with app.open_async():
        await app.tasks["system.retry_stalled"].func(0)
    assert database.execute("SELECT status::text FROM procrastinate_jobs") == [(status,)]
