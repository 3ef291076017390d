"""The public site and its interface at size, beside bare handlers in the same run. Told, never asserted.

    make bench ARGS="-k public"            300,000 providers, 110,000 schools, 1,000,000 contracts
    BENCH_PROVIDERS=30000 make bench ARGS="-k public"

Writes its part of ``docs/benchmarks.md``.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import platform
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, cast
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest

from tests import services as test_services
from tests.bench.load import Told, ask
from tests.bench.public_data import AS_OF, fill

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "benchmarks.md"
MANY = int(os.environ.get("BENCH_PROVIDERS", "300000"))
FEW = 3000
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
ROUNDS = 3
QUERIES: tuple[dict[str, Any], ...] = (
    {"status": "active"}, {"status": "active", "category": "arts"}, {"status": "active", "q": "足球"},
    {"status": "active", "q": "晨曦"}, {"q": "qinghe"}, {"status": "active", "q": "玉州"}, {"region": "110000", "status": "active"},
    {"subject": "calligraphy", "status": "active"}, {"status": "active", "sort": "price"},
    {"status": "active", "sort": "-listed", "price_most": 30}, {"status": "suspended"},
    {"status": "active", "as_of": "2026-02-01"},
)  # fmt: skip
PAGES = (
    "/whitelist", "/whitelist?q=%E8%B6%B3%E7%90%83", "/whitelist?q=qinghe", "/whitelist?q=%E7%8E%89%E5%B7%9E", "/whitelist?category=arts&price=30",
    "/whitelist?sort=price", "/whitelist?subject=football", "/whitelist/17", "/schools", "/schools?q=%E7%AC%AC12",
    "/schools/17", "/verify?number=000017-2025-000017", "/exits",
)  # fmt: skip


@contextmanager
def _database(services: test_services.Services, providers: int) -> Iterator[str]:
    name = f"bench_{uuid4().hex}"
    with psycopg.connect(services.admin_url.format(database="postgres"), autocommit=True) as connection:
        connection.execute(
            f'CREATE DATABASE "{name}" OWNER registry_owner TEMPLATE "{test_services.TEMPLATE}"'.encode()
        )
        began = time.perf_counter()
        fill(services.admin_url.format(database=name), providers)
        print(f"{providers} providers written in {time.perf_counter() - began:.0f} s")
        try:
            yield services.application_url.format(database=name)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def _server(target: str, url: str, **more: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "PICCOLO_CONF": "registry.piccolo_conf", "REGISTRY_MODE": "demo", "REGISTRY_DATABASE_URL": url,
        "REGISTRY_SECRET_KEYS": test_services.SECRET_KEYS, "REGISTRY_API_REQUESTS_A_MINUTE": "0", **more,
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "--factory", target, "--port", str(port), "--log-level", "warning",
               "--no-access-log"]  # fmt: skip
    server = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        for _ in range(240):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.25)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _set_day(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO demo_clock (id, day) VALUES (1, %s) ON CONFLICT (id) DO NOTHING", [AS_OF]
        )


async def _deep(port: int) -> list[str]:
    """The queries as addresses, each with its first page and one twenty pages deep."""
    found = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for query in QUERIES:
            found.append(urlencode(query))
            after = None
            for _ in range(20):
                part = (
                    await client.get(
                        "/api/v1/entries", params={**query, **({"after": after} if after else {})}
                    )
                ).json()
                if part["next"] is None:
                    break
                after = part["next"]
            if after:
                found.append(urlencode({**query, "after": after}))
    return found


async def _record(url: str, queries: list[str], into: Path) -> None:
    """Write down which statements the application runs for each query, and what it answers."""
    from piccolo.engine.postgres import PostgresEngine

    from registry.entrypoints.asgi import create_app
    from registry.kernel import db

    recorded: dict[str, tuple[list[tuple[str, list[Any]]], Any]] = {}
    statements: list[tuple[str, list[Any]]] = []
    run = PostgresEngine.run_querystring

    async def recording(self: Any, querystring: Any, *args: Any, **kwargs: Any) -> Any:
        statements.append(querystring.compile_string())
        return await run(self, querystring, *args, **kwargs)

    db.engine().config.update(db.connection_config(url))
    # A recorder that runs every statement as it is: mypy forbids taking a method's place.
    PostgresEngine.run_querystring = recording  # type: ignore[method-assign]
    try:
        async with (
            db.pooled(),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=cast("Any", create_app())), base_url="http://bench"
            ) as client,
        ):
            for query in queries:
                statements.clear()
                answer = await client.get(f"/api/v1/entries?{query}")
                # Looking whether anything changed is once a second, whatever is asked.
                own = [one for one in statements if "max(id)" not in one[0]]
                recorded[query] = (list(own), answer.json())
    finally:
        # And the method back in its place.
        PostgresEngine.run_querystring = run  # type: ignore[method-assign]
    into.write_bytes(pickle.dumps(recorded))


def _best(told: list[Told]) -> Told:
    return Told(median(t.rate for t in told), median(t.median for t in told), median(t.p99 for t in told))


async def _turns(first: Any, second: Any) -> tuple[Told, Told]:
    """Two measurements in turns, the median of each: what else the machine does falls on both."""
    one, two = [], []
    for _ in range(ROUNDS):
        one.append(await first())
        two.append(await second())
    return _best(one), _best(two)


def _page_medians(port: int) -> dict[str, float]:
    """Milliseconds of the median of each page, one reader at a time."""
    found = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for page in PAGES:
            took = []
            for _ in range(25):
                began = time.perf_counter()
                client.get(page)
                took.append((time.perf_counter() - began) * 1000)
            found[page] = median(took[3:])
    return found


def test_the_public_site_at_size(
    services: test_services.Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines: list[str] = []
    with _database(services, FEW) as url:
        _set_day(url)
        with _server("registry.entrypoints.asgi:create_app", url) as port:
            small = _page_medians(port)
    with _database(services, MANY) as url:
        _set_day(url)
        with _server("registry.entrypoints.asgi:create_app", url) as port:
            large = _page_medians(port)
            queries = asyncio.run(_deep(port))
            recorded = tmp_path / "recorded"
            asyncio.run(_record(url, queries, recorded))
            with _server("tests.bench.bare:create_app", url, BENCH_RECORDED=str(recorded)) as bare:
                paths = [f"/api/v1/entries?{query}" for query in queries]
                ours, theirs = asyncio.run(
                    _turns(
                        lambda: ask(port, paths, seconds=SECONDS), lambda: ask(bare, paths, seconds=SECONDS)
                    )
                )
                tag = httpx.get(f"http://127.0.0.1:{port}/whitelist", timeout=60).headers["etag"]
                known, hello = asyncio.run(
                    _turns(
                        lambda: ask(
                            port,
                            ["/whitelist"],
                            seconds=SECONDS / 2,
                            headers=f"if-none-match: {tag}\r\n",
                            expect=304,
                        ),
                        lambda: ask(bare, ["/hello"], seconds=SECONDS / 2),
                    )
                )
    lines += [
        "| what | here | bare handler | ratio | wanted |", "| --- | --- | --- | --- | --- |",
        f"| list interface, answers a second | {ours.rate:.0f} | {theirs.rate:.0f} | {ours.rate / theirs.rate:.2f} | ≥ 0.70 |",
        f"| list interface, p99 | {ours.p99:.1f} ms | {theirs.p99:.1f} ms | {ours.p99 / theirs.p99:.2f} | ≤ 3.00 |",
        f"| unchanged page (ETag) beside hello, answers a second | {known.rate:.0f} | {hello.rate:.0f} |"
        f" {known.rate / hello.rate:.2f} | ≥ 0.50 |",
        "", f"| page, median | {FEW:,} providers | {MANY:,} providers | growth (wanted ≤ 1.5) |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [f"| `{p}` | {small[p]:.1f} ms | {large[p]:.1f} ms | {large[p] / small[p]:.2f} |" for p in PAGES]
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    _write(lines, len(queries))


def _write(lines: list[str], queries: int) -> None:
    cpu = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        cpu = (re.search(r"model name\s*:\s*(.+)", info.read_text()) or [cpu, cpu])[1]
    head = [
        "## The public site", "",
        f"`make bench ARGS=\"-k public\"`, {datetime.now(UTC):%Y-%m-%d}: {cpu}, {os.cpu_count()} cores,"
        f" {psutil.virtual_memory().total >> 30} GB, load {os.getloadavg()[0]:.1f} at the end; Python {platform.python_version()}, PostgreSQL"
        f" of the tests. {MANY:,} providers, {MANY * 11 // 30:,} schools, {MANY * 10 // 3:,} contracts; {queries} different"
        f" queries (filters, searches, sorts, first pages and pages twenty deep), 8 connections, one process each, {ROUNDS} turns.",
        "",
    ]  # fmt: skip
    part = "<!-- public -->\n" + "\n".join([*head, *lines]) + "\n<!-- /public -->\n"
    known = (
        REPORT.read_text(encoding="utf-8")
        if REPORT.exists()
        else "# Benchmarks\n\nMeasured by `make bench`, never asserted in tests.\n\n"
    )
    if "<!-- public -->" in known:
        known = re.sub(r"<!-- public -->.*<!-- /public -->\n", lambda _: part, known, flags=re.DOTALL)
    else:
        known = known.rstrip() + "\n\n" + part
    REPORT.write_text(known, encoding="utf-8")
    print(json.dumps({"written": str(REPORT.relative_to(ROOT))}))
