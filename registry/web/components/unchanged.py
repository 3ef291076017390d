"""Pages and answers that a reader has already and that did not change: told in one line, without asking the database.

Everything public changes by an act or by a new day. An act writes an event, so the number of the last event and the
day together say whether anything can have changed; both are looked up at most once a second.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from registry.kernel.clock import real_now
from registry.kernel.db import row
from registry.settings import get_settings
from registry.web.components.cookies import FLASH_COOKIE, LOCALE_COOKIE, SESSION_COOKIE
from registry.web.components.kit import STATIC_DIR, TEMPLATE_FOLDERS

_FRESH_SECONDS = 1.0
_MOST_KEPT = 4096
_API = "/api/v1/"
# Pages without forms of the reader's own and without the time of the day on them.
_PAGES = ("/whitelist", "/notices", "/exits", "/rules", "/schools", "/statistics", "/apply", "/data")
_NOT = (
    "/objection",
    ".csv",
    ".xlsx",
    ".json",
    ".jsonl",
    ".docx",
    ".ics",
    ".atom",
    ".pem",
    "/data/snapshots/",
)


def _build() -> str:
    """What the pages are made of: other templates or styles are other pages."""
    files = [
        *STATIC_DIR.glob("*.css"),
        *(f for folder in TEMPLATE_FOLDERS.values() for f in folder.rglob("*.j2")),
    ]
    newest = max((file.stat().st_mtime_ns for file in files), default=0)
    return f"{len(files)}-{newest}"


class _Generation:
    """The last event and the day, as one text."""

    def __init__(self) -> None:
        self._until = 0.0
        self._of = ""
        self._value = ""
        self._asking = asyncio.Lock()

    async def value(self) -> str:
        """At most a second old."""
        database = get_settings().database_url.get_secret_value()
        if time.monotonic() < self._until and self._of == database:
            return self._value
        async with self._asking:
            if time.monotonic() < self._until and self._of == database:
                return self._value
            found = await row("SELECT max(id) AS last, (SELECT max(day) FROM demo_clock) AS demo FROM event")
            last, demo = (found["last"], found["demo"]) if found else (None, None)
            self._value = f"{last}-{demo or real_now().date()}"
            self._of, self._until = database, time.monotonic() + _FRESH_SECONDS
            return self._value


class Unchanged:
    """ASGI middleware: ``ETag`` on public pages, and 304 for pages and answers of the interface that are unchanged.

    A page's tag stands for generation, language and address. An answer's tag is that of its content, made by the
    interface itself; here it is remembered for as long as the generation lasts. Readers who signed in see counts of
    their own and are left alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._build = _build()
        self._generation = _Generation()
        self._tags: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith(_API):
            await self._answer(scope, receive, send)
        elif path.startswith(_PAGES) and not any(part in path for part in _NOT):
            await self._page(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        generation = await self._generation.value()
        address = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        known = self._tags.get(address)
        asked = _header(scope, b"if-none-match")
        if known is not None and known[0] == generation and asked and known[1] in asked:
            self._tags.move_to_end(address)
            await _not_modified(send, known[1], b"public, max-age=60", b"accept-encoding", open_to_all=True)
            return

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 304}:
                tag = next((value for name, value in message["headers"] if name.lower() == b"etag"), b"")
                if tag:
                    self._tags[address] = (generation, tag)
                    if len(self._tags) > _MOST_KEPT:
                        self._tags.popitem(last=False)
            await send(message)

        await self.app(scope, receive, remember)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookies = _header(scope, b"cookie").decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        if (
            f"{SESSION_COOKIE}=" in cookies
            or f"{FLASH_COOKIE}=" in cookies
            or "lang=" in query
            or _header(scope, b"hx-request")
        ):
            await self.app(scope, receive, send)
            return
        locale = cookies.partition(f"{LOCALE_COOKIE}=")[2].partition(";")[0]
        parts = (self._build, await self._generation.value(), locale, scope["path"], query)
        tag = b'W/"' + hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest().encode() + b'"'
        if tag in _header(scope, b"if-none-match"):
            await _not_modified(send, tag, b"no-cache", b"cookie, accept-encoding, hx-request")
            return

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = list(message["headers"])
                if b"text/html" in dict(headers).get(b"content-type", b""):
                    taken = {b"cache-control", b"vary", b"etag"}
                    message["headers"] = [
                        *(pair for pair in headers if pair[0] not in taken),
                        (b"etag", tag), (b"cache-control", b"no-cache"),
                        (b"vary", b"cookie, accept-encoding, hx-request"),
                    ]  # fmt: skip
            await send(message)

        await self.app(scope, receive, tagged)


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")


async def _not_modified(
    send: Send, tag: bytes, cache: bytes, vary: bytes, *, open_to_all: bool = False
) -> None:
    headers = [
        (b"etag", tag),
        (b"cache-control", cache),
        (b"vary", vary),
        (b"x-content-type-options", b"nosniff"),
    ]
    if open_to_all:
        headers += [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"etag")]
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
