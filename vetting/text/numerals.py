"""Chinese numerals: 二〇一八, 十二, 廿五, mixed with Arabic digits and the zeros OCR takes for each other."""

from __future__ import annotations

_DIGITS = {
    **dict.fromkeys("〇○零Oo0Q", 0),
    **dict.fromkeys("一壹1lI|", 1),
    **dict.fromkeys("二贰2", 2),
    **dict.fromkeys("三叁3", 3),
    **dict.fromkeys("四肆4", 4),
    **dict.fromkeys("五伍5", 5),
    **dict.fromkeys("六陆6", 6),
    **dict.fromkeys("七柒7", 7),
    **dict.fromkeys("八捌8", 8),
    **dict.fromkeys("九玖9", 9),
}

DIGIT_CLASS = "0-9〇○零OoQlI|一二三四五六七八九"
NUMBER_CLASS = DIGIT_CLASS + "十廿卅"


def positional(text: str) -> int | None:
    """A number written digit by digit (二〇一八 → 2018), or None."""
    value = 0
    for char in text:
        digit = _DIGITS.get(char)
        if digit is None:
            return None
        value = value * 10 + digit
    return value if text else None


def small(text: str) -> int | None:
    """A number below 100 in either way of writing (十二, 二十二, 廿二, 12), or None."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        return positional(text)
    tens, _, units = text.partition("十")
    ten = 1 if not tens else positional(tens)
    unit = 0 if not units else positional(units)
    if ten is None or unit is None or ten > 9 or unit > 9:
        return None
    return ten * 10 + unit
