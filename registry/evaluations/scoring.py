"""Scoring a contract for a term, the provider's word to it, and setting it aside (R25)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from registry.evaluations import records
from registry.evaluations.lifecycle import EVALUATION
from registry.evaluations.ratings import refresh
from registry.evaluations.records import Evaluation
from registry.evaluations.rules import below
from registry.evaluations.tables import Evaluation as EvaluationRow
from registry.jurisdictions.queries import calendar
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal
from registry.kernel.working_days import Window, add_working_days
from registry.notifications.commands import accounts_of, notify
from registry.policies import Policy, thaw

MAX_WORDS = 1000
MAX_ANSWER = 2000


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a school says: points from 1 to 5, words to them, satisfied parents in percent of ``answers``.

    ``satisfaction`` is None where no parent answered.
    """

    quality: int
    safety: int
    conduct: int
    satisfaction: int | None
    answers: int
    words: str = ""


def policy_of(evaluation: Evaluation) -> Policy:
    """The policy that judges an evaluation: the one in force when its contract was signed (R30)."""
    return thaw(json.loads(evaluation.contract_policy))


def below_threshold(evaluation: Evaluation) -> bool:
    """Whether the parents' satisfaction is so low that an exit case may be opened (R25)."""
    return evaluation.scored and below(
        evaluation.satisfaction, policy_of(evaluation).evaluation.satisfaction_threshold
    )


async def submit(actor: Actor, evaluation_id: int, given: Scoring) -> None:
    """The school scores a contract for a term (R25); late is better than never.

    The provider is told and may answer within its time; the bureau is told where parents are so dissatisfied that
    an exit case may be opened. Raises Invalid at the fields, RuleRefusal before scoring opens, Conflict where it is
    scored already, NotFound for another school's.
    """
    _check(given)
    as_of = await today()
    async with transaction():
        found = await _own(actor, evaluation_id)
        if found.state == "due" and as_of < found.opens_on:
            raise RuleRefusal(
                "这一学期的评价 %(day)s 起才能填写",
                code="not_open_yet",
                rule="R25",
                day=found.opens_on.isoformat(),
            )
        await _write(actor, found, "submit", given, as_of)


async def revise(actor: Actor, evaluation_id: int, given: Scoring) -> None:
    """The school corrects its scores while nobody has answered to them and they are not public.

    The provider's time begins anew. Raises RuleRefusal where it is too late, else as ``submit``.
    """
    _check(given)
    as_of = await today()
    async with transaction():
        found = await _own(actor, evaluation_id)
        if found.state == "submitted" and not found.may_revise(as_of):
            raise RuleRefusal(
                "评价已于 %(day)s 计入公开评分，不能再更正。确有错误的，请联系教育局作废后重新评价",
                code="public_already",
                rule="R25",
                day=found.public_from.isoformat() if found.public_from else "",
            )
        await _write(actor, found, "revise", given, as_of)


async def _own(actor: Actor, evaluation_id: int) -> Evaluation:
    found = await records.lock(evaluation_id)
    if found.school_id not in actor.school_ids:
        raise NotFound("没有找到这项评价")
    return found


def _check(given: Scoring) -> None:
    errors = [
        FieldError(name, "请选择 1 至 5 分")
        for name in ("quality", "safety", "conduct")
        if not 1 <= getattr(given, name) <= 5
    ]
    if not 0 <= given.answers <= 100_000:
        errors.append(FieldError("answers", "请填写参与调查的家长人数"))
    if given.answers and (given.satisfaction is None or not 0 <= given.satisfaction <= 100):
        errors.append(FieldError("satisfaction", "家长满意度应为 0 至 100"))
    if not given.answers and given.satisfaction is not None:
        errors.append(FieldError("satisfaction", "没有家长参与调查的，不填满意度"))
    if len(given.words) > MAX_WORDS:
        errors.append(FieldError("words", "评语最多 %(max)s 字", {"max": str(MAX_WORDS)}))
    if 1 <= min(given.quality, given.safety, given.conduct) <= 2 and not given.words.strip():
        errors.append(FieldError("words", "有 1 分或 2 分的，请写明具体情况"))
    if errors:
        raise Invalid(fields=errors)


async def _write(actor: Actor, found: Evaluation, action: str, given: Scoring, as_of: date) -> None:
    window = await answer_window(found, as_of)
    until = window.settled_last_day
    low = below(given.satisfaction, policy_of(found).evaluation.satisfaction_threshold)
    await move(
        EVALUATION,
        EvaluationRow,
        found.id,
        action,
        actor,
        chains=found.chains,
        values={
            "quality": given.quality,
            "safety": given.safety,
            "conduct": given.conduct,
            "satisfaction": given.satisfaction,
            "answers": given.answers,
            "words_sealed": seal(given.words.strip(), "evaluation.words"),
            "submitted_by": actor.account_id,
            "submitted_on": as_of,
            "answer_until": until,
            "public_from": until + timedelta(days=1) if until else None,
        },
        data={
            "contract": found.contract_id,
            "scores": [given.quality, given.safety, given.conduct],
            "satisfaction": given.satisfaction,
            "answers": given.answers,
            "below_threshold": low,
        },
    )
    key = f"evaluation-{action}-{found.id}-{as_of.isoformat()}"
    await notify(
        await accounts_of(provider_id=found.provider_id),
        key=key,
        subject=f"{found.school_name}评价了合同 {found.contract_number}",
        body="请查看评价；有不同意见的，可以在期限内作出说明。",
        link=f"/provider/evaluations/{found.id}",
    )
    if low:
        await notify(
            await accounts_of(bureau_id=found.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
            key=key,
            subject=f"家长满意度 {given.satisfaction}%：{found.entry_name}",
            body="低于规定值，可以启动退出程序，是否立案由教育局决定。",
            link=f"/bureau/evaluations/{found.id}",
        )


async def answer_window(found: Evaluation, submitted_on: date) -> Window:
    """The provider's time to say something to an evaluation that was submitted on a day."""
    policy = policy_of(found)
    return add_working_days(submitted_on, policy.evaluation.answer_days, await calendar(policy.calendar))


async def answer(actor: Actor, evaluation_id: int, text: str) -> None:
    """The provider explains itself, once, within its time; the scores count from then on.

    Raises Invalid without text, RuleRefusal when its time is over, Conflict, NotFound for another provider's.
    """
    if not text.strip() or len(text) > MAX_ANSWER:
        raise Invalid(fields=[FieldError("text", "请填写说明，最多 %(max)s 字", {"max": str(MAX_ANSWER)})])
    as_of = await today()
    async with transaction():
        found = await records.lock(evaluation_id)
        if found.provider_id not in actor.provider_ids or found.submitted_on is None:
            raise NotFound("没有找到这项评价")
        if found.state == "submitted" and not found.may_answer(as_of):
            raise RuleRefusal(
                "作出说明的期限已于 %(day)s 届满",
                code="answer_late",
                rule="R25",
                day=found.answer_until.isoformat() if found.answer_until else "",
            )
        await move(
            EVALUATION,
            EvaluationRow,
            evaluation_id,
            "answer",
            actor,
            chains=found.chains,
            values={
                "answer_sealed": seal(text.strip(), "evaluation.answer"),
                "answered_on": as_of,
                "public_from": as_of,
            },
        )
        await refresh(found.entry_id, as_of)
        await notify(
            await accounts_of(school_id=found.school_id),
            key=f"evaluation-answered-{evaluation_id}",
            subject=f"机构对合同 {found.contract_number} 的评价作了说明",
            body=f"“{found.entry_name}”作了说明，请查看。",
            link=f"/school/evaluations/{evaluation_id}",
        )


async def waive(actor: Actor, evaluation_id: int, reason: str) -> None:
    """An approver lets a school off an evaluation, such as where service never began. Raises as ``set_aside``."""
    await _set_aside(actor, evaluation_id, "waive", reason)


async def set_aside(actor: Actor, evaluation_id: int, reason: str) -> None:
    """An approver sets scores aside that should not stand; the school is asked for the term again.

    Raises Invalid without a reason, Conflict, Forbidden, NotFound for another bureau's, RuleRefusal (R13).
    """
    await _set_aside(actor, evaluation_id, "set_aside", reason)


async def _set_aside(actor: Actor, evaluation_id: int, action: str, reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
    as_of = await today()
    async with transaction():
        found = await records.lock(evaluation_id)
        require_officer(actor, found, Role.APPROVER)
        if action == "waive" and found.state in {"waived", "void"}:
            raise Conflict("这项评价已经处理。请刷新页面查看最新情况")
        await move(
            EVALUATION,
            EvaluationRow,
            evaluation_id,
            action,
            actor,
            chains=found.chains,
            reason=reason.strip(),
            values={
                "set_aside_by": actor.account_id,
                "set_aside_on": as_of,
                "set_aside_reason": reason.strip(),
            },
        )
        await refresh(found.entry_id, as_of)
        word = "免予评价" if action == "waive" else "已作废，请重新评价"
        for accounts, room in (
            (await accounts_of(school_id=found.school_id), "school"),
            (await accounts_of(provider_id=found.provider_id) if action == "set_aside" else [], "provider"),
        ):
            await notify(
                accounts,
                key=f"evaluation-{action}-{evaluation_id}",
                subject=f"合同 {found.contract_number} 的评价{word}",
                body="理由见评价页面。",
                link=f"/{room}/evaluations/{evaluation_id}",
            )


def require_officer(actor: Actor, found: Evaluation, *roles: Role) -> None:
    """The actor holds one of ``roles`` at the bureau and belongs neither to the provider nor to the school (R13).

    Raises NotFound for another bureau's evaluation, Forbidden, RuleRefusal (R13).
    """
    if found.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这项评价")
    if found.bureau_id not in actor.bureau_ids(*roles):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if found.provider_id in actor.provider_ids or found.school_id in actor.school_ids:
        raise RuleRefusal(
            "您是当事单位的成员，不能办理这项评价，请由他人办理", code="own_organisation", rule="R13"
        )
