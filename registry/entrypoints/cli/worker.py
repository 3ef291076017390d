"""`registry worker`: one worker, on the database and object store of the environment."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: SubParsers) -> None:
    """Declare the command on the main parser."""
    parser = subparsers.add_parser(
        "worker",
        help="run one worker: reading applications, mail, the daily sweep",
        description=(
            "Runs one worker until it is stopped. Reading a page takes a core for seconds and 1 GB of memory: "
            "start as many workers as the machine has cores to spare."
        ),
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until stopped; a job under way is finished or handed back."""
    from registry.entrypoints.worker import main

    main()
    return 0


if __name__ == "__main__":
    raise SystemExit(run(argparse.Namespace()))
