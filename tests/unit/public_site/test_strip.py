"""The days of a window as cells (R15, R16, R29)."""

from __future__ import annotations

from datetime import date

from public_site.strip import strip_of
from registry.kernel.working_days import builtin_calendar, notice_window


def _cells(
    day: date, calendar: str = "CN-GX", *, counts: bool = False, reasons: bool = True
) -> list[tuple[str, int | None, str, str]]:
    window = notice_window(day, 5, counts, builtin_calendar(calendar))
    return [
        (f"{c.date:%m-%d}", c.counts, c.kind, c.reason) for c in strip_of(window.days, day, reasons=reasons)
    ]


def test_a_plain_week() -> None:
    assert _cells(date(2022, 6, 16)) == [
        ("06-16", None, "published", ""), ("06-17", 1, "working", ""), ("06-18", None, "weekend", ""),
        ("06-19", None, "weekend", ""), ("06-20", 2, "working", ""), ("06-21", 3, "working", ""),
        ("06-22", 4, "working", ""), ("06-23", 5, "working", ""),
    ]  # fmt: skip


def test_holidays_on_weekends_and_make_up_days_say_why() -> None:
    cells = {day: (n, kind, reason) for day, n, kind, reason in _cells(date(2022, 9, 28))}
    assert cells["10-01"] == (None, "off", "国庆节放假")
    assert cells["10-08"] == (3, "makeup", "国庆节调休上班")
    assert cells["10-10"][0] == 5


def test_regional_days_are_named_without_their_frame() -> None:
    cells = {day: (kind, reason) for day, _, kind, reason in _cells(date(2022, 3, 31))}
    assert cells["04-06"] == ("off", "广西 2022年“壮族三月三”放假")
    assert cells["04-09"] == ("weekend", "")


def test_the_day_of_publication_may_count() -> None:
    first, *_ = _cells(date(2022, 6, 16), counts=True)
    assert first == ("06-16", 1, "published", "")


def test_an_estimate_has_no_holidays_and_other_languages_no_reasons() -> None:
    assert {kind for _, _, kind, _ in _cells(date(2027, 1, 5))} == {"published", "working", "weekend"}
    assert all(reason == "" for *_, reason in _cells(date(2022, 9, 28), reasons=False))
