"""The handlers that the public site is measured against: the same statements on a bare pool, the same JSON; a hello.

Run by uvicorn with ``BENCH_RECORDED`` naming the file of what was recorded.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from litestar import Litestar, MediaType, Request, Response, get

from registry.kernel.db import connection_config


@asynccontextmanager
async def _pool(app: Litestar) -> AsyncIterator[None]:
    with open(os.environ["BENCH_RECORDED"], "rb") as recorded:
        app.state.recorded = pickle.load(recorded)
    config = connection_config(os.environ["REGISTRY_DATABASE_URL"])
    async with asyncpg.create_pool(**config, min_size=1, max_size=10) as pool:
        app.state.pool = pool
        yield


@get("/api/v1/entries")
async def entries(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Run what the application ran for this address, encode what it answered."""
    statements, answer = request.app.state.recorded[str(request.url.query)]
    async with request.app.state.pool.acquire() as connection:
        for statement, values in statements:
            await connection.fetch(statement, *values)
    return Response(msgspec.json.encode(answer), media_type=MediaType.JSON)


@get("/hello", media_type=MediaType.TEXT)
async def hello() -> str:
    """Nothing but the framework."""
    return "hello"


def create_app() -> Litestar:
    """The bare application."""
    return Litestar([entries, hello], lifespan=[_pool], openapi_config=None)
