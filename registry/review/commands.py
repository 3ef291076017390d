"""The review of an application by two people (R13, R14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.working_days import builtin_calendar
from registry.review.access import Subject, lock, require
from registry.review.tables import ReviewAct
from registry.rounds import queries as rounds
from registry.rounds.rules import correction_deadline, second_look_deadline

Outcome = Literal["shortlist", "reject"]


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
    return text


async def _act(
    actor: Actor,
    subject: Subject,
    kind: str,
    reason: str = "",
    internal_note: str = "",
    look: int | None = None,
) -> None:
    await ReviewAct.insert(
        ReviewAct(
            application=subject.id,
            account=actor.account_id,
            kind=kind,
            look=look or subject.look,
            reason=reason,
            internal_note=internal_note,
            on_day=await today(),
            created_at=real_now(),
        )
    )


async def recommend(
    actor: Actor, application_id: int, outcome: Outcome, reason: str, internal_note: str = ""
) -> None:
    """The reviewer's recommendation. To recommend listing, every blocking finding must be overruled (R9).

    Raises RuleRefusal for open blocking findings and for R13, Conflict where the application moved on.
    """
    text = _reason(reason)
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.REVIEWER)
        if outcome == "shortlist":
            await refuse_open_blocks(application_id)
        await move(
            APPLICATION,
            Application,
            application_id,
            "recommend",
            actor,
            chains=subject.chains,
            reason=text,
            values={"recommended_by": actor.account_id, "recommendation": outcome},
            data={"outcome": outcome},
        )
        await _act(actor, subject, f"recommend_{outcome}", text, internal_note)


async def send_back(actor: Actor, application_id: int, reason: str, internal_note: str = "") -> None:
    """The approver sends a recommendation back to the reviewer, with a reason."""
    text = _reason(reason)
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.APPROVER)
        await move(
            APPLICATION,
            Application,
            application_id,
            "send_back",
            actor,
            chains=subject.chains,
            reason=text,
            values={"recommended_by": None, "recommendation": None},
        )
        await _act(actor, subject, "send_back", text, internal_note)


async def decide(
    actor: Actor, application_id: int, outcome: Outcome, reason: str, internal_note: str = ""
) -> None:
    """The approver's decision, by another person than the reviewer (R13).

    Raises RuleRefusal R13 for the same person and R9 for open blocking findings, Conflict where it is decided.
    """
    text = _reason(reason)
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.APPROVER)
        if subject.recommended_by == actor.account_id:
            raise RuleRefusal("初审意见是您提出的,复审须由另一人办理", code="same_person", rule="R13")
        if outcome == "shortlist":
            await refuse_open_blocks(application_id)
        await move(
            APPLICATION,
            Application,
            application_id,
            outcome,
            actor,
            chains=subject.chains,
            reason=text,
            values={"decided_by": actor.account_id, "decided_on": await today()},
        )
        await _act(actor, subject, outcome, text, internal_note)


async def request_correction(
    actor: Actor, application_id: int, items: Sequence[int], note: str, internal_note: str = ""
) -> None:
    """Send an application back to the provider for named items, until the policy's deadline (R5).

    ``items`` are the numbers 1..8 of R6 (0: the form). Raises Invalid for none, RuleRefusal where the
    deadline cannot be computed because its schedule is not loaded (R16).
    """
    text = _reason(note)
    if not items or not set(items) <= set(range(0, 21)):
        raise Invalid(fields=[FieldError("items", "请选择需要补正的材料")])
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.REVIEWER)
        policy = (await rounds.get(subject.round_id)).rules
        as_of = await today()
        window = correction_deadline(as_of, policy.correction_days, builtin_calendar(policy.calendar))
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
                "correction_items": sorted(set(items)),
            },
            data={"items": sorted(set(items)), "until": window.last_day},
        )
        await _act(actor, subject, "request_correction", text, internal_note)


async def close_overdue_corrections(actor: Actor) -> int:
    """The sweep: corrections whose last day is over go back to the reviewer as they are. Returns how many."""
    overdue = await rows(
        "SELECT id FROM application WHERE state = 'correction' AND correction_until < {}", await today()
    )
    closed = 0
    for found in overdue:
        async with transaction():
            subject = await lock(found["id"])
            if subject.state != "correction":
                continue
            await move(
                APPLICATION,
                Application,
                subject.id,
                "close_correction",
                actor,
                chains=subject.chains,
                reason="补正期限已过,按现有材料审核",
            )
            closed += 1
    return closed


async def note(actor: Actor, application_id: int, text: str) -> None:
    """An internal note: seen by the bureau, never by the applicant."""
    content = _reason(text)
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.REVIEWER if actor.has(Role.REVIEWER) else Role.APPROVER)
        await _act(actor, subject, "note", internal_note=content)


async def recuse(actor: Actor, application_id: int, reason: str) -> None:
    """Step aside from an application (R13); it cannot be taken back."""
    text = _reason(reason)
    async with transaction():
        subject = await lock(application_id)
        if subject.bureau_id not in actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
            raise Forbidden("您在本教育局没有办理这一步的角色")
        await _act(actor, subject, "recuse", reason=text)
        await events.record(
            actor,
            subject="application",
            subject_id=subject.id,
            action="recuse",
            chains=subject.chains,
            reason=text,
        )


async def ask_second_look(actor: Actor, application_id: int, reason: str) -> None:
    """A rejected applicant asks for a second look within the policy's working days (R14)."""
    text = _reason(reason)
    async with transaction():
        subject = await lock(application_id)
        if subject.provider_id not in actor.provider_ids:
            raise Forbidden("这份申报属于其他机构")
        if subject.state != "rejected" or subject.decided_on is None:
            raise Conflict("只有未通过的申报可以申请复核。请刷新页面查看最新情况")
        asked = await row(
            "SELECT 1 AS one FROM review_act WHERE application = {} AND kind = 'ask_second_look'",
            application_id,
        )
        if asked or subject.second_look:
            raise Conflict("已申请过复核,每份申报只能申请一次")
        policy = (await rounds.get(subject.round_id)).rules
        window = second_look_deadline(
            subject.decided_on, policy.second_look_days, builtin_calendar(policy.calendar)
        )
        if window.has_passed(await today()):
            raise RuleRefusal(
                "申请复核的期限到 %(day)s 为止,现已超过",
                code="second_look_late",
                rule="R14",
                day=window.last_day.isoformat(),
            )
        await _act(actor, subject, "ask_second_look", text)
        await events.record(
            actor,
            subject="application",
            subject_id=subject.id,
            action="ask_second_look",
            chains=subject.chains,
            reason=text,
        )


async def grant_second_look(actor: Actor, application_id: int, reason: str) -> None:
    """An approver who did not act before opens the second look; two other people then review (R14)."""
    text = _reason(reason)
    async with transaction():
        subject = await lock(application_id)
        asked = await row(
            "SELECT 1 AS one FROM review_act WHERE application = {} AND kind = 'ask_second_look'",
            application_id,
        )
        if asked is None:
            raise Conflict("机构没有申请复核")
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
            },
        )
        await require(actor, await lock(application_id), Role.APPROVER)
        await _act(actor, subject, "grant_second_look", text, look=1)


async def refuse_open_blocks(application_id: int) -> None:
    """Raise RuleRefusal (R9) where the latest vetting or screening left a blocking finding that nobody overruled."""
    found = await rows(
        """
        SELECT f.code FROM finding f
        WHERE f.application = {} AND f.severity = 'block' AND f.overruled_by IS NULL
          AND f.run = (SELECT max(id) FROM vetting_run WHERE application = {} AND state = 'done')
        UNION ALL
        SELECT m.reason FROM screening_match m JOIN screening s ON s.id = m.screening
        WHERE s.application = {} AND m.severity = 'block' AND m.outcome = 'hit' AND m.judgement IS DISTINCT FROM 'different'
          AND s.id = (SELECT max(id) FROM screening WHERE application = {})
        """,
        application_id,
        application_id,
        application_id,
        application_id,
    )
    if found:
        raise RuleRefusal(
            "还有 %(count)s 项阻断性发现没有处理。请逐项核对,确属误判的说明理由予以排除,否则不能拟入围",
            code="open_blocks",
            rule="R9",
            count=str(len(found)),
        )
