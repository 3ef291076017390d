"""Objections: filing, admission, the provider's answer, ruling by two people (R17)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Literal

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal, seal_json
from registry.notices.commands import lock_item
from registry.notices.lifecycle import OBJECTION
from registry.notices.rules import ObjectionFacts, ObjectorKind, objection_refusals, objection_window_refusal
from registry.notices.tables import Objection
from registry.rounds import queries as rounds

Ruling = Literal["uphold", "dismiss"]


@dataclass(frozen=True, slots=True)
class ObjectionInput:
    """What an objector hands in. ``sealed``: the organisation's seal is on the uploaded statement."""

    kind: ObjectorKind
    name: str
    contact: str
    facts: str
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the objector keeps to follow the case; the secret is stored only as a hash."""

    objection_id: int
    number: str
    secret: str


def secret_hash(secret: str) -> str:
    """What is stored of a receipt's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def file(actor: Actor, item_id: int, given: ObjectionInput) -> Receipt:
    """File an objection to one provider on an open notice (R17).

    Raises RuleRefusal outside the window and, where the policy refuses those, for an objection that does not
    meet its conditions; Invalid for one without facts.
    """
    if not given.facts.strip():
        raise Invalid(fields=[FieldError("facts", "请写明异议的具体事实或依据")])
    as_of = await today()
    async with transaction():
        item = await lock_item(item_id)
        if item["taken_off_on"] is not None:
            raise Conflict("这家机构已不在公示中")
        late = objection_window_refusal(item["published_on"], item["passes_from"], as_of)
        if late:
            raise RuleRefusal.of(late)
        policy = (await rounds.get(item["round"])).rules
        facts = ObjectionFacts(
            kind=given.kind,
            written=True,
            name_given=bool(given.name.strip()),
            contact_given=bool(given.contact.strip()),
            facts_given=True,
            sealed=given.sealed,
        )
        unmet = objection_refusals(facts, policy.objections)
        if unmet and policy.objections.refuse_otherwise:
            raise RuleRefusal.of(*unmet)
        secret = secrets.token_hex(4)
        objection = Objection(
            item=item_id,
            receipt_number=f"YY{as_of:%Y%m%d}{secrets.randbelow(10**6):06d}",
            receipt_secret_hash=secret_hash(secret),
            kind=given.kind.value,
            identity_sealed=seal_json({"name": given.name, "contact": given.contact}, "objection.identity"),
            facts_sealed=seal(given.facts, "objection.facts"),
            filed_on=as_of,
            filed_at=real_now(),
        )
        await objection.save()
        await events.record(
            Actor.public() if actor.account_id is None else actor,
            subject="objection",
            subject_id=int(objection.id),
            action="file",
            chains=_chains(item),
            to_state="open",
            data={"item": item_id, "kind": given.kind.value},
        )
    return Receipt(int(objection.id), str(objection.receipt_number), secret)


async def answer(actor: Actor, objection_id: int, text: str) -> None:
    """The provider's written answer to an open objection; it sees the facts, never who objects."""
    if not text.strip():
        raise Invalid(fields=[FieldError("answer", "请填写答复内容")])
    async with transaction():
        found = await _lock(objection_id)
        if found["provider"] not in actor.provider_ids:
            raise NotFound("没有找到这项异议")
        if found["state"] != "open":
            raise Conflict("这项异议已进入处理,不能再答复")
        await row(
            "UPDATE objection SET answer_sealed = {} WHERE id = {} RETURNING id",
            seal(text.strip(), "objection.answer"),
            objection_id,
        )
        await events.record(
            actor, subject="objection", subject_id=objection_id, action="answer", chains=_chains(found)
        )


async def refuse_admission(actor: Actor, objection_id: int, reason: str) -> None:
    """A reviewer does not admit an objection that misses the policy's conditions (R17)."""
    await _rule(
        actor, objection_id, "refuse_admission", reason, Role.REVIEWER, {"ruling_reason": reason.strip()}
    )


async def propose(actor: Actor, objection_id: int, ruling: Ruling, reason: str) -> None:
    """The first of two people proposes to uphold or dismiss."""
    await _rule(
        actor,
        objection_id,
        "propose_ruling",
        reason,
        Role.REVIEWER,
        {"proposed_by": actor.account_id, "proposal": ruling, "ruling_reason": reason.strip()},
    )


async def send_back(actor: Actor, objection_id: int, reason: str) -> None:
    """The approver sends a proposal back."""
    await _rule(
        actor, objection_id, "send_back", reason, Role.APPROVER, {"proposed_by": None, "proposal": None}
    )


async def decide(actor: Actor, objection_id: int, ruling: Ruling, reason: str) -> None:
    """The second person rules. Upheld rejects the application; dismissed lets it go on (R17, R13)."""
    async with transaction():
        found = await _rule(
            actor,
            objection_id,
            ruling,
            reason,
            Role.APPROVER,
            {"ruled_by": actor.account_id, "ruled_on": await today(), "ruling_reason": reason.strip()},
        )
        if ruling == "uphold" and found["application_state"] == "on_notice":
            await move(
                APPLICATION,
                Application,
                found["application"],
                "reject_on_objection",
                actor,
                chains=_chains(found),
                reason=reason.strip(),
                data={"objection": objection_id},
                values={"decided_on": await today()},
            )


async def _rule(
    actor: Actor, objection_id: int, action: str, reason: str, role: Role, values: dict[str, Any]
) -> dict[str, Any]:
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])
    async with transaction():
        found = await _lock(objection_id)
        if not actor.has(role, bureau_id=found["bureau_id"]):
            if found["bureau_id"] in actor.bureau_ids():
                raise Forbidden("您在本教育局没有办理这一步的角色")
            raise NotFound("没有找到这项异议")
        if found["provider"] in actor.provider_ids:
            raise RuleRefusal("您是这家机构的成员,请由他人办理", code="own_organisation", rule="R13")
        if role is Role.APPROVER and found["proposed_by"] == actor.account_id:
            raise RuleRefusal("处理意见是您提出的,须由另一人作出决定", code="same_person", rule="R13")
        await move(
            OBJECTION,
            Objection,
            objection_id,
            action,
            actor,
            chains=_chains(found),
            reason=reason.strip(),
            values=values,
        )
    return found


async def _lock(objection_id: int) -> dict[str, Any]:
    found = await row(
        "SELECT o.id, o.state, o.proposed_by, i.application, a.state AS application_state, a.provider,"
        " l.bureau AS bureau_id FROM objection o JOIN notice_item i ON i.id = o.item"
        " JOIN application a ON a.id = i.application JOIN notice n ON n.id = i.notice"
        " JOIN registry_list l ON l.id = n.list WHERE o.id = {} FOR UPDATE OF a, o",
        objection_id,
    )
    if found is None:
        raise NotFound("没有找到这项异议")
    return found


def _chains(found: dict[str, Any]) -> tuple[str, str]:
    return events.bureau_chain(found["bureau_id"]), events.provider_chain(found["provider"])
