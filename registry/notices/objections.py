"""Objections: filing, admission, the provider's answer, ruling by two people (R17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.documents import commands as documents
from registry.documents.commands import PutFile
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.hearing import hearing_refusal
from registry.kernel.lifecycle import move
from registry.kernel.receipts import new_number, secret_for, secret_hash
from registry.kernel.sealed import seal, seal_json, unseal, unseal_json
from registry.kernel.working_days import Window
from registry.notices.cases import unmet_conditions
from registry.notices.commands import lock_item
from registry.notices.hearing import answer_window
from registry.notices.lifecycle import OBJECTION
from registry.notices.rules import (
    ObjectionFacts,
    ObjectorKind,
    may_answer,
    objection_refusals,
    objection_window_refusal,
)
from registry.notices.tables import Objection
from registry.notices.telling import tell_officials, tell_provider
from registry.review.access import lock
from registry.review.acts import reason_of
from registry.review.second_look_window import second_look_hint
from registry.rounds import queries as rounds

Ruling = Literal["uphold", "dismiss"]
MAX_ANSWER = 5000


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


@dataclass(frozen=True, slots=True)
class Identity:
    """Who objects and how to reach them."""

    name: str
    contact: str


async def file(
    actor: Actor, item_id: int, given: ObjectionInput, *, browser: str = "", evidence: PutFile | None = None
) -> Receipt:
    """File an objection to one provider on an open notice (R17).

    ``browser`` is a token of the sender's browser: what it sends twice is one objection with one receipt.
    ``evidence`` is a stored file; it is recorded and kept with the objection.

    Raises RuleRefusal outside the window and, where the policy refuses those, for an objection that does not
    meet its conditions; Conflict where the provider was taken off; Invalid for one without facts.
    """
    if not given.facts.strip():
        raise Invalid(fields=[FieldError("facts", "请写明异议的具体事实或依据")])
    async with transaction():
        item = await lock_item(item_id)
        # Read under the lock: a listing that came first, on the day after the window, is not objected to.
        as_of = await today()
        content = (item_id, given.kind.value, given.name, given.contact, given.facts, given.sealed)
        secret = secret_for(content, browser, "objection.receipt")
        again = await row(
            "SELECT id, receipt_number FROM objection WHERE item = {} AND receipt_secret_hash = {}",
            item_id,
            secret_hash(secret),
        )
        if again is not None:
            return Receipt(int(again["id"]), str(again["receipt_number"]), secret)
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
        window = await answer_window(policy, as_of)
        objection = Objection(
            item=item_id,
            receipt_number=new_number("YY", as_of),
            receipt_secret_hash=secret_hash(secret),
            kind=given.kind.value,
            identity_sealed=seal_json(
                {"name": given.name.strip(), "contact": given.contact.strip(), "sealed": given.sealed},
                "objection.identity",
            ),
            facts_sealed=seal(given.facts, "objection.facts"),
            filed_on=as_of,
            filed_at=real_now(),
            answer_until=window.settled_last_day,
        )
        await objection.save()
        if evidence is not None:
            file_id = await documents.record(actor, evidence, owner="objection", owner_id=int(objection.id))
            await documents.retain([file_id])
        await events.record(
            Actor.public() if actor.account_id is None else actor,
            subject="objection",
            subject_id=int(objection.id),
            action="file",
            chains=_chains(item),
            to_state="open",
            data={"item": item_id, "kind": given.kind.value},
        )
        await tell_officials(
            item["bureau_id"],
            Role.REVIEWER,
            f"objection:{objection.id}:filed",
            f"收到异议：{item['name']}",
            "请核实后提出处理意见；处理完毕前该机构不能入库。",
            f"/bureau/notices/objections/{objection.id}",
        )
        await tell_provider(
            item["provider"],
            item["application"],
            f"objection:{objection.id}:filed",
            f"{item['name']}：公示期间收到异议",
            f"请查看异议内容，在 {'预计 ' if window.provisional else ''}{window.last_day.isoformat()} 前（含当日）书面答复。"
            "异议人的身份不予公开。",
            objection_id=int(objection.id),
        )
    return Receipt(int(objection.id), str(objection.receipt_number), secret)


async def answer(actor: Actor, objection_id: int, text: str) -> None:
    """The provider's written answer; it sees the facts, never who objects. More can be added while it is open.

    A proposal to dismiss that came before the answer does not cut the time to answer short. Raises Invalid without
    text, Conflict where the objection is being ruled, NotFound for another provider's.
    """
    if not text.strip() or len(text) > MAX_ANSWER:
        raise Invalid(
            fields=[FieldError("answer", "请填写答复内容，最多 %(max)s 字", {"max": str(MAX_ANSWER)})]
        )
    as_of = await today()
    async with transaction():
        found = await _lock(objection_id)
        if found["provider"] not in actor.provider_ids:
            raise NotFound("没有找到这项异议")
        if not may_answer(found["state"], found["answered"], await _window(found), as_of):
            raise Conflict("这项异议已进入处理,不能再答复")
        await row(
            "UPDATE objection SET answer_sealed = {} WHERE id = {} RETURNING id",
            seal(await _with_more(objection_id, text.strip(), as_of), "objection.answer"),
            objection_id,
        )
        await events.record(
            actor, subject="objection", subject_id=objection_id, action="answer", chains=_chains(found)
        )
        await tell_officials(
            found["bureau_id"],
            Role.REVIEWER if found["state"] == "open" else Role.APPROVER,
            f"objection:{objection_id}:answered",
            f"机构已答复异议：{found['name']}",
            "请核实后办理。",
            f"/bureau/notices/objections/{objection_id}",
        )


async def _with_more(objection_id: int, text: str, as_of: date) -> str:
    """The answer with what is added to it today: what was said stays."""
    stored = await row("SELECT answer_sealed FROM objection WHERE id = {}", objection_id)
    assert stored is not None
    if stored["answer_sealed"] is None:
        return text
    return f"{unseal(stored['answer_sealed'], 'objection.answer')}\n\n（{as_of.isoformat()}）{text}"


async def _window(found: dict[str, Any]) -> Window:
    policy = (await rounds.get(found["round"])).rules
    return await answer_window(policy, found["filed_on"], found["answer_until"])


async def reveal_identity(actor: Actor, objection_id: int, purpose: str) -> Identity:
    """Who objects, for a case officer of the bureau; each look is an event (R34).

    Raises NotFound for another bureau's case, Forbidden for who is not a case officer, RuleRefusal R13 for
    a member of the provider.
    """
    async with transaction():
        found = await _lock(objection_id)
        _require_officer(actor, found, Role.REVIEWER, Role.APPROVER)
        stored = await row("SELECT identity_sealed FROM objection WHERE id = {}", objection_id)
        assert stored is not None
        identity = unseal_json(stored["identity_sealed"], "objection.identity")
        await events.record(
            actor,
            subject="objection",
            subject_id=objection_id,
            action="reveal",
            chains=_chains(found)[:1],
            reason=purpose.strip()[:200],
            data={"fields": ["identity"]},
        )
    return Identity(identity["name"], identity["contact"])


async def refuse_admission(actor: Actor, objection_id: int, reason: str) -> None:
    """A reviewer does not admit an objection that misses the policy's conditions (R17).

    One that meets them is ended by two people only. Raises RuleRefusal R17 for it, else as ``propose``.
    """
    text = reason_of(reason)
    async with transaction():
        await _rule(actor, objection_id, "refuse_admission", text, Role.REVIEWER, {"ruling_reason": text})
        if not await unmet_conditions(objection_id):
            raise RuleRefusal(
                "这项异议符合受理条件，不能由一人不予受理。认为不成立的，请提出处理意见，由另一人复审决定",
                code="admissible",
                rule="R17",
            )


async def propose(actor: Actor, objection_id: int, ruling: Ruling, reason: str) -> None:
    """The first of two people proposes to uphold or dismiss; to uphold only once the provider was heard (R17).

    Raises RuleRefusal R17 before it answered or its time is over, Conflict where it is not open any more, Forbidden, NotFound for another bureau's, RuleRefusal R13.
    """
    text = reason_of(reason)
    async with transaction():
        found = await _rule(
            actor,
            objection_id,
            "propose_ruling",
            text,
            Role.REVIEWER,
            {"proposed_by": actor.account_id, "proposal": ruling, "ruling_reason": text},
            upholds=ruling == "uphold",
        )
        await tell_officials(
            found["bureau_id"],
            Role.APPROVER,
            f"objection:{objection_id}:proposed:{actor.account_id}:{(await today()).isoformat()}",
            f"异议待复审：{found['name']}",
            f"处理意见：{'异议成立' if ruling == 'uphold' else '异议不成立'}。请作出决定。",
            f"/bureau/notices/objections/{objection_id}",
        )


async def send_back(actor: Actor, objection_id: int, reason: str) -> None:
    """The approver, another person than who proposed, sends a proposal back. Raises as ``decide``."""
    text = reason_of(reason)
    await _rule(
        actor, objection_id, "send_back", text, Role.APPROVER, {"proposed_by": None, "proposal": None}
    )


async def decide(actor: Actor, objection_id: int, ruling: Ruling, reason: str) -> None:
    """The second person rules as proposed. Upheld rejects the application; dismissed lets it go on (R17, R13).

    Raises RuleRefusal R13 for who proposed it and for another ruling than proposed, R17 where it would be upheld before the provider was heard, Conflict where it was ruled already, Forbidden, NotFound.
    """
    text = reason_of(reason)
    async with transaction():
        found = await _rule(
            actor,
            objection_id,
            ruling,
            text,
            Role.APPROVER,
            {"ruled_by": actor.account_id, "ruled_on": await today(), "ruling_reason": text},
            upholds=ruling == "uphold",
        )
        action = _ENDED_BY_UPHOLDING.get(found["application_state"])
        hint = ""
        if ruling == "uphold" and action is not None:
            hint = await second_look_hint(await lock(found["application"]), await today())
            await move(
                APPLICATION,
                Application,
                found["application"],
                action,
                actor,
                chains=_chains(found),
                reason=text,
                data={"objection": objection_id},
                values={"decided_on": await today()},
            )
        await tell_provider(
            found["provider"],
            found["application"],
            f"objection:{objection_id}:ruled",
            f"{found['name']}：{'异议成立，不予入库' if ruling == 'uphold' else '异议不成立'}",
            f"理由：{text}" + hint,
        )


_RULINGS = frozenset({"uphold", "dismiss"})
_ENDED_BY_UPHOLDING = {"on_notice": "reject_on_objection", "shortlisted": "reject_shortlisted"}


async def _rule(
    actor: Actor,
    objection_id: int,
    action: str,
    reason: str,
    role: Role,
    values: dict[str, Any],
    *,
    upholds: bool = False,
) -> dict[str, Any]:
    async with transaction():
        found = await _lock(objection_id)
        _require_officer(actor, found, role)
        if role is Role.APPROVER and await _proposed_before(actor, objection_id):
            raise RuleRefusal("处理意见是您提出的，须由另一人作出决定", code="same_person", rule="R13")
        if upholds and OBJECTION.next_state(found["state"], action) is not None:
            await _require_heard(found)
        if action in _RULINGS and found["state"] == "proposed" and found["proposal"] != action:
            raise RuleRefusal(
                "决定须与处理意见一致。不同意处理意见的，请退回并说明理由", code="not_as_proposed", rule="R13"
            )
        await move(
            OBJECTION,
            Objection,
            objection_id,
            action,
            actor,
            chains=_chains(found),
            reason=reason,
            values=values,
        )
    return found


async def _require_heard(found: dict[str, Any]) -> None:
    window = await _window(found)
    refusal = hearing_refusal(
        "R17",
        answered=found["answered"],
        until=window.settled_last_day,
        as_of=await today(),
        estimate=window.last_day,
    )
    if refusal is not None:
        raise RuleRefusal.of(refusal)


def _require_officer(actor: Actor, found: dict[str, Any], *roles: Role) -> None:
    if found["bureau_id"] not in actor.bureau_ids():
        raise NotFound("没有找到这项异议")
    if found["bureau_id"] not in actor.bureau_ids(*roles):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if found["provider"] in actor.provider_ids:
        raise RuleRefusal("您是这家机构的成员，请由他人办理", code="own_organisation", rule="R13")


async def _proposed_before(actor: Actor, objection_id: int) -> bool:
    """Whether the actor ever proposed a ruling in this case, also one that was sent back."""
    found = await row(
        "SELECT 1 AS one FROM event WHERE subject = 'objection' AND subject_id = {} AND action = 'propose_ruling'"
        " AND account_id = {} LIMIT 1",
        objection_id,
        actor.account_id,
    )
    return found is not None


async def _lock(objection_id: int) -> dict[str, Any]:
    found = await row(
        "SELECT o.id, o.state, o.proposed_by, o.proposal, o.filed_on, o.answer_until, o.answer_sealed IS NOT NULL AS answered, n.round,"
        " i.application, a.state AS application_state, a.name, a.provider,"
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
