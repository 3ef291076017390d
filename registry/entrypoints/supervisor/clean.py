"""`make clean-data`: remove a data folder, after making sure that it is one and that nothing runs on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from registry.entrypoints.supervisor.errors import CannotStart
from registry.entrypoints.supervisor.folder import SECRETS_FILE, is_held
from registry.entrypoints.supervisor.messages import Message


def clean(path: Path, *, production_too: bool = False) -> bool:
    """Remove the data folder; False where there is none.

    Raises CannotStart where a system runs on it, where it is no data folder, or where it holds
    production data and `production_too` is not set.
    """
    path = path.resolve()
    if not path.exists():
        return False
    if is_held(path):
        raise CannotStart(Message.ALREADY_RUNNING, folder=path, pid="?", url="?")
    try:
        mode = json.loads((path / SECRETS_FILE).read_text())["mode"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotStart(Message.NOT_OURS, folder=path) from None
    if mode != "demo" and not production_too:
        raise CannotStart(Message.PRODUCTION_DATA, folder=path)
    shutil.rmtree(path)
    return True
