"""What an operator's monitoring reads: requests of this process, and the work that waits in the database.

``GET /metrics`` answers whoever brings ``REGISTRY_METRICS_TOKEN`` as a bearer; without such a setting there is no page.
Numbers alone: no address, no name, no id.
"""

from __future__ import annotations

import hmac
import time
from typing import Any

from litestar import Response, get
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from registry.kernel.clock import real_now
from registry.kernel.db import rows
from registry.kernel.errors import NotFound
from registry.settings import get_settings
from registry.web.components.requests import Req

REGISTRY = CollectorRegistry()
_REQUESTS = Counter("registry_requests", "Requests answered", ("method", "status"), registry=REGISTRY)
_SECONDS = Histogram("registry_request_seconds", "Time to the end of an answer", registry=REGISTRY)
_WAITING = Gauge("registry_jobs_waiting", "Jobs that are due and wait", ("queue",), registry=REGISTRY)
_OLDEST = Gauge("registry_jobs_oldest_seconds", "Age of the oldest due job", ("queue",), registry=REGISTRY)
_FAILED = Gauge("registry_jobs_failed", "Jobs given up", ("queue",), registry=REGISTRY)
_WORKERS = Gauge("registry_workers", "Workers seen within a minute", registry=REGISTRY)
_SWEPT = Gauge("registry_swept_until_days", "Last day swept, as days since 1970-01-01", registry=REGISTRY)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

_JOBS = """
SELECT queue_name AS queue, count(*) FILTER (WHERE due) AS waiting, count(*) FILTER (WHERE failed) AS failed,
       coalesce(max(extract(epoch FROM {} - since)) FILTER (WHERE due), 0)::float AS oldest
FROM (SELECT j.queue_name, j.status = 'failed' AS failed,
             j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= {}) AS due,
             coalesce(j.scheduled_at, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)) AS since
      FROM procrastinate_jobs j WHERE j.status IN ('todo', 'failed')) AS open
GROUP BY queue_name
"""


class Measured:
    """ASGI middleware that counts requests and their time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), "500"

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _REQUESTS.labels(method, status).inc()
            _SECONDS.observe(time.perf_counter() - began)


@get("/metrics", opt={"public": True}, include_in_schema=False)
async def metrics(request: Req) -> Response[bytes]:
    """The figures in Prometheus' text format. Raises NotFound without the token."""
    token = get_settings().metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotFound("没有找到这个页面。地址可能有误，或者内容已经移走")
    await _look()
    return Response(generate_latest(REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST})


async def _look() -> None:
    """Set the gauges from the database: three queries."""
    now = real_now()
    for gauge in (_WAITING, _OLDEST, _FAILED):
        gauge.clear()
    for found in await rows(_JOBS, now, now):
        _show(found)
    (workers,) = await rows(
        "SELECT count(*) AS n FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'"
    )
    _WORKERS.set(workers["n"])
    for swept in await rows("SELECT swept_until - date '1970-01-01' AS days FROM sweep_state"):
        _SWEPT.set(swept["days"])


def _show(found: dict[str, Any]) -> None:
    _WAITING.labels(found["queue"]).set(found["waiting"])
    _OLDEST.labels(found["queue"]).set(found["oldest"])
    _FAILED.labels(found["queue"]).set(found["failed"])
