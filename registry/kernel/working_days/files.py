"""Reads schedules of days from CSV: ``calendar,date,kind,source`` (R29).

Files are hostile until parsed; every problem is reported with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.kernel.errors import RegistryError
from registry.kernel.working_days.calendar import DayKind, DayRow, Season

MAX_BYTES = 1_000_000
MAX_PROBLEMS = 50
_COLUMNS = ("calendar", "date", "kind")
_KINDS = {kind.value for kind in DayKind}
_YEARS = range(1949, 2200)


@dataclass(frozen=True, slots=True)
class LoadedDay:
    """A row of a file: the calendar it belongs to, and the day."""

    calendar: str
    row: DayRow


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a line of the file (1-based, the header is line 1)."""

    line: int
    message: str


class CalendarError(RegistryError):
    """A file of days that cannot be taken; ``problems`` says where and why."""

    status = 422
    code = "calendar_invalid"

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        shown = "；".join(
            f"第 {problem.line} 行：{problem.message}" for problem in self.problems[:MAX_PROBLEMS]
        )
        super().__init__("日历文件有问题：%(problems)s", rule="R29", problems=shown)


def parse_days(
    content: bytes, *, calendars: Mapping[str, tuple[Season, ...] | None]
) -> tuple[LoadedDay, ...]:
    """Read a file of days.

    ``calendars`` are the ids that rows may name, each with its seasons (None for a national one, whose
    days may fall anywhere). A source that begins with 同上 repeats the one above; what follows a
    semicolon is a remark. Raises ``CalendarError`` with every problem found; nothing is taken then.
    """
    records = _records(content)
    problems: list[RowProblem] = []
    found: list[LoadedDay] = []
    seen: dict[tuple[str, date], int] = {}
    above = ""
    for line, record in records:
        loaded = _row(line, record, calendars, problems, above)
        if loaded is None:
            continue
        above = loaded.row.source
        first = seen.setdefault((loaded.calendar, loaded.row.day), line)
        if first != line:
            problems.append(RowProblem(line, f"{loaded.row.day} 与第 {first} 行重复"))
        found.append(loaded)
    if problems:
        raise CalendarError(problems)
    return tuple(found)


def _records(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > MAX_BYTES:
        raise CalendarError([RowProblem(1, f"文件超过 {MAX_BYTES // 1000} kB")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CalendarError([RowProblem(line, "不是 UTF-8 文本，请另存为“CSV UTF-8”")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, dict[str, str]]] = []
    header: list[str] | None = None
    try:
        for cells in reader:
            if header is None:
                header = [cell.strip() for cell in cells]
                missing = [name for name in _COLUMNS if name not in header]
                if missing:
                    raise CalendarError([RowProblem(1, f"缺少列 {'、'.join(missing)}")])
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(header):
                    raise CalendarError([RowProblem(reader.line_num, "列数多于表头")])
                padded = cells + [""] * (len(header) - len(cells))
                records.append((reader.line_num, dict(zip(header, padded, strict=True))))
    except csv.Error as error:
        raise CalendarError([RowProblem(reader.line_num, f"不是有效的 CSV：{error}")]) from None
    if header is None:
        raise CalendarError([RowProblem(1, "文件是空的")])
    return records


def _row(
    line: int,
    record: Mapping[str, str],
    calendars: Mapping[str, tuple[Season, ...] | None],
    problems: list[RowProblem],
    above: str,
) -> LoadedDay | None:
    calendar, kind = record["calendar"].strip(), record["kind"].strip()
    day = parse_iso_day(record["date"].strip())
    before = len(problems)
    if calendar not in calendars:
        problems.append(RowProblem(line, f"没有日历 {calendar[:32]!r}"))
    if kind not in _KINDS:
        problems.append(RowProblem(line, f"kind 只能是 off（放假）或 work（上班），写的是 {kind[:32]!r}"))
    if day is None or day.year not in _YEARS:
        problems.append(
            RowProblem(line, f"日期须写成 2026-04-01 这样，写的是 {record['date'].strip()[:32]!r}")
        )
    if len(problems) > before or day is None:
        return None
    seasons = calendars[calendar]
    if seasons is not None and not any(day in season for season in seasons):
        parts = "、".join(str(season) for season in seasons)
        problems.append(RowProblem(line, f"{day} 不在该日历的地方假期时段内（{parts}）"))
        return None
    return LoadedDay(calendar, DayRow(day, DayKind(kind), _source(record.get("source", ""), above)))


def parse_iso_day(text: str) -> date | None:
    """A day written ``YYYY-MM-DD``, or None; no other ISO form is taken."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _source(text: str, above: str) -> str:
    source = re.split(r"[;；]", text, maxsplit=1)[0].strip()
    if source.startswith("同上"):
        source = above
    return "".join(character for character in source if character.isprintable())[:200]
