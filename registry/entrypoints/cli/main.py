"""The ``registry`` command. Finds the sub-command and imports only its module, to start fast."""

from __future__ import annotations

import argparse
import contextlib
import io
import keyword
import os
import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Protocol, cast

from registry.kernel.errors import RegistryError

PACKAGE = "registry.entrypoints.cli"

COMMANDS: dict[str, str] = {
    "up": "启动整套系统：数据库、对象存储、网页、任务 | start everything, supervised",
    "serve": "只启动网页服务 | the web process alone",
    "worker": "只启动后台任务 | one worker alone",
    "migrate": "升级数据库结构 | bring the database up to date",
    "account": "开设账号、重设密码、停用 | open accounts, reset passwords, close",
    "demo": "演示数据、推进演示日期、走完全程 | demo data, days and journey",
    "vet": "核验一份申报材料（PDF 或文件夹） | vet a PDF or a folder",
    "evaluate": "用带答案的样本评测核验 | score vetting on labelled samples",
    "explain": "逐日说明期限如何计算 | why a window, term or ban ends when it ends",
    "policy": "查看、检查、比较各地规则 | show, check and compare policies",
    "screen": "用名单筛查机构 | screen providers against lists",
    "import": "导入已有资料：学校、机构、在册机构、禁入记录、合同 | import what a bureau has already",
    "calendar": "工作日历：查看、载入、更正 | calendars of working days",
    "division": "行政区划：载入 GB/T 2260 | divisions of GB/T 2260",
    "lists": "名单文件的检查和导入 | check and import lists",
    "verify": "离线核验签名的名单快照 | check a signed snapshot of a list, offline",
    "backup": "备份、校验、恢复数据目录 | back up, verify and restore the data folder",
}
"""Sub-commands in the order of the help, each a module of the same name, with its line of help."""

_EPILOG = """\
例 examples:
  registry up                                     启动整套系统 start everything
  registry vet 材料.pdf --policy nanning-2022      核验一份材料 vet one file
  registry explain ban --decided 2024-02-29 --years 3
  registry policy show xiaolan-2023

每个命令都有自己的说明 each command explains itself: registry vet --help
"""


class SubCommand(Protocol):
    """What a module of this package offers. Importing it must be cheap; ``run`` imports the rest."""

    def add_parser(self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        """Add the parser of the sub-command, under its name."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it. Returns the exit status: 0 done, 2 usage, 1 anything else unless it says otherwise."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    name = next((argument for argument in arguments if not argument.startswith("-")), None)
    module = _load(name) if name in COMMANDS and _exists(str(name)) else None
    args = _parser(name, module).parse_args(arguments)
    if module is None:
        # Reached only without a sub-command: argparse refuses one that is unknown.
        _parser(None, None).print_help()
        return 2
    try:
        return module.run(args)
    except RegistryError as error:
        print(str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) went away. Nothing more can be written, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser(name: str | None, module: SubCommand | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="registry",
        description="课后服务第三方机构遴选与名单管理 | registry of after-school service providers",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, help="版本 | version")
    subparsers = parser.add_subparsers(title="命令 commands", metavar="COMMAND", dest="command")
    for command, line in COMMANDS.items():
        if command == name and module is not None:
            module.add_parser(subparsers)
        elif _exists(command):
            subparsers.add_parser(command, help=line, add_help=False)
    return parser


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.exit(message=f"registry {metadata.version('after-school-registry')}\n")


def _exists(command: str) -> bool:
    return find_spec(_module(command)) is not None


def _load(name: str | None) -> SubCommand:
    return cast("SubCommand", import_module(_module(str(name))))


def _module(command: str) -> str:
    """The module of a sub-command; one that is a word of Python carries an underscore."""
    return f"{PACKAGE}.{command}_" if keyword.iskeyword(command) else f"{PACKAGE}.{command}"


def _speak_utf8() -> None:
    """Chinese is written whatever the locale of the terminal says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(io.UnsupportedOperation):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
