"""What people make of a match: the same subject or not, with a reason, for as long as neither side changes (R3)."""

from __future__ import annotations

from typing import Any, Literal

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.screening.commands import lock_provider, severity

Judgement = Literal["same", "different"]

STRONG = frozenset({"credit_code", "related_person_id"})
"""Reasons on which two people must agree before a hit is set aside."""

STATES = ("in_review", "recommended", "shortlisted", "on_notice", "listed")
"""The states of an application in which its matches are judged."""


async def judge(actor: Actor, match_id: int, judgement: Judgement, reason: str) -> bool:
    """Say whether a match is the same subject, with a reason; returns whether that settles it.

    "Not the same" on a hit by code or full ID needs two people: the first one's word is kept as a proposal
    (False is returned) until another person says so too. Raises RuleRefusal R13 for the same person twice and
    for somebody of the provider, Conflict where it is judged already or superseded, Invalid without a reason.
    """
    text = reason.strip()
    if not text:
        raise Invalid(fields=[FieldError("reason", "请写明判断的理由")])
    async with transaction():
        found = await _lock(actor, match_id)
        if found["judgement"] is not None:
            raise Conflict("这项结果已有判断。请刷新页面查看最新情况")
        two = judgement == "different" and found["outcome"] == "hit" and found["reason"] in STRONG
        if two and found["proposed_by"] is None:
            await rows(
                "UPDATE screening_match SET proposed_by = {}, judgement_reason = {} WHERE id = {}",
                actor.account_id,
                text,
                match_id,
            )
            await _record(actor, found, "propose_different", text)
            return False
        if two and found["proposed_by"] == actor.account_id:
            raise RuleRefusal("代码或身份证号一致的命中，排除须由另一人确认", code="same_person", rule="R13")
        await rows(
            "UPDATE screening_match SET judgement = {}, judged_by = {}, judged_on = {}, judgement_reason = {},"
            " severity = {}, proposed_by = {} WHERE id = {}",
            judgement,
            actor.account_id,
            await today(),
            text,
            severity(found["outcome"], found["weight"], judgement),
            found["proposed_by"] if two else None,
            match_id,
        )
        await _record(actor, found, f"judge_{judgement}", text)
    return True


async def reopen(actor: Actor, match_id: int, reason: str) -> None:
    """Take a judgement, or a proposal of one, back: the match asks for a look again. Raises as ``judge``."""
    text = reason.strip()
    if not text:
        raise Invalid(fields=[FieldError("reason", "请写明撤销判断的理由")])
    async with transaction():
        found = await _lock(actor, match_id)
        if found["judgement"] is None and found["proposed_by"] is None:
            raise Conflict("这项结果还没有判断。请刷新页面查看最新情况")
        await rows(
            "UPDATE screening_match SET judgement = NULL, judged_by = NULL, judged_on = NULL, proposed_by = NULL,"
            " judgement_reason = '', severity = {} WHERE id = {}",
            severity(found["outcome"], found["weight"], None),
            match_id,
        )
        await _record(actor, found, "reopen", text)


async def _lock(actor: Actor, match_id: int) -> dict[str, Any]:
    """The match, if it is of the latest screening and the actor may judge it; the provider is locked first."""
    where = await row(
        "SELECT s.provider, s.list, s.application, l.bureau AS bureau_id FROM screening_match m"
        " JOIN screening s ON s.id = m.screening JOIN registry_list l ON l.id = s.list WHERE m.id = {}",
        match_id,
    )
    if where is None or where["bureau_id"] not in actor.bureau_ids():
        raise NotFound("没有找到这项名单核查结果")
    if where["bureau_id"] not in actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if where["provider"] in actor.provider_ids:
        raise RuleRefusal("您是这家机构的成员，请由他人办理", code="own_organisation", rule="R13")
    await lock_provider(where["provider"])
    found = await row(
        "SELECT m.*, a.state, m.screening = (SELECT max(x.id) FROM screening x WHERE x.provider = s.provider"
        "   AND x.list = s.list AND x.application IS NOT DISTINCT FROM s.application) AS latest"
        " FROM screening_match m JOIN screening s ON s.id = m.screening LEFT JOIN application a ON a.id = s.application"
        " WHERE m.id = {} FOR UPDATE OF m",
        match_id,
    )
    assert found is not None
    if not found["latest"]:
        raise Conflict("名单已重新核查，这项结果属于较早的一次。请刷新页面")
    if found["state"] is not None and found["state"] not in STATES:
        raise Conflict("申报已不在办理中，不能再改动名单核查结果")
    return {**found, **where}


async def _record(actor: Actor, found: dict[str, Any], action: str, reason: str) -> None:
    await events.record(
        actor,
        subject="screening_match",
        subject_id=found["id"],
        action=action,
        reason=reason,
        chains=(events.bureau_chain(found["bureau_id"]), events.provider_chain(found["provider"])),
        data={"application": found["application"], "screening": found["screening"]},
    )
