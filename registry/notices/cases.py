"""Reading objections: the officers' queue, and one case without who objects (R17, R34)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.kernel.actor import OFFICIALS, Actor, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.refusals import Refusal
from registry.kernel.sealed import unseal, unseal_json
from registry.kernel.working_days import Window
from registry.notices.hearing import answer_window
from registry.notices.rules import ObjectionFacts, ObjectorKind, objection_refusals
from registry.policies import thaw
from registry.policies.model import ObjectionPolicy


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection in the queue. ``mine``: the asking person may take the next step."""

    id: int
    receipt_number: str
    state: str
    kind: str
    filed_on: date
    provider_name: str
    application_id: int
    notice_id: int
    notice_number: str
    answered: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class ObjectionCase:
    """One objection. ``facts`` and ``answer`` are None for who is no case officer; who objects is never in it.

    ``hearing`` is the provider's time to answer. ``unmet`` are the conditions of the policy that it misses; ``earlier_proposer`` says that the asking
    person proposed a ruling in it.
    """

    id: int
    receipt_number: str
    state: str
    kind: str
    filed_on: date
    provider_id: int
    provider_name: str
    credit_code: str
    application_id: int
    application_state: str
    item_id: int
    notice_id: int
    notice_number: str
    notice_title: str
    published_on: date
    last_day: date
    passes_from: date | None
    bureau_id: int
    refuse_otherwise: bool
    facts: str | None
    answer: str | None
    answered: bool
    hearing: Window
    unmet: tuple[Refusal, ...]
    proposal: str | None
    proposed_by: str
    ruled_by: str
    ruled_on: date | None
    ruling_reason: str
    earlier_proposer: bool


async def objections(
    actor: Actor, *, state: str = "", after: int | None = None, limit: int = 50
) -> tuple[list[ObjectionRow], str | None]:
    """The objections of the actor's bureaux: what waits for the actor first, then the oldest; and the next cursor.

    ``state`` is "", "open" (not ruled yet) or one state. One query.
    """
    wanted = {"": None, "open": ["open", "proposed"]}.get(state, [state])
    found = await rows(
        """
        WITH seen AS (
          SELECT o.id, o.receipt_number, o.state, o.kind, o.filed_on, a.name AS provider_name, a.id AS application_id,
                 n.id AS notice_id, n.number AS notice_number, o.answer_sealed IS NOT NULL AS answered,
                 ((o.state = 'open' AND l.bureau = ANY({}))
                  OR (o.state = 'proposed' AND l.bureau = ANY({}) AND o.proposed_by <> {})) AS mine
          FROM objection o JOIN notice_item i ON i.id = o.item JOIN application a ON a.id = i.application
          JOIN notice n ON n.id = i.notice JOIN registry_list l ON l.id = n.list
          WHERE l.bureau = ANY({}) AND ({}::varchar[] IS NULL OR o.state = ANY({}))
        )
        SELECT * FROM seen
        WHERE {}::int IS NULL OR ((NOT mine)::int, id) > (SELECT (NOT mine)::int, id FROM seen WHERE id = {})
        ORDER BY (NOT mine)::int, id LIMIT {}
        """,
        sorted(actor.bureau_ids(Role.REVIEWER)),
        sorted(actor.bureau_ids(Role.APPROVER)),
        actor.account_id or 0,
        sorted(actor.bureau_ids(*OFFICIALS)),
        wanted,
        wanted,
        after,
        after,
        limit + 1,
    )
    views = [ObjectionRow(**one) for one in found[:limit]]
    return views, str(views[-1].id) if len(found) > limit else None


async def case(actor: Actor, objection_id: int) -> ObjectionCase:
    """One objection of the actor's bureaux. Raises NotFound for any other."""
    found = await row(
        """
        SELECT o.id, o.receipt_number, o.state, o.kind, o.filed_on, a.provider AS provider_id, a.name AS provider_name,
               p.credit_code, a.id AS application_id, a.state AS application_state, i.id AS item_id, n.id AS notice_id,
               n.number AS notice_number, n.title AS notice_title, n.published_on, n.last_day, n.passes_from,
               l.bureau AS bureau_id, r.policy, o.answer_until, o.facts_sealed, o.answer_sealed, o.identity_sealed, o.proposal,
               coalesce(u.display_name, '') AS proposed_by, coalesce(w.display_name, '') AS ruled_by, o.ruled_on,
               o.ruling_reason,
               EXISTS (SELECT 1 FROM event e WHERE e.subject = 'objection' AND e.subject_id = o.id
                       AND e.action = 'propose_ruling' AND e.account_id = {}) AS earlier_proposer
        FROM objection o JOIN notice_item i ON i.id = o.item JOIN application a ON a.id = i.application
        JOIN provider p ON p.id = a.provider JOIN notice n ON n.id = i.notice JOIN round r ON r.id = n.round
        JOIN registry_list l ON l.id = n.list LEFT JOIN account u ON u.id = o.proposed_by
        LEFT JOIN account w ON w.id = o.ruled_by
        WHERE o.id = {}
        """,
        actor.account_id or 0,
        objection_id,
    )
    if found is None or found["bureau_id"] not in actor.bureau_ids(*OFFICIALS):
        raise NotFound("没有找到这项异议")
    policy = thaw(json.loads(found.pop("policy")))
    hearing = await answer_window(policy, found["filed_on"], found.pop("answer_until"))
    return _case(actor, found, policy.objections, hearing)


def _case(actor: Actor, found: dict[str, Any], conditions: ObjectionPolicy, hearing: Window) -> ObjectionCase:
    officer = (
        found["bureau_id"] in actor.bureau_ids(Role.REVIEWER, Role.APPROVER)
        and found["provider_id"] not in actor.provider_ids
    )
    facts, answer, identity = (found.pop(f"{one}_sealed") for one in ("facts", "answer", "identity"))
    return ObjectionCase(
        **found,
        hearing=hearing,
        refuse_otherwise=conditions.refuse_otherwise,
        facts=unseal(facts, "objection.facts") if officer else None,
        answer=unseal(answer, "objection.answer") if officer and answer else None,
        answered=answer is not None,
        unmet=_unmet(found["kind"], identity, conditions),
    )


def _unmet(kind: str, identity: bytes, conditions: ObjectionPolicy) -> tuple[Refusal, ...]:
    carried = unseal_json(identity, "objection.identity")
    facts = ObjectionFacts(
        kind=ObjectorKind.PERSON if kind == "person" else ObjectorKind.ORGANISATION,
        written=True,
        name_given=bool(carried["name"]),
        contact_given=bool(carried["contact"]),
        facts_given=True,
        sealed=bool(carried.get("sealed")),
    )
    return objection_refusals(facts, conditions)


async def unmet_conditions(objection_id: int) -> tuple[Refusal, ...]:
    """The conditions of the round's policy that an objection misses. Raises NotFound."""
    found = await row(
        "SELECT o.kind, o.identity_sealed, r.policy FROM objection o JOIN notice_item i ON i.id = o.item"
        " JOIN notice n ON n.id = i.notice JOIN round r ON r.id = n.round WHERE o.id = {}",
        objection_id,
    )
    if found is None:
        raise NotFound("没有找到这项异议")
    conditions = thaw(json.loads(found["policy"])).objections
    return _unmet(found["kind"], found["identity_sealed"], conditions)


@dataclass(frozen=True, slots=True)
class ProviderObjection:
    """An objection as the provider sees it: the facts and its own answer, never who objects.

    ``reason`` is that of the ruling; "" before it, and for one that was not admitted: that is told to its author.
    """

    id: int
    state: str
    filed_on: date
    application_id: int
    provider_name: str
    notice_id: int
    notice_number: str
    bureau_name: str
    facts: str
    answer: str | None
    hearing: Window
    ruled_on: date | None
    reason: str


async def for_provider(actor: Actor, objection_id: int) -> ProviderObjection:
    """An objection to one of the actor's providers. Raises NotFound for any other."""
    found = await row(
        "SELECT o.id, o.state, o.filed_on, a.id AS application_id, a.name AS provider_name, n.id AS notice_id,"
        " n.number AS notice_number, b.name AS bureau_name, o.facts_sealed, o.answer_sealed, o.answer_until, o.ruled_on,"
        " CASE WHEN o.ruled_on IS NULL THEN '' ELSE o.ruling_reason END AS reason, r.policy"
        " FROM objection o JOIN notice_item i ON i.id = o.item JOIN application a ON a.id = i.application"
        " JOIN notice n ON n.id = i.notice JOIN round r ON r.id = n.round JOIN registry_list l ON l.id = n.list"
        " JOIN bureau b ON b.id = l.bureau WHERE o.id = {} AND a.provider = ANY({})",
        objection_id,
        sorted(actor.provider_ids),
    )
    if found is None:
        raise NotFound("没有找到这项异议")
    policy = thaw(json.loads(found.pop("policy")))
    facts, answer = found.pop("facts_sealed"), found.pop("answer_sealed")
    return ProviderObjection(
        hearing=await answer_window(policy, found["filed_on"], found.pop("answer_until")),
        facts=unseal(facts, "objection.facts"),
        answer=unseal(answer, "objection.answer") if answer else None,
        **found,
    )


@dataclass(frozen=True, slots=True)
class ObjectionTo:
    """An objection to an application, for the list on its page."""

    id: int
    state: str
    filed_on: date
    answered: bool


async def of_application(application_id: int) -> list[ObjectionTo]:
    """The objections to an application, the latest first, for those who may see the application."""
    found = await rows(
        "SELECT o.id, o.state, o.filed_on, o.answer_sealed IS NOT NULL AS answered FROM objection o"
        " JOIN notice_item i ON i.id = o.item WHERE i.application = {} ORDER BY o.id DESC LIMIT 100",
        application_id,
    )
    return [ObjectionTo(**one) for one in found]
