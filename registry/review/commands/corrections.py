"""Sending an application back for correction, and closing what was not corrected in time (R5)."""

from __future__ import annotations

from collections.abc import Sequence

from registry.applications.commands import drop_unsubmitted
from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.jurisdictions.queries import calendar
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import rows, transaction
from registry.kernel.errors import FieldError, Invalid, RuleRefusal
from registry.kernel.lifecycle import move
from registry.review.access import lock, require
from registry.review.acts import reason_of, write
from registry.review.telling import tell_officials, tell_provider, zh_day
from registry.rounds import queries as rounds
from registry.rounds.rules import correction_deadline


async def request_correction(
    actor: Actor, application_id: int, items: Sequence[int], note: str, internal_note: str = ""
) -> None:
    """Send an application back to the provider for named items, until the policy's deadline (R5).

    ``items`` are the numbers of the round's materials (R6; 0: the form). Raises Invalid for none or unknown
    ones and without words, RuleRefusal R16 where the deadline cannot be computed because its schedule is
    not loaded, and as ``recommend`` for R13.
    """
    text = reason_of(note, "note", "请写明需要补正的内容")
    chosen = sorted(set(items))
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.REVIEWER)
        policy = (await rounds.get(subject.round_id)).rules
        if not chosen or not set(chosen) <= {0, *(number for number, _ in policy.materials)}:
            raise Invalid(fields=[FieldError("items", "请选择需要补正的材料")])
        window = correction_deadline(await today(), policy.correction_days, await calendar(policy.calendar))
        if window.provisional:
            raise RuleRefusal(
                "补正期限需用到的放假安排尚未载入（%(gaps)s），无法确定最后一日。请管理员载入后再退回补正",
                code="schedule_not_loaded",
                rule="R16",
                gaps="、".join(window.gaps),
            )
        await move(
            APPLICATION,
            Application,
            application_id,
            "request_correction",
            actor,
            chains=subject.chains,
            reason=text,
            values={
                "correction_until": window.last_day,
                "correction_note": text,
                "correction_items": chosen,
            },
            data={"items": chosen, "until": window.last_day},
        )
        await write(actor, subject, "request_correction", reason=text, internal_note=internal_note)
        await tell_provider(
            subject,
            f"correction:{window.last_day.isoformat()}",
            "%(name)s：申报需要补正",
            f"请在{zh_day(window.last_day)}前补正并重新提交。需要补正的内容：{text}",
        )


async def close_overdue_corrections(actor: Actor) -> int:
    """The sweep: corrections whose last day is over go back to the reviewer as they are. Returns how many."""
    overdue = await rows(
        "SELECT id FROM application WHERE state = 'correction' AND correction_until < {} ORDER BY id",
        await today(),
    )
    closed = 0
    for found in overdue:
        async with transaction():
            subject = await lock(found["id"])
            if subject.state != "correction":
                continue
            await drop_unsubmitted(subject.id)
            await move(
                APPLICATION,
                Application,
                subject.id,
                "close_correction",
                actor,
                chains=subject.chains,
                reason="补正期限已过，按现有材料审核",
            )
            day = (await today()).isoformat()
            await tell_officials(
                subject,
                Role.REVIEWER,
                f"overdue:{day}",
                "补正期满：%(name)s",
                "机构没有按期补正，请按现有材料审核。",
            )
            await tell_provider(
                subject, f"overdue:{day}", "%(name)s：补正期限已过", "教育局将按现有材料审核。"
            )
            closed += 1
    return closed
