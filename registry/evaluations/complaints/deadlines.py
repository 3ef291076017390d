"""The deadlines of a complaint in working days, and what a day brings to them (R25, R16)."""

from __future__ import annotations

from datetime import date

from registry.jurisdictions.queries import calendar, get_list
from registry.kernel.actor import Role
from registry.kernel.db import row, rows, transaction
from registry.kernel.working_days import add_working_days
from registry.notifications.commands import accounts_of, notify
from registry.policies import Policy

# A reminder that leaves time to act: calendar days before the last one.
_CLOSING_SOON = 5


async def until(policy: Policy, working_days: int, after: date) -> date | None:
    """The last of some working days after a day; None while it is provisional (R16)."""
    return add_working_days(after, working_days, await calendar(policy.calendar)).settled_last_day


async def sweep(day: date) -> dict[str, int]:
    """Settle what was provisional and remind the officers once of each deadline; returns how many. Idempotent."""
    return {"settled": await settle(), "reminded": await remind(day)}


async def settle() -> int:
    """Compute deadlines anew that were provisional, where the schedule is loaded now."""
    waiting = await rows(
        "SELECT c.id, e.list, c.state, c.filed_on, c.accepted_on, c.accept_until, c.close_until, c.answer_until,"
        " (SELECT max(v.on_day) FROM event v WHERE v.subject = 'complaint' AND v.subject_id = c.id"
        "   AND v.action = 'ask') AS asked_on"
        " FROM complaint c JOIN entry e ON e.id = c.entry"
        " WHERE (c.state = 'filed' AND c.accept_until IS NULL) OR (c.state = 'asked' AND c.answer_until IS NULL)"
        " OR (c.state IN ('accepted', 'asked', 'answered') AND c.close_until IS NULL) ORDER BY c.id LIMIT 500"
    )
    settled = 0
    for one in waiting:
        policy = (await get_list(one["list"])).policy
        rules = policy.complaint
        accept, answer, close = one["accept_until"], one["answer_until"], one["close_until"]
        if one["state"] == "filed":
            accept = await until(policy, rules.acceptance_days, one["filed_on"])
        else:
            close = close or await until(policy, rules.closing_days, one["accepted_on"])
            if one["state"] == "asked" and answer is None and one["asked_on"] is not None:
                answer = await until(policy, rules.answer_days, one["asked_on"])
        changed = await rows(
            "UPDATE complaint SET accept_until = {}::date, answer_until = {}::date, close_until = {}::date"
            " WHERE id = {} AND state = {} AND (accept_until, answer_until, close_until)"
            " IS DISTINCT FROM ({}::date, {}::date, {}::date) RETURNING id",
            accept,
            answer,
            close,
            one["id"],
            one["state"],
            accept,
            answer,
            close,
        )
        settled += len(changed)
    return settled


async def remind(day: date) -> int:
    """Tell the officers once on the last day for accepting, and once shortly before the last day for closing."""
    waiting = await rows(
        "SELECT id, bureau, receipt_number, CASE WHEN state = 'filed' THEN 'accept' ELSE 'close' END AS what,"
        " CASE WHEN state = 'filed' THEN accept_until ELSE close_until END AS last_day FROM complaint"
        " WHERE (state = 'filed' AND accept_until <= {}) OR"
        " (state IN ('accepted', 'asked', 'answered') AND close_until <= {}::date + {}::int) ORDER BY id LIMIT 1000",
        day,
        day,
        _CLOSING_SOON,
    )
    told = 0
    for one in waiting:
        key = f"complaint-{one['what']}-by-{one['id']}-{one['last_day'].isoformat()}"
        async with transaction():
            if await row("SELECT 1 AS one FROM notification WHERE key = {} LIMIT 1", key) is not None:
                continue
            what = "决定是否受理" if one["what"] == "accept" else "办结"
            await notify(
                await accounts_of(bureau_id=one["bureau"], roles=[Role.REVIEWER, Role.APPROVER]),
                key=key,
                subject=f"投诉 {one['receipt_number']} 须在 {one['last_day'].isoformat()} 前{what}",
                body="请及时办理。",
                link=f"/bureau/complaints/{one['id']}",
            )
            told += 1
    return told
