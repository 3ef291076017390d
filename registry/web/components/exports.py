"""Lists as files: .xlsx and .csv, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import xlsxwriter
from litestar import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attachment(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """A file to keep; ``name`` may be Chinese."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "cache-control": "no-store",
        },
    )


def spreadsheet(
    file_format: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Response[bytes]:
    """A list as ``xlsx`` or ``csv``; ``columns`` are the words of its head, cells text, numbers or days."""
    if file_format == "csv":
        return attachment(csv_bytes(columns, rows), f"{name}.csv", "text/csv; charset=utf-8")
    return attachment(xlsx_bytes(name, columns, rows), f"{name}.xlsx", XLSX)


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 with a mark, which Excel needs for Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(_plain(cell)) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx_bytes(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], head: Sequence[str] = ()
) -> bytes:
    """A workbook with one sheet: lines of ``head`` above the table, its first row frozen."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    strong = book.add_format(
        {"bold": True, "bg_color": "#E8EEF6", "border": 1, "text_wrap": True, "valign": "top"}
    )
    cell_format = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    words = book.add_format({"text_wrap": False})
    for number, line in enumerate(head):
        sheet.write_string(number, 0, line, words)
    top = len(head)
    widths = [_width(column) for column in columns]
    for at, column in enumerate(columns):
        sheet.write_string(top, at, column, strong)
    for number, row in enumerate(rows, top + 1):
        for at, cell in enumerate(row):
            value = _plain(cell)
            widths[at] = max(widths[at], _width(value))
            if isinstance(value, int):
                sheet.write_number(number, at, value, cell_format)
            else:
                sheet.write_string(number, at, value, cell_format)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(max(width + 2, 6), 48))
    sheet.freeze_panes(top + 1, 0)
    book.close()
    return buffer.getvalue()


def _plain(cell: Any) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _harmless(value: str | int) -> str | int:
    """Text that a spreadsheet would read as a formula, made text."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return value


def _width(value: str | int) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in str(value))


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet1"
