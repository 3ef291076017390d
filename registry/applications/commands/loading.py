"""Loading and locking what a command changes: the round first, then the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.applications.lifecycle import APPLICATION
from registry.kernel.actor import Actor
from registry.kernel.db import row
from registry.kernel.errors import Conflict, NotFound, RuleRefusal
from registry.rounds import queries as rounds
from registry.rounds.queries import RoundView
from registry.rounds.rules import accepts


@dataclass(frozen=True, slots=True)
class Locked:
    """An application of the actor's, its row and its round's locked until the transaction ends."""

    id: int
    state: str
    provider_id: int
    round: RoundView
    form_sealed: bytes | None
    form_version: int
    receipt_number: str | None
    correction_until: date | None
    correction_items: tuple[int, ...]
    raw: dict[str, Any]


async def lock_own(actor: Actor, application_id: int) -> Locked:
    """Lock one of the actor's own applications in the caller's transaction. Raises NotFound for any other."""
    place = await row("SELECT round, provider FROM application WHERE id = {}", application_id)
    if place is None or place["provider"] not in actor.provider_ids:
        raise NotFound("没有找到这份申报")
    return await lock(application_id, int(place["round"]))


async def lock(application_id: int, round_id: int) -> Locked:
    """Lock an application and, against a deadline moving meanwhile, its round."""
    await row("SELECT id FROM round WHERE id = {} FOR SHARE", round_id)
    found = await row("SELECT * FROM application WHERE id = {} FOR UPDATE", application_id)
    if found is None:
        raise NotFound("没有找到这份申报")
    return Locked(
        id=application_id,
        state=found["state"],
        provider_id=found["provider"],
        round=await rounds.get(round_id),
        form_sealed=found["form_sealed"],
        form_version=found["form_version"],
        receipt_number=found["receipt_number"],
        correction_until=found["correction_until"],
        correction_items=tuple(found["correction_items"] or ()),
        raw=found,
    )


def require_open(found: RoundView, as_of: date) -> None:
    """Refuse where the round takes no applications on a day (R5)."""
    refusal = accepts(found.facts, as_of)
    if refusal is not None:
        raise RuleRefusal.of(refusal)


def require_time_to_correct(found: Locked, as_of: date) -> None:
    """Refuse where the correction's own deadline is over (R5)."""
    until = found.correction_until
    if until is not None and as_of > until:
        raise RuleRefusal(
            "补正期限已于 %(until)s 届满（规则 R5），不能再修改或提交。已提交的材料将继续审核",
            code="correction_over",
            rule="R5",
            until=until.isoformat(),
        )


def not_now(found: Locked, doing: str) -> Conflict:
    """The error for something that the application's state does not allow; ``doing`` is a verb in Chinese."""
    return Conflict(
        "这份申报现在的状态是“%(state)s”，不能再%(doing)s。请刷新页面查看最新情况",
        state=APPLICATION.names[found.state],
        doing=doing,
    )
