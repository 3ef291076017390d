"""Recommending, deciding, sending back: two different people, each with a reason (R13)."""

from __future__ import annotations

from typing import Literal

from registry.applications.lifecycle import APPLICATION
from registry.applications.tables import Application
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, transaction
from registry.kernel.errors import RuleRefusal
from registry.kernel.lifecycle import move
from registry.review.access import Subject, lock, require
from registry.review.acts import reason_of, write
from registry.review.second_look_window import second_look_hint
from registry.review.standing import refuse_not_vetted, refuse_open_blocks
from registry.review.telling import tell_officials, tell_provider

Outcome = Literal["shortlist", "reject"]

_WORDS = {"shortlist": "拟入围", "reject": "不予通过"}


async def recommend(
    actor: Actor,
    application_id: int,
    outcome: Outcome,
    reason: str,
    internal_note: str = "",
    *,
    checked_by_hand: bool = False,
) -> None:
    """The reviewer's recommendation. To recommend listing, every blocking finding must be overruled (R9).

    ``checked_by_hand``: somebody read an application that vetting could not read. Raises RuleRefusal for
    open blocking findings, for one not vetted and not checked by hand, and for R13; Conflict where the
    application moved on; Invalid without a reason.
    """
    text = reason_of(reason)
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.REVIEWER)
        unvetted = await _may_shortlist(application_id, checked_by_hand) if outcome == "shortlist" else False
        await move(
            APPLICATION,
            Application,
            application_id,
            "recommend",
            actor,
            chains=subject.chains,
            reason=text,
            values={"recommended_by": actor.account_id, "recommendation": outcome},
            data={"outcome": outcome} | ({"checked_by_hand": True} if unvetted else {}),
        )
        await write(actor, subject, f"recommend_{outcome}", reason=text, internal_note=internal_note)
        act = await _last_act(application_id)
        await tell_officials(
            subject,
            Role.APPROVER,
            f"recommended:{act}",
            "待复审：%(name)s",
            f"初审意见为“{_WORDS[outcome]}”，请复审。",
        )


async def send_back(actor: Actor, application_id: int, reason: str, internal_note: str = "") -> None:
    """The approver sends a recommendation back to the reviewer, with a reason. Raises as ``decide``."""
    text = reason_of(reason)
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
        await write(actor, subject, "send_back", reason=text, internal_note=internal_note)
        act = await _last_act(application_id)
        await tell_officials(
            subject, Role.REVIEWER, f"sent_back:{act}", "退回初审：%(name)s", f"复审退回的理由：{text}"
        )


async def decide(
    actor: Actor,
    application_id: int,
    outcome: Outcome,
    reason: str,
    internal_note: str = "",
    *,
    checked_by_hand: bool = False,
) -> None:
    """The approver's decision, by another person than the reviewer (R13).

    Nobody is shortlisted on the word of one: who would shortlist what was recommended for rejection sends it back.
    Raises RuleRefusal R13 for that and for the same person, R9 for open blocking findings and for one not vetted that
    nobody checked by hand; Conflict where it is decided already; Invalid without a reason.
    """
    text = reason_of(reason)
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.APPROVER)
        if outcome == "shortlist":
            _require_recommended(subject)
        unvetted = await _may_shortlist(application_id, checked_by_hand) if outcome == "shortlist" else False
        await move(
            APPLICATION,
            Application,
            application_id,
            outcome,
            actor,
            chains=subject.chains,
            reason=text,
            values={"decided_by": actor.account_id, "decided_on": await today()},
            data={"checked_by_hand": True} if unvetted else None,
        )
        await write(actor, subject, outcome, reason=text, internal_note=internal_note)
        if outcome == "shortlist":
            await tell_provider(
                subject,
                f"shortlisted:{subject.look}",
                "%(name)s：申报已通过审核，拟入围",
                "教育局将统一发布公示；公示期满无异议的，确认入库。",
            )
        else:
            await _tell_rejected(subject, text)


async def revoke(actor: Actor, application_id: int, reason: str) -> None:
    """Take back a shortlisting before the notice: the application is rejected, with a reason (R13).

    Raises RuleRefusal for the person who recommended it, Conflict where it is no longer shortlisted.
    """
    text = reason_of(reason)
    async with transaction():
        subject = await lock(application_id)
        await require(actor, subject, Role.APPROVER)
        await move(
            APPLICATION,
            Application,
            application_id,
            "reject_shortlisted",
            actor,
            chains=subject.chains,
            reason=text,
            values={"decided_by": actor.account_id, "decided_on": await today()},
        )
        await write(actor, subject, "reject", reason=text)
        await _tell_rejected(subject, text)


def _require_recommended(subject: Subject) -> None:
    if subject.state == "recommended" and subject.recommendation != "shortlist":
        raise RuleRefusal(
            "初审意见为“不予通过”，不能由一人决定拟入围。认为应当拟入围的，请退回初审并说明理由",
            code="not_as_recommended",
            rule="R13",
        )


async def _may_shortlist(application_id: int, checked_by_hand: bool) -> bool:
    await refuse_open_blocks(application_id)
    return await refuse_not_vetted(application_id, checked_by_hand)


async def _tell_rejected(subject: Subject, reason: str) -> None:
    body = f"理由：{reason}{await second_look_hint(subject, await today())}"
    await tell_provider(subject, f"rejected:{subject.look}", "%(name)s：申报未通过", f"{body}。")


async def _last_act(application_id: int) -> int:
    found = await row("SELECT max(id) AS id FROM review_act WHERE application = {}", application_id)
    assert found is not None
    return int(found["id"])
