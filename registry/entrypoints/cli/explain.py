"""``registry explain``: why a public notice, a contract term or a ban ends when it ends."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from registry.entrypoints.cli import truth_tables
from registry.entrypoints.cli.truth_tables import BAN, CONTRACT, NOTICE, TableError, TruthTable

HELP = "逐日说明期限如何计算 | why a window, term or ban ends when it ends"

_EPILOG = """\
例 examples:
  registry explain notice --calendar CN-GX --published 2023-04-15 --working-days 5
  registry explain contract --starts 2022-09-01 --ends 2024-08-31 --max-years 2
  registry explain ban --decided 2024-02-29 --years 3 --json
  registry explain notice --csv notice_windows.csv > answers.csv
"""

_CSV_HELP = (
    "逐行计算一张 CSV 表，写到标准输出（- 为标准输入） | answer a whole table, written to stdout (-: stdin)"
)
_JSON_HELP = "以 JSON 输出 | print JSON"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``explain`` with its three subjects."""
    parser = subparsers.add_parser(
        "explain",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subjects = parser.add_subparsers(title="对象 subjects", metavar="SUBJECT", dest="subject", required=True)

    notice = _subject(subjects, "notice", "公示期（R15、R16、R29） | a public notice's window", NOTICE)
    notice.add_argument("--calendar", help="工作日历，如 CN、CN-GX | working-day calendar")
    notice.add_argument(
        "--published", type=_option(truth_tables.day), metavar="DATE", help="公示发布日 | day of publication"
    )
    notice.add_argument(
        "--working-days",
        type=_option(truth_tables.working_days),
        metavar="N",
        help="公示工作日数 | working days",
    )
    notice.add_argument(
        "--publication-day-counts",
        action="store_true",
        help="发布当日计入（默认不计入） | the day of publication counts (default: it does not)",
    )

    contract = _subject(subjects, "contract", "合同期限（R23） | a contract's term", CONTRACT)
    contract.add_argument(
        "--starts", type=_option(truth_tables.day), metavar="DATE", help="起始日 | first day"
    )
    contract.add_argument("--ends", type=_option(truth_tables.day), metavar="DATE", help="终止日 | last day")
    contract.add_argument(
        "--max-years", type=_option(truth_tables.years), metavar="N", help="最长年数 | longest term in years"
    )

    ban = _subject(subjects, "ban", "禁入期（R28） | a ban's period", BAN)
    ban.add_argument(
        "--decided", type=_option(truth_tables.day), metavar="DATE", help="作出决定之日 | day of the decision"
    )
    ban.add_argument("--years", type=_option(truth_tables.years), metavar="N", help="禁入年数 | years")


def run(args: argparse.Namespace) -> int:
    """Answer one case or a table of cases. "Not allowed" is an answer: it exits 0."""
    table: TruthTable = args.table
    if args.csv is not None:
        return _answer_table(args, table)
    given = {column: getattr(args, option) for column, option in _OPTIONS[table.name].items()}
    missing = [
        f"--{_OPTIONS[table.name][column].replace('_', '-')}" for column, v in given.items() if v is None
    ]
    if missing:
        args.parser.error(f"缺少 {' '.join(missing)}，或用 --csv FILE | missing options, or use --csv FILE")
    try:
        answer = table.answer_to(given)
    except TableError as error:
        args.parser.error(str(error))
    if args.json:
        print(json.dumps({**_plain(given), **answer.as_json()}, ensure_ascii=False, indent=2))
    else:
        print(_RENDER[table.name](given, answer))
    return 0


def _answer_table(args: argparse.Namespace, table: TruthTable) -> int:
    options = [*_OPTIONS[table.name].values(), "json"]
    if any(getattr(args, option) not in (None, False) for option in options):
        args.parser.error("--csv 不能与其他选项同用 | --csv takes no other option")
    try:
        content = sys.stdin.buffer.read() if args.csv == "-" else Path(args.csv).read_bytes()
        sys.stdout.write(truth_tables.answered(content, table))
    except OSError as error:
        print(f"{args.csv}：无法读取（{error.strerror or error}）", file=sys.stderr)
        return 2
    except TableError as error:
        print(f"{args.csv}：{error}", file=sys.stderr)
        return 2
    return 0


_OPTIONS: dict[str, dict[str, str]] = {
    "notice": {
        "calendar": "calendar",
        "published_on": "published",
        "working_days": "working_days",
        "publication_day_counts": "publication_day_counts",
    },
    "contract": {"starts_on": "starts", "ends_on": "ends", "max_years": "max_years"},
    "ban": {"decided_on": "decided", "ban_years": "years"},
}
"""For each subject, which option gives the value of which column."""


def _subject(
    subjects: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, table: TruthTable
) -> argparse.ArgumentParser:
    columns = f"CSV 列 columns: {', '.join(table.inputs)} → {', '.join(table.outputs)}"
    parser = subjects.add_parser(name, help=text, description=text, epilog=columns)
    parser.add_argument("--json", action="store_true", help=_JSON_HELP)
    parser.add_argument("--csv", metavar="FILE", help=_CSV_HELP)
    parser.set_defaults(table=table, parser=parser)
    return parser


def _option(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Let an option be read as the column of a table is."""

    def parse(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in given.items()}


def _notice(given: dict[str, Any], answer: truth_tables.Answer) -> str:
    counted = "计入" if given["publication_day_counts"] else "不计入"
    lines = [
        f"{given['calendar']} 日历，{given['published_on']} 发布，公示 {given['working_days']} 个工作日，"
        f"发布当日{counted}"
    ]
    number = 0
    for row in answer.details["days"]:
        number += row["counts"]
        mark = f"第 {number:>2} 日" if row["counts"] else "　不计　"
        lines.append(f"  {row['date']}  {mark}  {row['reason']}")
    if answer.details["provisional"]:
        lines.append(f"最后一日 last_notice_day：预计 {answer.values['last_notice_day']}")
        lines.append("期满 passes_from：待放假安排载入后确定（R16），在此之前公示不能期满")
    else:
        lines.append(f"最后一日 last_notice_day：{answer.values['last_notice_day']}")
        lines.append(f"期满 passes_from：{answer.values['passes_from']} 起")
    return "\n".join(lines)


def _contract(given: dict[str, Any], answer: truth_tables.Answer) -> str:
    verdict = "允许 allowed" if answer.values["allowed"] else "不允许 not allowed"
    return f"{given['starts_on']} 至 {given['ends_on']}：{verdict}\n{answer.values['why']}"


def _ban(given: dict[str, Any], answer: truth_tables.Answer) -> str:
    return "\n".join(
        (
            f"{given['decided_on']} 作出决定，当日起禁入；{given['ban_years']} 年自次日起算（R28）",
            f"最后一日 last_banned_day：{answer.values['last_banned_day']}",
            f"可再申报 may_apply_from：{answer.values['may_apply_from']} 起",
        )
    )


_RENDER: dict[str, Callable[[dict[str, Any], truth_tables.Answer], str]] = {
    "notice": _notice,
    "contract": _contract,
    "ban": _ban,
}
