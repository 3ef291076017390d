"""Working days and windows (R15, R16, R29)."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.kernel.errors import NotFound
from registry.kernel.working_days import (
    Calendar,
    DayKind,
    DayRow,
    Season,
    add_working_days,
    builtin_calendar,
    builtin_calendars,
    complete_national_years,
    notice_window,
)
from tests.unit.rules.tables import CASES, rows

CN = builtin_calendar("CN")
GX = builtin_calendar("CN-GX")
LAST_YEAR = max(CN.national_years)


@pytest.mark.parametrize("row", rows("notice_windows"), ids=lambda row: "-".join(list(row.values())[:4]))
def test_truth_table(row: dict[str, str]) -> None:
    window = notice_window(
        date.fromisoformat(row["published_on"]),
        int(row["working_days"]),
        row["publication_day_counts"] == "true",
        builtin_calendar(row["calendar"]),
    )
    assert window.last_day.isoformat() == row["last_notice_day"]
    assert str(window.passes_from) == row["passes_from"]
    assert not window.provisional


def test_the_packaged_regional_days_are_those_of_the_tests() -> None:
    loaded = {(row["date"], row["kind"]) for row in rows("regional_days")}
    assert {(day.isoformat(), row.kind.value) for day, row in GX.regional.items()} == loaded
    assert (CASES / "regional_days.csv").is_file()


def test_builtin_calendars_are_named() -> None:
    assert builtin_calendars() == {"CN": "全国", "CN-GX": "广西"}
    with pytest.raises(NotFound, match="CN-XX"):
        builtin_calendar("CN-XX")


def test_complete_years_are_those_of_the_data() -> None:
    """Every year the library holds a schedule of, and no year more."""
    held = {day.year for day in chinese_calendar.constants.holidays}
    assert CN.national_years == held
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(LAST_YEAR + 1, 1, 1))


@given(st.dates(date(2004, 1, 1), date(LAST_YEAR, 12, 31)))
def test_national_days_agree_with_the_library(day: date) -> None:
    answer = CN.is_working_day(day)
    assert answer.known
    assert answer.counts == chinese_calendar.is_workday(day)


@pytest.mark.parametrize(
    ("day", "counts", "reason"),
    [
        (date(2022, 6, 20), True, "周一，工作日"),
        (date(2022, 6, 25), False, "周六，休息日"),
        (date(2022, 10, 3), False, "周一，国庆节放假"),
        (date(2022, 10, 8), True, "周六，国庆节调休上班"),
    ],
)
def test_national_reasons(day: date, counts: bool, reason: str) -> None:
    assert CN.is_working_day(day).counts is counts
    assert CN.is_working_day(day).reason == reason


@pytest.mark.parametrize(
    ("day", "national", "regional"),
    [
        (date(2017, 3, 30), True, False),
        (date(2017, 4, 1), True, False),  # a working Saturday nationally, off in the region
        (date(2017, 4, 8), False, True),
        (date(2021, 4, 18), False, True),
        (date(2023, 4, 23), True, False),  # a working Sunday nationally, off in the region
        (date(2023, 4, 24), True, True),
    ],
)
def test_a_regional_day_overrides_the_national_one(day: date, national: bool, regional: bool) -> None:
    assert CN.is_working_day(day).counts is national
    answer = GX.is_working_day(day)
    assert answer.counts is regional
    assert answer.known


def test_a_reason_names_the_regional_notice() -> None:
    """同上 in the file repeats the notice above."""
    reason = GX.is_working_day(date(2017, 4, 8)).reason
    assert reason == "周六，地方调休上班（广西壮族自治区人民政府办公厅关于2017年“壮族三月三”放假的通知）"


def _gx(published: date, days: int, counts: bool = False) -> tuple[str, bool]:
    window = notice_window(published, days, counts, GX)
    assert window.provisional is (window.passes_from is None)
    if window.passes_from is not None:
        assert window.passes_from == window.last_day + timedelta(days=1)
    return window.last_day.isoformat(), window.provisional


@pytest.mark.parametrize("year", [2018, 2020, 2025, 2026])
def test_a_season_without_regional_days_is_provisional(year: int) -> None:
    assert year not in GX.regional_years
    window = notice_window(date(year, 4, 8), 5, False, GX)
    national = notice_window(date(year, 4, 8), 5, False, CN)
    assert window.provisional
    assert window.passes_from is None
    assert window.last_day == national.last_day
    assert "广西" in window.gaps[0]
    assert not national.provisional


@pytest.mark.parametrize(
    ("published", "days", "counts", "last", "provisional"),
    [
        # 2025 is not loaded for the region: 20 March (a Thursday) to 5 May (a day off).
        (date(2025, 3, 12), 5, False, "2025-03-19", False),
        (date(2025, 3, 13), 5, False, "2025-03-20", True),
        (date(2025, 3, 13), 5, True, "2025-03-19", False),
        (date(2025, 3, 14), 5, True, "2025-03-20", True),
        # A publication day in the season that does not count is not in the window.
        (date(2025, 5, 5), 3, False, "2025-05-08", False),
        (date(2025, 5, 5), 3, True, "2025-05-08", True),
        # The day after is in it, also when it is off.
        (date(2025, 5, 4), 3, False, "2025-05-08", True),
        (date(2025, 5, 6), 3, True, "2025-05-08", False),
        # Elsewhere in an unloaded year nothing is missing.
        (date(2025, 9, 3), 3, False, "2025-09-08", False),
        # Through a season that is loaded.
        (date(2024, 3, 18), 20, False, "2024-04-18", False),
    ],
)
def test_touching_the_season(published: date, days: int, counts: bool, last: str, provisional: bool) -> None:
    assert _gx(published, days, counts) == (last, provisional)


@pytest.mark.parametrize(
    ("published", "days", "counts", "last", "provisional"),
    [
        (date(2026, 12, 24), 5, False, date(2026, 12, 31), False),  # passes on a day of the next year
        (date(2026, 12, 25), 5, False, date(2027, 1, 1), True),  # Monday to Friday elsewhere
        (date(2026, 12, 28), 5, False, date(2027, 1, 4), True),
        (date(2027, 1, 4), 5, True, date(2027, 1, 8), True),
        (date(2003, 12, 31), 1, False, date(2004, 1, 2), False),  # the unloaded day does not count
        (date(2003, 12, 31), 1, True, date(2003, 12, 31), True),
        (date(2003, 12, 29), 5, False, date(2004, 1, 6), True),  # 1 January 2004 is known to be off
    ],
)
def test_years_that_are_not_loaded(
    published: date, days: int, counts: bool, last: date, provisional: bool
) -> None:
    assert LAST_YEAR == 2026, "the library knows a new year: move these cases on"
    window = notice_window(published, days, counts, CN)
    assert (window.last_day, window.provisional) == (last, provisional)


def test_a_window_explains_each_of_its_days() -> None:
    window = notice_window(date(2023, 4, 15), 5, False, GX)
    assert [row.day for row in window.days] == [date(2023, 4, 15 + n) for n in range(10)]
    assert [row.day.day for row in window.days if row.counts] == [17, 18, 19, 20, 24]
    assert window.days[0].reason.startswith("公布当日，不计入")
    assert all(row.reason for row in window.days)


def test_open_and_passed() -> None:
    window = notice_window(date(2022, 6, 23), 5, False, CN)
    assert window.last_day == date(2022, 6, 30)
    assert [window.is_open(date(2022, 6, day)) for day in (22, 23, 30)] == [False, True, True]
    assert not window.has_passed(date(2022, 6, 30))
    assert window.has_passed(date(2022, 7, 1))
    assert not window.is_open(date(2022, 7, 1))


def test_a_provisional_window_never_passes() -> None:
    window = notice_window(date(2025, 4, 1), 5, False, GX)
    assert not window.has_passed(date(2030, 1, 1))
    assert window.is_open(date(2030, 1, 1))


@pytest.mark.parametrize("days", [0, -1, 367])
def test_the_number_of_days_is_checked(days: int) -> None:
    with pytest.raises(ValueError, match="working_days"):
        notice_window(date(2022, 6, 20), days, False, CN)


def test_the_end_of_time_is_an_error_not_a_crash() -> None:
    with pytest.raises(ValueError, match="window"):
        notice_window(date(9999, 12, 30), 5, False, CN)


@given(
    st.dates(date(2004, 1, 1), date(2025, 1, 1)), st.integers(1, 20), st.booleans(), st.sampled_from([CN, GX])
)
def test_a_window_holds_exactly_its_working_days(
    published: date, days: int, counts: bool, calendar: Calendar
) -> None:
    window = notice_window(published, days, counts, calendar)
    counted = [row.day for row in window.days if row.counts]
    assert len(counted) == days
    assert counted[-1] == window.last_day == window.days[-1].day
    assert all(calendar.is_working_day(day).counts for day in counted)
    assert counts or published not in counted
    longer = notice_window(published, days + 1, counts, calendar)
    assert longer.last_day > window.last_day
    assert longer.provisional or not window.provisional


def test_a_deadline_begins_the_day_after() -> None:
    assert add_working_days(date(2022, 6, 20), 5, CN).last_day == date(2022, 6, 27)
    assert add_working_days(date(2022, 6, 18), 5, CN).last_day == date(2022, 6, 24)


def test_loading_the_regional_year_settles_a_window() -> None:
    """What was provisional is computed when the schedule is loaded (R16)."""
    before = notice_window(date(2025, 3, 28), 5, False, GX)
    assert before.provisional
    loaded = GX.with_years(
        regional={
            2025: [DayRow(date(2025, 3, 31), DayKind.OFF, "广西通知"), DayRow(date(2025, 4, 1), DayKind.OFF)]
        }
    )
    after = notice_window(date(2025, 3, 28), 5, False, loaded)
    assert not after.provisional
    assert (before.last_day, after.last_day) == (date(2025, 4, 7), date(2025, 4, 9))
    assert GX.gap(date(2025, 4, 1)) is not None, "the calendar extended must not change"


def test_a_year_can_be_declared_complete_without_rows() -> None:
    declared = GX.with_years(regional={2025: []})
    window = notice_window(date(2025, 3, 28), 5, False, declared)
    assert not window.provisional
    assert window.last_day == date(2025, 4, 7)


def test_loading_a_national_year() -> None:
    off = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)]
    schedule = [DayRow(day, DayKind.OFF, "元旦") for day in off]
    assert notice_window(date(2026, 12, 28), 5, False, CN).provisional
    whole = CN.with_years(national={2027: schedule})
    window = notice_window(date(2026, 12, 28), 5, False, whole)
    assert (window.last_day, window.passes_from) == (date(2027, 1, 5), date(2027, 1, 6))


def test_a_national_year_reaches_into_the_december_before() -> None:
    whole = CN.with_years(national={2027: [DayRow(date(2026, 12, 31), DayKind.OFF, "元旦")]})
    assert notice_window(date(2026, 12, 24), 5, False, whole).last_day == date(2027, 1, 1)


def test_a_corrected_year_stands_in_place_of_the_one_before() -> None:
    corrected = GX.with_years(
        regional={2022: [DayRow(date(2022, 4, 1), DayKind.OFF, "更正")]}, versions={"CN-GX 2022": 1}
    )
    assert corrected.is_working_day(date(2022, 4, 1)).counts is False
    assert corrected.is_working_day(date(2022, 4, 6)).counts is True, "an off day of the version before"
    assert corrected.is_working_day(date(2023, 4, 21)).counts is False, "other years stand"
    assert GX.is_working_day(date(2022, 4, 6)).counts is False
    window = notice_window(date(2022, 3, 29), 5, False, corrected)
    assert corrected.versions_of(window.starts_on, window.last_day) == {"CN 2022": 0, "CN-GX 2022": 1}
    assert GX.versions_of(date(2022, 12, 30), date(2023, 1, 2)) == {
        "CN 2022": 0, "CN-GX 2022": 0, "CN 2023": 0, "CN-GX 2023": 0,
    }  # fmt: skip


def test_a_later_schedule_settles_the_turn_of_the_year() -> None:
    both = CN.with_years(
        national={
            2026: [row for row in CN.national.values() if row.day.year == 2026],
            2027: [
                DayRow(date(2026, 12, 31), DayKind.OFF, "元旦"),
                DayRow(date(2027, 1, 1), DayKind.OFF, "元旦"),
            ],
        }
    )
    assert both.is_working_day(date(2026, 12, 31)).counts is False
    assert both.is_working_day(date(2026, 10, 1)).counts is False


def test_a_national_gap_outweighs_a_loaded_region() -> None:
    loaded = GX.with_years(regional={2027: [DayRow(date(2027, 4, 9), DayKind.OFF, "通知")]})
    answer = loaded.is_working_day(date(2027, 4, 9))
    assert (answer.counts, answer.known) == (False, False)
    assert "全国" in str(answer.gap)


def test_what_makes_a_national_year_whole() -> None:
    national = list(CN.national.values())
    assert complete_national_years(national) == CN.national_years
    only_new_year = [DayRow(date(2030, 1, 1), DayKind.OFF, "元旦")]
    assert complete_national_years(only_new_year) == frozenset()
    without_spring = [row for row in national if row.day.year != 2024 or row.source != "春节"]
    assert complete_national_years(without_spring) == CN.national_years - {2024}


def test_days_need_a_season() -> None:
    row = DayRow(date(2025, 4, 1), DayKind.OFF)
    with pytest.raises(ValueError, match="regional"):
        CN.with_years(regional={2025: [row]})
    with pytest.raises(ValueError, match="when"):
        Calendar.build("CN-X", name="某地", national=[], national_years=[], regional=[row])
    with pytest.raises(ValueError, match="season"):
        Season((12, 1), (2, 1))


def test_a_region_may_have_two_seasons() -> None:
    region = Calendar.build(
        "CN-X",
        name="某地",
        national=CN.national.values(),
        national_years=CN.national_years,
        seasons=[Season((3, 1), (3, 31)), Season((6, 1), (6, 30))],
    )
    known = [region.is_working_day(date(2024, month, 15)).known for month in (2, 3, 4, 6, 7)]
    assert known == [True, False, True, False, True]
