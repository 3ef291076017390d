"""`registry serve`: the web process alone, on the database and object store of the environment."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from registry.entrypoints.cli.up import port

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_EPILOG = """\
The settings come from the environment (REGISTRY_DATABASE_URL, REGISTRY_S3_ENDPOINT, ...: see .env.example).
Behind a reverse proxy set FORWARDED_ALLOW_IPS to the proxy's address."""


def add_parser(subparsers: SubParsers) -> None:
    """Declare the command on the main parser."""
    parser = subparsers.add_parser(
        "serve",
        help="run the web process alone",
        description="Runs the web process on an existing database and object store.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_arguments(parser)
    parser.set_defaults(run=run)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: REGISTRY_HOST, else 127.0.0.1)")
    parser.add_argument("--port", type=port, help="port to listen on (default: REGISTRY_PORT, else 8000)")


def run(args: argparse.Namespace) -> int:
    """Serve until stopped; requests under way get ten seconds to finish."""
    import uvicorn

    from registry.settings import get_settings

    settings = get_settings()
    uvicorn.run(
        "registry.entrypoints.asgi:create_app",
        factory=True,
        host=args.host or settings.host,
        port=args.port or settings.port,
        # The application logs requests itself, without query strings.
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    return 0


def main() -> int:
    """`python -m registry.entrypoints.cli.serve`, as the supervisor starts it."""
    parser = argparse.ArgumentParser(prog="registry serve")
    _add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
