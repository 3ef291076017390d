"""List files: the usual headings, encodings, errors by line, nothing half-read."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from vetting.matching.listfile import list_kind, parse, suggest_mapping
from vetting.matching.model import ListKind, SubjectType

HEAD = "序号,企业名称,统一社会信用代码（注册号）,法定代表人,列入日期,移出日期,列入机关,列入事由,备注\n"
ROW = (
    "A-1,梧州市鹿鸣艺术培训有限公司,91450403MA5AAAAA1X,覃砚棠,2024年3月1日,,梧州市市场监督管理局,无法联系,x\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_with_the_usual_headings_is_read(encoding: str) -> None:
    read = parse((HEAD + ROW).encode(encoding), kind=ListKind.ABNORMAL_OPERATION, list_name="经营异常名录")
    assert read.ok
    assert read.unused == ("备注",)
    (row,) = read.rows
    assert (row.line, row.authority) == (2, "梧州市市场监督管理局")
    listing = row.listing
    assert (listing.list_id, listing.name) == ("A-1", "梧州市鹿鸣艺术培训有限公司")
    assert listing.credit_code == "91450403MA5AAAAA1X"
    assert listing.legal_representative.name == "覃砚棠"
    assert listing.in_force_from == date(2024, 3, 1)
    assert listing.grounds == "无法联系"
    assert listing.kind is ListKind.ABNORMAL_OPERATION
    assert listing.subject_type is SubjectType.ORGANISATION


def test_an_xlsx_is_read_below_its_title_with_real_dates_and_numbers() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["失信被执行人名单"])
    sheet.append([])
    sheet.append(["编号", "被执行人姓名/名称", "身份证号", "立案时间", "行政区划代码"])
    sheet.append([7, "欧阳砚笛", "450103********1234", date(2023, 5, 6), 450103.0])
    out = io.BytesIO()
    book.save(out)
    read = parse(out.getvalue(), kind=ListKind.JUDGMENT_DEBTOR)
    assert read.ok, read.errors
    (row,) = read.rows
    assert row.line == 4
    assert row.listing.list_id == "7"
    assert row.listing.subject_type is SubjectType.PERSON
    assert row.listing.legal_representative.name == "欧阳砚笛"
    assert row.listing.region_code == "450103"
    assert row.listing.in_force_from == date(2023, 5, 6)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("A-2,,91450403MA5AAAAA1X,覃砚棠,2024-03-01,,,,\n", "name"),
        ("A-2,甲有限公司,,,2024-13-01,,,,\n", "in_force_from"),
        ("A-2,甲有限公司,,,去年,,,,\n", "in_force_from"),
        ("A-1,甲有限公司,,,2024-03-01,,,,\n", "list_id"),
        (f"A-2,甲有限公司,,,2024-03-01,,,{'长' * 3000},\n", "grounds"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_the_file_is_not_for_import(row: str, field: str) -> None:
    read = parse((HEAD + ROW + "\n" + row).encode())
    assert not read.ok
    (error,) = read.errors
    assert (error.line, error.field) == (4, field)
    assert error.zh
    assert error.en
    assert len(read.rows) == 1


def test_a_row_that_ends_before_it_begins_is_wrong() -> None:
    read = parse("名称,生效日期,截止日期\n甲有限公司,2024-03-01,2024-02-01\n".encode())
    assert [(e.line, e.field) for e in read.errors] == [(2, "in_force_until")]


def test_a_line_break_inside_a_cell_keeps_line_numbers_right() -> None:
    read = parse('名称,列入事由,列入日期\n甲有限公司,"一\n二",2024-01-01\n乙有限公司,三,坏\n'.encode())
    assert [(e.line, e.field) for e in read.errors] == [(4, "in_force_from")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"PK\x03\x04broken",
        b"\x00\x01\x02\x03",
        "颜色,大小\n红,1\n".encode(),
        b"\xff\xff\xff\x80",
    ],
    ids=["empty", "blank", "broken xlsx", "binary", "no name column", "no encoding"],
)
def test_what_is_no_list_is_refused_with_words(content: bytes) -> None:
    read = parse(content)
    assert not read.ok
    assert not read.rows
    assert read.errors[0].zh


def test_a_mapping_overrides_the_headings() -> None:
    content = "甲列,乙列\n梧州市鹿鸣艺术培训有限公司,2024-03-01\n".encode()
    assert not parse(content).ok
    read = parse(content, mapping={"name": 0, "in_force_from": 1})
    assert read.ok
    assert read.mapping == {"name": "甲列", "in_force_from": "乙列"}


def test_a_heading_serves_one_field_only() -> None:
    mapping = suggest_mapping(["法人", "企业名称", "名称"])
    assert mapping == {"legal_representative": 0, "name": 1}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("本地退出禁入名单", ListKind.OWN_BAN),
        (" 校外培训行业黑名单", ListKind.INDUSTRY_BLACKLIST),
        ("嚴重違法失信名單", ListKind.SERIOUS_VIOLATION),
        ("某某名单", ListKind.OTHER),
    ],
)
def test_the_name_of_a_list_says_its_kind(name: str, kind: ListKind) -> None:
    assert list_kind(name) is kind
