"""Files of days are hostile until parsed (R29)."""

from __future__ import annotations

from datetime import date

import pytest

from registry.kernel.working_days import CalendarError, DayKind, Season, parse_days
from tests.unit.rules.tables import CASES

CALENDARS = {"CN": None, "CN-GX": (Season((3, 20), (5, 5)),)}
HEADER = "calendar,date,kind,source\n"


def _problems(text: str | bytes) -> list[tuple[int, str]]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(CalendarError) as caught:
        parse_days(content, calendars=CALENDARS)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_the_shipped_file_is_read() -> None:
    days = parse_days((CASES / "regional_days.csv").read_bytes(), calendars=CALENDARS)
    assert len(days) == 16
    assert {loaded.calendar for loaded in days} == {"CN-GX"}
    assert days[3].row.day == date(2017, 4, 8)
    assert days[3].row.kind is DayKind.WORK
    assert days[3].row.source == days[0].row.source
    assert "working" not in days[2].row.source, "a remark after the semicolon is no source"


def test_bom_blank_lines_and_other_columns_are_taken() -> None:
    text = "\ufeffdate,note,kind,calendar\r\n2027-01-01,x,off,CN\r\n\r\n,,,\r\n"
    (only,) = parse_days(text.encode(), calendars=CALENDARS)
    assert (only.calendar, only.row.day, only.row.source) == ("CN", date(2027, 1, 1), "")


def test_every_problem_is_named_with_its_line() -> None:
    text = (
        HEADER
        + "CN,2027-02-30,off,\n"
        + "CN-XX,2027-01-01,off,\n"
        + "CN,20270101,rest,\n"
        + "CN,2027-01-01,off,\n"
        + "CN,2027-01-01,work,\n"
        + "CN-GX,2027-05-06,off,\n"
        + "CN,0001-01-01,off,\n"
    )
    problems = _problems(text)
    assert [line for line, _ in problems] == [2, 3, 4, 4, 6, 7, 8]
    assert "CN-XX" in problems[1][1]
    assert "off" in problems[2][1]
    assert "第 5 行重复" in problems[4][1]
    assert "3月20日至5月5日" in problems[5][1]


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"", 1, "空"),
        (b"calendar,kind\nCN,off\n", 1, "date"),
        (HEADER.encode() + "CN,2027-01-01,off,元旦".encode("gb18030"), 2, "UTF-8"),
        (HEADER.encode() + b"CN,2027-01-01,off,a,b\n", 2, "列数"),
        (HEADER.encode() + b'CN,2027-01-01,off,"a\n', 2, "CSV"),
        (HEADER.encode() + b"x" * 1_000_001, 1, "kB"),
    ],
)
def test_files_that_are_no_table(content: bytes, line: int, word: str) -> None:
    ((at, message),) = _problems(content)
    assert at == line
    assert word in message


def test_a_source_is_one_short_printable_line() -> None:
    text = HEADER + 'CN,2027-01-01,off,"元\u202e旦\n' + "长" * 300 + '"\n'
    (only,) = parse_days(text.encode(), calendars=CALENDARS)
    assert only.row.source.isprintable()
    assert len(only.row.source) == 200
