"""The daily sweep, on time and a week late, once and again: the same registry in the same order."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from registry.entrypoints import sweep
from registry.kernel.actor import Membership, Role
from registry.kernel.db import rows
from registry.policies.version import content_version
from registry.whitelist.list_imports import import_list
from tests.factories.listed import START, account, make_district, set_day
from tests.factories.lists import list_file

LAPSES = date(2022, 7, 8)
PASSES = date(2022, 7, 9)
END = date(2022, 7, 13)


async def _scene() -> None:
    """A registration that lapses, a row that comes into force, a notice that passes, two first days of service."""
    district = await make_district()
    await sweep.catch_up()
    lapsing = await district.firm("到期机构", representative=1)
    entry = await district.listed(lapsing)
    await rows("UPDATE provider SET registered_until = {} WHERE id = {}", LAPSES, lapsing.id)
    await district.signed(lapsing, entry, starts_on=LAPSES + timedelta(days=1))
    sound = await district.firm("正常机构", representative=2)
    await district.signed(sound, await district.listed(sound), starts_on=date(2022, 7, 7))
    named = await district.firm("失信机构", representative=3)
    await district.listed(named)
    admin = await account("管理", Membership(Role.BUREAU_ADMIN, bureau_id=district.bureau_id))
    line = {"名称": "失信机构", "统一社会信用代码": named.code, "列入日期": "2022-07-08"}
    await import_list(admin, district.bureau_id, "serious_violation", "名单.csv", list_file(line))
    stored = await rows("SELECT policy::text AS policy FROM round WHERE id = {}", district.round_id)
    frozen = json.loads(stored[0]["policy"]) | {"listing_confirmation": "automatic"}
    frozen["version"] = content_version(frozen)
    await rows("UPDATE round SET policy = {}::jsonb WHERE id = {}", json.dumps(frozen), district.round_id)
    await district.on_notice(await district.firm("新机构", representative=4), passes_from=PASSES)


async def _facts() -> dict[str, Any]:
    entries = await rows("SELECT name, state FROM entry ORDER BY name")
    lapse = await rows("SELECT started_on, ended_on FROM suspension WHERE cause = 'registration_lapsed'")
    contracts = await rows(
        "SELECT e.name, c.service_checked_on, c.service_blocked_on FROM contract c JOIN entry e ON e.id = c.entry"
        " ORDER BY e.name"
    )
    return {
        "entries": {one["name"]: one["state"] for one in entries},
        "lapse": [(one["started_on"], one["ended_on"]) for one in lapse],
        "contracts": {
            one["name"]: (one["service_checked_on"], one["service_blocked_on"]) for one in contracts
        },
    }


async def _written() -> tuple[int, int]:
    found = await rows(
        "SELECT (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM notification) AS told"
    )
    return found[0]["events"], found[0]["told"]


@pytest.mark.parametrize("late", [False, True], ids=["every day", "after a week"])
async def test_a_sweep_that_comes_late_comes_to_the_same(late: bool) -> None:
    await _scene()
    days = [END] if late else [START + timedelta(days=n) for n in range(1, (END - START).days + 1)]
    swept = 0
    for day in days:
        await set_day(day)
        swept += await sweep.catch_up()
    assert swept == (END - START).days
    first = LAPSES + timedelta(days=1)
    assert await _facts() == {
        "entries": {
            "到期机构": "suspended",
            "失信机构": "suspended",
            "新机构": "listed",
            "正常机构": "listed",
        },
        "lapse": [(first, None)],
        "contracts": {"到期机构": (first, first), "正常机构": (date(2022, 7, 7), None)},
    }
    acts = await rows(
        "SELECT action FROM event WHERE chain LIKE 'bureau:%' AND action IN ('suspend', 'block_service')"
        " AND subject IN ('entry', 'contract') ORDER BY number"
    )
    assert [one["action"] for one in acts].index("suspend") < [one["action"] for one in acts].index(
        "block_service"
    )
    # Again, for today and for every day before, in any order: nothing is done or told twice.
    before = await _written()
    await sweep.catch_up()
    for day in [END, *(START + timedelta(days=n) for n in range(1, 8)), END]:
        await sweep.sweep_day(day)
    assert await _written() == before
    renewed = END + timedelta(days=300)
    await rows("UPDATE provider SET registered_until = {} WHERE registered_until IS NOT NULL", renewed)
    await set_day(END + timedelta(days=1))
    await sweep.catch_up()
    facts = await _facts()
    assert facts["entries"]["到期机构"] == "listed"
    assert facts["contracts"]["到期机构"] == (first, None), "service begins once the cause is cured"
