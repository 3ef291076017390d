"""The .ics file of a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from public_site.calendar_file import window_file
from registry.notices.queries import NoticeRow

ROW = NoticeRow(
    id=7, kind="selection", number="GS-1-2022-0001", title="公示；一,二\\三" + "长" * 60, list_name="库", round_title="批次", bureau_id=1,
    bureau_name="虚构教育局", published_on=date(2022, 6, 16), last_day=date(2022, 6, 23), passes_from=date(2022, 6, 24),
    provisional=False, supplements=None, providers=1, taken_off=0, listed=0, on_notice=1, open_objections=0,
)  # fmt: skip


def _unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_whole_days_with_the_last_included() -> None:
    lines = _unfolded(window_file(ROW, url="https://registry.example/notices/7"))
    assert "DTSTART;VALUE=DATE:20220616" in lines
    assert "DTEND;VALUE=DATE:20220624" in lines
    assert "STATUS:CONFIRMED" in lines
    assert "UID:notice-7@registry.example" in lines


def test_lines_are_folded_between_characters_and_special_ones_escaped() -> None:
    content = window_file(ROW, url="https://registry.example/notices/7")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    (summary,) = [line for line in _unfolded(content) if line.startswith("SUMMARY")]
    assert summary == "SUMMARY:公示期：公示；一\\,二\\\\三" + "长" * 60


def test_an_estimate_is_tentative() -> None:
    lines = _unfolded(
        window_file(
            replace(ROW, provisional=True, passes_from=None), url="https://registry.example/notices/7"
        )
    )
    assert "STATUS:TENTATIVE" in lines
    assert any("预计" in line for line in lines)
