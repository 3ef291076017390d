"""``registry calendar``: years of working-day calendars: load, correct, declare, show (R29)."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.kernel.working_days import Calendar

HELP = "工作日历：查看、载入、更正 | calendars of working days"

_EPILOG = """\
例 examples:
  registry calendar list
  registry calendar show CN-GX --year 2022
  registry calendar check 2027.csv
  registry calendar load 2027.csv --bureau 某市教育局 --as admin --title "国务院办公厅关于2027年部分节假日安排的通知"
  registry calendar load 更正.csv --bureau 某市教育局 --as admin --title 通知 --correction "公布更正的文件"
  registry calendar declare CN-GX --year 2027 --bureau 某市教育局 --as admin --title "当地未另行放假"

文件为 CSV，表头 calendar,date,kind,source；kind 为 off（放假）或 work（调休上班）。载入后，尚未届满的公示期随之重新计算。
没有运行中的系统时，list 和 show 显示软件自带的日历。
The file is CSV: calendar,date,kind,source. Windows that have not passed follow what is loaded. Without a running system
list and show tell what comes with the software.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``calendar`` with its actions."""
    parser = subparsers.add_parser(
        "calendar",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="有哪些日历和年份 | calendars and their years")
    show = actions.add_parser("show", help="一年的放假和调休及出处 | a year with its sources")
    show.add_argument("calendar", metavar="ID", help="如 CN、CN-GX")
    show.add_argument("--year", type=int, required=True, metavar="YYYY")
    check = actions.add_parser("check", help="检查文件，不载入 | look at a file, load nothing")
    check.add_argument("file", type=Path, metavar="FILE")
    load = actions.add_parser("load", help="载入或更正 | load or correct")
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--correction", default="", metavar="TEXT", help="更正依据 | the published correction")
    declare = actions.add_parser(
        "declare", help="声明当年没有地方安排 | a regional year without days of its own"
    )
    declare.add_argument("calendar", metavar="ID")
    declare.add_argument("--year", type=int, required=True, metavar="YYYY")
    for one in (load, declare):
        one.add_argument("--bureau", required=True, metavar="NAME|ID", help="教育局 | the bureau")
        one.add_argument("--as", dest="login", required=True, metavar="LOGIN", help="由谁办理 | who does it")
        one.add_argument("--title", required=True, metavar="TEXT", help="文件名称 | the notice")
    for one in (listing, show):
        one.add_argument("--json", action="store_true", help="以 JSON 输出 | print JSON")
    for one in (listing, show, check, load, declare):
        one.add_argument(
            "--data-dir", default="var", help="系统的数据目录（默认 var）| data folder of the system"
        )


def run(args: argparse.Namespace) -> int:
    """Exit status: 0 done, 1 refused or errors in the file."""
    import asyncio

    from registry.entrypoints.attach import NotRunning, take_over

    running = True
    try:
        take_over(Path(args.data_dir))
    except NotRunning:
        if args.action not in {"list", "show"}:
            raise
        running = False
    return asyncio.run(_run(args, running=running))


async def _run(args: argparse.Namespace, *, running: bool) -> int:
    from registry.kernel import db

    if not running:
        return await _read_only(args, running=False)
    async with db.pooled():
        if args.action in {"list", "show"}:
            return await _read_only(args, running=True)
        if args.action == "declare":
            return await _declare(args)
        return await _load(args)


async def _calendar(calendar_id: str, *, running: bool) -> Calendar:
    from registry.jurisdictions.queries import calendar
    from registry.kernel.working_days import builtin_calendar

    return await calendar(calendar_id) if running else builtin_calendar(calendar_id)


async def _read_only(args: argparse.Namespace, *, running: bool) -> int:
    from registry.kernel.working_days import builtin_calendars

    if args.action == "show":
        return _show(await _calendar(args.calendar, running=running), args)
    told = []
    for calendar_id, name in builtin_calendars().items():
        found = await _calendar(calendar_id, running=running)
        told.append(
            {
                "calendar": calendar_id,
                "name": name,
                "national_years": sorted(found.national_years),
                "regional_years": sorted(found.regional_years),
                "versions": dict(found.versions),
            }
        )
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for one in told:
        print(f"{one['calendar']:<8} {one['name']}  全国 national: {_spans(one['national_years'])}", end="")
        print(f"  地方 regional: {_spans(one['regional_years'])}" if one["regional_years"] else "")
    return 0


def _spans(years: object) -> str:
    assert isinstance(years, list)
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans) or "-"


def _show(found: Calendar, args: argparse.Namespace) -> int:
    from registry.jurisdictions.year_sheet import year_sheet

    if not 1949 <= args.year <= 2199:
        print("年份应在 1949 至 2199 之间 | a year from 1949 to 2199", file=sys.stderr)
        return 2
    sheet = year_sheet(found, args.year)
    if args.json:
        days = [
            {
                "date": d.day.isoformat(),
                "kind": d.kind,
                "regional": d.regional,
                "source": d.source,
                "known": d.known,
            }
            for d in sheet.special
        ]
        told = {
            "calendar": sheet.calendar,
            "year": sheet.year,
            "working_days": sheet.working_days,
            "days": days,
        }
        print(json.dumps({**told, "gaps": list(sheet.gaps)}, ensure_ascii=False, indent=2))
        return 0
    print(f"{found.name} {found.id} {sheet.year} 年，{sheet.working_days} 个工作日 working days")
    for gap in sheet.gaps:
        print(f"  预计 estimate: {gap}")
    for one in sheet.special:
        print(f"  {one.day}  {one.why}")
    return 0


async def _load(args: argparse.Namespace) -> int:
    from registry.accounts.queries import actor_by_login
    from registry.entrypoints.cli.bureau import bureau_named
    from registry.jurisdictions import calendars
    from registry.kernel.errors import Invalid
    from registry.kernel.working_days import CalendarError
    from registry.notices.calendars import load_years

    try:
        content = args.file.read_bytes()
        if args.action == "check":
            for one in await calendars.plan(content):
                what = (
                    "已载入，相同 loaded, the same"
                    if not one.changes
                    else (
                        f"更正 {len(one.corrects)} 天 a correction"
                        if one.known
                        else "新的一年 a new year"
                        + (f"，更正 {len(one.corrects)} 天 with a correction" if one.corrects else "")
                    )
                )
                print(f"{one.calendar} {one.year}: {len(one.rows)} 行 rows, {what}")
            return 0
        actor, bureau_id = await actor_by_login(args.login), await bureau_named(args.bureau)
        changed, moved = await load_years(actor, bureau_id, content, title=args.title, reason=args.correction)
    except OSError as problem:
        print(f"{args.file}: {problem.strerror}", file=sys.stderr)
        return 1
    except CalendarError as error:
        for wrong in error.problems:
            print(f"{args.file}:{wrong.line}: {wrong.message}", file=sys.stderr)
        return 1
    except Invalid as error:
        for field in error.fields:
            print(f"{field.message % field.params if field.params else field.message}", file=sys.stderr)
        return 1
    if not changed:
        print("与已载入的安排相同，没有变动 | the same as what is loaded")
    for one in changed:
        print(
            f"{one.calendar} {one.year}: {len(one.rows)} 行 rows"
            + ("（更正 correction）" if one.corrects else "")
        )
    print(f"重新计算了 {moved} 份公示的期限 | windows computed anew: {moved}")
    return 0


async def _declare(args: argparse.Namespace) -> int:
    from registry.accounts.queries import actor_by_login
    from registry.entrypoints.cli.bureau import bureau_named
    from registry.kernel.errors import Invalid
    from registry.notices.calendars import declare_year

    actor, bureau_id = await actor_by_login(args.login), await bureau_named(args.bureau)
    try:
        moved = await declare_year(actor, bureau_id, args.calendar, args.year, title=args.title)
    except Invalid as error:
        for field in error.fields:
            print(field.message, file=sys.stderr)
        return 1
    print(f"{args.calendar} {args.year}: 已声明 declared; 重新计算了 {moved} 份公示的期限 | windows: {moved}")
    return 0
