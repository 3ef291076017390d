"""``registry division``: enter the divisions of GB/T 2260, or those of a file (R31)."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

HELP = "行政区划：载入 GB/T 2260 | divisions of GB/T 2260"

_EPILOG = """\
例 examples:
  registry division load                      载入软件自带的全国区划 the shipped list
  registry division load 乡镇.csv             载入文件：code,name（乡镇 9 位，村 12 位）a file: code,name

已有的区划只更新名称 | known ones take the name
"""
_AT_ONCE = 2_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``division load``."""
    parser = subparsers.add_parser(
        "division",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser("load", help="载入 | load")
    load.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV：code,name；不写则用自带的")
    load.add_argument(
        "--data-dir", default="var", help="系统的数据目录（默认 var）| data folder of the system"
    )


def run(args: argparse.Namespace) -> int:
    """Exit status: 0 done, 1 a file that cannot be taken."""
    import asyncio

    from registry.entrypoints.attach import take_over

    try:
        divisions = _of_file(args.file) if args.file else _shipped()
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as problem:
        print(f"{args.file}: {problem}", file=sys.stderr)
        return 1
    take_over(Path(args.data_dir))
    return asyncio.run(_load(divisions))


def _shipped() -> list[tuple[str, str]]:
    from importlib import resources

    found = resources.files("vetting.matching").joinpath("data", "divisions.txt").read_text("utf-8")
    lines = (line.split(" ", 1) for line in found.splitlines() if line and not line.startswith("#"))
    # Marked with "-": divisions that are no more.
    return [(code, name.strip()) for code, name in lines if not code.endswith("-")]


def _of_file(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if not {"code", "name"} <= set(reader.fieldnames or ()):
            raise ValueError("表头应为 code,name | headed code,name")
        return [((one["code"] or "").strip(), (one["name"] or "").strip()) for one in reader]


async def _load(divisions: list[tuple[str, str]]) -> int:
    from registry.jurisdictions.commands import add_divisions
    from registry.kernel import db
    from registry.kernel.actor import Actor
    from registry.kernel.errors import Invalid

    operator = Actor.for_system("区划载入")
    # From the top down, so that every parent is there before what lies below it.
    ordered = sorted(
        dict(divisions).items(),
        key=lambda one: (len(one[0]), not one[0].endswith("0000"), not one[0].endswith("00"), one[0]),
    )
    made = 0
    async with db.pooled():
        try:
            for start in range(0, len(ordered), _AT_ONCE):
                made += await add_divisions(operator, ordered[start : start + _AT_ONCE])
        except Invalid as error:
            for wrong in error.fields:
                print(wrong.message, file=sys.stderr)
            return 1
    print(f"{len(ordered)} 个区划，新增 {made} 个 | divisions, new {made}")
    return 0
