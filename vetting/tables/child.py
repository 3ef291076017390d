"""The process in which a workbook is opened: ``python -m vetting.tables.child``, one file, then it ends."""

from __future__ import annotations

import sys

from vetting.intake.confinement import allow_cpu, confine, private_pipes
from vetting.intake.limits import Limits
from vetting.intake.protocol import receive, send
from vetting.intake.unfit import Unfit


def main() -> None:
    """Answer one request."""
    requests, answers = private_pipes()
    first = receive(requests)
    if first is None:
        return
    limits = Limits.from_json(first[0]["limits"])
    confine(limits)
    from vetting.tables import workbook  # the library is loaded under the limits

    send(answers, {"ready": True})
    message = receive(requests)
    if message is None:
        return
    allow_cpu(limits.cpu_seconds)
    try:
        header, payload = workbook.read(message[1], message[0])
    except Unfit as unfit:
        header, payload = {"ok": False, "unfit": unfit.code}, b""
    except (MemoryError, RecursionError):
        header, payload = {"ok": False, "unfit": "too_complex"}, b""
    except Exception:  # noqa: BLE001 - hostile input may raise anything
        header, payload = {"ok": False, "unfit": "damaged"}, b""
    send(answers, header, payload)


if __name__ == "__main__":
    main()
    sys.exit(0)
