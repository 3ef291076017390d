"""`registry demo`: move the demo's day, play the whole life of a provider."""

from __future__ import annotations

import argparse
import re


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `registry demo advance|day|journey`."""
    parser = subparsers.add_parser(
        "demo",
        help="演示:推进演示日、走完一家机构的全过程 / move the demo's day, play a whole life",
        description="只在演示系统中可用。Only in a demo system: production knows no such command.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    advance = actions.add_parser("advance", help="推进演示日并逐日运行日终处理,如 8d / move the day, e.g. 8d")
    advance.add_argument("days", type=_days, metavar="DAYS", help="如 8d / e.g. 8d")
    advance.add_argument("--data-dir", default="var", help="数据目录(默认 var)/ data folder")
    day = actions.add_parser("day", help="显示演示日 / show the demo's day")
    day.add_argument("--data-dir", default="var", help="数据目录(默认 var)/ data folder")
    journey = actions.add_parser(
        "journey",
        help="通过网页走完申报到禁入的全过程 / play apply to ban over HTTP against a running system",
    )
    journey.add_argument("--url", default="", help="系统地址(默认读数据目录)/ address of the system")
    journey.add_argument("--data-dir", default="var", help="数据目录(默认 var)/ data folder")
    journey.add_argument(
        "--application", default="d01-qingmeng", help="样本申报 / corpus application (d01, d02)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the action asked for; returns the exit status."""
    from registry.entrypoints.demo import commandline

    return commandline.run(args)


def _days(text: str) -> int:
    found = re.fullmatch(r"(\d{1,4})d?", text)
    if not found or not 1 <= int(found[1]) <= 3660:
        raise argparse.ArgumentTypeError("请写天数,如 8d / a number of days such as 8d")
    return int(found[1])
