"""The process in which files are opened: ``python -m vetting.intake.child``, spoken to over its pipes.

It limits itself before it touches a file, answers one request at a time and is killed by its parent when
it takes too long. Nothing it says is trusted beyond its form.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import BinaryIO

from vetting.intake.limits import Limits
from vetting.intake.protocol import receive, send


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    requests, answers = _private_pipes()
    first = receive(requests)
    if first is None:
        return
    limits = Limits.from_json(first[0]["limits"])
    _restrict(limits)
    from vetting.intake.desk import Desk  # the libraries are loaded under the limits

    desk = Desk(limits)
    send(answers, {"ready": True})
    while (message := receive(requests)) is not None:
        _allow_cpu(limits.cpu_seconds)
        header, payload = desk.answer(message[0])
        header["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        send(answers, header, payload)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the protocol's pipes to ourselves: what a library prints must not end up in it."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return requests, answers


def _restrict(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    most = limits.max_bytes * 4
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    _allow_cpu(limits.cpu_seconds)


def _allow_cpu(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, hard))


if __name__ == "__main__":
    main()
    sys.exit(0)
