"""Setting up rounds: draft, publish (freezes the policy), extend, cancel (R5, R30)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.policies import freeze, load
from registry.rounds import queries
from registry.rounds.lifecycle import ROUND
from registry.rounds.rules import cycle_end, extension_refusal, inspection_years
from registry.rounds.tables import Round


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """What an administrator decides of a round; None takes the policy's default."""

    list_id: int
    title: str
    opens_on: date
    deadline: date
    cycle_ends_on: date | None = None
    inspection_years: tuple[int, ...] | None = None
    categories: tuple[str, ...] | None = None
    supplementary: bool = False


async def create(actor: Actor, draft: RoundDraft) -> int:
    """A draft round; returns its id. Raises Invalid for days out of order, Forbidden for another bureau's list."""
    bureau = await _bureau_of_list(actor, draft.list_id)
    policy = load(bureau["policy_name"])
    cycle_ends_on = draft.cycle_ends_on or cycle_end(draft.deadline, policy.cycle_years)
    years = draft.inspection_years or inspection_years(draft.deadline, policy.inspection.years)
    categories = draft.categories or policy.categories
    errors = []
    if draft.opens_on > draft.deadline:
        errors.append(FieldError("deadline", "截止日期不能早于开始日期"))
    if cycle_ends_on <= draft.deadline:
        errors.append(FieldError("cycle_ends_on", "周期最后一日应晚于截止日期"))
    if not set(categories) <= set(policy.categories):
        errors.append(FieldError("categories", "所选类别不在本地规则允许的范围内"))
    if errors:
        raise Invalid(fields=errors)
    async with transaction():
        made = Round(
            list=draft.list_id,
            title=draft.title,
            opens_on=draft.opens_on,
            deadline=draft.deadline,
            cycle_ends_on=cycle_ends_on,
            inspection_years=list(years),
            categories=list(categories),
            supplementary=draft.supplementary,
            policy_name=policy.name,
            policy_version="",
            created_at=real_now(),
        )
        await made.save()
        round_id = int(made.id)
        await events.record(
            actor,
            subject="round",
            subject_id=round_id,
            action="create",
            chains=(events.bureau_chain(bureau["id"]),),
            to_state="draft",
        )
    return round_id


async def publish(actor: Actor, round_id: int) -> None:
    """Publish a draft: from now on its policy is the one of this moment (R30). Raises Conflict, Forbidden."""
    async with transaction():
        found = await _own(actor, round_id)
        policy = freeze(load(found.policy_name))
        await move(
            ROUND,
            Round,
            round_id,
            "publish",
            actor,
            chains=(events.bureau_chain(found.bureau_id),),
            values={"policy": json.dumps(policy, ensure_ascii=False), "policy_version": policy["version"]},
            data={"policy": found.policy_name, "policy_version": policy["version"]},
        )


async def extend(actor: Actor, round_id: int, new_deadline: date, reason: str) -> None:
    """Move the deadline to a later day, in public (R5). Raises RuleRefusal for an earlier one or a round over."""
    as_of = await today()
    async with transaction():
        found = await _own(actor, round_id)
        refusal = extension_refusal(found.facts, new_deadline, as_of)
        if refusal:
            raise RuleRefusal.of(refusal)
        if new_deadline >= found.cycle_ends_on:
            raise Invalid(fields=[FieldError("deadline", "截止日期应早于周期最后一日")])
        await move(
            ROUND,
            Round,
            round_id,
            "extend",
            actor,
            chains=(events.bureau_chain(found.bureau_id),),
            reason=reason,
            values={"deadline": new_deadline},
            data={"from": found.deadline, "to": new_deadline},
        )


async def cancel(actor: Actor, round_id: int, reason: str) -> None:
    """Cancel a round; its applications stay as they are and can be withdrawn."""
    async with transaction():
        found = await _own(actor, round_id)
        await move(
            ROUND,
            Round,
            round_id,
            "cancel",
            actor,
            chains=(events.bureau_chain(found.bureau_id),),
            reason=reason,
        )


async def _own(actor: Actor, round_id: int) -> queries.RoundView:
    found = await queries.get(round_id)
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id):
        raise Forbidden("这个批次属于其他教育局")
    return found


async def _bureau_of_list(actor: Actor, list_id: int) -> dict[str, Any]:
    found = await row(
        "SELECT b.id, b.policy_name FROM registry_list l JOIN bureau b ON b.id = l.bureau WHERE l.id = {}",
        list_id,
    )
    if found is None:
        raise NotFound("没有找到这个备选库")
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=found["id"]):
        raise Forbidden("这个备选库属于其他教育局")
    return found
