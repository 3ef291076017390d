"""Loading and locking what a command changes: the round first, then the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.applications.clerks import clerk_of
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
    posted_on: date | None
    raw: dict[str, Any]

    @property
    def on_paper(self) -> bool:
        """Whether it came on paper and is still being entered (R8)."""
        return self.posted_on is not None and self.state == "draft"

    def counts_on(self, as_of: date) -> date:
        """The day that counts for the round's time: the postmark of what came on paper, else today (R5, R8)."""
        return self.posted_on or as_of


async def lock_own(actor: Actor, application_id: int) -> Locked:
    """Lock one of the actor's own applications in the caller's transaction. Raises NotFound for any other.

    A draft that a clerk enters from paper is the clerk's: the provider may not change it meanwhile (R8).
    """
    place = await row("SELECT round, provider FROM application WHERE id = {}", application_id)
    own = place is not None and place["provider"] in actor.provider_ids
    clerk = not own and await clerk_of(actor, application_id)
    if place is None or not (own or clerk):
        raise NotFound("没有找到这份申报")
    found = await lock(application_id, int(place["round"]))
    if found.posted_on is not None and found.state == "draft" and not clerk:
        raise Conflict("这份申报由教育局按纸质材料录入，录入完成前不能在网上修改", code="entered_from_paper")
    return found


async def lock(application_id: int, round_id: int) -> Locked:
    """Lock an application and, against a deadline moving meanwhile, its round."""
    await row("SELECT id FROM round WHERE id = {} FOR SHARE", round_id)
    found = await row("SELECT * FROM application WHERE id = {} FOR UPDATE", application_id)
    paper = await row("SELECT posted_on FROM paper_intake WHERE application = {}", application_id)
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
        posted_on=paper["posted_on"] if paper else None,
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
