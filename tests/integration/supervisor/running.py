"""Start a stand-in supervisor, follow what it says, and see which of its processes are alive."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

SCRIPT = Path(__file__).with_name("stand_in.py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether it holds within `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Running:
    """One supervisor process with its output in a file."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *more: str,
        interpreter: Sequence[str] = (sys.executable,),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self.output = folder.parent / f"{folder.name}-{port}.out"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [*interpreter, str(SCRIPT), str(folder), str(port), *more],
                stdout=out,
                stderr=out,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self, seconds: float = 60.0) -> Running:
        done = eventually(lambda: "ready:" in self.said() or self.process.poll() is not None, seconds)
        assert done, self.said()
        assert self.process.poll() is None, self.said()
        return self

    def family(self) -> list[psutil.Process]:
        """Every process below the supervisor."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, name: str) -> int:
        """The process id of one child, as the supervisor noted it."""
        pid: int = json.loads((self.folder / "children.json").read_text())[name][0]
        return pid

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(60)


@contextlib.contextmanager
def running(folder: Path, *more: str, port: int | None = None) -> Iterator[Running]:
    """A supervisor that is ready; stopped afterwards whatever happens."""
    system = Running(folder, port or free_port(), *more)
    try:
        yield system.wait_until_ready()
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            system.stop()
        if system.process.poll() is None:
            os.killpg(system.process.pid, signal.SIGKILL)


def alive(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie that nobody has collected does not."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
