"""The process in which files are opened: ``python -m vetting.intake.child``, spoken to over its pipes.

It limits itself before it touches a file, answers one request at a time and is killed by its parent when
it takes too long. Nothing it says is trusted beyond its form.
"""

from __future__ import annotations

import resource
import sys
import time

from vetting.intake.confinement import allow_cpu, confine, private_pipes
from vetting.intake.limits import Limits
from vetting.intake.protocol import receive, send


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    requests, answers = private_pipes()
    first = receive(requests)
    if first is None:
        return
    limits = Limits.from_json(first[0]["limits"])
    confine(limits)
    from vetting.intake.desk import Desk  # the libraries are loaded under the limits

    desk = Desk(limits)
    send(answers, {"ready": True})
    while (message := receive(requests)) is not None:
        before = time.process_time()
        allow_cpu(int(message[0].get("cpu", limits.cpu_seconds)))
        header, payload = desk.answer(message[0])
        header["cpu"] = time.process_time() - before
        header["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        send(answers, header, payload)


if __name__ == "__main__":
    main()
    sys.exit(0)
