"""Templates to fill in: headings in Chinese with an example line, and a sheet that says what each column takes."""

from __future__ import annotations

import csv
import io

import xlsxwriter

from registry.onboarding.kinds import KINDS, Kind
from registry.onboarding.reading import MAX_ROWS


def template(code: str, file_format: str) -> tuple[str, bytes]:
    """Name and bytes of the template of a kind of file, as ``xlsx`` or ``csv``. Raises KeyError for no such kind."""
    kind = KINDS[code]
    content = _csv(kind) if file_format == "csv" else _xlsx(kind)
    return f"{kind.name}导入模板.{file_format}", content


def _title(kind: Kind, at: int) -> str:
    column = kind.columns[at]
    return f"{column.title}*" if column.required else column.title


def _csv(kind: Kind) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_title(kind, at) for at in range(len(kind.columns))])
    writer.writerow([column.example for column in kind.columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(kind: Kind) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#E8EEF6", "border": 1, "valign": "top"})
    # Text keeps long numbers and days as they are typed.
    text = book.add_format({"num_format": "@"})
    example = book.add_format({"num_format": "@", "font_color": "#667085", "italic": True})
    sheet = book.add_worksheet(kind.name)
    for at, column in enumerate(kind.columns):
        width = max(14, 2 * len(column.title) + 4, 2 * len(column.example[:16]) + 2)
        sheet.set_column(at, at, width, text)
        sheet.write_string(0, at, _title(kind, at), head)
        sheet.write_string(1, at, column.example, example)
    sheet.freeze_panes(1, 0)
    _instructions(book, kind)
    book.close()
    return buffer.getvalue()


def _instructions(book: xlsxwriter.Workbook, kind: Kind) -> None:
    sheet = book.add_worksheet("填写说明")
    strong, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    lines = (
        f"这是“{kind.name}”的导入模板，只读取第一个工作表。",
        "第一行是表头，请勿修改；带 * 的列必须填写。第二行是示例，填写前请删除或改写。",
        f"每行一条记录，最多 {MAX_ROWS} 行；不要合并单元格，不要用公式。",
        "日期写成 2022-07-05 这样；代码、证件号码等长数字的单元格已设为“文本”。",
        "导入前可以预览；有一处错误就一条也不导入，改正后重新上传即可。同一份文件再次导入，不会重复。",
    )
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line)
    top = len(lines) + 1
    for at, word in enumerate(("列", "是否必填", "说明", "也可以写作")):
        sheet.write_string(top, at, word, strong)
    for number, column in enumerate(kind.columns, top + 1):
        sheet.write_string(number, 0, column.title, wrap)
        sheet.write_string(number, 1, "必填" if column.required else "可留空", wrap)
        sheet.write_string(number, 2, column.note or "-", wrap)
        sheet.write_string(number, 3, "、".join(column.headings) or "-", wrap)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 3, 60)
