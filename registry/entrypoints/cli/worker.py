"""`registry worker`: one worker, on the database and object store of the environment."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

# A worker shows itself every ten seconds; three missed signs mean that it hangs or is gone.
HEARTBEAT_SECONDS: Final = 40


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
    _add_arguments(parser)
    parser.set_defaults(run=run)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"only ask whether a worker has shown itself in the last {HEARTBEAT_SECONDS} seconds (exit status 0 or 1)",
    )


def run(args: argparse.Namespace) -> int:
    """Work until stopped; a job under way is finished or handed back. With `--check`, only look."""
    if args.check:
        return _check()
    from registry.entrypoints.worker import main

    main()
    return 0


def _check() -> int:
    import psycopg

    from registry.settings import get_settings

    url = get_settings().database_url.get_secret_value()
    try:
        with psycopg.connect(url, connect_timeout=4) as connection:
            found = connection.execute(
                "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
                (HEARTBEAT_SECONDS,),
            ).fetchone()
    except psycopg.Error as error:
        print(f"the database does not answer: {type(error).__name__}", file=sys.stderr)
        return 1
    alive = found[0] if found else 0
    print(f"{alive} worker(s) at work")
    return 0 if alive else 1


def main() -> int:
    """`python -m registry.entrypoints.cli.worker`, as the supervisor starts it."""
    parser = argparse.ArgumentParser(prog="registry worker")
    _add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
