"""Writing down an act of the review, and what every reasoned act checks."""

from __future__ import annotations

from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.errors import FieldError, Invalid
from registry.review.access import Subject
from registry.review.tables import ReviewAct

MAX_REASON = 2000


def reason_of(given: str, field: str = "reason", missing: str = "请写明理由") -> str:
    """The reason without spaces around it (R13: every decision has one). Raises Invalid for none or a very long one."""
    text = given.strip()
    if not text:
        raise Invalid(fields=[FieldError(field, missing)])
    if len(text) > MAX_REASON:
        raise Invalid(fields=[FieldError(field, "最多 %(max)s 个字，请缩短", {"max": str(MAX_REASON)})])
    return text


async def write(
    actor: Actor,
    subject: Subject,
    kind: str,
    *,
    reason: str = "",
    internal_note: str = "",
    look: int | None = None,
) -> None:
    """Keep one act; ``reason`` reaches the applicant where the act does, ``internal_note`` never."""
    await ReviewAct.insert(
        ReviewAct(
            application=subject.id,
            account=actor.account_id,
            kind=kind,
            look=look or subject.look,
            reason=reason,
            internal_note=internal_note.strip()[:MAX_REASON],
            on_day=await today(),
            created_at=real_now(),
        )
    )
