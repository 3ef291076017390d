"""What the bureau does with a complaint, and the provider's answer to it (R25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from registry.evaluations.complaints.deadlines import until
from registry.evaluations.lifecycle import COMPLAINT
from registry.evaluations.rules import heard_refusal
from registry.evaluations.tables import Complaint
from registry.jurisdictions.queries import get_list
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.lifecycle import move
from registry.kernel.sealed import seal_json, unseal_json
from registry.notifications.commands import accounts_of, notify
from registry.policies import Policy
from registry.policies.vocabulary import Ground

Finding = Literal["find_true", "find_untrue"]
MAX_WORDS = 3000
_HEARING = "complaint.hearing"
_REPLIES = "complaint.replies"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who complains and how to reach them; both may be empty."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class _Locked:
    """A complaint whose row is locked."""

    id: int
    number: str
    state: str
    bureau_id: int
    list_id: int
    entry_name: str
    provider_id: int
    school_id: int | None
    answer_until: date | None
    identity_sealed: bytes
    hearing_sealed: bytes | None
    replies_sealed: bytes | None

    @property
    def chains(self) -> tuple[str, ...]:
        """The bureau's chain alone: a provider's own history does not lead to who complains."""
        return (events.bureau_chain(self.bureau_id),)

    @property
    def hearing(self) -> list[dict[str, str]]:
        """What the provider was asked and said."""
        return opened_hearing(self.hearing_sealed)


def opened_hearing(token: bytes | None) -> list[dict[str, str]]:
    """A list of {asked_on, question, answered_on, answer}, opened."""
    return [dict(one) for one in unseal_json(token, _HEARING)] if token else []


def opened_replies(token: bytes | None) -> list[dict[str, str]]:
    """A list of {on, text} for the complainant, opened."""
    return [dict(one) for one in unseal_json(token, _REPLIES)] if token else []


async def accept(actor: Actor, complaint_id: int) -> None:
    """An officer takes a complaint up. Raises Conflict, Forbidden, NotFound, RuleRefusal (R13)."""
    as_of = await today()
    async with transaction():
        found, policy = await _for_officer(actor, complaint_id)
        await _move(
            actor,
            found,
            "accept",
            {
                "handled_by": actor.account_id,
                "accepted_on": as_of,
                "close_until": await until(policy, policy.complaint.closing_days, as_of),
            },
        )


async def refuse(actor: Actor, complaint_id: int, reason: str) -> None:
    """An officer does not take a complaint up and tells the complainant why. Raises as ``accept``, Invalid."""
    text = _text(reason, "reason", "请写明不予受理的理由")
    as_of = await today()
    async with transaction():
        found, _ = await _for_officer(actor, complaint_id)
        await _move(
            actor,
            found,
            "refuse",
            {
                "closed_by": actor.account_id,
                "closed_on": as_of,
                "replies_sealed": _with_reply(found, as_of, text),
            },
        )


async def ask(actor: Actor, complaint_id: int, question: str) -> None:
    """An officer asks the provider for an answer, in words that do not lead to the complainant.

    Raises as ``refuse``.
    """
    text = _text(question, "question", "请写明要机构答复的事项")
    as_of = await today()
    async with transaction():
        found, policy = await _for_officer(actor, complaint_id)
        asked = [*found.hearing, {"asked_on": as_of.isoformat(), "question": text}]
        await _move(
            actor,
            found,
            "ask",
            {
                "hearing_sealed": seal_json(asked, _HEARING),
                "answer_until": await until(policy, policy.complaint.answer_days, as_of),
            },
        )
        await notify(
            await accounts_of(provider_id=found.provider_id),
            key=f"complaint-asked-{complaint_id}-{len(asked)}",
            subject="有一件投诉需要贵机构答复",
            body="请登录查看教育局询问的事项，并在期限内书面答复。",
            link=f"/provider/complaints/{complaint_id}",
        )


async def answer(actor: Actor, complaint_id: int, text: str) -> None:
    """The provider answers what it was asked. Late answers are taken while the complaint is open.

    Raises Invalid, Conflict where it was not asked or has answered, NotFound for another provider's.
    """
    said = _text(text, "text", "请填写答复")
    as_of = await today()
    async with transaction():
        found = await _lock(complaint_id)
        if found.provider_id not in actor.provider_ids or not found.hearing:
            raise NotFound("没有找到这件投诉")
        hearing = found.hearing
        hearing[-1] |= {"answered_on": as_of.isoformat(), "answer": said}
        await _move(actor, found, "answer", {"hearing_sealed": seal_json(hearing, _HEARING)})
        await notify(
            await accounts_of(bureau_id=found.bureau_id, roles=[Role.REVIEWER, Role.APPROVER]),
            key=f"complaint-answered-{complaint_id}-{len(hearing)}",
            subject=f"投诉 {found.number}：机构已答复",
            body=f"涉及机构：{found.entry_name}。",
            link=f"/bureau/complaints/{complaint_id}",
        )


async def reply(actor: Actor, complaint_id: int, text: str) -> None:
    """An officer tells the complainant how it stands; they read it with their receipt. Raises as ``refuse``."""
    said = _text(text, "reply", "请填写答复内容")
    as_of = await today()
    async with transaction():
        found, _ = await _for_officer(actor, complaint_id)
        await _move(actor, found, "reply", {"replies_sealed": _with_reply(found, as_of, said)})


async def close(
    actor: Actor, complaint_id: int, finding: Finding, text: str, ground: Ground | None = None
) -> None:
    """An officer closes a complaint as founded or not, with an answer to the complainant (R25).

    Founded only after the provider answered or its time is over. ``ground`` names the exit ground (R26) that a
    founded complaint shows, None for what was mended without one; it decides nothing by itself. Raises RuleRefusal
    (R13, R25, R26), Invalid, Conflict, Forbidden, NotFound.
    """
    said = _text(text, "answer", "请填写给投诉人的答复")
    as_of = await today()
    async with transaction():
        found, policy = await _for_officer(actor, complaint_id)
        if finding == "find_true" and found.state in {"accepted", "asked", "answered"}:
            refusal = heard_refusal(bool(found.hearing), found.state == "answered", found.answer_until, as_of)
            if refusal is not None:
                raise RuleRefusal.of(refusal)
        if ground is not None and (finding != "find_true" or ground not in policy.exit_grounds):
            raise Invalid(fields=[FieldError("ground", "请选择本地规定的退出情形，或选择不涉及")])
        await _move(
            actor,
            found,
            finding,
            {
                "closed_by": actor.account_id,
                "closed_on": as_of,
                "ground": ground.value if ground else None,
                "replies_sealed": _with_reply(found, as_of, said),
            },
            {"ground": ground.value if ground else None},
        )
        if found.hearing:
            word = "属实" if finding == "find_true" else "不属实"
            await notify(
                await accounts_of(provider_id=found.provider_id),
                key=f"complaint-closed-{complaint_id}",
                subject=f"投诉已办结：{word}",
                body="办理结果见投诉页面。",
                link=f"/provider/complaints/{complaint_id}",
            )


async def reveal_identity(actor: Actor, complaint_id: int, purpose: str) -> Identity:
    """Who complains, for a case officer of the bureau; each look is an event (R34). Raises as ``accept``."""
    async with transaction():
        found, _ = await _for_officer(actor, complaint_id)
        identity = unseal_json(found.identity_sealed, "complaint.identity")
        await events.record(
            actor,
            subject="complaint",
            subject_id=complaint_id,
            action="reveal",
            chains=found.chains,
            from_state=found.state,
            to_state=found.state,
            reason=purpose.strip()[:200],
            data={"fields": ["identity"]},
        )
    return Identity(identity["name"], identity["contact"])


def _text(given: str, field: str, missing: str) -> str:
    if not given.strip():
        raise Invalid(fields=[FieldError(field, missing)])
    if len(given) > MAX_WORDS:
        raise Invalid(fields=[FieldError(field, "最多 %(max)s 字，请缩短", {"max": str(MAX_WORDS)})])
    return given.strip()


def _with_reply(found: _Locked, as_of: date, text: str) -> bytes:
    replies = opened_replies(found.replies_sealed)
    return seal_json([*replies, {"on": as_of.isoformat(), "text": text}], _REPLIES)


async def _move(
    actor: Actor, found: _Locked, action: str, values: dict[str, Any], data: dict[str, Any] | None = None
) -> None:
    # What was written is personal and sealed: the event says that something was, not what.
    await move(COMPLAINT, Complaint, found.id, action, actor, chains=found.chains, values=values, data=data)


async def _for_officer(actor: Actor, complaint_id: int) -> tuple[_Locked, Policy]:
    found = await _lock(complaint_id)
    if found.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这件投诉")
    if found.bureau_id not in actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if found.provider_id in actor.provider_ids or found.school_id in actor.school_ids:
        raise RuleRefusal(
            "您是当事单位的成员，不能办理这件投诉，请由他人办理", code="own_organisation", rule="R13"
        )
    return found, (await get_list(found.list_id)).policy


async def _lock(complaint_id: int) -> _Locked:
    await rows("SELECT id FROM complaint WHERE id = {} FOR UPDATE", complaint_id)
    found = await row(
        "SELECT m.id, m.receipt_number AS number, m.state, m.bureau AS bureau_id, e.list AS list_id,"
        " e.name AS entry_name, e.provider AS provider_id, c.school AS school_id, m.answer_until, m.identity_sealed,"
        " m.hearing_sealed, m.replies_sealed FROM complaint m JOIN entry e ON e.id = m.entry"
        " LEFT JOIN contract c ON c.id = m.contract WHERE m.id = {}",
        complaint_id,
    )
    if found is None:
        raise NotFound("没有找到这件投诉")
    return _Locked(**found)
