"""Whether a text layer says what the page shows: a few of its lines are read from the picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz.distance import Indel

from vetting.model import Line

_CODES = 3
_WORDS = 3
# No more of a line is read than tells whether it says this: reading costs by the length.
_MOST_CHARS = 10
_CODE = re.compile(r"[0-9A-Z]{8,}|\d{4}.?\d{1,2}.?\d{1,2}")
_MIN_CHARS = 4
_ALIKE = 0.6
_UNLIKE = 0.35
_UNLIKE_SHARE = 0.34


def sample_of(lines: Sequence[Line]) -> list[int]:
    """Which lines to read from the picture: those with codes and dates, which matter most, and long ones."""
    usable = [i for i, line in enumerate(lines) if len(line.text) >= _MIN_CHARS]
    codes = [i for i in usable if _CODE.search(line_text(lines[i]))][:_CODES]
    rest = sorted((i for i in usable if i not in codes), key=lambda i: -min(24, len(lines[i].text)))
    return sorted(codes + rest[:_WORDS])


def piece_of(line: Line) -> Line:
    """The part of a line to read from the picture: its code or date, else its beginning."""
    if len(line.at) != len(line.text) or len(line.text) <= _MOST_CHARS:
        return line
    code = _CODE.search(line.text)
    start, end = code.span() if code else (0, _MOST_CHARS)
    if end - start >= len(line.text):
        return line
    before = line.at[start - 1] if start else 2 * line.at[0] - line.at[1]
    after = line.at[end] if end < len(line.at) else 2 * line.at[-1] - line.at[-2]
    x0, y0, x1, y1 = line.box
    wide = x1 - x0
    left = max(0.0, (before + line.at[start]) / 2)
    right = min(1.0, (line.at[end - 1] + after) / 2)
    return Line(line.text[start:end], (x0 + left * wide, y0, x0 + right * wide, y1))


def contradicts(lines: Sequence[Line], said: Sequence[str]) -> bool:
    """Whether what the picture says at the lines' places is another text than theirs."""
    alike = sorted(
        float(Indel.normalized_similarity(line_text(line), _plain(text)))
        for line, text in zip(lines, said, strict=True)
    )
    if not alike:
        return False
    middle = alike[len(alike) // 2]
    unlike = sum(1 for value in alike if value < _UNLIKE)
    return middle < _ALIKE or (len(alike) >= 3 and unlike >= _UNLIKE_SHARE * len(alike))


def line_text(line: Line) -> str:
    """The text of a line without width, case, spaces and punctuation."""
    return _plain(line.text)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in folded if char.isalnum())
