"""Start one child: tie its life to the supervisor's, give up root where asked, then become the child.

Run as a script by `privileges.wrap`, with the standard library only, so that it costs a few milliseconds:
`python -I -S launch.py PARENT_PID SIGNAL UID GID CAPABILITY -- argv...` with -1 for "leave as it is".
It is a program of its own because code between fork and exec in the supervisor would not be safe.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522


def _prctl(*args: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    padded = [ctypes.c_ulong(arg) for arg in (*args, 0, 0, 0, 0)][:5]
    if libc.prctl(*padded) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), f"prctl {args[0]}")


def _keep_only(capability: int) -> None:
    """Permitted, effective and inheritable become exactly `capability`, which then passes through exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    words = [1 << (capability % 32) if index == capability // 32 else 0 for index in (0, 1)]
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    data = b"".join(struct.pack("=III", word, word, word) for word in words)
    if libc.capset(header, data) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "capset")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)


def _become(uid: int, gid: int, capability: int) -> None:
    if capability >= 0:
        _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability >= 0:
        _keep_only(capability)


def main(arguments: list[str]) -> None:
    """Become the child, or leave with status 127 and one line saying why not."""
    parent, signal, uid, gid, capability = (int(argument) for argument in arguments[:5])
    command = arguments[6:]
    try:
        if uid >= 0:
            _become(uid, gid, capability)
        if signal >= 0 and sys.platform == "linux":
            # After the change of user, which clears it.
            _prctl(_PR_SET_PDEATHSIG, signal)
            if os.getppid() != parent:  # the supervisor died before the line above
                sys.exit(127)
        os.execv(command[0], command)
    except OSError as error:
        print(f"cannot start {command[0]}: {error}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
