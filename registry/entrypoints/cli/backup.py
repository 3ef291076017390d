"""`registry backup`: the data folder of `registry up` as one file, checked, and back."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_DESCRIPTION = """\
Writes the data folder of a stopped system to one file: database, objects with their versions and
locks, and the keys of the sealed columns. Whoever has the file can read all personal data: keep it
as safe as the system itself.

For docker compose use the tools of the servers: pg_dump, and a copy of the volume of the object store."""

_EPILOG = """\
examples:
  registry backup create /mnt/backup/registry-2026-06-30.tar
  registry backup verify /mnt/backup/registry-2026-06-30.tar
  registry backup restore /mnt/backup/registry-2026-06-30.tar --data-dir var"""


def add_parser(subparsers: SubParsers) -> None:
    """Declare the command on the main parser."""
    parser = subparsers.add_parser(
        "backup",
        help="write the data folder to one file, check it, restore it",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=("create", "verify", "restore"))
    parser.add_argument("file", help="the archive (.tar)")
    parser.add_argument("--data-dir", default="var", help="the data folder (default: ./%(default)s)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit status: 0 done, 1 the archive is damaged or in the way, 3 or 5 the folder cannot be used."""
    from pathlib import Path

    from registry.entrypoints.supervisor import archive
    from registry.entrypoints.supervisor.errors import CannotStart

    file, folder = Path(args.file), Path(args.data_dir)
    try:
        if args.action == "create":
            contents = archive.create(folder, file)
        elif args.action == "verify":
            contents = archive.verify(file)
        else:
            contents = archive.restore(file, folder)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return error.status
    except FileExistsError as error:
        print(f"已存在，没有覆盖 / exists and was not touched: {error}", file=sys.stderr)
        return 1
    except (archive.BadArchive, OSError) as error:
        print(f"不能完成 / not possible: {error}", file=sys.stderr)
        return 1
    print(
        f"{contents.files} 个文件 / files, {contents.size / 1e6:.1f} MB, {contents.mode}, {contents.made_at}: "
        "完好 / whole"
    )
    return 0
