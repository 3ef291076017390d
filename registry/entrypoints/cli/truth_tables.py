"""Tables of date rules as CSV: the same table goes out with the answers filled in.

Columns and rows keep their order; an answer column is overwritten where it is there and added where it is
not. Nothing is written for a table with a bad row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from registry.kernel.errors import RegistryError

MAX_BYTES = 20_000_000


class TableError(Exception):
    """A table that cannot be answered; the message names the line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one case: ``values`` by column, and ``details`` that only JSON and people get."""

    values: Mapping[str, Any]
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON-ready values; days in ISO form, null where there is none."""
        return {key: _json(value) for key, value in {**self.values, **self.details}.items()}


@dataclass(frozen=True, slots=True)
class TruthTable:
    """One kind of table: how its input columns are read, and what answers them.

    ``answer`` takes the parsed inputs by column; use ``answer_to``, which speaks to people when it fails.
    """

    name: str
    inputs: Mapping[str, Callable[[str], Any]]
    outputs: tuple[str, ...]
    answer: Callable[[Mapping[str, Any]], Answer]

    def answer_to(self, given: Mapping[str, Any]) -> Answer:
        """Answer one case. Raises ``TableError`` with a sentence for people."""
        try:
            return self.answer(given)
        except RegistryError as error:
            raise TableError(str(error)) from None
        except ValueError:
            raise TableError("结果超出可以表示的日期 | the answer lies beyond the last date") from None


def day(text: str) -> date:
    """A day written ``2023-04-15``. Raises ``ValueError``."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(f"日期须写成 2023-04-15 这样，写的是 {text[:40]!r}")


def working_days(text: str) -> int:
    """A number of working days, 1 to 366. Raises ``ValueError``."""
    return _count(text, 366)


def years(text: str) -> int:
    """A number of years, 1 to 100. Raises ``ValueError``."""
    return _count(text, 100)


def _count(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        raise ValueError(f"须为 1 至 {most} 的整数，写的是 {text[:40]!r}")
    return int(text)


def flag(text: str) -> bool:
    """``true`` or ``false`` in any case. Raises ``ValueError``."""
    if text.lower() not in ("true", "false"):
        raise ValueError(f"须为 true 或 false，写的是 {text[:40]!r}")
    return text.lower() == "true"


def answered(content: bytes, table: TruthTable) -> str:
    """The table in ``content`` with the answers filled in, its line ends kept. Raises ``TableError``."""
    header, rows = _read(content, table)
    columns = header + [column for column in table.outputs if column not in header]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n" if b"\r\n" in content else "\n")
    writer.writerow(columns)
    for line, row in rows:
        given = _inputs(line, row, table)
        try:
            answer = table.answer_to(given)
        except TableError as error:
            raise TableError(f"第 {line} 行：{error}") from None
        booleans = {column: value for column, value in given.items() if isinstance(value, bool)}
        filled = {**row, **booleans, **answer.values}
        writer.writerow([_cell(filled.get(column, "")) for column in columns])
    return out.getvalue()


def _read(content: bytes, table: TruthTable) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    if len(content) > MAX_BYTES:
        raise TableError(f"文件超过 {MAX_BYTES // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TableError(f"第 {line} 行：不是 UTF-8 文本") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells, table)
                continue
            if len(cells) > len(header):
                raise TableError(f"第 {reader.line_num} 行：有 {len(cells)} 列，表头只有 {len(header)} 列")
            padded = cells + [""] * (len(header) - len(cells))
            rows.append((reader.line_num, dict(zip(header, padded, strict=True))))
    except csv.Error as error:
        raise TableError(f"第 {reader.line_num} 行：不是有效的 CSV（{error}）") from None
    if not header:
        raise TableError("第 1 行：没有表头")
    return header, rows


def _header(cells: list[str], table: TruthTable) -> list[str]:
    header = [cell.strip() for cell in cells]
    missing = [column for column in table.inputs if column not in header]
    if missing:
        raise TableError(f"第 1 行：缺少列 {'、'.join(missing)}")
    doubled = sorted({column for column in header if header.count(column) > 1})
    if doubled:
        raise TableError(f"第 1 行：重复的列 {'、'.join(doubled)}")
    return header


def _inputs(line: int, row: Mapping[str, str], table: TruthTable) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for column, read in table.inputs.items():
        try:
            given[column] = read(row[column].strip())
        except ValueError as error:
            raise TableError(f"第 {line} 行，{column}：{error}") from None
    return given


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _answer_notice(given: Mapping[str, Any]) -> Answer:
    from registry.kernel.working_days import builtin_calendar, notice_window

    calendar = builtin_calendar(given["calendar"])
    window = notice_window(
        given["published_on"], given["working_days"], given["publication_day_counts"], calendar
    )
    days = [{"date": _json(row.day), "counts": row.counts, "reason": row.reason} for row in window.days]
    return Answer(
        {"last_notice_day": window.last_day, "passes_from": window.passes_from},
        {"provisional": window.provisional, "days": days},
    )


def _answer_contract(given: Mapping[str, Any]) -> Answer:
    from registry.contracts.rules import term_allowed

    answer = term_allowed(given["starts_on"], given["ends_on"], given["max_years"])
    return Answer({"allowed": answer.allowed, "why": answer.why})


def _answer_ban(given: Mapping[str, Any]) -> Answer:
    from registry.bans.rules import ban_period

    period = ban_period(given["decided_on"], given["ban_years"])
    return Answer({"last_banned_day": period.last_day, "may_apply_from": period.may_apply_from})


NOTICE = TruthTable(
    "notice",
    {"calendar": str, "published_on": day, "working_days": working_days, "publication_day_counts": flag},
    ("last_notice_day", "passes_from"),
    _answer_notice,
)
CONTRACT = TruthTable(
    "contract", {"starts_on": day, "ends_on": day, "max_years": years}, ("allowed", "why"), _answer_contract
)
BAN = TruthTable(
    "ban", {"decided_on": day, "ban_years": years}, ("last_banned_day", "may_apply_from"), _answer_ban
)
