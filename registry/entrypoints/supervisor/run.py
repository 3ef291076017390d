"""Bring the whole system up on one machine, keep it up, take it down in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import psutil

from registry.entrypoints.supervisor import postgres
from registry.entrypoints.supervisor.errors import EXIT_FAILED, CannotStart
from registry.entrypoints.supervisor.folder import DataFolder, hold
from registry.entrypoints.supervisor.logs import LogFile
from registry.entrypoints.supervisor.messages import Message
from registry.entrypoints.supervisor.process import Child, Program, end_leftovers, run_step
from registry.entrypoints.supervisor.system import (
    BUCKET,
    Address,
    Commands,
    application_environment,
    owner_environment,
    postgres_program,
    prepare_program,
    s3_program,
    web_program,
    worker_program,
)
from storage import embedded
from storage.errors import StorageError
from storage.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Options:
    """What `registry up` was asked for. `say` gets each line for the person at the terminal."""

    address: Address
    data_dir: Path
    demo: bool
    verbose: bool = False
    commands: Commands = field(default_factory=Commands)
    say: Callable[[str], None] = lambda line: print(line, flush=True)


def up(options: Options) -> int:
    """Run the system until Ctrl-C or SIGTERM. Returns the exit status; says why where it cannot start."""
    try:
        # The folder first: who starts it twice is to hear where it runs, not to be sent to another port.
        with hold(options.data_dir, "demo" if options.demo else "production") as folder:
            check_address(options.address)
            folder.announce(options.address.url)
            asyncio.run(_Supervisor(options, folder).run())
    except CannotStart as error:
        print(error, file=sys.stderr, flush=True)
        return error.status
    except StorageError as error:
        print(
            f"对象存储不能使用：{error}\nThe object store cannot be used: {error}",
            file=sys.stderr,
            flush=True,
        )
        return EXIT_FAILED
    except KeyboardInterrupt:  # Ctrl-C before anything was started
        return 130
    return 0


def check_address(address: Address) -> None:
    """Raise CannotStart unless the web process can listen there."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    Message.PORT_BUSY, port=address.port, other=_another_port(address)
                ) from error
            raise CannotStart(
                Message.ADDRESS_REFUSED, host=address.host, port=address.port, reason=error.strerror
            ) from error


def _another_port(address: Address) -> int:
    """The next free port above, to name in the message."""
    for port in range(address.port + 1, min(address.port + 100, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET) as probe:
            try:
                probe.bind((address.host, port))
            except OSError:
                continue
            return port
    return 8001


class _Supervisor:
    """The running system: two servers, and the two processes of ours that need them."""

    def __init__(self, options: Options, folder: DataFolder) -> None:
        self._options = options
        self._folder = folder
        self._say = options.say
        self._servers: list[Child] = []
        self._objects: embedded.EmbeddedS3 | None = None
        self._processes: list[Child] = []

    @property
    def _children(self) -> list[Child]:
        return [*self._servers, *self._processes]

    async def run(self) -> None:
        """Start everything, wait for a signal, stop everything."""
        stopping = asyncio.Event()
        work = asyncio.current_task()
        started = False

        def on_signal() -> None:
            if stopping.is_set():  # asked twice: at once
                for child in self._children:
                    child.kill()
                return
            stopping.set()
            if not started and work is not None:
                work.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, on_signal)
        try:
            await self._start()
            started = True
            await stopping.wait()
        except asyncio.CancelledError:
            if not stopping.is_set():
                raise
        finally:
            await self._stop()

    async def _start(self) -> None:
        began = time.monotonic()
        options, folder = self._options, self._folder
        end_leftovers(folder.earlier_children(), self._say)
        self._say(f"正在启动，数据目录 {folder.path} / starting")
        database = postgres.prepare(folder.path / "postgres", folder.passwords)
        self._objects = objects = embedded.prepare(folder.path / "s3")
        first = not database.data.exists()
        await asyncio.to_thread(database.create_cluster)
        await self._start_together(self._servers, [postgres_program(database), s3_program(objects)])
        await asyncio.to_thread(database.create_roles)
        await ObjectStore(objects.location(BUCKET)).ensure_bucket()

        environment = application_environment(folder, database, objects, options.address)
        folder.note_environment(environment)
        self._say("正在检查数据库和数据 / migrating and checking the data")
        if first and folder.mode == "demo":
            self._say("首次启动要装入演示数据并识读一份扫描件，通常需一至三分钟")
            self._say(
                "the first start fills in demo data and reads a scanned application: one to three minutes"
            )
        prepare = prepare_program(options.commands, owner_environment(environment, database))
        await run_step(prepare, self._log("prepare"))
        await self._start_together(
            self._processes,
            [
                web_program(options.commands, environment, options.address),
                worker_program(options.commands, environment),
            ],
        )
        self._say(f"用时 {time.monotonic() - began:.1f} 秒 / seconds")
        self._welcome()

    async def _start_together(self, kept: list[Child], programs: Iterable[Program]) -> None:
        fresh = [
            Child(program, self._log(program.name), self._say, self._note_children) for program in programs
        ]
        kept += fresh
        tasks = [asyncio.create_task(child.start()) for child in fresh]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _log(self, name: str) -> LogFile:
        return LogFile(self._folder.logs, name, self._say if self._options.verbose else None)

    def _note_children(self) -> None:
        notes: dict[str, tuple[int, float]] = {}
        for child in self._children:
            pid = child.pid
            if pid is not None:
                with contextlib.suppress(psutil.Error):
                    notes[child.program.name] = (pid, psutil.Process(pid).create_time())
        self._folder.note_children(notes)

    async def _stop(self) -> None:
        self._say("正在停止 / stopping")
        # The application first, so that its last writes find the servers still there.
        for children in (self._processes, self._servers):
            await asyncio.gather(*(child.stop() for child in children))
        if self._objects is not None:
            self._objects.remove_sockets()
        self._folder.note_children({})
        self._say("已停止，数据保留 / stopped, the data is kept")

    def _welcome(self) -> None:
        self._say("")
        self._say(f"  系统已就绪 / ready:  {self._options.address.url}")
        if self._folder.mode == "demo":
            for line in demo_accounts():
                self._say(line)
        self._say(f"  日志 / logs: {self._folder.logs}")
        self._say("  按 Ctrl-C 停止 / Ctrl-C stops it")
        self._say("")


def demo_accounts() -> list[str]:
    """The demo's accounts as lines; none where the demo is not part of this installation."""
    try:
        accounts = import_module("registry.entrypoints.demo.accounts").ACCOUNTS
    except ModuleNotFoundError:
        return []
    return ["  演示账号 / demo accounts:", *(f"    {account}" for account in accounts)]
