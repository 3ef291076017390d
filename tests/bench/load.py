"""Asking a server as many times as it answers, over kept connections: throughput and how long single answers take."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from itertools import cycle


@dataclass(frozen=True, slots=True)
class Told:
    """Answers a second, and milliseconds of the median and of the slowest one in a hundred."""

    rate: float
    median: float
    p99: float


async def ask(
    port: int,
    paths: list[str],
    *,
    seconds: float,
    connections: int = 8,
    headers: str = "",
    expect: int = 200,
) -> Told:
    """Ask ``paths`` in turn for a time. Raises RuntimeError for an answer of another status."""
    took: list[float] = []
    until = time.perf_counter() + seconds
    started = time.perf_counter()
    await asyncio.gather(
        *(
            _one(port, paths[at % len(paths) :] + paths[: at % len(paths)], until, took, headers, expect)
            for at in range(connections)
        )
    )
    passed = time.perf_counter() - started
    took.sort()
    return Told(len(took) / passed, statistics.median(took) * 1000, took[int(len(took) * 0.99)] * 1000)


async def _one(
    port: int, paths: list[str], until: float, took: list[float], headers: str, expect: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    requests = [f"GET {path} HTTP/1.1\r\nhost: bench\r\n{headers}\r\n".encode() for path in paths]
    for request in cycle(requests):
        if time.perf_counter() >= until:
            break
        began = time.perf_counter()
        writer.write(request)
        status = await _answer(reader)
        took.append(time.perf_counter() - began)
        if status != expect:
            raise RuntimeError(f"{status} for {request.splitlines()[0]!r}")
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if status == 304:
        return status
    if b"transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
        return status
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return status
