"""Tables in files: what a person sees in a cell, and hostile workbooks that are refused or told by cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from vetting.matching.listfile import parse
from vetting.tables import TableLimits, Unreadable, find_heading, read_table, suggest

HEAD = ["名称", "列入日期", "统一社会信用代码"]


def workbook(fill: Callable[[Worksheet], None]) -> bytes:
    """A workbook whose first sheet was filled."""
    book = Workbook()
    assert book.active is not None
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(
    content: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> bytes:
    """A workbook with its parts changed by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part.filename)))
        for name, text in (extra or {}).items():
            new.writestr(name, text)
    return out.getvalue()


def _same(_: str, content: bytes) -> bytes:
    return content


def test_cells_are_read_as_a_person_sees_them() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.title = "清单"
        sheet["B3"] = date(2022, 7, 5)
        sheet["C3"] = datetime(2022, 7, 5, 8, 30)  # noqa: DTZ001 -- a cell has no zone
        sheet["D3"] = 450100.0
        sheet["E3"] = True
        sheet["F3"] = " 甲  乙 "
        sheet["G3"] = 0.5
        sheet["A7"] = "一\n二"

    read = read_table(workbook(fill))
    assert read.sheet == "清单"
    assert read.lines == (
        (3, ("", "2022-07-05", "2022-07-05", "450100", "是", "甲 乙", "0.5")),
        (7, ("一\n二",)),
    )
    assert read.problems == ()
    assert read.epoch_1904 is False


def test_other_sheets_are_named_and_hidden_ones_are_not_read() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "旧"
    first.sheet_state = "hidden"
    first.append(["不要"])
    book.create_sheet("新").append(["要"])
    book.create_sheet("填写说明").append(["说明"])
    out = io.BytesIO()
    book.save(out)
    read = read_table(out.getvalue())
    assert (read.sheet, read.lines, read.others) == ("新", ((1, ("要",)),), ("填写说明",))


def test_formulas_errors_long_numbers_and_merged_cells_are_told_by_cell() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "标题"
        sheet.merge_cells("A1:C1")
        sheet["A2"] = "=1+1"
        sheet["B2"] = 450103199001019018
        sheet["C2"] = "#REF!"
        sheet["A3"] = "合"
        sheet.merge_cells("A3:A4")
        sheet.merge_cells("B8:C9")

    read = read_table(workbook(fill))
    assert {(p.line, p.column, p.code, p.until) for p in read.problems} == {
        (1, 0, "merged", 1),
        (2, 0, "formula", 2),
        (2, 1, "digits", 2),
        (2, 2, "error", 2),
        (3, 0, "merged", 4),
    }
    assert all(problem.zh and problem.en for problem in read.problems)


def test_a_list_with_a_merged_title_is_taken_and_merged_rows_are_refused() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["填报单位：某局", "日期：2024年", ""])
        sheet.merge_cells("A1:A1")
        sheet.append(HEAD)
        sheet.append(["甲有限公司", date(2024, 1, 1), ""])
        sheet.append(["乙有限公司", date(2024, 1, 1), ""])

    assert [row.line for row in parse(workbook(fill)).rows] == [3, 4]

    def merged(sheet: Worksheet) -> None:
        fill(sheet)
        sheet.merge_cells("B3:B4")

    (error,) = parse(workbook(merged)).errors
    assert (error.line, error.field) == (3, "in_force_from")


def test_a_formula_with_its_result_is_its_result() -> None:
    content = workbook(lambda sheet: sheet.append(["=1+1", "甲"]))
    with_result = rewritten(
        content, lambda name, text: text.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>")
    )
    read = read_table(with_result)
    assert read.lines[0][1] == ("2", "甲")
    assert read.problems == ()


def _bomb() -> bytes:
    content = workbook(lambda sheet: sheet.append(HEAD))
    return rewritten(content, _same, {"xl/media/zero.bin": b"\0" * 700_000_000})


def _entities() -> bytes:
    content = workbook(lambda sheet: sheet.append(HEAD))
    return rewritten(
        content,
        lambda name, text: (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + text if "sheet1" in name else text
        ),
    )


def _macros() -> bytes:
    return rewritten(workbook(lambda sheet: sheet.append(HEAD)), _same, {"xl/vbaProject.bin": b"x"})


def _wide() -> bytes:
    def fill(sheet: Worksheet) -> None:
        sheet["XFD1"] = "远"

    return workbook(fill)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"PK\x03\x04broken", "不是有效的.xlsx"),
        (_entities, "不是有效的.xlsx"),
        (_macros, "宏"),
        (_wide, "列数过多"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, ".xls"),
        (lambda: b"\x00\x01", "既不是"),
        (lambda: b"a,b\n" * 20 + ",".join(["x"] * 900).encode(), "列数过多"),
        (lambda: rewritten(workbook(lambda s: s.append(HEAD)), lambda n, t: b"<x" if "workbook.xml" in n else t), "不是有效"),
    ],
    ids=["broken", "entities", "macros", "wide", "ole", "binary", "wide csv", "no xml"],
)  # fmt: skip
def test_what_is_no_plain_table_is_refused_with_words(content: Callable[[], bytes], words: str) -> None:
    with pytest.raises(Unreadable) as told:
        read_table(content())
    assert words in told.value.zh
    assert str(told.value)


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    content = _bomb()
    with pytest.raises(Unreadable) as told:
        read_table(content)
    assert "解压" in told.value.zh


def test_a_table_that_costs_too_much_is_given_up() -> None:
    def fill(sheet: Worksheet) -> None:
        for n in range(3000):
            sheet.append(["甲" * 30, n])

    content = workbook(fill)
    with pytest.raises(Unreadable, match="too much time"):
        read_table(content, TableLimits(wall_seconds=0.01))
    with pytest.raises(Unreadable, match="More than 100 rows"):
        read_table(content, TableLimits(max_lines=100))
    with pytest.raises(Unreadable, match="MB"):
        read_table(content, TableLimits(max_bytes=100))


def test_the_heading_is_the_line_that_names_most() -> None:
    known = {"name": ("机构名称",), "code": ("统一社会信用代码",)}
    lines = [(1, ("附件", "第一页")), (2, ("机构名称", "")), (3, ("*机构名称(全称)", "统一社会信用代码"))]
    assert find_heading(lines, known) == 2
    assert find_heading([(1, ("甲", "乙"))], known) == 0
    assert find_heading([(1, ("甲",))], known) is None
    assert suggest(["机构名称*", "统一社会信用代码（18位）"], known) == {"name": 0, "code": 1}
