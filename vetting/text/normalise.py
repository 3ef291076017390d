"""What makes two spellings the same: width, case, spaces, brackets, Traditional and Simplified."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC
from rapidfuzz.distance import Levenshtein

_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_OPEN = "([{〔【〖［｛（「『〈《<"
_CLOSE = ")]}〕】〗］｝）」』〉》>"
_BRACKETS = str.maketrans(_OPEN + _CLOSE, "(" * len(_OPEN) + ")" * len(_CLOSE))
_DOTS = str.maketrans(dict.fromkeys("•‧・∙⋅●᛫･", "·"))
_WIDE = {
    "(": "（",
    ")": "）",
    ",": "，",
    ";": "；",
    ":": "：",
    "?": "？",
    "!": "！",
}
_CJK = "\u3400-\u9fff\uf900-\ufaff"
_PUNCTUATION_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}）。；，：、”])[(),;:?!]|[(),;:?!](?=[{_CJK}（“])")


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=32768)
def simplified_char(char: str) -> str:
    """The Simplified form of one character; always exactly one character."""
    converted: str = _to_simplified().convert(char)
    return converted if len(converted) == 1 else char


def simplified(text: str) -> str:
    """``text`` in Simplified characters, of the same length."""
    return "".join(simplified_char(c) if c > "\u2e7f" else c for c in text)


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def half_width(text: str) -> str:
    """``text`` with full-width letters, digits and marks made half-width; of the same length."""
    return text.translate(_FULL_WIDTH)


def compact(text: str) -> str:
    """``text`` without white space and characters that have no width, otherwise as written."""
    return _INVISIBLE.sub("", text)


def key_char(char: str) -> str:
    """The comparison form of one character: NFKC, Simplified, plain brackets; may be longer than one."""
    folded = unicodedata.normalize("NFKC", char)
    return simplified(folded).translate(_BRACKETS).translate(_DOTS)


def compare_key(text: str) -> str:
    """The form in which names and codes are compared (R9).

    Width, case, spaces, zero-width characters, bracket variants, middle dots and Traditional or
    Simplified characters make no difference.
    """
    folded = text
    for _ in range(2):  # what stood between two characters may have kept them from being joined
        folded = compact(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold()))
    return "".join(key_char(c) for c in folded)


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are the same name (R9). Two empty names are not the same."""
    key = compare_key(one)
    return bool(key) and key == compare_key(other)


def distance(one: str, other: str) -> int:
    """How many characters differ between two spellings after normalising."""
    return Levenshtein.distance(compare_key(one), compare_key(other))


def wide_punctuation(text: str) -> str:
    """Half-width punctuation next to Chinese characters made full-width, as it is printed.

    OCR mixes the two; a text layer is left alone by its callers.
    """
    previous = ""
    while previous != text:
        previous = text
        text = _PUNCTUATION_BESIDE_CJK.sub(lambda m: _WIDE.get(m.group(), m.group()), text)
    return text
