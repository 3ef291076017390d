"""``registry lists``: look at a list file, or import it as the pages do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vetting.matching.listfile import ListFile

HELP = "名单文件的检查和导入 | check and import lists"
KINDS = {
    "serious_violation": "严重违法失信名单",
    "industry_blacklist": "校外培训行业黑名单",
    "abnormal_operation": "经营异常名录",
    "judgment_debtor": "失信被执行人",
    "recognised_ban": "外地禁入名单",
}
_ERRORS_SHOWN = 50

_EPILOG = """\
例 examples:
  registry lists check 行业黑名单.xlsx --kind industry_blacklist
  registry lists import 行业黑名单.xlsx --kind industry_blacklist --bureau 南宁市教育局 --as guanli

名单类别 kinds: serious_violation 严重违法失信名单, industry_blacklist 校外培训行业黑名单, abnormal_operation 经营异常名录,
judgment_debtor 失信被执行人, recognised_ban 外地禁入名单（也可以写中文名）。

文件有一处错误就一条也不导入（退出码 1）。导入会暂停的在册机构超过规则的上限时，由第二人在网页上确认（退出码 4）。
One error and nothing is imported (exit 1). An import that would suspend too many waits for a second person (exit 4).
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``lists check`` and ``lists import``."""
    parser = subparsers.add_parser(
        "lists",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="检查文件，不导入 | look at a file, import nothing")
    load = actions.add_parser("import", help="导入 | import")
    for one in (check, load):
        one.add_argument("file", type=Path, metavar="FILE", help="整份名单 .csv 或 .xlsx | the whole list")
        one.add_argument("--kind", type=_kind, required=True, metavar="KIND", help="名单类别 | which list")
    load.add_argument("--bureau", required=True, metavar="NAME|ID", help="教育局 | the bureau")
    load.add_argument("--as", dest="login", required=True, metavar="LOGIN", help="由谁导入 | who imports")
    load.add_argument(
        "--data-dir", default="var", help="系统的数据目录（默认 var）| data folder of the system"
    )


def run(args: argparse.Namespace) -> int:
    """Exit status: 0 done, 1 errors in the file or refused, 4 waits for a second person."""
    import asyncio

    try:
        content = args.file.read_bytes()
    except OSError as problem:
        print(f"{args.file}: {problem.strerror}", file=sys.stderr)
        return 1
    if args.action == "check":
        return asyncio.run(_check(args.file, args.kind, content))
    from registry.entrypoints.attach import take_over

    take_over(Path(args.data_dir))
    return asyncio.run(_import(args, content))


def _kind(text: str) -> str:
    code = {name: code for code, name in KINDS.items()}.get(text, text)
    if code not in KINDS:
        raise argparse.ArgumentTypeError(f"名单类别应为 / one of: {', '.join(KINDS)}")
    return code


async def _check(path: Path, kind: str, content: bytes) -> int:
    from registry.screening.imports.reading import check

    return _tell(path, await check(content, kind))


def _tell(path: Path, read: ListFile) -> int:
    for field, heading in read.mapping.items():
        print(f"{field:24} ← {heading}")
    if read.unused:
        print(f"{'没有用到 unused':20} ← {'、'.join(read.unused)}")
    print(f"{len(read.rows)} 行可以导入 / rows can be imported, {len(read.errors)} 处错误 / errors")
    for error in read.errors[:_ERRORS_SHOWN]:
        print(f"{path}:{error.line}: {error.field} {error.zh} | {error.en}", file=sys.stderr)
    if len(read.errors) > _ERRORS_SHOWN:
        print(f"… {len(read.errors) - _ERRORS_SHOWN} more", file=sys.stderr)
    return 1 if read.errors else 0


async def _import(args: argparse.Namespace, content: bytes) -> int:
    from registry.accounts.queries import actor_by_login
    from registry.entrypoints.cli.bureau import bureau_named
    from registry.kernel import db
    from registry.kernel.errors import Invalid
    from registry.screening import queries
    from registry.whitelist.list_imports import import_list

    async with db.pooled():
        actor = await actor_by_login(args.login)
        bureau_id = await bureau_named(args.bureau)
        try:
            import_id, done = await import_list(actor, bureau_id, args.kind, args.file.name, content)
        except Invalid as error:
            for wrong in error.fields:
                print(f"{args.file}: {wrong.message % wrong.params}", file=sys.stderr)
            print(error, file=sys.stderr)
            return 1
        if done == "waiting":
            print(f"第 {import_id} 号导入等待第二人在网页上确认 / waits for a second person")
            return 4
        made = await queries.get_import(actor, import_id)
        print(
            f"第 {import_id} 号导入 / import: 新增 added {made.added}, 变更 changed {made.changed}, 移除 gone {made.gone}"
        )
    return 0
