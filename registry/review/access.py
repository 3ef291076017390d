"""Who may act on an application in review: the right bureau, nobody twice, nobody for their own (R13, R14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import Forbidden, NotFound, RegistryError, RuleRefusal

_RECOMMENDING = frozenset({"recommend_shortlist", "recommend_reject"})
_DECIDING = frozenset({"send_back", "shortlist", "reject"})


@dataclass(frozen=True, slots=True)
class Subject:
    """An application as the review sees it, its row locked."""

    id: int
    state: str
    round_id: int
    list_id: int
    bureau_id: int
    provider_id: int
    recommended_by: int | None
    recommendation: str | None
    decided_on: date | None
    second_look: bool
    assigned_to: int | None

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))

    @property
    def look(self) -> int:
        """1 for the first review, 2 for the second look."""
        return 2 if self.second_look else 1


@dataclass(frozen=True, slots=True)
class PastAct:
    """What somebody did with the application before; ``look`` 1 is the first review, 2 the second look."""

    account_id: int | None
    kind: str
    look: int


async def lock(application_id: int) -> Subject:
    """Load and lock an application, inside the caller's transaction. Raises NotFound."""
    found = await row(
        "SELECT a.id, a.state, a.round AS round_id, r.list AS list_id, l.bureau AS bureau_id,"
        " a.provider AS provider_id, a.recommended_by, a.recommendation, a.decided_on, a.second_look, a.assigned_to"
        " FROM application a JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list"
        " WHERE a.id = {} FOR UPDATE OF a",
        application_id,
    )
    if found is None:
        raise NotFound("没有找到这份申报")
    return Subject(**found)


def bar(
    actor: Actor,
    role: Role,
    *,
    bureau_id: int,
    provider_id: int,
    look: int,
    acts: Iterable[PastAct],
    assigned_to: int | None = None,
) -> RegistryError | None:
    """What keeps the actor from acting in ``role`` on an application of this bureau; None if nothing does.

    R13: no role at the bureau, a member of the provider, recused, or already the other of the two people in
    this look. R14: whoever recommended or decided in the first review keeps out of the second look.
    """
    if not actor.has(role, bureau_id=bureau_id):
        return Forbidden("您在本教育局没有办理这一步的角色")
    if provider_id in actor.provider_ids:
        return RuleRefusal(
            "您是这家机构的成员，不能办理它的申报，请由他人办理", code="own_organisation", rule="R13"
        )
    own = [act for act in acts if act.account_id == actor.account_id]
    if any(act.kind == "recuse" for act in own):
        return RuleRefusal("您已对这份申报回避，请由他人办理", code="recused", rule="R13")
    if any(act.kind == "enter_paper" for act in own):
        return RuleRefusal(
            "这份申报由您按纸质材料录入，初审和复审须由他人办理", code="entered_it", rule="R13"
        )
    if any(act.look < look and act.kind in _RECOMMENDING | _DECIDING for act in own):
        return RuleRefusal(
            "您参与过首次审核，复核须由未参与首次审核的两人办理", code="second_look_by_others", rule="R14"
        )
    if role is Role.REVIEWER and assigned_to not in {None, actor.account_id}:
        return RuleRefusal(
            "这份申报已分派给其他人员承办。需要由您办理的，请教育局管理员改派",
            code="assigned_to_other",
            rule="R13",
        )
    done = {act.kind for act in own if act.look == look}
    if role is Role.APPROVER and done & _RECOMMENDING:
        return RuleRefusal("初审意见是您提出的，复审须由另一人办理", code="same_person", rule="R13")
    if role is Role.REVIEWER and done & _DECIDING:
        return RuleRefusal("您办理过这份申报的复审，初审须由另一人办理", code="same_person", rule="R13")
    return None


async def require(actor: Actor, subject: Subject, role: Role, *, look: int | None = None) -> None:
    """Raise what ``bar`` finds; NotFound for another bureau's application, whose existence is not told."""
    if subject.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份申报")
    found = bar(
        actor,
        role,
        bureau_id=subject.bureau_id,
        provider_id=subject.provider_id,
        look=look or subject.look,
        acts=await acts_of(subject.id, actor),
        assigned_to=subject.assigned_to,
    )
    if found is not None:
        raise found


async def require_case_officer(actor: Actor, subject: Subject) -> None:
    """The actor reviews or approves at this bureau and is neither recused nor of the provider.

    For what both of the two people may do, such as a note or a look at personal data. Raises NotFound,
    Forbidden, RuleRefusal (R13).
    """
    if subject.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份申报")
    if subject.bureau_id not in actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if subject.provider_id in actor.provider_ids:
        raise RuleRefusal(
            "您是这家机构的成员，不能办理它的申报，请由他人办理", code="own_organisation", rule="R13"
        )
    if any(act.kind == "recuse" for act in await acts_of(subject.id, actor)):
        raise RuleRefusal("您已对这份申报回避，请由他人办理", code="recused", rule="R13")


async def acts_of(application_id: int, actor: Actor) -> list[PastAct]:
    """What the actor did with an application; whoever rejected it on an objection is of the first review (R14)."""
    found = await rows(
        "SELECT account AS account_id, kind, look FROM review_act WHERE application = {} AND account = {}"
        " UNION ALL SELECT entered_by, 'enter_paper', 1 FROM paper_intake WHERE application = {} AND entered_by = {}"
        " UNION ALL SELECT {}::int, 'reject', 1 FROM objection o JOIN notice_item i ON i.id = o.item"
        " WHERE i.application = {} AND o.state = 'upheld' AND {}::int IN (o.proposed_by, o.ruled_by)",
        application_id,
        actor.account_id,
        application_id,
        actor.account_id,
        actor.account_id,
        application_id,
        actor.account_id,
    )
    return [PastAct(**one) for one in found]
