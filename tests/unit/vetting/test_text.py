"""Names, dates, numerals and codes (R4, R9, R10)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetting.text.codes import (
    CREDIT_ALPHABET,
    find_credit_codes,
    find_resident_ids,
    is_credit_code,
    is_resident_id,
    read_credit_code,
    read_resident_id,
)
from vetting.text.dates import find_dates, parse_date, parse_term
from vetting.text.normalise import compare_key, same_name, wide_punctuation
from vetting.text.numerals import positional, small
from vetting.text.rings import from_its_place

VALID = "91450109MA0D8Q1BX5"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青檬树(南宁)体育文化有限公司", "青檬树（南宁）体育文化有限公司"),
        ("青檬树 〔南宁〕 体育文化有限公司", "青檬树（南宁）体育文化有限公司"),
        ("南寧市聽荷藝術培訓有限公司", "南宁市听荷艺术培训有限公司"),
        ("南宁市\u200b听荷艺术培训有限公司", "南宁市听荷艺术培训有限公司"),
        ("ＡＢＣ体育有限公司", "abc体育有限公司"),
        ("阿依努尔·买买提", "阿依努尔•买买提"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("南宁市小拇指教育咨询有限公司", "南宁市大拇指教育咨询有限公司"),
        ("青檬树（南宁）体育文化有限公司", "青檬树（柳州）体育文化有限公司"),
        ("南宁岚跃篮球俱乐部有限公司", "南宁岚跃篮球俱乐部"),
        ("", ""),
    ],
)
def test_different_names(one: str, other: str) -> None:
    assert not same_name(one, other)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_comparison_form_is_stable(text: str) -> None:
    assert compare_key(compare_key(text)) == compare_key(text)


def test_half_width_marks_beside_chinese_become_wide() -> None:
    assert wide_punctuation("社会体育指导(羽毛球);期限:三年") == "社会体育指导（羽毛球）；期限：三年"
    assert wide_punctuation("http://www.gsxt.example") == "http://www.gsxt.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018年03月15日", date(2018, 3, 15)),
        ("2018 年 3 月 15 日", date(2018, 3, 15)),
        ("二〇二二年六月二十二日", date(2022, 6, 22)),
        ("二○二二年六月二十二日", date(2022, 6, 22)),
        ("二零二零年十月卅一日", date(2020, 10, 31)),
        ("二O一八年十二月十日", date(2018, 12, 10)),
        ("2022.06.22", date(2022, 6, 22)),
        ("2022/6/22", date(2022, 6, 22)),
        ("2022-06-22", date(2022, 6, 22)),
        ("２０２２年６月２２日", date(2022, 6, 22)),
        ("20180315", date(2018, 3, 15)),
        ("2020年2月29日", date(2020, 2, 29)),
        ("2021年2月29日", None),
        ("2022年13月1日", None),
        ("1996年02月", None),
        ("2018年03月15日和2019年03月15日", None),
        ("电话 19900002910", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "since", "until", "valid_until"),
    [
        ("2018年03月15日至2028年03月14日", date(2018, 3, 15), date(2028, 3, 14), "2028-03-14"),
        ("2016.05.18-2036.05.18", date(2016, 5, 18), date(2036, 5, 18), "2036-05-18"),
        (
            "自二〇一八年六月二十三日起至二〇二二年六月二十二日止",
            date(2018, 6, 23),
            date(2022, 6, 22),
            "2022-06-22",
        ),
        ("2018/5/4至2048/5/3", date(2018, 5, 4), date(2048, 5, 3), "2048-05-03"),
        ("2013 年 04 月 27 日至2033 年 04 月 26 日", date(2013, 4, 27), date(2033, 4, 26), "2033-04-26"),
        ("2018.01.30-长期", date(2018, 1, 30), None, "long-term"),
        ("2017年12月5日至长期", date(2017, 12, 5), None, "long-term"),
        ("长期", None, None, "long-term"),
        ("長期", None, None, "long-term"),
        ("至2024年2月29日", None, date(2024, 2, 29), "2024-02-29"),
        ("2024年04月03日", None, date(2024, 4, 3), "2024-04-03"),
        ("2019年07月01日起", date(2019, 7, 1), None, None),
    ],
)
def test_terms(text: str, since: date | None, until: date | None, valid_until: str | None) -> None:
    term = parse_term(text)
    assert term is not None
    assert (term.since, term.until, term.valid_until) == (since, until, valid_until)


@pytest.mark.parametrize("text", ["", "——", "2021年2月30日", "2028年03月14日至2018年03月15日"])
def test_no_term(text: str) -> None:
    assert parse_term(text) is None


@settings(deadline=None)
@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31)))
def test_every_day_is_read_in_every_spelling(day: date) -> None:
    digits = "〇一二三四五六七八九"
    year = "".join(digits[int(c)] for c in str(day.year))

    def below_hundred(number: int) -> str:
        tens, units = divmod(number, 10)
        lead = {0: "", 1: "十"}.get(tens, digits[tens] + "十")
        return lead + (digits[units] if units else "")

    chinese = f"{year}年{below_hundred(day.month)}月{below_hundred(day.day)}日"
    for text in (
        chinese,
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y.%m.%d}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
    ):
        assert parse_date(text) == day, text
        assert [f.day for f in find_dates(f"自{text}起")] == [day]


@pytest.mark.parametrize(
    ("text", "number"), [("十", 10), ("廿五", 25), ("三十一", 31), ("12", 12), ("〇六", 6)]
)
def test_small_numbers(text: str, number: int) -> None:
    assert small(text) == number


def test_positional_numbers() -> None:
    assert positional("二〇一八") == 2018
    assert positional("二百") is None


def test_credit_codes() -> None:
    assert is_credit_code(VALID)
    assert is_credit_code(VALID.lower())
    assert not is_credit_code("91450109MAOD8Q1BX5")  # O for 0
    assert not is_credit_code("91450109MA0D8Q1BX6")
    assert not is_credit_code(VALID[:-1])


@pytest.mark.parametrize(
    "raw", ["91450109MAOD8Q1BX5", "9145O109MA0D8Q1BX5", "9I450109MA0D8Q1BX5", "91450109MA0D801BX5"]
)
def test_look_alikes_are_put_right_and_shown(raw: str) -> None:
    code = read_credit_code(raw)
    assert (code.value, code.valid, code.corrected_from) == (VALID, True, raw)


def test_a_valid_code_is_never_touched() -> None:
    assert read_credit_code(VALID).corrected_from is None


def test_a_code_with_several_answers_stays_as_it_is() -> None:
    code = read_credit_code("91450109MA0D8Q1BW7")
    assert not code.valid
    assert code.value == "91450109MA0D8Q1BW7"


@settings(deadline=None, max_examples=40)
@given(st.text(alphabet=CREDIT_ALPHABET + "IOSVZ", min_size=18, max_size=18))
def test_a_correction_is_always_a_code(raw: str) -> None:
    code = read_credit_code(raw)
    assert code.valid == is_credit_code(code.value)
    if code.corrected_from is not None:
        assert code.valid
        assert code.corrected_from == raw


def test_resident_ids() -> None:
    assert is_resident_id("45212219711109999X")
    assert is_resident_id("45212219711109999x")
    assert not is_resident_id("452122197111099991")
    assert not is_resident_id("452122197113099998")  # no thirteenth month
    assert read_resident_id("45212219790625OO08").value == "452122197906250008"
    assert read_resident_id("45212219790625OO08").corrected_from == "45212219790625OO08"


def test_codes_inside_text() -> None:
    found = find_credit_codes("（统一社会信用代码：91450105MA5NKRE41R）自愿申报")
    assert [c.value for c, _, _ in found] == ["91450105MA5NKRE41R"]
    # A serial number before it in the same row of a table is not part of it.
    ids = find_resident_ids("1卢云飞男452122198005169995羽毛球")
    assert [c.value for c, _, _ in ids] == ["452122198005169995"]
    assert not find_credit_codes("身份证号：452122198005169995")


@pytest.mark.parametrize(
    ("ring", "name"),
    [
        ("审批局南宁市岚山区行政", "南宁市岚山区行政审批局"),
        ("局榕湖市民政", "榕湖市民政局"),
        ("南宁市岚山区行政审批局", "南宁市岚山区行政审批局"),
        ("南宁市公安局岚山分局", "南宁市公安局岚山分局"),
        ("南宁市教育局岚山区分局", "南宁市教育局岚山区分局"),
        ("青柚艺术培训有限公司南宁市", "南宁市青柚艺术培训有限公司"),
        ("审批局", "审批局"),
    ],
)
def test_a_ring_begins_with_its_place(ring: str, name: str) -> None:
    assert from_its_place(ring) == name
