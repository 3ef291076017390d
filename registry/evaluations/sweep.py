"""What a day brings to evaluations and complaints by itself (R25): what is due is asked for, people are reminded.

Safe to run again and late: what is overdue or public follows from days; the sweep asks and tells.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from registry.evaluations import ratings, records
from registry.evaluations.records import SELECT, Evaluation
from registry.evaluations.rules import reminder_due, service_in, terms_between
from registry.evaluations.scoring import answer_window
from registry.kernel.actor import Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.notifications.commands import accounts_of, notify
from registry.policies import Policy, thaw

# A term is asked about for a year after it ended: what was never asked by then is history.
_LOOK_BACK = timedelta(days=366)
_BATCH = 500


async def sweep(day: date) -> dict[str, int]:
    """Ask for what opens on or before ``day``, settle what was provisional, publish, remind; returns how many."""
    return {
        "asked": await ask(day),
        "settled": await settle(day),
        "published": await publish(day),
        "reminded": await remind(day),
        "overdue": await tell_overdue(day),
    }


async def ask(day: date) -> int:
    """Ask each school for the terms its contracts served in and may be scored for by ``day``.

    By each contract's own policy (R30). A contract that was signed after a term is not asked about it.
    """
    frozen = await rows(
        "SELECT DISTINCT ON (policy_version) policy_version, policy::text AS policy FROM contract"
        " WHERE state IN ('signed', 'terminated') AND ends_on >= {}::date - 366 ORDER BY policy_version",
        day,
    )
    asked = 0
    for one in frozen:
        policy = thaw(json.loads(one["policy"]))
        asked += await _ask_under(policy, one["policy_version"], day)
    return asked


async def _ask_under(policy: Policy, version: str, day: date) -> int:
    rules = policy.evaluation
    asked = 0
    for term in terms_between(rules.term_spans, day - _LOOK_BACK, day + timedelta(days=rules.opens_days)):
        after = 0
        while True:
            found = await rows(
                "SELECT c.id, c.entry, c.starts_on, c.ends_on, c.terminated_on FROM contract c"
                " WHERE c.policy_version = {} AND c.state IN ('signed', 'terminated') AND c.id > {}"
                " AND c.starts_on <= {} AND c.ends_on >= {} AND c.signed_on <= {}"
                " AND NOT EXISTS (SELECT 1 FROM evaluation v WHERE v.contract = c.id AND v.term_starts_on = {}"
                " AND v.state <> 'void') ORDER BY c.id LIMIT {}",
                version,
                after,
                term.ends_on,
                term.starts_on,
                term.ends_on,
                term.starts_on,
                _BATCH,
            )
            if not found:
                break
            after = found[-1]["id"]
            for contract in found:
                service = service_in(
                    term,
                    starts_on=contract["starts_on"],
                    ends_on=contract["ends_on"],
                    terminated_on=contract["terminated_on"],
                    shortest_days=rules.shortest_days,
                    opens_days=rules.opens_days,
                    due_days=rules.due_days,
                )
                if service is None or service.opens_on > day or service.last < day - _LOOK_BACK:
                    continue
                made = await rows(
                    "INSERT INTO evaluation (contract, entry, school_year, term_number, term_starts_on, term_ends_on,"
                    " served_from, served_until, opens_on, due_on, state, created_at)"
                    " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 'due', {})"
                    " ON CONFLICT (contract, term_starts_on) WHERE state <> 'void' DO NOTHING RETURNING id",
                    contract["id"],
                    contract["entry"],
                    term.school_year,
                    term.number,
                    term.starts_on,
                    term.ends_on,
                    service.first,
                    service.last,
                    service.opens_on,
                    service.due_on,
                    real_now(),
                )
                asked += len(made)
    return asked


async def settle(day: date) -> int:
    """Compute the provider's time anew where it was provisional and the schedule is loaded now (R16)."""
    waiting = await rows(
        f"{SELECT} WHERE v.state = 'submitted' AND v.answer_until IS NULL ORDER BY v.id LIMIT {{}}", _BATCH
    )
    settled = 0
    for one in waiting:
        found = Evaluation(**one)
        assert found.submitted_on is not None
        window = await answer_window(found, found.submitted_on)
        if window.provisional:
            continue
        async with transaction():
            await records.lock(found.id)
            await rows(
                "UPDATE evaluation SET answer_until = {}, public_from = {} WHERE id = {} AND answer_until IS NULL"
                " AND state = 'submitted'",
                window.last_day,
                window.last_day + timedelta(days=1),
                found.id,
            )
            await ratings.refresh(found.entry_id, day)
        settled += 1
    return settled


async def publish(day: date) -> int:
    """Bring the kept averages up to date for the entries of which something became public up to ``day``.

    A stop is caught up day by day, so that a few days back are enough. Idempotent.
    """
    stale = await rows(
        "SELECT v.entry FROM evaluation v WHERE v.public_from BETWEEN {}::date - 3 AND {}::date"
        " AND v.state IN ('submitted', 'answered') GROUP BY v.entry ORDER BY v.entry",
        day,
        day,
    )
    for one in stale:
        async with transaction():
            await rows("SELECT id FROM entry WHERE id = {} FOR UPDATE", one["entry"])
            await ratings.refresh(one["entry"], day)
    return len(stale)


async def remind(day: date) -> int:
    """Tell each school once a reminder day how many of its contracts wait to be scored, and until when.

    ``day`` may be one that is caught up: what is told is true on the day it is told.
    """
    now = max(day, await today())
    waiting = await rows(
        "SELECT c.school, v.due_on, count(*) AS n, min(c.policy::text) AS policy FROM evaluation v"
        " JOIN contract c ON c.id = v.contract WHERE v.state = 'due' AND v.opens_on <= {} AND v.due_on >= {}"
        " GROUP BY c.school, v.due_on, c.policy_version ORDER BY c.school, v.due_on",
        now,
        now,
    )
    sent = 0
    for one in waiting:
        rules = thaw(json.loads(one["policy"])).evaluation
        reminder = reminder_due(one["due_on"], rules.reminder_days, now)
        key = f"evaluation-due-{one['school']}-{one['due_on'].isoformat()}-{'open' if reminder is None else reminder}"
        left = (one["due_on"] - now).days
        sent += await _tell_school(one, key, "今日截止" if left == 0 else f"还有 {left} 天截止")
    return sent


async def _tell_school(one: dict[str, Any], key: str, when: str) -> bool:
    async with transaction():
        if await row("SELECT 1 AS one FROM notification WHERE key = {} LIMIT 1", key) is not None:
            return False
        await notify(
            await accounts_of(school_id=one["school"]),
            key=key,
            subject=f"有 {one['n']} 份合同待评价，{when}",
            body=f"请于 {one['due_on'].isoformat()} 前完成本学期评价。",
            link="/school/evaluations",
        )
    return True


async def tell_overdue(day: date) -> int:
    """Tell a bureau once for each last day that has passed how many evaluations its schools still owe."""
    owed = await rows(
        "SELECT l.bureau, v.due_on, count(*) AS n FROM evaluation v JOIN entry e ON e.id = v.entry"
        " JOIN registry_list l ON l.id = e.list WHERE v.state = 'due' AND v.due_on < {} AND v.due_on >= {}::date - 60"
        " GROUP BY l.bureau, v.due_on ORDER BY l.bureau, v.due_on",
        day,
        day,
    )
    told = 0
    for one in owed:
        key = f"evaluation-overdue-{one['bureau']}-{one['due_on'].isoformat()}"
        async with transaction():
            if await row("SELECT 1 AS one FROM notification WHERE key = {} LIMIT 1", key) is not None:
                continue
            await notify(
                await accounts_of(bureau_id=one["bureau"], roles=[Role.REVIEWER, Role.APPROVER]),
                key=key,
                subject=f"有 {one['n']} 项学期评价逾期未交",
                body=f"期限为 {one['due_on'].isoformat()}，请督促学校完成。",
                link="/bureau/evaluations?state=overdue",
            )
            told += 1
    return told
