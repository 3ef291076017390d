"""Typed text in, values and errors at their fields out."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.web.components.forms import Form, filled
from registry.web.components.i18n import translator
from registry.web.components.parsing import Unreadable, clean, to_date, to_decimal, to_integer


def form(**fields: str) -> Form:
    return Form(list(fields.items()))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2022-07-04", date(2022, 7, 4)),
        ("2022-7-4", date(2022, 7, 4)),
        ("2022/7/4", date(2022, 7, 4)),
        ("2022.7.4", date(2022, 7, 4)),
        ("2022年7月4日", date(2022, 7, 4)),
        ("２０２２年７月４日", date(2022, 7, 4)),
        ("20220704", date(2022, 7, 4)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_dates_as_people_write_them(typed: str, day: date) -> None:
    assert to_date(typed) == day


@pytest.mark.parametrize(
    "typed", ["2022-02-30", "2023-02-29", "2022-13-01", "0000-01-01", "2022-07-04x", "七月", "4/7/2022"]
)
def test_days_that_do_not_exist_or_cannot_be_read(typed: str) -> None:
    with pytest.raises(Unreadable):
        to_date(typed)


def test_numbers_as_people_write_them() -> None:
    assert to_integer("１，２００".replace("，", ",")) == 1200
    assert to_decimal("¥40.50") == Decimal("40.50")
    assert to_decimal("40元") == 40
    for wrong in ("四十", "1e5", "40.505", "", "--1", "٤٠"):
        with pytest.raises(Unreadable):
            to_decimal(wrong)


def test_text_is_cleaned_and_control_characters_are_refused() -> None:
    assert clean("  cafe\u0301\u200b ") == "café"
    assert clean("a\r\nb", multiline=True) == "a\nb"
    for hostile in ("a\x00b", "a\nb", "\u202egnp.exe", "a\x1b[31m", "\ud800"):
        with pytest.raises(Unreadable):
            clean(hostile)


def test_an_empty_required_field_is_named_and_an_optional_one_is_not() -> None:
    empty = form(name="   ")
    assert empty.text("name", "机构名称") == ""
    assert empty.text("former", "曾用名", required=False) == ""
    assert [(error.name, error.message, error.target) for error in empty.errors] == [
        ("name", "请填写机构名称", "f-name")
    ]


def test_what_was_typed_is_kept_however_wrong() -> None:
    typed = form(until="2022-02-30")
    assert typed.date("until", "有效期至") is None
    assert typed.value("until") == "2022-02-30"
    assert "2022-02-30 这一天不存在" in typed.error("until")


def test_too_long_says_by_how_much() -> None:
    typed = form(name="南" * 101)
    typed.text("name", "机构名称", max_length=100)
    assert "最多 100 个字，现有 101 个" in typed.error("name")


def test_errors_speak_the_readers_language() -> None:
    typed = Form([("price", "四十")], translator("en").gettext)
    typed.amount("price", "每课时收费")
    typed.choice("kind", "登记类型", ["business"])
    assert [error.message for error in typed.errors] == [
        "Price per lesson: enter a number, such as 40 or 40.50",
        "Choose: Kind of registration",
    ]


def test_bounds_hold_on_both_ends() -> None:
    assert form(n="1").integer("n", "班额", minimum=1, maximum=60) == 1
    assert form(n="60").integer("n", "班额", minimum=1, maximum=60) == 60
    assert form(n="61").integer("n", "班额", minimum=1, maximum=60) is None
    assert form(n="-1").amount("n", "收费") is None
    assert form(d="2022-06-22").date("d", "日期", latest=date(2022, 6, 22)) == date(2022, 6, 22)
    assert form(d="2022-06-23").date("d", "日期", latest=date(2022, 6, 22)) is None


def test_choices_outside_the_offer_are_refused() -> None:
    typed = Form([("kind", "root"), ("categories", "sports"), ("categories", "hacking")])
    assert typed.choice("kind", "登记类型", ["business"]) == ""
    typed.choices("categories", "类别", ["sports", "arts"])
    assert len(typed.errors) == 2
    assert Form([("c", "arts"), ("c", "sports")]).choices("c", "类别", ["sports", "arts"]) == (
        "sports",
        "arts",
    )


def test_a_password_is_taken_as_typed() -> None:
    assert form(password="  geheim ").secret("password", "密码") == "  geheim "


def test_rows_keep_their_numbers_and_errors_stand_at_the_cell() -> None:
    typed = Form(
        [
            ("t-7-name", "卢云飞"),
            ("t-2-name", ""),
            ("t-2-note", "x"),
            ("t-3-name", " "),
            ("t-x-name", "?"),
            ("t-3-_row", "1"),
        ]
    )
    rows = list(typed.rows("t", max_rows=10))
    assert [row.number for row in rows] == [2, 7]
    names = [row.text("name", "姓名") for row in rows]
    assert names == ["", "卢云飞"]
    assert typed.error("t-2-name") == "请填写姓名"
    assert rows[0].error("name") == "请填写姓名"
    assert next(iter(typed.errors)).target == "f-t-2-name"


def test_too_many_rows_are_an_error() -> None:
    typed = Form([(f"t-{n}-name", "x") for n in range(5)])
    assert len(list(typed.rows("t", max_rows=3, label="教师"))) == 3
    assert [error.message for error in typed.errors] == ["教师最多 3 行，请删去多余的行"]


def test_rows_are_added_and_removed_without_javascript() -> None:
    typed = Form([("t-0-name", "甲"), ("t-4-name", "乙"), ("_add", "t")])
    assert typed.wants_rows
    typed.change_rows()
    assert typed.row_numbers("t") == [0, 4, 5]
    typed = Form([("t-0-name", "甲"), ("t-4-name", "乙"), ("_remove", "t-0")])
    typed.change_rows()
    assert typed.row_numbers("t") == [4]
    assert typed.value("t-4-name") == "乙"


def test_a_flood_of_fields_is_cut_and_said() -> None:
    flood = Form([(f"f{n}", "x") for n in range(6000)])
    assert len(flood.errors) == 1
    assert flood.value("f5999") == ""


def test_a_filled_form_gives_back_what_it_was_given() -> None:
    shown = filled({"name": "甲", "until": date(2024, 4, 3), "agree": True, "none": None, "kinds": ["a", "b"],
                    "t": [{"name": "乙", "until": date(2024, 1, 2)}, {"name": ""}]})  # fmt: skip
    assert shown.value("until") == "2024-04-03"
    assert shown.ticked("agree")
    assert shown.values("kinds") == ["a", "b"]
    assert shown.value("none") == ""
    assert shown.row_numbers("t") == [0, 1]
    assert [row.date("until", "有效期至") for row in shown.rows("t", max_rows=9)] == [date(2024, 1, 2)]


def test_urlencoded_bodies() -> None:
    typed = Form.from_urlencoded(b"name=%E5%8D%97%E5%AE%81&name=b&empty=&bad=%ff")
    assert typed.values("name") == ["南宁", "b"]
    assert typed.value("bad") == "\ufffd"


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=60)), max_size=20))
def test_nothing_posted_breaks_it(pairs: list[tuple[str, str]]) -> None:
    hostile = Form([*pairs, *[("x", value) for _, value in pairs], *[("t-1-x", value) for _, value in pairs]])
    hostile.change_rows()
    hostile.text("x", "项")
    hostile.date("x", "项")
    hostile.integer("x", "项")
    hostile.amount("x", "项")
    for row in hostile.rows("t", max_rows=3):
        row.text("x", "项")
    for error in hostile.errors:
        assert error.message
