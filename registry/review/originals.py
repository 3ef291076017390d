"""Originals held beside what was handed in, document by document; a difference is recorded (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import rows, transaction
from registry.kernel.errors import FieldError, Invalid, RuleRefusal
from registry.kernel.terms import Term
from registry.review.access import lock, require_case_officer
from registry.review.tables import OriginalCheck
from registry.rounds import queries as rounds

MAX_NOTE = 1000


class OriginalOutcome(Term):
    """What somebody saw who held the original."""

    MATCHES = "matches", "与原件一致"
    DIFFERS = "differs", "与原件不一致"
    MISSING = "missing", "没有提交原件"


@dataclass(frozen=True, slots=True)
class OriginalView:
    """The latest look at the original of one material."""

    item: int
    outcome: OriginalOutcome
    note: str
    who: str
    on_day: date


async def check_original(
    actor: Actor, application_id: int, item: int, outcome: OriginalOutcome, note: str = ""
) -> None:
    """Record what a case officer saw of the original of a material; again replaces it, the earlier look is kept.

    Raises RuleRefusal R8 where the policy asks for no paper, Invalid for an unknown item and for a difference without
    words, NotFound, Forbidden, RuleRefusal R13.
    """
    text = note.strip()[:MAX_NOTE]
    if outcome is not OriginalOutcome.MATCHES and not text:
        raise Invalid(fields=[FieldError("note", "请写明哪里不一致，或为什么没有原件")])
    async with transaction():
        subject = await lock(application_id)
        await require_case_officer(actor, subject)
        policy = (await rounds.get(subject.round_id)).rules
        if not policy.paper.accepted:
            raise RuleRefusal("本批次的规则不要求核验原件", code="paper_not_accepted", rule="R8")
        if item not in {number for number, _ in policy.materials}:
            raise Invalid(fields=[FieldError("item", "没有这一项材料，请从列表中选择")])
        await OriginalCheck.insert(
            OriginalCheck(
                application=application_id,
                item=item,
                outcome=outcome.value,
                note=text,
                account=actor.account_id,
                on_day=await today(),
                created_at=real_now(),
            )
        )
        await events.record(
            actor,
            subject="application",
            subject_id=application_id,
            action="check_original",
            chains=subject.chains,
            data={"item": item, "outcome": outcome.value},
        )


async def originals_of(application_id: int) -> dict[int, OriginalView]:
    """The latest look at each original, by item."""
    found = await rows(
        "SELECT DISTINCT ON (o.item) o.item, o.outcome, o.note, coalesce(c.display_name, '') AS who, o.on_day"
        " FROM original_check o LEFT JOIN account c ON c.id = o.account WHERE o.application = {}"
        " ORDER BY o.item, o.id DESC",
        application_id,
    )
    outcomes = {one.value: one for one in OriginalOutcome}
    return {one["item"]: OriginalView(**{**one, "outcome": outcomes[one["outcome"]]}) for one in found}
