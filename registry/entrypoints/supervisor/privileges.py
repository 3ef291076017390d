"""Which user a server runs as. PostgreSQL refuses to run as root, so as root it gets another user.

The other way round (opening every folder on the way to the data, as some wheels do) would let everybody
on the machine look into a root's home; here no permission of a folder above the data is changed.
"""

from __future__ import annotations

import os
import pwd
import signal
import stat
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.messages import Message

_LAUNCH: Final = Path(__file__).with_name("launch.py")
_CAP_DAC_OVERRIDE: Final = 1
_CAP_DAC_READ_SEARCH: Final = 2


@dataclass(frozen=True, slots=True)
class RunAs:
    """A user to become. `capability` is the one capability kept, or -1: it lets the user through closed
    folders on the way to its own."""

    uid: int
    gid: int
    capability: int = -1


def choose_user(folder: Path, needed: Iterable[Path]) -> RunAs | None:
    """Who runs a server that keeps its files in `folder` and must read `needed`; None: who we are.

    As root it is the owner of an existing folder, else `postgres`, else `nobody`. Raises CannotStart
    where that user could not get at the files.
    """
    if os.geteuid() != 0:
        return None
    entry = _owner_or_default(folder)
    paths = [folder, *needed]
    if all(_reachable(path, entry.pw_uid) for path in paths):
        return RunAs(entry.pw_uid, entry.pw_gid)
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        if _permitted() & (1 << capability):
            return RunAs(entry.pw_uid, entry.pw_gid, capability)
    raise CannotStart(Message.UNREACHABLE, user=entry.pw_name, folder=str(folder))


def _owner_or_default(folder: Path) -> pwd.struct_passwd:
    if folder.exists() and folder.stat().st_uid != 0:
        return pwd.getpwuid(folder.stat().st_uid)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart(Message.NO_USER)


def _reachable(path: Path, uid: int) -> bool:
    """Whether `uid` may pass every folder above `path` (its groups are left out: it keeps none)."""
    for parent in path.resolve().parents:
        if not parent.exists():
            continue
        facts = parent.stat()
        bit = stat.S_IXUSR if facts.st_uid == uid else stat.S_IXOTH
        if not facts.st_mode & bit:
            return False
    if not path.exists():
        return True
    facts = path.stat()
    return facts.st_uid == uid or bool(facts.st_mode & stat.S_IROTH and facts.st_mode & stat.S_IXOTH)


def _permitted() -> int:
    """The capabilities this process may use, as bits; 0 where the system has none."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("CapPrm:")), "CapPrm: 0")
    return int(line.split()[1], 16)


def wrap(command: Sequence[str], *, run_as: RunAs | None, on_death: signal.Signals | None) -> list[str]:
    """The command line that starts `command` as `run_as` and sends it `on_death` when its parent dies.

    To be started by this process, from its main thread: the parent's death is the death of that thread.
    """
    user = run_as or RunAs(-1, -1)
    numbers = (os.getpid(), on_death if on_death is not None else -1, user.uid, user.gid, user.capability)
    return [
        sys.executable,
        "-I",
        "-S",
        str(_LAUNCH),
        *(str(int(number)) for number in numbers),
        "--",
        *command,
    ]
