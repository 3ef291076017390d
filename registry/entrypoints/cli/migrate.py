"""`registry migrate`: bring the database of the environment up to date."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: SubParsers) -> None:
    """Declare the command on the main parser."""
    parser = subparsers.add_parser(
        "migrate",
        help="bring the database up to date",
        description=(
            "Applies all migrations as the owner role (REGISTRY_OWNER_DATABASE_URL) and gives the application "
            "role (the one in REGISTRY_DATABASE_URL) its rights; creates the bucket where it is missing. "
            "Safe to run again."
        ),
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Migrate. Exit status 2 where settings are missing, 1 where a migration fails."""
    from registry.settings import get_settings

    settings = get_settings()
    missing = [
        name
        for name, value in (
            ("REGISTRY_OWNER_DATABASE_URL", settings.owner_database_url.get_secret_value()),
            ("REGISTRY_DATABASE_URL", settings.database_url.get_secret_value()),
        )
        if not value
    ]
    if missing:
        print(f"not set: {', '.join(missing)} (see .env.example)", file=sys.stderr)
        return 2
    from registry.entrypoints import migrate

    try:
        migrate.main()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    if settings.s3_endpoint:
        _ensure_bucket()
    return 0


def _ensure_bucket() -> None:
    import asyncio

    from registry.settings import get_settings
    from storage.client import S3Location
    from storage.store import ObjectStore

    settings = get_settings()
    location = S3Location(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
        secure=settings.s3_secure,
    )
    asyncio.run(ObjectStore(location).ensure_bucket())
