"""Rows as files that people and programs open: .xlsx, .csv, .json."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import xlsxwriter
from litestar import Response

from public_site.datasets import DataSet
from registry.web.components.requests import Req

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (10, 46)


async def sheet(request: Req, data: DataSet, found: Sequence[dict[str, Any]]) -> Response[bytes]:
    """Rows in the format that the address ends in.

    Files for spreadsheets are kept under a Chinese name; JSON may be read by pages of other sites.
    """
    file_format = request.url.path.rpartition(".")[2]
    if file_format == "json":
        content = json.dumps(list(found), ensure_ascii=False, indent=1).encode()
        return Response(content, media_type="application/json", headers={"access-control-allow-origin": "*"})
    write, media_type = (_xlsx, _XLSX) if file_format == "xlsx" else (_csv, "text/csv; charset=utf-8")
    content = await asyncio.to_thread(write, data, found)
    day = found[0]["as_of"] if found else ""
    name = f"{data.title}{day}.{file_format}"
    return Response(
        content,
        media_type=media_type,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


def _csv(data: DataSet, found: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name for name, _, _ in data.columns])
    writer.writerows([[_harmless(_flat(row[name])) for name, _, _ in data.columns] for row in found])
    # The mark at the front tells spreadsheets that this is UTF-8.
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _xlsx(data: DataSet, found: Sequence[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    page = book.add_worksheet(data.title)
    strong = book.add_format({"bold": True, "bg_color": "#E8EEF6", "bottom": 1})
    widths = []
    for at, (name, zh, _) in enumerate(data.columns):
        page.write_string(0, at, zh, strong)
        widths.append(max(len(zh) * 2, *(_width(_flat(row[name])) for row in found[:500]), 0))
    for line, row in enumerate(found, 1):
        for at, (name, _, _) in enumerate(data.columns):
            page.write_string(line, at, _flat(row[name]))
    for at, width in enumerate(widths):
        page.set_column(at, at, min(max(width + 2, _WIDTHS[0]), _WIDTHS[1]))
    page.freeze_panes(1, 0)
    if found:
        page.autofilter(0, 0, len(found), len(data.columns) - 1)
    book.close()
    return out.getvalue()


def _flat(value: Any) -> str:
    return ";".join(value) if isinstance(value, list) else str(value)


def _harmless(value: str) -> str:
    """A cell that a spreadsheet would take for a formula is written as text."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
