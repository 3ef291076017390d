"""Numbers that identify providers and people (R4), and their masks (R34)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from registry.providers.rules import check_credit_code, check_resident_id, mask_id, mask_name, mask_phone

GOOD_CODE = "91450105MA5NKRE41R"
GOOD_ID = "452122197906250008"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        (GOOD_CODE, "", None),
        (" 9145 0105-ma5nkre41r ", "", None),
        ("９１４５０１０５ＭＡ５ＮＫＲＥ４１Ｒ", "", None),
        ("", "empty", None),
        ("   ", "empty", None),
        ("91450105MA5NKRE41", "length", None),
        ("91450105MA5NKRE41RR", "length", None),
        ("9145O105MA5NKRE41R", "forbidden_letter", 5),
        ("91450105MA5NKREI1R", "forbidden_letter", 16),
        ("91450105MA5NKRE41V", "forbidden_letter", 18),
        ("91450105MA5NKRE41码", "bad_character", 18),
        ("9145A105MA5NKRE41R", "bad_character", 5),
        ("91450105MA5NKRE41T", "check_character", 18),
        ("91450105MA5NKRE14R", "check_character", 18),
    ],
)
def test_credit_codes(text: str, code: str, position: int | None) -> None:
    answer = check_credit_code(text)
    assert (answer.ok, answer.code, answer.position) == (not code, code, position)
    assert bool(answer.problem) is not answer.ok


def test_a_lookalike_is_named() -> None:
    assert "数字 0" in check_credit_code("9145O105MA5NKRE41R").problem
    assert "是否" not in check_credit_code("91450105MA5NKRE41V").problem


@given(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9))
def test_the_check_character_is_the_standards(head: str, body: str) -> None:
    code = head + body
    good = code + uscc.calc_check_digit(code)
    assert check_credit_code(good).ok
    assert sum(check_credit_code(code + last).ok for last in ALPHABET) == 1


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        (GOOD_ID, "", None),
        ("4521 2219 7906 2500 08", "", None),
        ("11010519491231002X", "", None),
        ("11010519491231002x", "", None),
        ("", "empty", None),
        ("452122790625000", "length", None),
        ("45212219790625000O", "bad_character", 18),
        ("4521221979062500X8", "bad_character", 17),
        ("992122197906250008", "check_character", 18),
        ("162122197906250008", "region", 1),
        ("452122197902300008", "birthday", 7),
        ("452122179906250008", "birthday", 7),
        ("452122197906250009", "check_character", 18),
        ("452122197906250080", "check_character", 18),
    ],
)
def test_resident_ids(text: str, code: str, position: int | None) -> None:
    answer = check_resident_id(text)
    assert (answer.ok, answer.code, answer.position) == (not code, code, position)


def test_nobody_is_born_tomorrow() -> None:
    assert check_resident_id(GOOD_ID, as_of=date(1979, 6, 25)).ok
    assert check_resident_id(GOOD_ID, as_of=date(1979, 6, 24)).code == "birthday"


@pytest.mark.parametrize("text", ["452122197906250009", "45212219790625000O", "162122197906250008"])
def test_a_problem_never_repeats_the_number(text: str) -> None:
    assert text[:6] not in check_resident_id(text).problem


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (mask_id, "450103199208149998", "4501**********9998"),
        (mask_id, "12345678", "********"),
        (mask_id, "", ""),
        (mask_phone, "13800001234", "138****1234"),
        (mask_phone, "110", "***"),
        (mask_name, "王小明", "王**"),
        (mask_name, "王", "*"),
    ],
)
def test_masks(mask: object, text: str, shown: str) -> None:
    assert callable(mask)
    assert mask(text) == shown
