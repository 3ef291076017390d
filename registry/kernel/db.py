"""The database: one engine, transactions opened by commands, raw SQL with parameters."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from piccolo.engine import engine_finder
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from registry.settings import get_settings


def connection_config(url: str) -> dict[str, Any]:
    """A ``postgresql://user:password@host:port/name`` URL as asyncpg's arguments.

    A unix socket directory is given as ``?host=/dir``, TLS as ``?sslmode=`` and ``?sslrootcert=``, in libpq's words;
    without them a server on this machine is asked in the clear at once, any other one for TLS first. Raises ValueError
    where the authority's certificates cannot be read.
    """
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(query.get("host", parts.hostname or "127.0.0.1"))
    near = host.startswith("/") or host in {"127.0.0.1", "::1", "localhost"}
    return {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": host,
        "port": parts.port or 5432,
        "database": parts.path.lstrip("/"),
        "ssl": _tls(
            query.get("sslmode", "disable" if near else "prefer"), unquote(query.get("sslrootcert", ""))
        ),
        "server_settings": {
            "timezone": "Asia/Shanghai",
            "application_name": "registry",
            # Pages ask for the first rows of what may be many: compiling for all of them, or starting helpers, takes
            # longer than the answer.
            "jit": "off",
            "max_parallel_workers_per_gather": "0",
            # How common a word is decides the way: one plan for any word reads everything for a rare one, or sorts
            # everything for a common one.
            "plan_cache_mode": "force_custom_plan",
        },
    }


def _tls(mode: str, authority: str) -> str | ssl.SSLContext:
    """How asyncpg is to use TLS. Where the server is to be verified: against the file of certificates ``authority``,
    those that the system trusts without one."""
    if mode not in {"verify-ca", "verify-full"}:
        return mode
    try:
        context = ssl.create_default_context(cafile=authority or None)
    except OSError as error:
        raise ValueError(
            f"the address of the database names sslrootcert={authority}, which holds no certificates that can be read"
            f" / 数据库连接地址中 sslrootcert 指向的证书文件无法读取：{error}"
        ) from error
    context.check_hostname = mode == "verify-full"
    return context


def make_engine() -> PostgresEngine:
    """The engine of the application role (``REGISTRY_DATABASE_URL``)."""
    return PostgresEngine(
        config=connection_config(get_settings().database_url.get_secret_value()), extensions=()
    )


def engine() -> PostgresEngine:
    """The engine that Piccolo found through ``PICCOLO_CONF``."""
    found = engine_finder()
    if not isinstance(found, PostgresEngine):
        raise RuntimeError("PICCOLO_CONF must name registry.piccolo_conf")
    return found


@asynccontextmanager
async def pooled() -> AsyncIterator[None]:
    """Work with the connection pool: without it every query connects anew. One that is open already stays open."""
    if engine().pool is not None:
        yield
        return
    await engine().start_connection_pool(min_size=1, max_size=get_settings().database_pool)
    try:
        yield
    finally:
        if engine().pool is not None:
            await engine().close_connection_pool()


def transaction() -> PostgresTransaction:
    """``async with transaction():`` – every query inside shares one connection; nesting joins the outer one."""
    return engine().transaction()


async def rows(sql: str, *args: Any) -> list[dict[str, Any]]:
    """Run SQL with ``{}`` places for ``args``; returns rows as dicts."""
    # The driver's records look like dicts but are not: no pop, no update.
    return [dict(one) for one in await engine().run_querystring(QueryString(sql, *args))]


async def row(sql: str, *args: Any) -> dict[str, Any] | None:
    """The first row, or None."""
    found = await rows(sql, *args)
    return found[0] if found else None


async def stream(sql: str, *args: Any, part: int = 1000) -> AsyncIterator[dict[str, Any]]:
    """Rows one after the other through a cursor, ``part`` of them in memory at a time: for whole lists as files.

    Runs on a connection and in a read-only transaction of its own, not in the caller's.
    """
    found = engine()
    statement, values = QueryString(sql, *args).compile_string()
    connection = await found.pool.acquire() if found.pool else await found.get_new_connection()
    try:
        async with connection.transaction(readonly=True):
            async for one in connection.cursor(statement, *values, prefetch=part):
                yield dict(one)
    finally:
        if found.pool:
            await found.pool.release(connection)
        else:
            await connection.close()
