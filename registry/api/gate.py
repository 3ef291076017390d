"""The gate before the interface and the bulk files: how much one address may ask, and what browsers ask beforehand."""

from __future__ import annotations

import ipaddress
import json
import time

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from registry.settings import get_settings

PREFIX = "/api/v1"
_WINDOW = 60
# A whole list costs as much as this many requests.
_FILE_COST = 20
_FILES = (".csv", ".xlsx", ".json", ".jsonl")
_PREFLIGHT = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"accept, if-none-match"),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"GET, HEAD, OPTIONS"),
)


def _cost(path: str) -> int:
    if path.startswith((PREFIX + "/", PREFIX + "?")) or path == PREFIX:
        return 1
    return (
        _FILE_COST if path.startswith(("/data/", "/whitelist.", "/exits.")) and path.endswith(_FILES) else 0
    )


def _asker(scope: Scope) -> str:
    """Who asks: the address, of IPv6 the network that one household has."""
    client = scope.get("client")
    text = client[0] if client else ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return text


class ApiGate:
    """ASGI middleware: counts requests by address and minute in this process; answers preflights of other sites.

    The limit is ``REGISTRY_API_REQUESTS_A_MINUTE`` (0: none). Every answer tells it, what is left and when it starts
    anew (``ratelimit-*``); beyond it the answer is 429 with ``retry-after``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._minute = 0
        self._asked: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cost = _cost(scope["path"])
        if scope["type"] != ScopeType.HTTP or not cost:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await _answer(send, 204, _PREFLIGHT, b"")
            return
        limit = get_settings().api_requests_a_minute
        if not limit:
            await self.app(scope, receive, send)
            return
        left, seconds = self._take(_asker(scope), cost, limit)
        told = (
            (b"ratelimit-limit", str(limit).encode()),
            (b"ratelimit-remaining", str(max(left, 0)).encode()),
            (b"ratelimit-reset", str(seconds).encode()),
        )
        if left < 0:
            await _answer(send, 429, (*told, *_too_many(seconds)), _body(seconds))
            return

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *told]
            await send(message)

        await self.app(scope, receive, send_told)

    def _take(self, asker: str, cost: int, limit: int) -> tuple[int, int]:
        """What is left of the minute after this request (negative: nothing), and the seconds until the next."""
        now = time.monotonic()
        minute = int(now // _WINDOW)
        if minute != self._minute:
            self._minute, self._asked = minute, {}
        asked = self._asked[asker] = self._asked.get(asker, 0) + cost
        return limit - asked, int((minute + 1) * _WINDOW - now) + 1


def _too_many(seconds: int) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"content-type", b"application/problem+json"),
        (b"retry-after", str(seconds).encode()),
        (b"access-control-allow-origin", b"*"),
        (b"cache-control", b"no-store"),
    )


def _body(seconds: int) -> bytes:
    title = f"请求过于频繁，请在 {seconds} 秒后重试。需要全部数据时请下载整份文件（/data）"
    problem = {
        "type": "/problems/too_many", "title": title, "status": 429, "code": "too_many", "retry_after": seconds,
    }  # fmt: skip
    return json.dumps(problem, ensure_ascii=False).encode()


async def _answer(send: Send, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes) -> None:
    always = ((b"x-content-type-options", b"nosniff"), (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *always]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
