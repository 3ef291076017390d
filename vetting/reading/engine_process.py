"""The process that holds the models: ``python -m vetting.reading.engine_process``. It sees pictures only."""

from __future__ import annotations

import os
import sys
from typing import Any, BinaryIO

from vetting.intake.protocol import receive, send


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    requests, answers = _private_pipes()
    first = receive(requests)
    if first is None:
        return
    from vetting.reading.engine_desk import EngineDesk  # the libraries load here, not in parents

    desk = EngineDesk(int(first[0]["threads"]))
    send(answers, {"ok": True})
    while (message := receive(requests)) is not None:
        header: dict[str, Any]
        try:
            header, payload = desk.answer(*message)
            header["ok"] = True
        except Exception as error:  # noqa: BLE001 - one page must not end the process
            header, payload = {"ok": False, "error": type(error).__name__}, b""
        header["rss"] = _resident()
        send(answers, header, payload)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the protocol's pipes to ourselves: what a library prints must not end up in it."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return requests, answers


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
    sys.exit(0)
