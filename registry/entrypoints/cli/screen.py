"""``registry screen``: screen providers against lists, both from files, without any server."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vetting.matching.index import Screener
    from vetting.matching.model import Listing, Person, Screening, Subject

HELP = "用名单筛查机构 | screen providers against lists"

# How many queries go by between two signs of progress on a terminal.
_TOLD_EVERY = 1000

_EPILOG = """\
例 examples:
  registry screen --lists blacklist.csv --queries queries.jsonl > predictions.jsonl
  registry screen --lists 严重违法失信名单.xlsx --list-name 严重违法失信名单 --queries queries.jsonl --json-explain

每行输出 {"id", "outcome": hit|possible|clear, "matches": [list_id, ...]}；名单中读不出的行在标准错误中按行号列出。
One line per query. Rows of a list that cannot be read are named on stderr by line; exit status 1 if any input line was bad.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``screen``."""
    parser = subparsers.add_parser(
        "screen",
        help=HELP,
        description=HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--lists",
        type=Path,
        required=True,
        action="append",
        metavar="FILE",
        help="名单文件 .csv 或 .xlsx，可重复 | a list, repeatable",
    )
    parser.add_argument(
        "--list-name",
        default="",
        help="文件没有名单名称一列时，它是哪个名单 | which list it is, if no column says so",
    )
    parser.add_argument(
        "--queries", type=Path, required=True, metavar="FILE", help="机构，每行一个 JSON | providers, JSONL"
    )
    parser.add_argument(
        "--as-of",
        type=_day,
        metavar="DATE",
        help="未写 as_of 的机构按哪一天筛查（默认今天） | for queries without as_of",
    )
    parser.add_argument("--json-explain", action="store_true", help="每条匹配附说明 | explain each match")


def run(args: argparse.Namespace) -> int:
    """Screen every query. Returns 0, or 1 where a line of a list or a query could not be read."""
    from vetting.matching.index import Screener

    listings, bad_rows = _listings(args.lists, args.list_name)
    if listings is None:
        return 1
    screener = Screener(listings)
    bad_queries = 0
    for line, query in _queries(args.queries):
        try:
            subject, as_of = _subject(query), _as_of(query, args.as_of)
            query_id: str | int = query["id"]
        except (KeyError, TypeError, ValueError, AttributeError):
            print(f"{args.queries}:{line}: 无法识别的机构记录 | not a query", file=sys.stderr)
            bad_queries += 1
            continue
        answer = _answer(query_id, screener, subject, as_of, explained=args.json_explain)
        print(json.dumps(answer, ensure_ascii=False))
        if line % _TOLD_EVERY == 0 and sys.stderr.isatty():
            print(f"\r{line} …", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    return 1 if bad_rows or bad_queries else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("日期应为2025-09-01这样的格式 | a date like 2025-09-01") from None


def _listings(files: list[Path], list_name: str) -> tuple[list[Listing] | None, int]:
    """The readable rows of all files and how many were not; None where a file cannot be read at all."""
    from vetting.matching.listfile import parse

    listings: list[Listing] = []
    bad = 0
    for path in files:
        try:
            read = parse(path.read_bytes(), list_name=list_name)
        except OSError as problem:
            print(f"{path}: {problem.strerror}", file=sys.stderr)
            return None, 0
        for error in read.errors:
            print(f"{path}:{error.line}: {error.field} {error.zh} | {error.en}", file=sys.stderr)
        if read.errors and not read.rows:
            return None, 0
        bad += len(read.errors)
        listings += [row.listing for row in read.rows]
    return listings, bad


def _queries(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of the queries with their numbers; empty for one that is no JSON object."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        print(f"{path}: {problem}", file=sys.stderr)
        yield 0, {}
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError:
                value = None
            yield number, value if isinstance(value, dict) else {}


def _as_of(query: Mapping[str, Any], given: date | None) -> date:
    stated = query.get("as_of")
    if stated:
        return date.fromisoformat(stated)
    if given is not None:
        return given
    from registry.kernel.clock import real_now

    return real_now().date()


def _subject(query: Mapping[str, Any]) -> Subject:
    """The provider of a query. Only ``id`` and ``provider`` are read; absent keys are absent facts."""
    from vetting.matching.model import Subject

    provider = query.get("provider") or {}
    return Subject(
        id=str(query.get("id", "")),
        name=_text(provider.get("name")),
        former_names=tuple(_text(name) for name in provider.get("former_names") or ()),
        credit_code=_text(provider.get("credit_code")),
        legal_representative=_person(provider.get("legal_representative")),
        teachers=tuple(_person(teacher) for teacher in provider.get("teachers") or ()),
        address=_text(provider.get("address")),
        phones=tuple(_text(phone) for phone in provider.get("phones") or ()),
    )


def _person(value: Mapping[str, Any] | None) -> Person:
    from vetting.matching.model import Person

    person = value or {}
    return Person(_text(person.get("name")), _text(person.get("id_number")))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _answer(
    query_id: str | int, screener: Screener, subject: Subject, as_of: date, *, explained: bool
) -> dict[str, Any]:
    screening: Screening = screener.screen(subject, as_of)
    matches: list[Any] = [match.list_id for match in screening.matches]
    if explained:
        matches = [
            {
                "list_id": match.list_id,
                "outcome": match.outcome.value,
                "reason": match.reason.value,
                "explanation": match.explanation.as_dict(),
            }
            for match in screening.matches
        ]
    return {"id": query_id, "outcome": screening.outcome.value, "matches": matches}
