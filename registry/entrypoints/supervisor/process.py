"""One supervised child: started with its group, watched, started again when it dies, stopped for good."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.logs import LogFile
from registry.entrypoints.supervisor.messages import Message
from registry.entrypoints.supervisor.privileges import RunAs, wrap

# After that long a child counts as healthy, and the waiting before a new start begins anew.
STEADY_SECONDS: Final = 60.0
LONGEST_WAIT: Final = 30.0
FIRST_WAIT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `is_ready` is asked until it says yes; `stop_with` is the polite signal.

    `grace` is the time in seconds between that signal and SIGKILL.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    cwd: Path
    is_ready: Callable[[], bool]
    run_as: RunAs | None = None
    stop_with: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    start_within: float = 60.0


@dataclass
class Child:
    """A program kept running."""

    program: Program
    log: LogFile
    say: Callable[[str], None]
    changed: Callable[[], None] = lambda: None
    _process: asyncio.subprocess.Process | None = None
    _pump: asyncio.Task[None] | None = None
    _keeper: asyncio.Task[None] | None = None
    _started_at: float = 0.0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start and wait until ready. Raises CannotStart when it dies first or takes too long."""
        await self._spawn()
        deadline = time.monotonic() + self.program.start_within
        while not await asyncio.to_thread(self.program.is_ready):
            process = self._process
            if process is not None and process.returncode is not None:
                raise self._failed(Message.STEP_FAILED, status=process.returncode)
            if time.monotonic() > deadline:
                raise self._failed(Message.NOT_READY, seconds=int(self.program.start_within))
            await asyncio.sleep(0.05)
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.program.name}")

    def _failed(self, message: Message, **facts: object) -> CannotStart:
        return CannotStart(message, name=self.program.name, log=self.log.path, tail=self.log.tail(), **facts)

    async def _spawn(self) -> None:
        program = self.program
        self._process, self._pump = await spawn(program, self.log, on_death=program.stop_with)
        self._started_at = time.monotonic()
        self.changed()

    async def _keep(self) -> None:
        """Start the program again whenever it ends, waiting longer each time it ends early."""
        wait = FIRST_WAIT
        while True:
            process = self._process
            if process is None:
                return
            status = await process.wait()
            kill_group(process.pid)
            if time.monotonic() - self._started_at > STEADY_SECONDS:
                wait = FIRST_WAIT
            self.log.line(f"ended with status {status}; starting again in {wait:g} s")
            self.say(
                f"{self.program.name} 已退出（{status}），{wait:g} 秒后重新启动，原因见 {self.log.path} / ended, starting again"
            )
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            try:
                await self._spawn()
            except OSError as error:
                self.log.line(f"cannot start: {error}")

    async def stop(self) -> None:
        """End the program and everything it started: politely first, by force after its grace."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.program.stop_with)
            try:
                async with asyncio.timeout(self.program.grace):
                    await process.wait()
            except TimeoutError:
                self.log.line(f"did not stop within {self.program.grace:g} s: killed")
        if process is not None:
            self.kill()
            await process.wait()
        if self._pump is not None:
            await _finish_output(self._pump)
        self.log.close()

    def kill(self) -> None:
        """Kill the whole group at once."""
        if self._process is not None:
            kill_group(self._process.pid)


async def spawn(
    program: Program, log: LogFile, *, on_death: signal.Signals
) -> tuple[asyncio.subprocess.Process, asyncio.Task[None]]:
    """Start a program with its output going into `log`; gives the process and the task that reads.

    The pipe is our own: asyncio's would make `wait` last until every grandchild has closed it.
    """
    read_end, write_end = os.pipe()
    try:
        # Its own session: Ctrl-C in the terminal reaches the supervisor alone, which stops in order.
        process = await asyncio.create_subprocess_exec(
            *wrap(program.argv, run_as=program.run_as, on_death=on_death),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=write_end,
            stderr=write_end,
            cwd=program.cwd,
            env=dict(program.environment),
            start_new_session=True,
        )
    except BaseException:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)
    return process, asyncio.create_task(_read_output(read_end, log), name=f"log {program.name}")


async def _read_output(descriptor: int, log: LogFile) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    try:
        while data := await reader.read(65536):
            log.feed(data)
    finally:
        transport.close()


async def _finish_output(pump: asyncio.Task[None]) -> None:
    """Wait for the last lines, not for a grandchild that left the group and holds the pipe open."""
    await asyncio.wait([pump], timeout=1)
    pump.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await pump


async def run_step(program: Program, log: LogFile) -> None:
    """Run a program that ends by itself (migrations). Raises CannotStart unless it ends with status 0."""
    process, pump = await spawn(program, log, on_death=signal.SIGKILL)
    try:
        status = await process.wait()
    finally:
        kill_group(process.pid)
        await process.wait()
        await _finish_output(pump)
        log.close()
    if status != 0:
        raise CannotStart(
            Message.STEP_FAILED, name=program.name, status=status, log=log.path, tail=log.tail()
        )


def kill_group(pid: int) -> None:
    """Kill a child's whole group; no error where it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_leftovers(earlier: Mapping[str, tuple[int, float]], say: Callable[[str], None]) -> None:
    """End the children of a supervisor that was killed where the kernel did not do it (macOS).

    A process counts only when number and start time both match: numbers are used again.
    """
    found: list[psutil.Process] = []
    for name, (pid, started) in earlier.items():
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - started) < 0.02:
                say(f"结束上次遗留的进程 {name}（{pid}）/ ending a leftover process")
                # SIGINT is PostgreSQL's fast shutdown; the others take it as an end, too.
                process.send_signal(signal.SIGINT)
                found.append(process)
    _, alive = psutil.wait_procs(found, timeout=20)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
