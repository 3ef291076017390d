"""Bytes on their way into the store: counted, hashed, stopped at the limit, from async to sync."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator
from typing import BinaryIO, Final

from storage.errors import ObjectTooLarge

CHUNK: Final = 64 * 1024

Source = bytes | BinaryIO | AsyncIterator[bytes]


class SourceClosed(Exception):
    """The one who sent the bytes went away before their end."""


class MeteredReader:
    """What the SDK's thread reads from: passes bytes on, counts and hashes them.

    An async source is pulled chunk by chunk from its own event loop, so the sender is never faster
    than the store and no more than one chunk waits here.
    """

    def __init__(self, source: Source, *, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        self._source = source
        self._limit = limit
        self._loop = loop
        self._rest = b""
        self._closed = threading.Event()
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes read so far."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Make the next read fail: called on the loop when the one who waits was cancelled."""
        self._closed.set()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes (one chunk when negative), empty at the end.

        Raises ObjectTooLarge past the limit, SourceClosed after `close`, and whatever the source raises.
        """
        if self._closed.is_set():
            raise SourceClosed
        data = self._pull(size)
        self.size += len(data)
        if self.size > self._limit:
            raise ObjectTooLarge(self._limit)
        self._digest.update(data)
        return data

    def _pull(self, size: int) -> bytes:
        if isinstance(self._source, bytes):
            taken, self._source = (
                (self._source, b"") if size < 0 else (self._source[:size], self._source[size:])
            )
            return taken
        if not isinstance(self._source, AsyncIterator):
            return self._source.read(size if size >= 0 else CHUNK)
        while not self._rest:
            chunk = self._next_chunk(self._source)
            if chunk is None:
                return b""
            self._rest = chunk
        if size < 0:
            taken, self._rest = self._rest, b""
        else:
            taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def _next_chunk(self, source: AsyncIterator[bytes]) -> bytes | None:
        async def pull() -> bytes | None:
            # StopAsyncIteration cannot travel through a future.
            async for chunk in source:
                return chunk
            return None

        future = asyncio.run_coroutine_threadsafe(pull(), self._loop)
        while True:
            try:
                return future.result(timeout=1)
            except TimeoutError:
                if future.done():
                    raise  # the source itself timed out
                if self._closed.is_set():
                    future.cancel()
                    raise SourceClosed from None
