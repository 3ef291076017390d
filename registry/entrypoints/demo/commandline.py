"""What `registry demo` does."""

from __future__ import annotations

import argparse
import asyncio
from datetime import date, timedelta
from pathlib import Path

from registry.entrypoints import logs
from registry.entrypoints.demo.attach import join


def run(args: argparse.Namespace) -> int:
    """Join the running demo and do the action; returns the exit status."""
    logs.configure()
    url = join(Path(args.data_dir))
    if args.action == "journey":
        from registry.entrypoints.demo.journey import play

        return play(args.url or url, args.application)
    return asyncio.run(_day(args))


async def _day(args: argparse.Namespace) -> int:
    from registry.kernel import db
    from registry.kernel.clock import today

    async with db.pooled():
        if args.action == "advance":
            start = await today()
            for offset in range(1, args.days + 1):
                day = start + timedelta(days=offset)
                await advance_to(day)
                print(f"{day.isoformat()}  日终处理完成")
        print(f"演示日 / demo day: {(await today()).isoformat()}")
    return 0


async def advance_to(day: date) -> None:
    """Move the demo's day to ``day`` and run the daily sweep of it."""
    from registry.entrypoints.sweep import catch_up
    from registry.kernel.db import rows

    await rows("UPDATE demo_clock SET day = {} WHERE id = 1 AND day <= {}", day, day)
    await catch_up()
