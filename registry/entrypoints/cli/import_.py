"""``registry import``: bring along what a bureau has already, as the pages do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.kernel.errors import Invalid

HELP = "导入已有资料：学校、机构、在册机构、禁入记录、合同 | import what a bureau has already"
KINDS = {
    "schools": "学校 schools",
    "providers": "机构 providers",
    "entries": "在册机构 entries on a list",
    "bans": "禁入记录 bans",
    "contracts": "履行中的合同 running contracts",
}

_EPILOG = """\
例 examples:
  registry import schools 学校.xlsx --bureau 某市教育局 --as admin
  registry import entries 在册机构.xlsx --bureau 某市教育局 --as admin --basis "某教〔2021〕12 号" --confirmed-by approver
  registry import providers 机构.csv --bureau 某市教育局 --as admin --check
  registry import template entries 模板.xlsx

文件有一处错误就一条也不导入（退出码 1）；同一份文件再次导入不会重复。在册机构、禁入记录和合同须由另一人确认：
用 --confirmed-by 写明，或留待其在网页上确认（退出码 4）。
One error and nothing is imported (exit 1); the same file again imports nothing twice. Entries, bans and contracts
need a second person: name them with --confirmed-by, or leave it to them on the pages (exit 4).
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``import`` with a kind each, and ``import template``."""
    parser = subparsers.add_parser(
        "import",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for code, line in KINDS.items():
        one = actions.add_parser(code, help=line)
        one.add_argument("file", type=Path, metavar="FILE", help=".xlsx 或 .csv 文件 | .xlsx or .csv file")
        one.add_argument("--bureau", required=True, metavar="NAME|ID", help="教育局 | the bureau")
        one.add_argument("--as", dest="login", required=True, metavar="LOGIN", help="由谁导入 | who imports")
        one.add_argument("--basis", default="", metavar="TEXT", help="依据的文件 | the paper it rests on")
        one.add_argument("--confirmed-by", metavar="LOGIN", help="由谁确认 | who confirms")
        one.add_argument("--check", action="store_true", help="只检查，不导入 | look, import nothing")
        one.add_argument(
            "--data-dir", default="var", help="系统的数据目录（默认 var）| data folder of the system"
        )
    template = actions.add_parser("template", help="写出模板 | write a template")
    template.add_argument("template_kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    template.add_argument("file", type=Path, metavar="FILE", help=".xlsx 或 .csv")


def run(args: argparse.Namespace) -> int:
    """Exit status: 0 done, 1 errors in the file or refused, 4 waits for a second person."""
    import asyncio

    if args.kind == "template":
        return _template(args)
    try:
        content = args.file.read_bytes()
    except OSError as problem:
        print(f"{args.file}: {problem.strerror}", file=sys.stderr)
        return 1
    from registry.entrypoints.attach import take_over

    take_over(Path(args.data_dir))
    return asyncio.run(_import(args, content))


def _template(args: argparse.Namespace) -> int:
    from registry.onboarding.templates import template

    file_format = args.file.suffix.lstrip(".").lower()
    if file_format not in {"xlsx", "csv"}:
        print("模板文件应为 .xlsx 或 .csv | a template is .xlsx or .csv", file=sys.stderr)
        return 2
    try:
        args.file.write_bytes(template(args.template_kind, file_format)[1])
    except OSError as problem:
        print(f"{args.file}: {problem.strerror}", file=sys.stderr)
        return 1
    return 0


async def _import(args: argparse.Namespace, content: bytes) -> int:
    from registry.accounts.queries import actor_by_login
    from registry.entrypoints.cli.bureau import bureau_named
    from registry.kernel import db
    from registry.kernel.errors import Invalid
    from registry.onboarding import commands, queries

    async with db.pooled():
        actor = await actor_by_login(args.login)
        second = await actor_by_login(args.confirmed_by) if args.confirmed_by else None
        bureau_id = await bureau_named(args.bureau)
        import_id = None
        try:
            import_id = await commands.upload(
                actor, bureau_id, args.kind, args.file.name, content, basis=args.basis
            )
            if args.check:
                return await _check(args, import_id)
            done = await commands.carry_out(actor, import_id)
            if done == "waiting" and second is not None:
                await commands.confirm(second, import_id)
                done = "applied"
        except Invalid as error:
            if import_id is not None and (await queries.get(actor, import_id)).state == "draft":
                # Nobody looks at this draft: who imports here reads the errors here.
                await commands.discard(actor, import_id)
            return _tell(args.file, error)
        if done == "waiting":
            print(f"第 {import_id} 号导入等待第二人在网页上确认 / waits for a second person")
            return 4
        made = await queries.get(actor, import_id)
        print(
            f"第 {import_id} 号导入 / import: 新增 added {made.added}, 更新 changed {made.changed}, 已有 kept {made.kept}"
        )
    return 0


async def _check(args: argparse.Namespace, import_id: int) -> int:
    from registry.accounts.queries import actor_by_login
    from registry.onboarding import commands, queries
    from registry.onboarding.kinds import KINDS as ALL

    actor = await actor_by_login(args.login)
    found = await queries.get(actor, import_id)
    seen = await queries.preview(found)
    await commands.discard(actor, import_id)
    titles = {column.field: column.title for column in ALL[found.kind].columns}
    for title in seen.sheet.missing:
        print(f"{args.file}: 没有找到列 missing column: {title}", file=sys.stderr)
    for one in seen.errors:
        text = one.message % one.params if one.params else one.message
        print(f"{args.file}:{one.line}: {titles.get(one.field, '')} {text}", file=sys.stderr)
    judged = seen.judged
    print(
        f"{len(seen.sheet.lines)} 行 lines: 新增 added {judged.added}, 更新 changed {judged.changed}, 已有 kept {judged.kept};"
        f" {len(seen.errors)} 处错误 errors"
    )
    return 0 if seen.ok else 1


def _tell(path: Path, error: Invalid) -> int:
    for wrong in error.fields:
        print(f"{path}: {wrong.message % wrong.params if wrong.params else wrong.message}", file=sys.stderr)
    print(error, file=sys.stderr)
    return 1
