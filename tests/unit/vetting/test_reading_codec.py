"""Readings survive the cache."""

from __future__ import annotations

import pytest

from vetting.model import FileNote, Ink, Line, Mode, PageKind, PageReading, Seal
from vetting.reading.codec import decode, encode

PAGE = PageReading(
    page=3,
    file="申报材料.pdf",
    file_page=3,
    kind=PageKind.DUPLICATE,
    mode=Mode.SCANNED,
    rotation=270,
    readable=False,
    width=595.25,
    height=841.5,
    lines=(
        Line("营业执照", (0.1, 0.2, 0.3, 0.4)),
        Line("9145", (0.1, 0.5, 0.3, 0.6), 0.75, "914S", (0.1, 0.5, 0.3, 0.6), (0.1, 0.5), (0.5, 1.0)),
    ),
    seals=(Seal((0.5, 0.5, 0.6, 0.6), 0.875, "某局"),),
    inks=(Ink((0.7, 0.7, 0.8, 0.8), 0.5, "陆伟强"),),
    duplicate_of=2,
    hidden=(Line("藏", (0.0, 0.0, 0.1, 0.1)),),
    confidence=0.5,
    problem="blurred",
)


def test_round_trip() -> None:
    notes = (FileNote("申报材料.pdf", "javascript", "x"),)
    assert decode(encode([PAGE], notes)) == ((PAGE,), notes)


@pytest.mark.parametrize("text", ["", "[]", '{"schema":2}', '{"schema":1,"pages":[{}],"notes":[]}', "null"])
def test_other_texts_are_no_readings(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text)
