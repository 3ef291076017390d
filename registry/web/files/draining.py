"""An answer that arrives: what a client still sends is read before it is answered.

A server that answers and closes while the client is still sending resets the connection, and the client
never sees why its file was refused. So the rest is read and thrown away first, up to a bound.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from registry.settings import get_settings

_SECONDS = 60.0
_TIMES_THE_LIMIT = 4


class DrainUnread:
    """ASGI middleware: reads an unread request body before the answer starts.

    At most four times the upload limit and 60 seconds; beyond that the connection is closed on the sender.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        read_whole = False

        async def watched() -> HTTPReceiveMessage:
            nonlocal read_whole
            message = cast("HTTPReceiveMessage", await receive())
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                read_whole = True
            return message

        async def send_after_rest(message: Message) -> None:
            if message["type"] == "http.response.start" and not read_whole and not await _drain(watched):
                message["headers"] = [*message.get("headers", []), (b"connection", b"close")]
            await send(message)

        await self.app(scope, watched, send_after_rest)


async def _drain(receive: Callable[[], Awaitable[HTTPReceiveMessage]]) -> bool:
    """Read and forget the rest of a body; whether its end was reached."""
    left = get_settings().max_upload_bytes * _TIMES_THE_LIMIT
    until = time.monotonic() + _SECONDS
    while left > 0 and (wait := until - time.monotonic()) > 0:
        try:
            message = await asyncio.wait_for(receive(), wait)
        except TimeoutError:
            return False
        if message["type"] == "http.disconnect":
            return False
        if not message.get("more_body", False):
            return True
        left -= len(message.get("body", b""))
    return False
