"""A Python child process that answers requests over pipes and is killed when it takes too long.

The parent never blocks on it beyond a deadline, reads no more than the protocol allows and survives
whatever becomes of it. The child gets an environment without the parent's secrets.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vetting.intake.protocol import PREFIX, ProtocolError, pack, unpack_header, unpack_prefix

_ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 1 << 20
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


class ChildFailed(Exception):
    """The child gave no answer. ``reason`` is ``timeout``, ``died`` or ``protocol``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail


class ChildProcess:
    """One running child: ``python -m module``. A context manager; leaving it ends the child."""

    def __init__(self, module: str, environment: dict[str, str] | None = None) -> None:
        env = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        env["PYTHONPATH"] = str(_ROOT)
        env["PYTHONIOENCODING"] = "utf-8"
        # One arena: glibc would otherwise reserve 64 MB of address space per thread.
        env["MALLOC_ARENA_MAX"] = "1"
        env.update(environment or {})
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    @property
    def pid(self) -> int:
        """The process id of the child."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(
        self, header: dict[str, Any], payload: bytes | bytearray = b"", *, wall_seconds: float
    ) -> tuple[dict[str, Any], bytearray]:
        """Send one request and wait for its answer.

        Raises ChildFailed where none comes within ``wall_seconds``; the child is then dead.
        """
        deadline = time.monotonic() + wall_seconds
        try:
            self._write(pack(header, len(payload)), deadline)
            if payload:
                self._write(payload, deadline)
            header_length, payload_length = unpack_prefix(self._read(PREFIX.size, deadline))
            answer = unpack_header(self._read(header_length, deadline))
            return answer, self._read(payload_length, deadline)
        except ProtocolError as error:
            self.kill()
            raise ChildFailed("protocol", str(error)) from error
        except BaseException:
            self.kill()
            raise

    def _write(self, data: bytes | bytearray, deadline: float) -> None:
        view = memoryview(data)
        while view:
            self._wait([], [self._to], deadline)
            try:
                view = view[os.write(self._to, view[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except (BrokenPipeError, OSError) as error:
                raise ChildFailed("died", self._fate()) from error

    def _read(self, length: int, deadline: float) -> bytearray:
        out = bytearray(length)
        view, filled = memoryview(out), 0
        while filled < length:
            self._wait([self._from], [], deadline)
            try:
                got = os.readv(self._from, [view[filled : filled + _CHUNK]])
            except BlockingIOError:
                continue
            if got == 0:
                raise ChildFailed("died", self._fate())
            filled += got
        view.release()
        return out

    def _wait(self, readers: list[int], writers: list[int], deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(readers, writers, [], left)):
            raise ChildFailed("timeout")

    def _fate(self) -> str:
        try:
            code = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return ""
        return signal.Signals(-code).name if code < 0 else f"exit {code}"

    def kill(self) -> None:
        """End the child and all it may have started, at once."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def close(self) -> None:
        """Close the pipes; a child that does not leave by itself is killed."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1.0)
        self.kill()
