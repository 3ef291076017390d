"""Exit cases as they are read, and their locks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from registry.exits.rules import answer_deadline
from registry.jurisdictions.queries import calendar
from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import FieldError, Forbidden, Invalid, NotFound, RuleRefusal
from registry.kernel.working_days import Window
from registry.policies import Policy, thaw
from registry.policies.vocabulary import Ground


@dataclass(frozen=True, slots=True)
class Case:
    """An exit case with its entry. ``policy_json`` is the policy frozen when it was opened (R30)."""

    id: int
    number: str
    state: str
    ground_code: str
    entry_id: int
    entry_name: str
    certificate_number: str
    provider_id: int
    list_id: int
    list_name: str
    bureau_id: int
    bureau_name: str
    bureau_division: str
    opened_on: date
    answer_from: date
    answer_until: date | None
    answered_on: date | None
    answer_sealed: bytes | None
    proposed_by: int | None
    proposal: str | None
    proposal_reason: str
    decided_by: int | None
    decided_on: date | None
    decision_reason: str
    overturn_proposed_by: int | None
    overturn_proposal_reason: str
    overturned_by: int | None
    overturned_on: date | None
    overturned_reason: str
    policy_json: str

    @property
    def policy(self) -> Policy:
        """The policy of the case."""
        return thaw(json.loads(self.policy_json))

    @property
    def ground(self) -> Ground:
        """The ground of the case (R26)."""
        return next(one for one in Ground if one.value == self.ground_code)

    @property
    def chains(self) -> tuple[str, ...]:
        """The event chains of the bureau and of the provider."""
        return (events.bureau_chain(self.bureau_id), events.provider_chain(self.provider_id))

    @property
    def live(self) -> bool:
        """Not decided yet."""
        return self.state in {"open", "proposed"}


SELECT = """
SELECT x.id, x.number, x.state, x.ground AS ground_code, x.entry AS entry_id, e.name AS entry_name,
       e.certificate_number, e.provider AS provider_id, e.list AS list_id, l.name AS list_name,
       x.bureau AS bureau_id, b.name AS bureau_name, b.division AS bureau_division, x.opened_on, x.answer_from,
       x.answer_until, x.answered_on, x.answer_sealed, x.proposed_by, x.proposal, x.proposal_reason, x.decided_by,
       x.decided_on, x.decision_reason, x.overturn_proposed_by, x.overturn_proposal_reason, x.overturned_by,
       x.overturned_on, x.overturned_reason,
       x.policy::text AS policy_json
FROM exit_case x JOIN entry e ON e.id = x.entry JOIN registry_list l ON l.id = e.list
JOIN bureau b ON b.id = x.bureau
"""


async def load(case_id: int) -> Case:
    """One case, whoever asks. Raises NotFound."""
    found = await row(f"{SELECT} WHERE x.id = {{}}", case_id)
    if found is None:
        raise NotFound("没有找到这个退出案件")
    return Case(**found)


async def lock(case_id: int) -> Case:
    """Load and lock a case inside the caller's transaction, its entry's row first. Raises NotFound."""
    case = await load(case_id)
    await rows("SELECT id FROM entry WHERE id = {} FOR UPDATE", case.entry_id)
    await rows("SELECT id FROM exit_case WHERE id = {} FOR UPDATE", case_id)
    return await load(case_id)


async def answer_window(case: Case) -> Window:
    """The provider's time to answer (R27), with each of its days.

    An end that was stated when the case was opened stays, also when another calendar is loaded later (R29); one
    that was provisional is computed again.
    """
    window = answer_deadline(
        case.answer_from, case.policy.exit.answer_days, await calendar(case.policy.calendar)
    )
    return window.as_stated(case.answer_until)


async def require_officer(actor: Actor, case: Case, *roles: Role) -> None:
    """The actor holds one of ``roles`` at the case's bureau and belongs neither to the provider nor to a school
    that reported (R13). Raises NotFound for another bureau's case, Forbidden, RuleRefusal (R13).
    """
    if case.bureau_id not in actor.bureau_ids():
        raise NotFound("没有找到这个退出案件")
    if case.bureau_id not in actor.bureau_ids(*roles):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    schools = await _reporting_schools(case.id)
    if case.provider_id in actor.provider_ids or schools & actor.school_ids:
        raise RuleRefusal(
            "您是当事单位的成员，不能办理这个案件，请由他人办理", code="own_organisation", rule="R13"
        )


async def _reporting_schools(case_id: int) -> set[int]:
    found = await rows(
        'SELECT DISTINCT school FROM exit_report WHERE "case" = {} AND school IS NOT NULL', case_id
    )
    return {int(one["school"]) for one in found}


async def took_part(actor: Actor, case_id: int, *actions: str) -> bool:
    """Whether the actor ever did one of ``actions`` in a case, also where that was sent back or fell (R13)."""
    found = await row(
        "SELECT 1 AS one FROM event WHERE subject = 'exit_case' AND subject_id = {} AND action = ANY({})"
        " AND account_id = {} LIMIT 1",
        case_id,
        list(actions),
        actor.account_id,
    )
    return found is not None


def require_reason(reason: str) -> None:
    """Every decision has a reason (R13). Raises Invalid without one."""
    if not reason.strip():
        raise Invalid(fields=[FieldError("reason", "请写明理由")])


async def require_own_file(owner: str, owner_id: int, file_id: int) -> None:
    """Raises NotFound for a file that was not stored for this report or appeal."""
    found = await rows(
        "SELECT id FROM stored_file WHERE id = {} AND owner = {} AND owner_id = {} AND state <> 'deleted'",
        file_id,
        owner,
        owner_id,
    )
    if not found:
        raise NotFound("没有找到这个文件")
