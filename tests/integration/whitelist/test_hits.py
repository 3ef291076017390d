"""Exact-code hits on lists that the policy names suspend by themselves, and come back (R20, R28)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from registry.kernel.db import rows
from registry.whitelist import queries
from registry.whitelist.rules import StatusKind
from registry.whitelist.sweep import sweep
from tests.conftest import TestDatabase
from tests.factories.listed import START, District, Firm, make_district, set_day


def _row(
    database: TestDatabase, district: District, firm: Firm, kind: str = "serious_violation", **more: object
) -> int:
    """A row of an applied import that names the firm's code; returns the row's id."""
    ((made,),) = database.execute(
        "INSERT INTO list_import (bureau, list_kind, state, source_name, source_sha256, uploaded_by, uploaded_at,"
        " suspends, imported_by, imported_on, imported_at, rows, added, changed, gone)"
        " VALUES (%s, %s, 'applied', 'x', 'x', 1, now(), 0, 1, '2022-07-01', now(), 1, 1, 0, 0) RETURNING id",
        district.bureau_id,
        kind,
    )
    columns = {
        "bureau": district.bureau_id,
        "list_kind": kind,
        "identity": "x",
        "content": "x",
        "list_number": "",
        "authority": "",
        "subject_type": "organisation",
        "name": "x",
        "name_key": "x",
        "former_names": [],
        "credit_code": firm.code,
        "legal_representative": "",
        "region_code": "",
        "in_force_from": date(2022, 1, 1),
        "in_force_until": None,
        "lifted_on": None,
        "grounds": "",
        "first_import": made,
        **more,
    }
    places = ", ".join(["%s"] * len(columns))
    ((row_id,),) = database.execute(
        f"INSERT INTO listing ({', '.join(columns)}) VALUES ({places}) RETURNING id", *columns.values()
    )
    return int(row_id)


async def test_a_hit_suspends_until_it_is_lifted(database: TestDatabase) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    hit = _row(database, district, firm)
    assert (await sweep(START))["suspended"] == 1
    assert set((await sweep(START)).values()) == {0}
    now = await queries.status(entry, START)
    assert (now.kind, now.causes) == (StatusKind.SUSPENDED, ("list_hit",))
    database.execute("UPDATE listing SET lifted_on = '2022-07-20' WHERE id = %s", hit)
    await set_day(date(2022, 7, 19))
    assert (await sweep(date(2022, 7, 19)))["reinstated"] == 0
    await set_day(date(2022, 7, 20))
    assert (await sweep(date(2022, 7, 20)))["reinstated"] == 1
    assert (await queries.status(entry, date(2022, 7, 20))).active


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "abnormal_operation"},
        {"in_force_from": START + timedelta(days=1)},
        {"in_force_until": START - timedelta(days=1)},
        {"lifted_on": START},
        {"credit_code": "91450191MAYDM00016"},
    ],
)
async def test_what_does_not_suspend(database: TestDatabase, more: dict[str, Any]) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    _row(database, district, firm, **more)
    assert (await sweep(START))["suspended"] == 0
    assert (await queries.status(entry, START)).active


async def test_a_list_of_another_bureau_does_not_suspend(database: TestDatabase) -> None:
    district = await make_district()
    other = await make_district(division="450103", policy_name="default", name="青秀区教育局")
    firm = await district.firm()
    await district.listed(firm)
    _row(database, other, firm)
    assert (await sweep(START))["suspended"] == 0


async def test_a_suspension_for_a_ban_ends_with_the_ban(database: TestDatabase) -> None:
    district = await make_district()
    firm = await district.firm()
    entry = await district.listed(firm)
    await rows("UPDATE entry SET ends_on = {} WHERE id = {}", date(2030, 1, 1), entry)
    ((ban,),) = database.execute(
        "INSERT INTO ban (provider, bureau, list, reach, case_id, name, credit_code, legal_representative, ground,"
        " decided_on, last_day, policy_version, overturned_reason, created_at)"
        " VALUES (%s, %s, %s, '450100', 1, 'x', %s, 'x', 'x', '2022-07-05', '2025-07-05', 'x', '', now()) RETURNING id",
        firm.id,
        district.bureau_id,
        district.list_id,
        firm.code,
    )
    database.execute(
        "INSERT INTO suspension (entry, cause, reference_id, reason, started_on) VALUES (%s, 'banned', %s, 'x', '2022-07-05')",
        entry,
        ban,
    )
    database.execute("UPDATE entry SET state = 'suspended' WHERE id = %s", entry)
    for day, ended in ((date(2025, 7, 5), 0), (date(2025, 7, 6), 1)):
        await set_day(day)
        assert (await sweep(day))["reinstated"] == ended
