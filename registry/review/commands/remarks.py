"""Internal notes, and stepping aside (R13)."""

from __future__ import annotations

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import rows, transaction
from registry.kernel.errors import Conflict, Forbidden, NotFound
from registry.review.access import acts_of, lock, require_case_officer
from registry.review.acts import reason_of, write


async def note(actor: Actor, application_id: int, text: str) -> None:
    """An internal note: seen by the bureau, never by the applicant. Raises Invalid for an empty one."""
    content = reason_of(text, "internal_note", "请填写备注内容")
    async with transaction():
        subject = await lock(application_id)
        await require_case_officer(actor, subject)
        await write(actor, subject, "note", internal_note=content)
        await events.record(
            actor, subject="application", subject_id=subject.id, action="note", chains=subject.chains[:1]
        )


async def recuse(actor: Actor, application_id: int, reason: str) -> None:
    """Step aside from an application (R13); it cannot be taken back. Raises Conflict where one did already."""
    text = reason_of(reason)
    async with transaction():
        subject = await lock(application_id)
        if subject.bureau_id not in actor.bureau_ids():
            raise NotFound("没有找到这份申报")
        if subject.bureau_id not in actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
            raise Forbidden("您在本教育局没有办理这一步的角色")
        if any(act.kind == "recuse" for act in await acts_of(application_id, actor)):
            raise Conflict("您已对这份申报回避")
        await write(actor, subject, "recuse", reason=text)
        if subject.assigned_to is not None and subject.assigned_to == actor.account_id:
            await rows("UPDATE application SET assigned_to = NULL WHERE id = {}", subject.id)
        await events.record(
            actor,
            subject="application",
            subject_id=subject.id,
            action="recuse",
            chains=subject.chains,
            reason=text,
        )
