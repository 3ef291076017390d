"""The provider's appeal (申诉) against the removal, once for a case, and its refusal with a reason (R27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.bans import commands as bans
from registry.documents.commands import retain
from registry.exits import records
from registry.exits.lifecycle import EXIT_CASE
from registry.exits.tables import ExitAppeal, ExitCase
from registry.kernel.actor import OFFICIALS, Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal, unseal
from registry.notifications.commands import accounts_of, notify

MAX_APPEAL = 5000
INVOLVED = ("propose", "uphold", "propose_overturn")
"""The acts in a case after which one may not carry out, send back or refuse its overturning (R13)."""
_WORDS = "exit_appeal.words"


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal with its words opened: for the bureau of the case and the provider."""

    id: int
    lodged_on: date
    words: str
    evidence: int | None
    refused_by: int | None
    refused_on: date | None
    refused_reason: str


async def reserve_appeal_id() -> int:
    """The id an appeal will have, so that its evidence can be stored as its own before it is lodged."""
    found = await row("SELECT nextval(pg_get_serial_sequence('exit_appeal', 'id')) AS id")
    assert found is not None
    return int(found["id"])


async def appeal_of(case_id: int) -> Appeal | None:
    """The appeal in a case, if the provider lodged one."""
    found = await row(
        "SELECT id, lodged_on, words_sealed, evidence, refused_by, refused_on, refused_reason FROM exit_appeal"
        ' WHERE "case" = {}',
        case_id,
    )
    return None if found is None else Appeal(words=unseal(found.pop("words_sealed"), _WORDS), **found)


async def may_read_evidence(actor: Actor, appeal_id: int) -> bool:
    """Whether the actor may open what was handed in with an appeal: the provider and the bureau."""
    found = await row(
        'SELECT x.bureau, e.provider FROM exit_appeal a JOIN exit_case x ON x.id = a."case"'
        " JOIN entry e ON e.id = x.entry WHERE a.id = {}",
        appeal_id,
    )
    return found is not None and (
        found["bureau"] in actor.bureau_ids(*OFFICIALS) or found["provider"] in actor.provider_ids
    )


async def lodge(
    actor: Actor, case_id: int, words: str, *, evidence: int | None = None, appeal_id: int | None = None
) -> int:
    """The provider appeals against the decision that removed it, once; returns the appeal's id (R27).

    ``appeal_id`` is one of ``reserve_appeal_id`` where ``evidence`` was stored for it before; the evidence is kept for
    the retention period. Raises NotFound for another provider's case and for a file that is not the appeal's, Invalid
    without words, Conflict where the case is not upheld or an appeal was lodged.
    """
    if not words.strip() or len(words) > MAX_APPEAL:
        raise Invalid(
            fields=[FieldError("words", "请填写申诉的事实和理由，最多 %(max)s 字", {"max": str(MAX_APPEAL)})]
        )
    as_of = await today()
    async with transaction():
        case = await records.lock(case_id)
        if case.provider_id not in actor.provider_ids:
            raise NotFound("没有找到这个退出案件")
        if await appeal_of(case_id) is not None:
            raise Conflict("本案已经提出过申诉。请刷新页面查看最新情况")
        own_id = appeal_id or await reserve_appeal_id()
        if evidence is not None:
            await records.require_own_file("exit_appeal", own_id, evidence)
            await retain([evidence])
        await ExitAppeal.insert(
            ExitAppeal(
                id=own_id,
                case=case_id,
                lodged_on=as_of,
                words_sealed=seal(words.strip(), _WORDS),
                evidence=evidence,
                created_at=real_now(),
            )
        )
        if case.state in EXIT_CASE.sources("appeal"):
            await bans.note_appeal(case_id=case_id, as_of=as_of)
        await move(EXIT_CASE, ExitCase, case_id, "appeal", actor, chains=case.chains, data={"appeal": own_id})
        await notify(
            await accounts_of(bureau_id=case.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
            key=f"exit-{case_id}-appealed",
            subject=f"退出案件 {case.number}：机构已申诉",
            body=f"涉及机构：{case.entry_name}。请由未参与原决定的人员办理。",
            link=f"/bureau/exits/{case_id}",
        )
    return own_id


async def refuse(actor: Actor, case_id: int, reason: str) -> None:
    """An approver who had no part in the decision maintains it against the appeal, with a reason (R27, R13).

    Raises Invalid without a reason, Conflict where no appeal waits or overturning is proposed, Forbidden,
    RuleRefusal (R13), NotFound.
    """
    records.require_reason(reason)
    as_of = await today()
    async with transaction():
        case = await records.lock(case_id)
        await records.require_officer(actor, case, Role.APPROVER)
        found = await appeal_of(case_id)
        if case.state in EXIT_CASE.sources("refuse_appeal"):
            await require_uninvolved(actor, case_id)
            if found is None or found.refused_on is not None:
                raise Conflict("本案没有待办理的申诉。请刷新页面查看最新情况")
            await rows(
                "UPDATE exit_appeal SET refused_by = {}, refused_on = {}, refused_reason = {} WHERE id = {}",
                actor.account_id,
                as_of,
                reason.strip(),
                found.id,
            )
            await bans.note_appeal_refused(case_id=case_id, as_of=as_of)
        await move(
            EXIT_CASE,
            ExitCase,
            case_id,
            "refuse_appeal",
            actor,
            chains=case.chains,
            reason=reason.strip(),
            data={"appeal": found.id if found else None},
        )
        await notify(
            await accounts_of(provider_id=case.provider_id),
            key=f"exit-{case_id}-appeal-refused",
            subject=f"退出案件 {case.number}：申诉已办理，维持原决定",
            body="理由见案件页面。仍不服的，可以依法申请行政复议或提起行政诉讼。",
            link=f"/provider/exits/{case_id}",
        )


async def require_uninvolved(actor: Actor, case_id: int) -> None:
    """Raises RuleRefusal (R13) for who proposed or made the decision, or proposed to overturn it."""
    if await records.took_part(actor, case_id, *INVOLVED):
        raise RuleRefusal(
            "原决定或撤销意见由您提出或作出，请由另一名复审人员办理", code="same_person", rule="R13"
        )
