"""Characters of a text layer become lines; what a viewer does not show is set apart."""

from __future__ import annotations

import pytest

from vetting.intake.marks import COVERED, INVISIBLE, STAMPED, UNMAPPED
from vetting.model import Line
from vetting.reading.textlayer import text_layer, turn_box, unturn_box
from vetting.reading.trust import contradicts, piece_of, sample_of

WIDTH, HEIGHT = 600.0, 800.0
Char = list[object]


def typed(text: str, x: float, y: float, size: float = 12.0, marks: int = 0, step: float = 1.0) -> list[Char]:
    """Characters in a row, from a point (in points from the top left), each ``size`` square."""
    out: list[Char] = []
    for i, char in enumerate(text):
        left = x + i * size * step
        out.append([char, left / WIDTH, y / HEIGHT, (left + size) / WIDTH, (y + size) / HEIGHT, marks])
    return out


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [line.text for line in lines]


def test_rows_from_the_top_and_wide_gaps_part_a_row() -> None:
    chars = typed("法定代表人", 50, 300) + typed("营业执照", 200, 100) + typed("陆伟强", 160, 300)
    layer = text_layer(chars, WIDTH, HEIGHT)
    assert texts(layer.lines) == ["营业执照", "法定代表人", "陆伟强"]
    assert layer.rotation == 0
    assert layer.lines[1].at == pytest.approx((0.1, 0.3, 0.5, 0.7, 0.9))


def test_latin_words_keep_their_space_and_bold_print_is_read_once() -> None:
    chars = typed("AB", 50, 100) + typed("CD", 78, 100) + typed("AB", 50.8, 100)
    assert texts(text_layer(chars, WIDTH, HEIGHT).lines) == ["AB CD"]


@pytest.mark.parametrize("marks", [INVISIBLE, COVERED])
def test_text_that_is_not_drawn_is_hidden(marks: int) -> None:
    layer = text_layer(typed("九一四五零一零五", 50, 100, marks=marks), WIDTH, HEIGHT)
    assert layer.lines == ()
    assert texts(layer.hidden) == ["九一四五零一零五"]
    assert layer.covered


def test_tiny_text_and_text_off_the_page_are_hidden() -> None:
    chars = typed("看得见", 50, 100) + typed("太小", 50, 200, size=1.5) + typed("页外", 700, 300)
    layer = text_layer(chars, WIDTH, HEIGHT)
    assert texts(layer.lines) == ["看得见"]
    assert texts(layer.hidden) == ["太小", "页外"]
    assert not layer.covered


def test_the_letters_of_a_stamp_do_not_stand_in_the_lines_they_cross() -> None:
    chars = typed("日期", 50, 100) + typed("局", 74, 101, marks=STAMPED) + typed("2022年", 74, 100)
    layer = text_layer(chars, WIDTH, HEIGHT)
    assert texts(layer.lines) == ["日期2022年"]
    assert layer.hidden == ()


def test_radicals_are_the_characters_they_are_drawn_like() -> None:
    assert texts(text_layer(typed("⻘岩区⾜球", 50, 100), WIDTH, HEIGHT).lines) == ["青岩区足球"]


def test_fonts_that_do_not_say_what_their_glyphs_are() -> None:
    assert text_layer(typed("abcdefghij", 50, 100, marks=UNMAPPED), WIDTH, HEIGHT).garbled
    assert text_layer(typed("\ue000\ue001ab", 50, 100), WIDTH, HEIGHT).garbled
    assert not text_layer(typed("abcdefghij", 50, 100), WIDTH, HEIGHT).garbled


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_text_is_read_upright(rotation: int) -> None:
    upright = typed("统一社会信用代码", 50, 100)
    wide, high = (WIDTH, HEIGHT) if rotation in (0, 180) else (HEIGHT, WIDTH)
    turned = [[c[0], *unturn_box((c[1], c[2], c[3], c[4]), rotation), c[5]] for c in upright]  # type: ignore[arg-type]
    layer = text_layer(turned, wide, high)
    assert layer.rotation == rotation
    assert texts(layer.lines) == ["统一社会信用代码"]
    assert layer.lines[0].box == pytest.approx(text_layer(upright, WIDTH, HEIGHT).lines[0].box)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turning_a_box_and_back(rotation: int) -> None:
    box = (0.1, 0.2, 0.4, 0.3)
    assert unturn_box(turn_box(box, rotation), rotation) == pytest.approx(box)


def line(text: str) -> Line:
    return Line(text, (0.1, 0.1, 0.5, 0.12))


def test_codes_and_dates_are_sampled_first() -> None:
    lines = [line("承诺" * 10)] * 9 + [line("91450105MA5K0D0Q2G"), line("2022年6月14日")]
    sample = sample_of(lines)
    assert {9, 10} <= set(sample)
    assert len(sample) <= 9


def test_a_layer_that_says_something_else_is_a_contradiction() -> None:
    lines = [line("南宁市听荷艺术培训有限公司"), line("91450105MA5K0D0Q2G"), line("法定代表人：陆伟强")]
    assert not contradicts(lines, ["南宁市听荷艺术培训有限公司", "91450105MA5KOD0Q2G", "法定代表人:陆伟强"])
    assert contradicts(lines, ["桂林市墨池书画中心", "52450301MJX000000A", "负责人：韦明德"])
    assert not contradicts([], [])


def test_no_more_of_a_line_is_read_than_its_code_or_its_beginning() -> None:
    text = "统一社会信用代码：91450105MA5K0D0Q2G"
    at = tuple((i + 0.5) / len(text) for i in range(len(text)))
    piece = piece_of(Line(text, (0.1, 0.1, 0.9, 0.12), at=at))
    assert piece.text == "91450105MA5K0D0Q2G"
    assert piece.box == pytest.approx((0.1 + 0.8 * 9 / 27, 0.1, 0.9, 0.12), abs=0.02)
    assert piece_of(line("承诺")).text == "承诺"
