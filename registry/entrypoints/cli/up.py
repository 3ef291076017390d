"""`registry up`: the whole system on this machine."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_DESCRIPTION = """\
Starts everything on this machine: PostgreSQL, an S3 object store, the web process and one worker,
brings the database up to date and, in an empty demo, fills in the demo's data. Prints the address
and the demo accounts. Ctrl-C stops all of it; the data stays in the data folder.

在本机启动整套系统：数据库、对象存储、网站和后台任务。按 Ctrl-C 停止，数据保留。"""

_EPILOG = """\
examples:
  registry up                          demo on http://127.0.0.1:8000, data in ./var
  registry up --port 8001              another port, when 8000 is taken
  registry up --no-demo --data-dir /srv/registry
                                       an empty system without demo data and accounts"""


def add_parser(subparsers: SubParsers) -> None:
    """Declare the command on the main parser."""
    parser = subparsers.add_parser(
        "up",
        help="start the whole system on this machine (what `make run` does)",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_arguments(parser)
    parser.set_defaults(run=run)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument("--data-dir", default="var", help="folder for all data (default: ./%(default)s)")
    parser.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="fictional data, known accounts and a movable day (default: yes)",
    )
    parser.add_argument("--verbose", action="store_true", help="show the logs of all parts here, too")


def port(text: str) -> int:
    """A TCP port out of a command line. Raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Run until stopped. Exit status: 0 stopped, 4 port in use, 5 already running, 3 refused, 1 failed."""
    if sys.platform == "win32":
        print("registry up needs Linux or macOS; on Windows use WSL or docker compose.", file=sys.stderr)
        return 3
    from pathlib import Path

    from registry.entrypoints.supervisor.run import Options, up
    from registry.entrypoints.supervisor.system import Address

    return up(
        Options(Address(args.host, args.port), Path(args.data_dir), demo=args.demo, verbose=args.verbose)
    )
