"""Screening providers, and what people make of its matches (R3, R12)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal

from registry.applications import queries as applications
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.sealed import seal_json
from registry.policies import Policy
from registry.rounds import queries as rounds
from registry.screening.bearing import bars_list
from registry.screening.index import screener
from registry.screening.subjects import BAN_PREFIX, ROW_PREFIX, subject_of
from registry.screening.tables import Screening, ScreeningMatch
from vetting.matching.model import Match, Outcome

Judgement = Literal["same", "different"]


async def screen_application(application_id: int) -> int:
    """Screen a handed-in application against its bureau's lists and all bans; returns the screening's id.

    Judged on the day of screening. What was judged before for the same pair holds while neither side changed.
    """
    found = await applications.get(application_id)
    form = await applications.submitted_form(application_id)
    policy = (await rounds.get(found.round_id)).rules
    as_of = await today()
    index, versions = await screener(found.bureau_id)
    result = index.screen(subject_of(found.provider_id, form), as_of)
    weights = await _weights(result.matches, found.list_id, policy, as_of)
    async with transaction():
        made = Screening(
            provider=found.provider_id,
            application=application_id,
            as_of=as_of,
            screened_at=real_now(),
            versions=json.dumps(versions),
            outcome=result.outcome.value,
        )
        await made.save()
        screening_id = int(made.id)
        for match in result.matches:
            await _insert_match(screening_id, match, weights[match.list_id])
    return screening_id


async def _insert_match(screening_id: int, match: Match, severity: str) -> None:
    of_ban = match.list_id.startswith(BAN_PREFIX)
    number = int(match.list_id.partition(":")[2])
    listing, ban_id = (None, number) if of_ban else (number, None)
    await ScreeningMatch.insert(
        ScreeningMatch(
            screening=screening_id,
            listing=listing,
            ban_id=ban_id,
            outcome=match.outcome.value,
            reason=match.reason.value,
            severity=severity,
            explanation_sealed=seal_json(match.explanation.as_dict(), "screening_match.explanation"),
        )
    )


async def _weights(matches: tuple[Match, ...], list_id: int, policy: Policy, as_of: date) -> dict[str, str]:
    """What each match weighs: a hit as the policy says of its list, a ban that does not reach this list tells
    only, a possible match asks for a look and never blocks (R3, R28)."""
    numbers = [int(m.list_id.partition(":")[2]) for m in matches if not m.list_id.startswith(BAN_PREFIX)]
    found = await rows("SELECT id, list_kind FROM listing WHERE id = ANY({})", numbers)
    kinds = {f"{ROW_PREFIX}{r['id']}": str(r["list_kind"]) for r in found}
    severities = {str(name): str(severity) for name, severity in policy.list_hits.items()}
    weights: dict[str, str] = {}
    for match in matches:
        if match.list_id.startswith(BAN_PREFIX):
            ban_id = int(match.list_id.partition(":")[2])
            reaches = await bars_list(ban_id, list_id, policy.ban.recognised, as_of)
            weight = severities["own_ban"] if reaches else "info"
        else:
            weight = severities.get(kinds[match.list_id], "warn")
        weights[match.list_id] = "warn" if match.outcome is Outcome.POSSIBLE and weight != "info" else weight
    return weights


async def judge(actor: Actor, match_id: int, judgement: Judgement, reason: str) -> None:
    """A reviewer says whether a match is the same subject, with a reason (R3).

    "Not the same" on a hit by code or full ID needs a second person: the first one's judgement is kept as a
    proposal and confirmed by somebody else. Raises RuleRefusal R13 for the same person, Conflict, Invalid.
    """
    text = reason.strip()
    if not text:
        raise Invalid(fields=[FieldError("reason", "请写明判断的理由")])
    async with transaction():
        found = await row(
            "SELECT m.id, m.outcome, m.reason, m.judgement, m.proposed_by, s.application, s.provider,"
            " l.bureau AS bureau_id FROM screening_match m JOIN screening s ON s.id = m.screening"
            " JOIN application a ON a.id = s.application JOIN round r ON r.id = a.round"
            " JOIN registry_list l ON l.id = r.list WHERE m.id = {} FOR UPDATE OF m",
            match_id,
        )
        if found is None or found["bureau_id"] not in actor.bureau_ids():
            raise NotFound("没有找到这项名单核查结果")
        if not actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
            raise Forbidden("您在本教育局没有办理这一步的角色")
        if found["provider"] in actor.provider_ids:
            raise RuleRefusal("您是这家机构的成员，请由他人办理", code="own_organisation", rule="R13")
        if found["judgement"] is not None:
            raise Conflict("这项结果已有判断。请刷新页面查看最新情况")
        await _write_judgement(actor, found, judgement, text)


async def _write_judgement(actor: Actor, found: dict[str, Any], judgement: Judgement, reason: str) -> None:
    needs_two = (
        judgement == "different"
        and found["outcome"] == "hit"
        and found["reason"]
        in {
            "credit_code",
            "related_person_id",
        }
    )
    action = f"judge_{judgement}"
    if needs_two and found["proposed_by"] is None:
        await rows(
            "UPDATE screening_match SET proposed_by = {}, judgement_reason = {} WHERE id = {}",
            actor.account_id,
            reason,
            found["id"],
        )
        action = "propose_different"
    else:
        if needs_two and found["proposed_by"] == actor.account_id:
            raise RuleRefusal("代码或身份证号一致的命中，排除须由另一人确认", code="same_person", rule="R13")
        await rows(
            "UPDATE screening_match SET judgement = {}, judged_by = {}, judged_on = {}, judgement_reason = {}"
            " WHERE id = {}",
            judgement,
            actor.account_id,
            await today(),
            reason,
            found["id"],
        )
    await events.record(
        actor,
        subject="screening_match",
        subject_id=found["id"],
        action=action,
        reason=reason,
        chains=(events.bureau_chain(found["bureau_id"]), events.provider_chain(found["provider"])),
        data={"application": found["application"]},
    )
