"""The interface keeps what its description promises, whatever is asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi import checks

from registry.entrypoints.asgi import create_app
from registry.kernel import db
from registry.settings import get_settings
from tests.conftest import TestDatabase
from tests.factories.public import make_scene

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def described(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The description of an application with something in it, and no limit on how much may be asked."""
    monkeypatch.setenv("REGISTRY_API_REQUESTS_A_MINUTE", "0")
    get_settings.cache_clear()

    async def fill() -> None:
        async with db.pooled():
            await make_scene()

    asyncio.run(fill())
    yield schemathesis.openapi.from_asgi("/api/schema/openapi.json", create_app())
    get_settings.cache_clear()


def test_every_answer_is_as_described(described: Any) -> None:
    seen = []
    for found in described.get_all_operations():
        operation = found.ok()
        seen.append(operation.path)

        @settings(
            max_examples=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        asked()
    assert len(seen) >= 11
