"""`make clean-data`: remove a data folder, after making sure that it is one and that nothing runs on it."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
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


def main() -> int:
    """`python -m registry.entrypoints.supervisor.clean FOLDER [--yes-delete-production-data]`."""
    parser = argparse.ArgumentParser(prog="make clean-data")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--yes-delete-production-data", action="store_true")
    args = parser.parse_args()
    try:
        removed = clean(args.folder, production_too=args.yes_delete_production_data)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return error.status
    print(
        f"已删除 {args.folder} / deleted"
        if removed
        else f"{args.folder} 不存在，无需删除 / nothing to delete"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
