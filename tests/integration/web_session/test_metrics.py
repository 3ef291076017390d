"""Figures for monitoring: for whoever brings the token, and never more than numbers."""

from __future__ import annotations

import pytest

from registry.kernel.jobs import defer
from registry.settings import get_settings
from tests.conftest import TestDatabase
from tests.factories.browsing import visitors

pytestmark = pytest.mark.usefixtures("settings_env")


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "a-token"])
async def test_without_the_token_there_is_no_such_page(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("REGISTRY_METRICS_TOKEN", "the-token")
    get_settings.cache_clear()
    async with visitors(None) as (somebody,):
        assert (await somebody.client.get("/metrics", headers={"authorization": given})).status_code == 404


async def test_without_the_setting_nobody_reads_it() -> None:
    async with visitors(None) as (somebody,):
        assert (
            await somebody.client.get("/metrics", headers={"authorization": "Bearer "})
        ).status_code == 404


async def test_the_figures(monkeypatch: pytest.MonkeyPatch, database: TestDatabase) -> None:
    monkeypatch.setenv("REGISTRY_METRICS_TOKEN", "the-token")
    get_settings.cache_clear()
    await defer("some.job", queue="mail", application_id=1)
    database.execute("INSERT INTO sweep_state (id, swept_until) VALUES (1, '1970-01-11')")
    async with visitors(None) as (somebody,):
        await somebody.get("/notices/secret-7712")
        answer = await somebody.client.get("/metrics", headers={"authorization": "Bearer the-token"})
    lines = answer.text.splitlines()
    assert answer.status_code == 200
    assert 'registry_jobs_waiting{queue="mail"} 1.0' in lines
    assert "registry_swept_until_days 10.0" in lines
    assert "registry_workers 0.0" in lines
    assert any(line.startswith('registry_requests_total{method="GET",status="404"}') for line in lines)
    assert "secret-7712" not in answer.text
