"""The second look (复核) at a rejected application, by two people who were not in the first review (R14)."""

from __future__ import annotations

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.review.access import Subject, lock, require
from registry.review.acts import reason_of, write
from registry.review.second_look_window import told_until
from registry.review.telling import tell_officials, tell_provider

_SECOND_LOOK = frozenset({"ask_second_look", "grant_second_look", "refuse_second_look"})


async def ask_second_look(actor: Actor, application_id: int, reason: str) -> None:
    """A rejected applicant asks for a second look within the policy's working days, once (R14).

    Raises NotFound for another provider's application, Conflict for one that is not rejected or was asked
    for before, RuleRefusal R14 after the deadline, Invalid without a reason.
    """
    text = reason_of(reason)
    async with transaction():
        subject = await lock(application_id)
        if subject.provider_id not in actor.provider_ids:
            raise NotFound("没有找到这份申报")
        if subject.state != "rejected" or subject.decided_on is None:
            raise Conflict("只有未通过的申报可以申请复核。请刷新页面查看最新情况")
        if subject.second_look or await _kinds(application_id):
            raise Conflict("已申请过复核，每份申报只能申请一次")
        window = await told_until(subject.round_id, subject.decided_on)
        if window.has_passed(await today()):
            raise RuleRefusal(
                "申请复核的期限到 %(day)s 为止，现已超过",
                code="second_look_late",
                rule="R14",
                day=window.last_day.isoformat(),
            )
        await write(actor, subject, "ask_second_look", reason=text)
        await _record(actor, subject, "ask_second_look", text)
        await tell_officials(
            subject,
            Role.APPROVER,
            "ask_second_look",
            "申请复核：%(name)s",
            "机构对审核结果申请复核，请决定是否受理。",
        )


async def grant_second_look(actor: Actor, application_id: int, reason: str) -> None:
    """An approver who did not act before opens the second look; two other people then review (R14).

    Raises Conflict where nobody asked, it was answered, or the provider applied in the round anew (R5), RuleRefusal R14
    for somebody of the first review.
    """
    text = reason_of(reason)
    async with transaction():
        subject = await _asked(actor, application_id)
        if await _applied_anew(subject):
            raise Conflict(
                "机构在本批次已另有一份申报，同一批次只能有一份在办理。请机构撤回其中一份，或不予受理复核并说明理由"
            )
        await move(
            APPLICATION,
            Application,
            application_id,
            "grant_second_look",
            actor,
            chains=subject.chains,
            reason=text,
            values={
                "second_look": True,
                "recommended_by": None,
                "recommendation": None,
                "decided_by": None,
                "decided_on": None,
                "assigned_to": None,
            },
        )
        await write(actor, subject, "grant_second_look", reason=text, look=1)
        await tell_provider(
            subject, "grant_second_look", "%(name)s：复核申请已受理", "将由未参与首次审核的两人重新审核。"
        )
        await tell_officials(
            subject,
            Role.REVIEWER,
            "grant_second_look",
            "复核待初审：%(name)s",
            "由未参与首次审核的人员办理。",
        )


async def refuse_second_look(actor: Actor, application_id: int, reason: str) -> None:
    """An approver who did not act before refuses the second look; the rejection stands (R14).

    Raises as ``grant_second_look``.
    """
    text = reason_of(reason)
    async with transaction():
        subject = await _asked(actor, application_id)
        await write(actor, subject, "refuse_second_look", reason=text, look=1)
        await _record(actor, subject, "refuse_second_look", text)
        await tell_provider(subject, "refuse_second_look", "%(name)s：复核申请未受理", f"理由：{text}")


async def _applied_anew(subject: Subject) -> bool:
    found = await row(
        "SELECT 1 AS one FROM application WHERE provider = {} AND round = {} AND state NOT IN ('withdrawn', 'rejected')",
        subject.provider_id,
        subject.round_id,
    )
    return found is not None


async def _asked(actor: Actor, application_id: int) -> Subject:
    subject = await lock(application_id)
    await require(actor, subject, Role.APPROVER, look=2)
    kinds = await _kinds(application_id)
    if "ask_second_look" not in kinds:
        raise Conflict("机构没有申请复核")
    if subject.state != "rejected" or kinds & {"grant_second_look", "refuse_second_look"}:
        raise Conflict("复核申请已经答复。请刷新页面查看最新情况")
    return subject


async def _kinds(application_id: int) -> set[str]:
    found = await rows(
        "SELECT DISTINCT kind FROM review_act WHERE application = {} AND kind = ANY({})",
        application_id,
        sorted(_SECOND_LOOK),
    )
    return {str(one["kind"]) for one in found}


async def _record(actor: Actor, subject: Subject, action: str, reason: str) -> None:
    await events.record(
        actor,
        subject="application",
        subject_id=subject.id,
        action=action,
        chains=subject.chains,
        reason=reason,
    )
