"""Telling schools what happens to a provider that serves them (R20, R27).

The whitelist does not know contracts: they are looked up here, soon after and once more with the daily sweep. A
removal is told at once, by the decision that flags the contracts.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.kernel.db import rows, transaction
from registry.notifications.commands import accounts_of, notify
from registry.whitelist.lifecycle import Cause

_CAUSES = {cause.value: cause.zh for cause in Cause}
_RUNNING = (
    "FROM suspension s JOIN entry e ON e.id = s.entry JOIN contract c ON c.entry = e.id AND c.state = 'signed'"
    " AND c.ends_on >= {}"
)


async def tell_schools(day: date) -> int:
    """Tell each school once of every suspension of a provider whose contract with it runs or will, and of its end.

    Returns how many suspensions and ends were told of. Idempotent; of a suspension that came and went unseen
    nothing is told.
    """
    return await _suspended(day) + await _ended(day)


async def _suspended(day: date) -> int:
    found = await rows(
        f"SELECT s.id, s.cause, s.started_on, e.name, c.school, min(c.id) AS contract, count(*) AS n {_RUNNING}"  # noqa: S608 -- a constant
        " WHERE s.ended_on IS NULL AND NOT EXISTS (SELECT 1 FROM notification n"
        "   WHERE n.key = 'school-suspended-' || s.id || '-' || c.school)"
        " GROUP BY s.id, e.id, c.school ORDER BY s.id, c.school LIMIT 1000",
        day,
    )
    for one in found:
        await _tell(
            one,
            "suspended",
            f"机构已暂停：{one['name']}",
            f"{one['started_on'].isoformat()}起暂停，原因：{_CAUSES[one['cause']]}。与本校的合同 {one['n']} 份仍在期内，"
            "暂停期间不能签订新合同；已开始的服务由学校研判是否继续，尚未开始的不得开始。",
        )
    return len(found)


async def _ended(day: date) -> int:
    found = await rows(
        f"SELECT s.id, e.name, c.school, min(c.id) AS contract {_RUNNING}"  # noqa: S608 -- a constant
        " WHERE s.ended_on >= {}::date - 60 AND e.state = 'listed'"
        " AND EXISTS (SELECT 1 FROM notification n WHERE n.key = 'school-suspended-' || s.id || '-' || c.school)"
        " AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.key = 'school-reinstated-' || s.id || '-' || c.school)"
        " GROUP BY s.id, e.id, c.school ORDER BY s.id, c.school LIMIT 1000",
        day,
        day,
    )
    for one in found:
        await _tell(
            one, "reinstated", f"机构已恢复：{one['name']}", "暂停的原因已经消除，可以继续服务和签约。"
        )
    return len(found)


async def _tell(one: dict[str, Any], what: str, subject: str, body: str) -> None:
    async with transaction():
        await notify(
            await accounts_of(school_id=one["school"]),
            key=f"school-{what}-{one['id']}-{one['school']}",
            subject=subject,
            body=body,
            link=f"/school/contracts/{one['contract']}",
        )
