"""The children's output: each line with time and name into a file of bounded size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 10 * 1024 * 1024
KEPT_FILES: Final = 3
MAX_LINE: Final = 16 * 1024


class LogFile:
    """`name.log` in a folder, turned over at 10 MB to `name.log.1` and so on.

    `echo`, where given, gets every line too (with the name before it), for a person at the terminal.
    """

    def __init__(self, folder: Path, name: str, echo: Callable[[str], None] | None = None) -> None:
        self.path = folder / f"{name}.log"
        self._name = name
        self._echo = echo
        self._rest = b""
        self._last: deque[str] = deque(maxlen=20)
        self._file = self.path.open("ab")

    def feed(self, data: bytes) -> None:
        """Take a piece of output; whole lines are written, the rest waits. An endless line is cut."""
        *lines, rest = (self._rest + data).split(b"\n")
        if len(rest) > MAX_LINE:
            lines.append(rest)
            rest = b""
        self._rest = rest
        for line in lines:
            self.line(line.decode("utf-8", "replace").rstrip("\r"))

    def line(self, text: str) -> None:
        """Write one line."""
        text = text[:MAX_LINE]
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._file.write(f"{stamp} {self._name} | {text}\n".encode())
        self._file.flush()
        self._last.append(text)
        if self._echo is not None:
            self._echo(f"{self._name:>8} | {text}")
        if self._file.tell() > MAX_BYTES:
            self._turn_over()

    def tail(self) -> str:
        """The last lines, for a message that says why something did not start."""
        return "\n".join(f"    {line}" for line in self._last)

    def close(self) -> None:
        """Write what waits and close the file."""
        if self._rest:
            self.line(self._rest.decode("utf-8", "replace"))
            self._rest = b""
        self._file.close()

    def _turn_over(self) -> None:
        self._file.close()
        for number in range(KEPT_FILES - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            if older.exists():
                older.replace(self.path.with_name(f"{self.path.name}.{number + 1}"))
        self.path.replace(self.path.with_name(f"{self.path.name}.1"))
        self._file = self.path.open("ab")
