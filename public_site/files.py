"""Rows as files that people and programs open, written as they are read: .csv, .xlsx, .json, JSON lines."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import xlsxwriter
from litestar import Response
from litestar.response import Stream
from xlsxwriter.worksheet import Worksheet

from public_site.datasets import DataSet
from registry.web.components.requests import Req

Row = dict[str, Any]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "xlsx": _XLSX,
}
_WIDTHS = (10, 46)
_PART = 500
# A sheet has 1,048,576 rows; the first one holds the names.
_MOST_ROWS = 1_048_000


async def sheet(request: Req, data: DataSet, found: AsyncIterator[Row], as_of: date) -> Response[Any]:
    """Rows in the format that the address ends in, streamed: the memory it takes does not grow with the rows.

    Files for spreadsheets are kept under a Chinese name; JSON may be read by pages of other sites.
    """
    file_format = request.url.path.rpartition(".")[2]
    headers = {"x-data-as-of": as_of.isoformat()}
    if file_format in {"json", "jsonl"}:
        headers["access-control-allow-origin"] = "*"
    else:
        name = f"{data.title}{as_of.isoformat()}.{file_format}"
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    write = {"json": _json, "jsonl": _lines, "csv": _csv, "xlsx": _xlsx}[file_format]
    return Stream(write(data, found), media_type=_MEDIA[file_format], headers=headers)


async def _parts(found: AsyncIterator[Row]) -> AsyncIterator[list[Row]]:
    part: list[Row] = []
    async for one in found:
        part.append(one)
        if len(part) == _PART:
            yield part
            part = []
    if part:
        yield part


async def _json(_: DataSet, found: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    lead = "[\n"
    async for part in _parts(found):
        yield (lead + ",\n".join(json.dumps(one, ensure_ascii=False) for one in part)).encode()
        lead = ",\n"
    yield b"\n]\n" if lead == ",\n" else b"[]\n"


async def _lines(_: DataSet, found: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    async for part in _parts(found):
        yield "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in part).encode()


async def _csv(data: DataSet, found: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    names = [name for name, _, _ in data.columns]
    # The mark at the front tells spreadsheets that this is UTF-8.
    yield b"\xef\xbb\xbf" + _csv_lines([names])
    async for part in _parts(found):
        yield _csv_lines([[_harmless(_flat(row[name])) for name in names] for row in part])


def _csv_lines(cells: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(cells)
    return text.getvalue().encode()


async def _xlsx(data: DataSet, found: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        # Rows leave memory as they are written; the book is put together on disk.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "tmpdir": folder}  # fmt: skip
        book = xlsxwriter.Workbook(str(path), options)
        page = cast("Worksheet", book.add_worksheet(data.title[:31]))
        strong = book.add_format({"bold": True, "bg_color": "#E8EEF6", "bottom": 1})
        for at, (_, zh, _) in enumerate(data.columns):
            page.write_string(0, at, zh, strong)
        lines = 0
        async for part in _parts(found):
            if not lines:
                _set_widths(page, data, part)
            await asyncio.to_thread(_write_rows, page, data, part, lines + 1)
            lines += len(part)
            if lines >= _MOST_ROWS:
                break
        page.freeze_panes(1, 0)
        if lines:
            page.autofilter(0, 0, lines, len(data.columns) - 1)
        await asyncio.to_thread(book.close)
        with path.open("rb") as made:
            while chunk := made.read(1 << 16):
                yield chunk


def _write_rows(page: Worksheet, data: DataSet, part: list[Row], first: int) -> None:
    for line, row in enumerate(part, first):
        for at, (name, _, _) in enumerate(data.columns):
            page.write_string(line, at, _flat(row[name]))


def _set_widths(page: Worksheet, data: DataSet, part: list[Row]) -> None:
    for at, (name, zh, _) in enumerate(data.columns):
        width = max(len(zh) * 2, *(_width(_flat(row[name])) for row in part))
        page.set_column(at, at, min(max(width + 2, _WIDTHS[0]), _WIDTHS[1]))


def _flat(value: Any) -> str:
    if value is None:
        return ""
    return ";".join(value) if isinstance(value, list) else str(value)


def _harmless(value: str) -> str:
    """A cell that a spreadsheet would take for a formula is written as text."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
