"""From a file to lines: its table read under limits, its columns found, what cannot be read told by cell."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from registry.kernel.errors import FieldError, Invalid, TooLarge
from registry.kernel.lines import Column, Line, LineError
from registry.onboarding.kinds import Kind
from vetting.tables import Table, TableLimits, Unreadable, find_heading, read_table, suggest

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
_LIMITS = TableLimits(
    max_bytes=MAX_BYTES, max_lines=MAX_ROWS + 100, max_unpacked=300_000_000, wall_seconds=60.0, cpu_seconds=55
)
# A day whose cell lost its format is a count of days; Excel has two ways to count (the other is old Macs').
_SERIAL = re.compile(r"[2-7][0-9]{4}")
_PROBLEM_NAMES: dict[str, str] = {
    "formula": "单元格是公式而没有计算结果，请在 Excel 中打开后保存，或粘贴为数值",
    "error": "单元格是公式错误（如 #REF!），请改正",
    "digits": "数字超过 15 位，Excel 已丢失末几位。请把单元格设为“文本”后重新填写",
    "merged": "单元格是合并的，合并处只有第一格有内容。请取消合并后逐行填写",
}
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read: its headings in order, field -> column, the lines, what could not be read.

    ``unused`` headings belong to no field; ``missing`` are titles of required columns that were not found;
    ``sheet`` and ``others`` name the sheet that was read and those that were not.
    """

    headings: tuple[str, ...]
    mapping: Mapping[str, int]
    lines: tuple[Line, ...]
    errors: tuple[LineError, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    sheet: str
    others: tuple[str, ...]


async def read(content: bytes, kind: Kind, mapping: Mapping[str, int] | None = None) -> Sheet:
    """Read a .csv or .xlsx file; ``mapping`` (field -> column from 0) overrides the headings.

    Raises TooLarge, Invalid at ``file`` for what is no table, has no heading or no lines below it.
    """
    if not content:
        raise _wrong("文件是空的（0 字节）。请重新导出后再选")
    if len(content) > MAX_BYTES:
        raise TooLarge("文件超过 %(size)s MB，请拆分后导入", size=str(MAX_BYTES // 1024 // 1024))
    try:
        table = await asyncio.to_thread(read_table, content, _LIMITS)
    except Unreadable as problem:
        raise _wrong(problem.zh.rstrip("。")) from problem
    return await asyncio.to_thread(_sheet, table, kind, mapping)


def _wrong(message: str) -> Invalid:
    return Invalid("文件没有收到", fields=[FieldError("file", message)])


def _sheet(table: Table, kind: Kind, mapping: Mapping[str, int] | None) -> Sheet:
    start = find_heading(table.lines, kind.known)
    if start is None:
        raise _wrong("文件中没有表头和数据。请用模板填写后再选")
    heading, headings = table.lines[start]
    below = table.lines[start + 1 :]
    if not below:
        raise _wrong("文件里只有表头，没有数据")
    if len(below) > MAX_ROWS:
        raise _wrong(f"超过 {MAX_ROWS} 行，请拆分后导入")
    places = suggest(headings, kind.known) if mapping is None else dict(mapping)
    places = {field: column for field, column in places.items() if column < len(headings)}
    columns = {column.field: column for column in kind.columns}
    epoch = _EPOCH_1904 if table.epoch_1904 else _EPOCH
    lines = tuple(
        Line(
            number,
            {
                field: _cell(cells[at] if at < len(cells) else "", columns[field], epoch)
                for field, at in places.items()
            },
        )
        for number, cells in below
    )
    return Sheet(
        headings=tuple(headings),
        mapping=places,
        # A line whose mapped columns are all empty is a remark or a border, not a record.
        lines=tuple(line for line in lines if any(line.values.values())),
        errors=_cell_errors(table, heading, places),
        unused=tuple(h for at, h in enumerate(headings) if h and at not in places.values()),
        missing=tuple(c.title for c in kind.columns if c.required and c.field not in places),
        sheet=table.sheet,
        others=table.others,
    )


def _cell(text: str, column: Column, epoch: date) -> str:
    if column.day and _SERIAL.fullmatch(text):
        return (epoch + timedelta(days=int(text))).isoformat()
    return text


def _cell_errors(table: Table, heading: int, places: Mapping[str, int]) -> tuple[LineError, ...]:
    fields = {column: field for field, column in places.items()}
    return tuple(
        LineError(problem.line, fields.get(problem.column, ""), _PROBLEM_NAMES[problem.code])
        for problem in table.problems
        if (
            problem.until >= heading
            if problem.code == "merged"
            else problem.line > heading and problem.column in fields
        )
    )
