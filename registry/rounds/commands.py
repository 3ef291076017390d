"""Setting up rounds: draft, publish (freezes the policy), extend, cancel (R5, R30)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel import events, jobs
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
    values = _values(draft, bureau["policy_name"])
    async with transaction():
        made = Round(**values, created_at=real_now())
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


async def edit(actor: Actor, round_id: int, draft: RoundDraft) -> None:
    """Change a draft before it is published. Raises as ``create``, Conflict where it is no draft any more."""
    bureau = await _bureau_of_list(actor, draft.list_id)
    values = _values(draft, bureau["policy_name"])
    async with transaction():
        found = await _own(actor, round_id)
        await move(
            ROUND,
            Round,
            round_id,
            "edit",
            actor,
            chains=(events.bureau_chain(found.bureau_id),),
            values=values,
        )


def _values(draft: RoundDraft, policy_name: str) -> dict[str, Any]:
    """The columns of a draft; what was left open comes from the policy. Raises Invalid."""
    policy = load(policy_name)
    cycle_ends_on = draft.cycle_ends_on or cycle_end(draft.deadline, policy.cycle_years)
    years = draft.inspection_years or inspection_years(draft.deadline, policy.inspection.years)
    categories = draft.categories or policy.categories
    errors = []
    if not draft.title.strip() or len(draft.title) > 200:
        errors.append(FieldError("title", "请填写批次名称，最多 200 个字"))
    if draft.opens_on > draft.deadline:
        errors.append(FieldError("deadline", "截止日期不能早于开始日期"))
    if cycle_ends_on <= draft.deadline:
        errors.append(FieldError("cycle_ends_on", "周期最后一日应晚于截止日期"))
    if not set(categories) <= set(policy.categories):
        errors.append(FieldError("categories", "所选类别不在本地规则允许的范围内"))
    if not all(1990 <= year <= draft.deadline.year for year in years) or len(set(years)) != len(years):
        errors.append(FieldError("inspection_years", "年检年份应为不重复的四位年份，不晚于截止日期所在年"))
    if errors:
        raise Invalid(fields=errors)
    return {
        "list": draft.list_id,
        "title": draft.title.strip(),
        "opens_on": draft.opens_on,
        "deadline": draft.deadline,
        "cycle_ends_on": cycle_ends_on,
        "inspection_years": sorted(years),
        "categories": list(categories),
        "supplementary": draft.supplementary,
        "policy_name": policy.name,
        "policy_version": "",
    }


async def publish(actor: Actor, round_id: int, reason: str = "") -> None:
    """Publish a draft: from now on its policy is the one of this moment (R30).

    Raises RuleRefusal R5 for a deadline that is over already, R30 for a draft made under a policy that the bureau has
    left since (saving it again takes the new one's values), Conflict where it is no draft any more.
    """
    as_of = await today()
    async with transaction():
        found = await _own(actor, round_id)
        if found.deadline < as_of:
            raise RuleRefusal(
                "截止日期 %(deadline)s 已过，发布后无人能够申报。请先修改日期",
                code="deadline_over",
                rule="R5",
                deadline=found.deadline.isoformat(),
            )
        bureau = await _bureau_of_list(actor, found.list_id)
        if found.state == "draft" and bureau["policy_name"] != found.policy_name:
            raise RuleRefusal(
                "草稿按规则 %(before)s 拟定，本教育局现在适用 %(now)s。请先打开修改、核对后重新保存，再发布",
                code="policy_changed",
                rule="R30",
                before=found.policy_name,
                now=bureau["policy_name"],
            )
        policy = freeze(load(found.policy_name))
        await move(
            ROUND,
            Round,
            round_id,
            "publish",
            actor,
            chains=(events.bureau_chain(found.bureau_id),),
            reason=reason.strip(),
            values={"policy": json.dumps(policy, ensure_ascii=False), "policy_version": policy["version"]},
            data={"policy": found.policy_name, "policy_version": policy["version"]},
        )


async def extend(actor: Actor, round_id: int, new_deadline: date, reason: str) -> None:
    """Move the deadline to a later day, in public (R5); what was vetted for the earlier one is vetted again (R10, R12).

    Raises RuleRefusal for an earlier one or a round over.
    """
    as_of = await today()
    text = _reason(reason)
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
            reason=text,
            values={"deadline": new_deadline},
            data={"from": found.deadline, "to": new_deadline},
        )
        await jobs.defer("checks.follow_deadlines", queueing_lock="checks.follow_deadlines")


async def cancel(actor: Actor, round_id: int, reason: str) -> None:
    """Cancel a round; its applications stay as they are and can be withdrawn."""
    text = _reason(reason)
    async with transaction():
        found = await _own(actor, round_id)
        await move(
            ROUND,
            Round,
            round_id,
            "cancel",
            actor,
            chains=(events.bureau_chain(found.bureau_id),),
            reason=text,
        )


def _reason(given: str) -> str:
    if not given.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
    return given.strip()


async def _own(actor: Actor, round_id: int) -> queries.RoundView:
    found = await queries.get(round_id)
    if found.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这个遴选批次")
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=found.bureau_id):
        raise Forbidden("只有本教育局的管理员可以设置遴选批次")
    return found


async def _bureau_of_list(actor: Actor, list_id: int) -> dict[str, Any]:
    found = await row(
        "SELECT b.id, b.policy_name FROM registry_list l JOIN bureau b ON b.id = l.bureau WHERE l.id = {}",
        list_id,
    )
    if found is None:
        raise NotFound("没有找到这个备选库")
    if not actor.has(Role.BUREAU_ADMIN, bureau_id=found["id"]):
        raise Forbidden("只有本教育局的管理员可以为这个备选库设置批次")
    return found
