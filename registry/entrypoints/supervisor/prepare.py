"""What runs once at each start, in a process of its own: migrations, and demo data in an empty demo.

`python -m registry.entrypoints.supervisor.prepare`, with the settings in the environment.
"""

from __future__ import annotations

import asyncio
import inspect
from importlib import import_module

from registry.entrypoints import migrate
from registry.settings import Mode, get_settings


def main() -> None:
    """Migrate as the owner role, then, in demo mode, fill an empty database with the demo's data."""
    migrate.main()
    if get_settings().mode is Mode.DEMO:
        # By name: a production image may leave the demo out, and then has no demo mode.
        seed = import_module("registry.entrypoints.demo.seed")
        done = seed.seed_if_empty()
        if inspect.isawaitable(done):
            asyncio.run(_finish(done))


async def _finish(work: object) -> None:
    if inspect.isawaitable(work):
        await work


if __name__ == "__main__":
    main()
