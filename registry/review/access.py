"""Who may act on an application in review: the right bureau, nobody twice, nobody for their own (R13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import row
from registry.kernel.errors import Forbidden, NotFound, RuleRefusal


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
    decided_on: date | None
    second_look: bool

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))

    @property
    def look(self) -> int:
        """1 for the first review, 2 for the second look."""
        return 2 if self.second_look else 1


async def lock(application_id: int) -> Subject:
    """Load and lock an application, inside the caller's transaction. Raises NotFound."""
    found = await row(
        "SELECT a.id, a.state, a.round AS round_id, r.list AS list_id, l.bureau AS bureau_id,"
        " a.provider AS provider_id, a.recommended_by, a.decided_on, a.second_look"
        " FROM application a JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list"
        " WHERE a.id = {} FOR UPDATE OF a",
        application_id,
    )
    if found is None:
        raise NotFound("没有找到这份申报")
    return Subject(**found)


async def require(actor: Actor, subject: Subject, role: Role) -> None:
    """The actor holds ``role`` at this bureau, is not recused, does not belong to the provider (R13).

    In the second look nobody acts who acted in the first. Raises NotFound for another bureau's application,
    Forbidden or RuleRefusal (R13) otherwise.
    """
    if subject.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这份申报")
    if not actor.has(role, bureau_id=subject.bureau_id):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    if subject.provider_id in actor.provider_ids:
        raise RuleRefusal(
            "您是这家机构的成员,不能办理它的申报,请由他人办理", code="own_organisation", rule="R13"
        )
    barred = await row(
        "SELECT kind FROM review_act WHERE application = {} AND account = {}"
        " AND (kind = 'recuse' OR (look < {} AND kind IN ('recommend_shortlist', 'recommend_reject', 'send_back',"
        " 'shortlist', 'reject'))) LIMIT 1",
        subject.id,
        actor.account_id,
        subject.look,
    )
    if barred is not None and barred["kind"] == "recuse":
        raise RuleRefusal("您已对这份申报回避,请由他人办理", code="recused", rule="R13")
    if barred is not None:
        raise RuleRefusal("复核须由未参与首次审核的两人办理", code="second_look_by_others", rule="R14")
