"""Reading a table: CSV here, a workbook in a child process that cannot outgrow or outlast its limits."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

from vetting.intake.childprocess import ChildFailed, ChildProcess
from vetting.intake.limits import Limits
from vetting.tables.model import PROBLEMS, CellProblem, Table, TableLimits, Unreadable

_MODULE = "vetting.tables.child"
_STARTUP_SECONDS = 30.0
_UNZIPPED_ANSWER = 400_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REFUSALS: dict[str, tuple[str, str]] = {
    "damaged": ("文件不是有效的.xlsx。", "Not a valid .xlsx file."),
    "bomb": ("文件解压后过大。", "The file unpacks to too much."),
    "encrypted": ("文件设有打开密码，请去除密码后重新上传。", "The file has a password: remove it."),
    "macros": ("文件带有宏，请另存为不带宏的.xlsx后上传。", "The file has macros: save it as plain .xlsx."),
    "no_sheet": ("文件中没有工作表。", "The file has no worksheet."),
    "too_wide": ("表格的列数过多，请只保留需要的列。", "The table has too many columns."),
    "too_complex": (
        "读取文件所需的时间或内存超出限度，请拆分后导入。",
        "Reading the file takes too much time or memory: split it.",
    ),
}


def read_table(content: bytes, limits: TableLimits | None = None) -> Table:
    """The table of a file. Raises Unreadable where it is none, with a sentence that says what to do."""
    limits = limits or TableLimits()
    if len(content) > limits.max_bytes:
        size = limits.max_bytes // 1024 // 1024
        raise Unreadable(f"文件超过{size}MB，请拆分后导入。", f"More than {size} MB: split the file.")
    if content.startswith(_OLE):
        raise Unreadable(
            "这是旧的.xls文件或加密的文件，请去除密码并另存为.xlsx。",
            "An old .xls file or one with a password: save it as .xlsx without password.",
        )
    if content.startswith(b"PK"):
        return _workbook(content, limits)
    lines = tuple(_bounded(_csv(content), limits))
    return Table(lines)


def _bounded(
    source: Iterator[tuple[int, list[str]]], limits: TableLimits
) -> Iterator[tuple[int, tuple[str, ...]]]:
    count = 0
    for line, cells in source:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > limits.max_lines:
            raise _too_long(limits)
        if len(cells) > limits.max_columns:
            raise Unreadable(*_REFUSALS["too_wide"], line)
        if any(len(cell) > limits.max_cell for cell in cells):
            raise Unreadable("单元格内容过长。", "A cell is too long.", line)
        yield line, tuple(cells)


def _too_long(limits: TableLimits) -> Unreadable:
    return Unreadable(
        f"超过{limits.max_lines}行，请拆分后导入。", f"More than {limits.max_lines} rows: split the file."
    )


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decode(content)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        line = 1
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as problem:
        raise Unreadable("文件不是有效的CSV。", "Not a valid CSV file.", reader.line_num) from problem


def _decode(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not wide:
        raise Unreadable("文件既不是.csv也不是.xlsx。", "Neither .csv nor .xlsx.")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("文件编码无法识别，请另存为UTF-8的CSV。", "Unknown encoding: save it as UTF-8 CSV.")


def _workbook(content: bytes, limits: TableLimits) -> Table:
    confined = Limits(
        max_bytes=limits.max_bytes, memory_bytes=limits.memory_bytes, cpu_seconds=limits.cpu_seconds
    )
    request = {
        "max_unpacked": limits.max_unpacked,
        "max_lines": limits.max_lines,
        "max_columns": limits.max_columns,
        "max_cell": limits.max_cell,
    }
    try:
        with ChildProcess(_MODULE) as child:
            child.call({"limits": confined.to_json()}, wall_seconds=_STARTUP_SECONDS)
            answer, payload = child.call(request, content, wall_seconds=limits.wall_seconds)
    except ChildFailed as error:
        raise Unreadable(*_REFUSALS["too_complex"]) from error
    unfit = answer.get("unfit")
    if unfit == "too_long":
        raise _too_long(limits)
    if unfit is not None or not answer.get("ok"):
        raise Unreadable(*_REFUSALS.get(str(unfit), _REFUSALS["damaged"]))
    return _table(answer, _unzipped(bytes(payload)))


def _unzipped(payload: bytes) -> Any:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(payload, _UNZIPPED_ANSWER)
    if unpacker.unconsumed_tail:
        raise Unreadable(*_REFUSALS["too_complex"])
    return json.loads(text)


def _table(answer: dict[str, Any], told: Any) -> Table:
    """The child's answer; it is trusted for nothing but its form."""
    try:
        lines = tuple((int(line), tuple(map(str, cells))) for line, cells in told["lines"])
        problems = tuple(
            CellProblem(int(line), int(column), str(code), int(until))
            for line, column, code, until in told["problems"]
            if code in PROBLEMS
        )
        return Table(
            lines,
            problems,
            str(answer["sheet"])[:80],
            tuple(str(name)[:80] for name in answer["others"])[:20],
            bool(answer["epoch_1904"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(*_REFUSALS["damaged"]) from error
