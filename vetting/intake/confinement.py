"""What a child does to itself before it touches a file: limits, and pipes that nobody else writes to."""

from __future__ import annotations

import os
import resource
from typing import BinaryIO

from vetting.intake.limits import Limits


def private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the protocol's pipes to ourselves: what a library prints must not end up in it."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return requests, answers


def confine(limits: Limits) -> None:
    """Bound memory, open files, what is written, and processor time for what comes first."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    most = limits.max_bytes * 4
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    allow_cpu(limits.cpu_seconds)


def allow_cpu(seconds: int) -> None:
    """Grant ``seconds`` of processor time from now on."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, hard))
