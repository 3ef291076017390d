"""Loading years of calendars: provisional windows settle, corrections move what has not passed (R15, R16, R29)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from registry.jurisdictions import calendars as years
from registry.jurisdictions.queries import calendar
from registry.kernel import db
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, Invalid
from registry.kernel.working_days import CalendarError, builtin_calendar, notice_window
from registry.notices import calendars, commands, queries
from tests.conftest import TestDatabase
from tests.factories.listed import set_day
from tests.factories.reviewing import make_desk

TITLE = "虚构的放假通知"
HEAD = "calendar,date,kind,source\n"


def national(year: int, *more: str) -> str:
    """A whole national schedule of a year: the days off that make one, and more lines."""
    days = [f"{year}-01-01", f"{year}-02-05", f"{year}-02-06", f"{year}-02-07", f"{year}-02-08", f"{year}-02-09",
            f"{year}-05-01", f"{year}-10-01"]  # fmt: skip
    return "".join(f"CN,{day},off,虚构假期\n" for day in days) + "".join(f"{line}\n" for line in more)


def regional(*days: str, kind: str = "off") -> str:
    """Lines of the regional calendar."""
    return "".join(f"CN-GX,{day},{kind},虚构的地方通知\n" for day in days)


def file(*parts: str) -> bytes:
    """A file of days."""
    return (HEAD + "".join(parts)).encode()


async def test_loading_a_year_settles_what_waited_and_tells_bureau_and_provider(
    database: TestDatabase,
) -> None:
    desk = await make_desk(day=date(2031, 3, 27))
    application = await desk.shortlisted()
    notice_id = await commands.publish(desk.approver, desk.round_id, [application], "公示")
    before = await queries.detail(notice_id)
    assert (before.row.provisional, before.row.last_day) == (True, date(2031, 4, 3))
    # The region alone does not settle it: the national year is missing.
    changed, moved = await calendars.load_years(
        desk.admin, desk.bureau_id, file(regional("2031-04-01")), title=TITLE
    )
    assert ([(one.calendar, one.year) for one in changed], moved) == ([("CN-GX", 2031)], 0)
    changed, moved = await calendars.load_years(
        desk.admin, desk.bureau_id, file(national(2031, "CN,2031-04-04,off,清明")), title=TITLE
    )
    assert ([(one.calendar, one.year) for one in changed], moved) == ([("CN", 2031)], 1)
    after = await queries.detail(notice_id)
    assert (after.row.provisional, after.row.last_day, after.row.passes_from) == (
        False, date(2031, 4, 7), date(2031, 4, 8),
    )  # fmt: skip
    assert after.sha256 == before.sha256
    assert [one.cause for one in after.windows] == ["published", "estimated", "settled"]
    assert after.windows[-1].versions == {"CN 2031": 1, "CN-GX 2031": 1}
    assert after.days[-1].day == date(2031, 4, 7)
    told = await rows("SELECT account_id, subject, body FROM notification WHERE key LIKE 'notice-window:%%'")
    assert desk.approver.account_id in {one["account_id"] for one in told}
    assert all("已确定" in one["subject"] and "2031年4月7日" in one["body"] for one in told)
    events = await rows(
        "SELECT action, subject FROM event WHERE subject IN ('notice', 'calendar_version') ORDER BY id"
    )
    assert [one["action"] for one in events] == ["publish", "load", "load", "settle_window"]
    # The same file again changes nothing.
    assert await calendars.load_years(
        desk.admin, desk.bureau_id, file(national(2031, "CN,2031-04-04,off,清明")), title=TITLE
    ) == ([], 0)


async def test_a_correction_moves_open_windows_and_leaves_those_that_passed(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 6, 13))
    early = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "先")
    await set_day(date(2022, 6, 21))
    late = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted("乙有限公司")], "后")
    assert (await queries.detail(early)).row.passes_from == date(2022, 6, 21)
    assert (await queries.detail(late)).row.last_day == date(2022, 6, 28)
    shipped = [row for row in builtin_calendar("CN").national.values() if row.day.year == 2022]
    lines = "".join(f"CN,{row.day},{row.kind.value},{row.source}\n" for row in shipped)
    # As it is loaded: nothing to do. With a difference: a correction, which has to be named.
    assert await calendars.load_years(desk.admin, desk.bureau_id, file(lines), title=TITLE) == ([], 0)
    corrected = file(lines, "CN,2022-06-14,off,更正\n", "CN,2022-06-23,off,更正\n")
    with pytest.raises(Invalid) as told:
        await calendars.load_years(desk.admin, desk.bureau_id, corrected, title=TITLE)
    assert told.value.fields[0].field == "reason"
    assert (await calendar("CN")).versions == {}
    _, moved = await calendars.load_years(
        desk.admin, desk.bureau_id, corrected, title=TITLE, reason="更正通知"
    )
    assert moved == 1
    after = await queries.detail(late)
    assert (after.row.last_day, [w.cause for w in after.windows]) == (
        date(2022, 6, 29),
        ["published", "corrected"],
    )
    assert after.sequence == 1
    kept = await queries.detail(early)
    assert (kept.row.passes_from, len(kept.windows)) == (date(2022, 6, 21), 1)
    assert years.newer_years(kept.windows[-1].versions, await calendar("CN-GX")) == ["CN 2022"]
    # What it was judged under can still be asked.
    then = await calendar("CN-GX", versions=kept.windows[-1].versions)
    assert notice_window(date(2022, 6, 13), 5, False, then).last_day == date(2022, 6, 20)
    assert notice_window(date(2022, 6, 13), 5, False, await calendar("CN-GX")).last_day == date(2022, 6, 21)
    (version,) = await years.versions("CN", 2022)
    assert (version.number, version.correction, version.reason) == (1, True, "更正通知")


async def test_a_window_never_ends_before_the_day_of_the_correction(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2022, 9, 29))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    assert (await queries.detail(notice_id)).row.last_day == date(2022, 10, 11)
    await set_day(date(2022, 10, 8))
    shipped = [row for row in builtin_calendar("CN").national.values() if row.day.year == 2022]
    lines = "".join(
        f"CN,{row.day},{row.kind.value},{row.source}\n"
        for row in shipped
        if not date(2022, 10, 3) <= row.day <= date(2022, 10, 7)
    )
    _, moved = await calendars.load_years(
        desk.admin, desk.bureau_id, file(lines), title=TITLE, reason="更正通知"
    )
    assert moved == 1
    after = await queries.detail(notice_id)
    assert (after.row.last_day, after.row.passes_from) == (date(2022, 10, 8), date(2022, 10, 9))


async def test_a_region_without_days_of_its_own_is_declared(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2025, 3, 28))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    assert (await queries.detail(notice_id)).row.provisional
    assert await calendars.declare_year(desk.admin, desk.bureau_id, "CN-GX", 2025, title="未另行放假") == 1
    assert (await queries.detail(notice_id)).row.last_day == date(2025, 4, 7)
    with pytest.raises(Conflict):
        await calendars.declare_year(desk.admin, desk.bureau_id, "CN-GX", 2025, title="未另行放假")
    with pytest.raises(Invalid):
        await calendars.declare_year(desk.admin, desk.bureau_id, "CN", 2027, title="未另行放假")
    with pytest.raises(Invalid):
        await calendars.declare_year(desk.admin, desk.bureau_id, "CN-GX", 1, title="未另行放假")


async def test_who_may_and_what_is_no_schedule(database: TestDatabase) -> None:
    desk = await make_desk()
    good = file(national(2030))
    with pytest.raises(Forbidden):
        await calendars.load_years(desk.approver, desk.bureau_id, good, title=TITLE)
    other = await make_desk(name="另一教育局")
    with pytest.raises(Forbidden):
        await calendars.load_years(desk.admin, other.bureau_id, good, title=TITLE)
    with pytest.raises(Invalid):
        await calendars.load_years(desk.admin, desk.bureau_id, good, title=" ")
    for wrong in (
        b"", HEAD.encode(), file("CN,2030-01-01,off,x\n"), file("CN-GX,2030-07-01,off,x\n"), file("XX,2030-01-01,off,x\n"),
        file("CN,2030-02-30,off,x\n"), b"\xff\xfe", file(national(2030), "CN,2031-06-01,off,x\n"),
    ):  # fmt: skip
        with pytest.raises(CalendarError):
            await calendars.load_years(desk.admin, desk.bureau_id, wrong, title=TITLE)
    assert await rows("SELECT id FROM calendar_version") == []
    await rows("UPDATE bureau SET policy_name = 'default'")
    with pytest.raises(Forbidden):
        await calendars.load_years(desk.admin, desk.bureau_id, file(regional("2030-04-01")), title=TITLE)


async def test_versions_and_windows_are_never_changed(database: TestDatabase) -> None:
    desk = await make_desk()
    await calendars.load_years(
        desk.admin, desk.bureau_id, file(national(2030, "CN,2029-12-31,off,元旦")), title=TITLE
    )
    found = await calendar("CN-GX")
    assert found.is_working_day(date(2029, 12, 31)).counts is False
    assert 2030 in found.national_years
    assert 2029 not in found.national_years
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    for statement in (
        "UPDATE calendar_version SET title = ''", "DELETE FROM calendar_day", "UPDATE notice_window SET last_day = now()",
        f"UPDATE notice SET last_day = last_day + 1 WHERE id = {notice_id}",
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"never changed|R15"):
            database.execute(statement)


async def test_two_loads_at_once_make_one_version(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2031, 3, 3))
    await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    await set_day(date(2031, 3, 3) + timedelta(days=1))
    content = file(national(2031))
    async with db.pooled():
        both = await asyncio.gather(
            *(calendars.load_years(desk.admin, desk.bureau_id, content, title=TITLE) for _ in range(2))
        )
    assert sorted(len(changed) for changed, _ in both) == [0, 1]
    assert len(await years.versions("CN")) == 1


async def test_the_next_years_schedule_names_days_in_december_and_says_so(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2030, 6, 1))
    await calendars.load_years(desk.admin, desk.bureau_id, file(national(2030)), title=TITLE)
    await calendars.declare_year(desk.admin, desk.bureau_id, "CN-GX", 2030, title="未另行放假")
    await set_day(date(2030, 12, 24))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    before = await queries.detail(notice_id)
    assert (before.row.provisional, before.row.last_day) == (False, date(2030, 12, 31))
    after = file(
        national(2031, "CN,2030-12-28,work,元旦", "CN,2030-12-30,off,元旦", "CN,2030-12-31,off,元旦")
    )
    changed, moved = await calendars.load_years(desk.admin, desk.bureau_id, after, title=TITLE)
    assert [(one.year, one.corrects) for one in changed] == [(2031, ())]
    assert {date(2030, 12, 28), date(2030, 12, 30), date(2030, 12, 31)} <= set(changed[0].differs)
    assert moved == 1
    moved_to = await queries.detail(notice_id)
    assert (moved_to.row.provisional, moved_to.row.last_day) == (False, date(2031, 1, 2))
    assert [one.cause for one in moved_to.windows] == ["published", "settled"]
    (told,) = await rows(
        "SELECT subject, body FROM notification WHERE key LIKE 'notice-window:%%' AND account_id = {}",
        desk.approver.account_id,
    )
    assert "止日有变动" in told["subject"]
    assert "更正" not in told["subject"] + told["body"]
    for part in ("2031 年放假安排已经载入", "2030年12月31日", "2031年1月2日（含当日）"):
        assert part in told["body"]
    (event,) = await rows(
        "SELECT action, data FROM event WHERE action IN ('settle_window', 'correct_window')"
    )
    assert event["action"] == "settle_window"
    assert "2030-12-31" in str(event["data"])


async def test_a_new_year_does_not_change_what_a_loaded_schedule_said_without_a_correction(
    database: TestDatabase,
) -> None:
    desk = await make_desk(day=date(2030, 6, 1))
    await calendars.load_years(
        desk.admin, desk.bureau_id, file(national(2030, "CN,2030-12-31,off,虚构假期")), title=TITLE
    )
    await calendars.declare_year(desk.admin, desk.bureau_id, "CN-GX", 2030, title="未另行放假")
    await set_day(date(2030, 12, 24))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    fixed = await queries.detail(notice_id)
    # The year after is not loaded, but the window is nearly in it: the estimate is on its far side.
    assert fixed.row.last_day == date(2031, 1, 1)
    other = file(national(2031, "CN,2030-12-31,work,元旦"))
    with pytest.raises(Invalid) as told:
        await calendars.load_years(desk.admin, desk.bureau_id, other, title=TITLE)
    (field,) = told.value.fields
    assert (field.field, field.params["days"]) == ("reason", "2030-12-31")
    assert 2031 not in (await calendar("CN")).national_years
    (year,) = (await calendars.load_years(
        desk.admin, desk.bureau_id, other, title=TITLE, reason="2030年12月20日更正通知"
    ))[0]  # fmt: skip
    assert (year.known, year.corrects) == (False, (date(2030, 12, 31),))
    (version,) = await years.versions("CN", 2031)
    assert (version.correction, version.reason) == (True, "2030年12月20日更正通知")
    assert (await calendar("CN")).is_working_day(date(2030, 12, 31)).counts


async def test_a_day_that_a_later_file_leaves_out_is_a_correction_too(database: TestDatabase) -> None:
    desk = await make_desk(day=date(2030, 12, 2))
    await calendars.load_years(desk.admin, desk.bureau_id, file(national(2030)), title=TITLE)
    await calendars.declare_year(desk.admin, desk.bureau_id, "CN-GX", 2030, title="未另行放假")
    with_december = file(national(2031, "CN,2030-12-31,off,元旦"))
    # In one file with the year before, which is loaded and the same, it is the new year's day all the same.
    both = file(national(2030), national(2031, "CN,2030-12-31,off,元旦"))
    plans = {one.year: one for one in await years.plan(both)}
    assert (plans[2030].changes, plans[2031].corrects) == (False, ())
    await calendars.load_years(desk.admin, desk.bureau_id, with_december, title=TITLE)
    await set_day(date(2030, 12, 24))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    assert (await queries.detail(notice_id)).row.last_day == date(2031, 1, 2)
    without = file(national(2031))
    with pytest.raises(Invalid):
        await calendars.load_years(desk.admin, desk.bureau_id, without, title=TITLE)
    changed, moved = await calendars.load_years(
        desk.admin, desk.bureau_id, without, title=TITLE, reason="更正通知"
    )
    assert ([one.corrects for one in changed], moved) == ([(date(2030, 12, 31),)], 1)
    after = await queries.detail(notice_id)
    assert [one.cause for one in after.windows] == ["published", "corrected"]
    told = await rows("SELECT subject, body FROM notification WHERE key LIKE 'notice-window:%%'")
    assert all("止日有更正" in one["subject"] for one in told)
    assert all("更正通知" in one["body"] and "2030年12月31日" in one["body"] for one in told)


async def test_a_correction_may_carry_a_known_window_into_a_year_that_is_not_loaded(
    database: TestDatabase,
) -> None:
    desk = await make_desk(day=date(2030, 12, 2))
    await calendars.load_years(desk.admin, desk.bureau_id, file(national(2030)), title=TITLE)
    await set_day(date(2030, 12, 24))
    notice_id = await commands.publish(desk.approver, desk.round_id, [await desk.shortlisted()], "公示")
    assert (await queries.detail(notice_id)).row.last_day == date(2030, 12, 31)
    corrected = file(national(2030, "CN,2030-12-27,off,更正"))
    _, moved = await calendars.load_years(
        desk.admin, desk.bureau_id, corrected, title=TITLE, reason="更正通知"
    )
    after = await queries.detail(notice_id)
    assert (moved, after.row.provisional, after.row.last_day, after.row.passes_from) == (
        1, True, date(2031, 1, 1), None,
    )  # fmt: skip
    told = await rows("SELECT subject, body FROM notification WHERE key LIKE 'notice-window:%%'")
    assert all("止日有更正" in one["subject"] and "公示期预计至2031年1月1日" in one["body"] for one in told)
    assert told
