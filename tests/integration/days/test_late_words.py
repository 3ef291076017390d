"""A sweep that catches up says what is true on the day it is said (R20)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.applications.form import Teacher
from registry.entrypoints import sweep
from registry.kernel.db import rows
from registry.whitelist import roster
from tests.factories.listed import START, Firm, make_district, resident_id, set_day

UNTIL = date(2022, 7, 20)


async def _listed() -> Firm:
    """A listed provider whose registration lapses, with a teacher whose certificate lapses on the same day."""
    district = await make_district()
    await sweep.catch_up()
    firm = await district.firm()
    entry = await district.listed(firm)
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", UNTIL, firm.id)
    teacher = Teacher(name="闭知微", id_number=resident_id(8), course="少儿书法", valid_until=UNTIL)
    await roster.begin(entry, [teacher], START)
    return firm


async def _told(firm: Firm, key: str) -> list[str]:
    found = await rows(
        "SELECT subject || '：' || body AS said FROM notification WHERE account_id = {} AND key LIKE {} ORDER BY id",
        firm.actor.account_id,
        f"{key}%",
    )
    return [str(one["said"]) for one in found]


@pytest.mark.parametrize(
    ("back", "registration", "teacher"),
    [
        (-5, "还有 5 天到期", "即将到期"),
        (0, "今日到期", "今日到期"),
        (4, "已到期", "已到期"),
    ],
)
async def test_what_was_missed_is_told_once_and_as_of_today(
    back: int, registration: str, teacher: str
) -> None:
    firm = await _listed()
    now = UNTIL + timedelta(days=back)
    assert UNTIL - timedelta(days=7) > START, "at least two warnings fall into the stop"
    await set_day(now)
    await sweep.catch_up()
    (said,) = await _told(firm, "registration-")
    assert said.startswith(f"登记证照{registration}：登记证照有效期至 {UNTIL.isoformat()}，{registration}。")
    assert ("将自动暂停" in said) is (back <= 0)
    assert (f"条目自 {(UNTIL + timedelta(days=1)).isoformat()} 起自动暂停" in said) is (back > 0)
    (about,) = await _told(firm, "roster-lapse-")
    assert about.startswith(f"有教师的资格证件{teacher}：有效期至 {UNTIL.isoformat()}。")
    await sweep.catch_up()
    for day in (START, now - timedelta(days=1), now):
        await sweep.sweep_day(day)
        assert await roster.warn(day) == 0
    assert len(await _told(firm, "registration-")) == 1
    assert len(await _told(firm, "roster-lapse-")) == 1


async def test_who_was_warned_in_time_hears_nothing_after_a_stop() -> None:
    firm = await _listed()
    for days in (7, 0):
        await set_day(UNTIL - timedelta(days=days))
        await sweep.catch_up()
    before = await _told(firm, "registration-")
    assert [one.partition("：")[0] for one in before] == ["登记证照还有 7 天到期", "登记证照今日到期"]
    await set_day(UNTIL + timedelta(days=3))
    await sweep.catch_up()
    assert await _told(firm, "registration-") == before
