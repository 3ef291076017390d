"""An application that came on paper, entered by a clerk of the bureau: the day of the postmark counts (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from asyncpg.exceptions import UniqueViolationError

from registry.applications.form import ApplicationForm
from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application, PaperIntake
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.providers import commands as providers
from registry.providers import queries as known_providers
from registry.providers.rules import check_credit_code
from registry.rounds import queries as rounds
from registry.rounds.rules import accepts


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an application came: by post or handed over, the day that counts, the day it arrived."""

    by_post: bool
    posted_on: date
    received_on: date
    note: str = ""


async def begin_paper(actor: Actor, round_id: int, name: str, credit_code: str, arrival: Arrival) -> int:
    """Begin entering an application that came on paper; returns its id, a draft that only clerks edit.

    A provider that is not registered yet is recorded without an account. Raises Forbidden for anybody but a clerk of
    the round's bureau, RuleRefusal R8 where the policy takes no paper and R5 where the postmark is out of time, Invalid,
    Conflict where the provider applied in this round already.
    """
    as_of = await today()
    found = await rounds.get(round_id)
    if found.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这个遴选批次")
    if found.bureau_id not in actor.bureau_ids(*APPLICATION.may["enter_paper"]):
        raise Forbidden("您在本教育局没有录入纸质申报的角色")
    if not found.rules.paper.accepted:
        raise RuleRefusal(
            "本批次的规则不接受纸质申报，请机构在网上申报", code="paper_not_accepted", rule="R8"
        )
    code = _check(name, credit_code, arrival, as_of)
    refusal = accepts(found.facts, arrival.posted_on)
    if refusal is not None:
        raise RuleRefusal.of(refusal)
    try:
        async with transaction():
            provider_id = await providers.known_or_entered(actor, name, code)
            facts = await known_providers.facts(provider_id)
            made = Application(
                round=round_id,
                provider=provider_id,
                name=facts.name,
                categories=[],
                correction_items=[],
                form_sealed=ApplicationForm.of_provider(facts).sealed(),
                created_at=real_now(),
            )
            await made.save()
            application_id = int(made.id)
            await PaperIntake.insert(
                PaperIntake(
                    application=application_id,
                    by_post=arrival.by_post,
                    posted_on=arrival.posted_on,
                    received_on=arrival.received_on,
                    entered_by=actor.account_id,
                    note=arrival.note.strip()[:1000],
                    created_at=real_now(),
                )
            )
            await events.record(
                actor,
                subject="application",
                subject_id=application_id,
                action="begin_paper",
                chains=(events.provider_chain(provider_id), events.bureau_chain(found.bureau_id)),
                to_state="draft",
                data={"round": round_id, "posted_on": arrival.posted_on, "received_on": arrival.received_on},
            )
    except UniqueViolationError as error:
        raise Conflict("这家机构在本批次已有一份申报，不能重复录入。请在申报审核中查看") from error
    return application_id


def _check(name: str, credit_code: str, arrival: Arrival, as_of: date) -> str:
    errors = []
    if not name.strip():
        errors.append(FieldError("name", "请填写机构名称"))
    answer = check_credit_code(credit_code)
    if not answer.ok:
        errors.append(FieldError("credit_code", "统一社会信用代码有误，请对照证照逐位核对"))
    if arrival.received_on > as_of:
        errors.append(FieldError("received_on", "收到日期不能晚于今天"))
    if arrival.posted_on > arrival.received_on:
        errors.append(FieldError("posted_on", "邮戳（递交）日期不能晚于收到日期"))
    if errors:
        raise Invalid(fields=errors)
    return str(answer.value)
