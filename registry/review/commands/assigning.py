"""Giving an application to one reviewer, taking it, giving it up (R13)."""

from __future__ import annotations

from dataclasses import dataclass

from registry.applications.tables import Application
from registry.kernel import events
from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from registry.notifications.commands import notify
from registry.review.access import Subject, acts_of, bar, lock
from registry.review.acts import write

OPEN = ("submitted", "vetting", "in_review", "correction")


@dataclass(frozen=True, slots=True)
class Assignee:
    """A reviewer of the bureau."""

    account_id: int
    name: str


async def assign(actor: Actor, application_id: int, account_id: int | None) -> None:
    """Give an application that is under review to a reviewer, or to nobody; the reviewer is told.

    An administrator gives it to anyone who may review it; a reviewer takes it, or gives up what is theirs. The same
    again changes nothing. Raises Forbidden, Invalid for somebody who may not review it (R13), Conflict where the review
    is over, NotFound.
    """
    async with transaction():
        subject = await lock(application_id)
        if subject.bureau_id not in actor.bureau_ids():
            raise NotFound("没有找到这份申报")
        _require_may_assign(actor, subject, account_id)
        if subject.state not in OPEN:
            raise Conflict("这份申报已不在初审阶段，不能再分派。请刷新页面查看最新情况")
        if subject.assigned_to == account_id:
            return
        if account_id is not None:
            await _require_fit(subject, account_id)
        await Application.update({Application.assigned_to: account_id}).where(
            Application.id == application_id
        )
        await write(actor, subject, "assign")
        await events.record(
            actor,
            subject="application",
            subject_id=application_id,
            action="assign" if account_id is not None else "unassign",
            chains=subject.chains[:1],
            data={"to": account_id, "from": subject.assigned_to},
        )
        if account_id is not None and account_id != actor.account_id:
            count = await row(
                "SELECT count(*) AS n FROM review_act WHERE application = {} AND kind = 'assign'",
                application_id,
            )
            await notify(
                [account_id],
                key=f"application:{application_id}:assigned:{count['n'] if count else 0}",
                subject="有申报分派给您办理",
                body="请在申报审核中查看并办理初审。",
                link=f"/bureau/applications/{application_id}",
            )


def _require_may_assign(actor: Actor, subject: Subject, account_id: int | None) -> None:
    if actor.has(Role.BUREAU_ADMIN, bureau_id=subject.bureau_id):
        return
    if not actor.has(Role.REVIEWER, bureau_id=subject.bureau_id):
        raise Forbidden("您在本教育局没有办理这一步的角色")
    taking = account_id == actor.account_id and subject.assigned_to is None
    giving_up = account_id is None and subject.assigned_to == actor.account_id
    if not (taking or giving_up or subject.assigned_to == account_id):
        raise Forbidden("这份申报已有承办人，请由教育局管理员改派")


async def _require_fit(subject: Subject, account_id: int) -> None:
    members = await rows(
        "SELECT m.role, m.bureau, m.provider FROM membership m JOIN account a ON a.id = m.account"
        " WHERE m.account = {} AND a.active",
        account_id,
    )
    person = Actor(
        account_id,
        "",
        tuple(
            Membership(Role(one["role"]), bureau_id=one["bureau"], provider_id=one["provider"])
            for one in members
        ),
    )
    refusal = bar(
        person,
        Role.REVIEWER,
        bureau_id=subject.bureau_id,
        provider_id=subject.provider_id,
        look=subject.look,
        acts=await acts_of(subject.id, person),
    )
    if refusal is not None:
        raise Invalid(
            fields=[
                FieldError("assignee", "这位人员不能办理这份申报（不是初审人员、已回避、录入过或属于该机构）")
            ]
        )


async def reviewers_of(bureau_id: int) -> list[Assignee]:
    """The active reviewers of a bureau, by name."""
    found = await rows(
        "SELECT DISTINCT a.id AS account_id, a.display_name AS name FROM account a JOIN membership m ON m.account = a.id"
        " WHERE m.bureau = {} AND m.role = {} AND a.active ORDER BY a.display_name, a.id",
        bureau_id,
        Role.REVIEWER.value,
    )
    return [Assignee(**one) for one in found]
