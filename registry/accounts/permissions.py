"""The permission map: every permission on one page.

A route names a permission in ``opt={"permission": ...}`` or is marked ``opt={"public": True}``; a test walks
all routes. Whether the actor's organisation fits the record is judged by the command or query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from registry.kernel.actor import OFFICIALS, Actor, Role

Predicate = Callable[[Actor], bool]


def _any_of(*roles: Role) -> Predicate:
    wanted = frozenset(roles)
    return lambda actor: bool(wanted & actor.roles)


_OFFICIALS = _any_of(*OFFICIALS)

PERMISSIONS: Mapping[str, Predicate] = {
    # anybody with an account
    "account.own": lambda actor: actor.account_id is not None,
    # providers
    "provider.register": lambda actor: actor.account_id is not None,
    # (and clerks, for a draft that they enter from paper)
    "application.edit": _any_of(Role.PROVIDER, Role.REVIEWER, Role.BUREAU_ADMIN),
    "application.submit": _any_of(Role.PROVIDER, Role.REVIEWER, Role.BUREAU_ADMIN),
    "contract.confirm": _any_of(Role.PROVIDER),
    "exit.answer": _any_of(Role.PROVIDER),
    "exit.appeal": _any_of(Role.PROVIDER),
    "objection.answer": _any_of(Role.PROVIDER),
    "entry.withdraw": _any_of(Role.PROVIDER),
    "evaluation.answer": _any_of(Role.PROVIDER),
    "roster.change": _any_of(Role.PROVIDER),
    "complaint.answer": _any_of(Role.PROVIDER),
    "registration.renew": _any_of(Role.PROVIDER),
    # bureau
    "bureau.read": _OFFICIALS,
    "application.review": _any_of(Role.REVIEWER),
    "application.assign": _any_of(Role.REVIEWER, Role.BUREAU_ADMIN),
    "paper.enter": _any_of(Role.REVIEWER, Role.BUREAU_ADMIN),
    "application.decide": _any_of(Role.APPROVER),
    "application.remark": _any_of(Role.REVIEWER, Role.APPROVER),
    "finding.overrule": _any_of(Role.REVIEWER, Role.APPROVER),
    "personal_data.reveal": _any_of(Role.REVIEWER, Role.APPROVER),
    "document.read": _any_of(Role.PROVIDER, *OFFICIALS, Role.SCHOOL),
    "round.manage": _any_of(Role.BUREAU_ADMIN),
    "question.answer": _any_of(Role.BUREAU_ADMIN, Role.REVIEWER, Role.APPROVER),
    "notice.publish": _any_of(Role.APPROVER),
    "notice.post": _any_of(Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN),
    "objection.rule": _any_of(Role.REVIEWER, Role.APPROVER),
    "listing.confirm": _any_of(Role.APPROVER),
    "entry.suspend": _any_of(Role.APPROVER),
    "yearly_review.propose": _any_of(Role.REVIEWER),
    "yearly_review.decide": _any_of(Role.APPROVER),
    "registration.decide": _any_of(Role.REVIEWER, Role.APPROVER),
    "evaluation.set_aside": _any_of(Role.APPROVER),
    "roster.decide": _any_of(Role.REVIEWER, Role.APPROVER),
    "complaint.handle": _any_of(Role.REVIEWER, Role.APPROVER),
    "exit.open": _any_of(Role.REVIEWER, Role.APPROVER),
    "exit.propose": _any_of(Role.REVIEWER),
    "exit.decide": _any_of(Role.APPROVER),
    "exit.propose_overturn": _any_of(Role.REVIEWER, Role.APPROVER),
    "screening.import": _any_of(Role.BUREAU_ADMIN),
    "screening.confirm": _any_of(Role.BUREAU_ADMIN, Role.APPROVER),
    "screening.judge": _any_of(Role.REVIEWER, Role.APPROVER),
    "records.import": _any_of(Role.BUREAU_ADMIN),
    "records.confirm": _any_of(Role.BUREAU_ADMIN, Role.APPROVER),
    "bureau.manage": _any_of(Role.BUREAU_ADMIN),
    "account.manage": _any_of(Role.BUREAU_ADMIN, Role.OPERATOR),
    "audit.read": _any_of(Role.AUDITOR, Role.BUREAU_ADMIN),
    # schools
    "contract.draft": _any_of(Role.SCHOOL),
    "exit.report": _any_of(Role.SCHOOL),
    "evaluation.submit": _any_of(Role.SCHOOL),
    # operator
    "system.operate": _any_of(Role.OPERATOR),
    # pages several roles share
    "contract.agree": _any_of(Role.SCHOOL, Role.PROVIDER),
    "contract.read": _any_of(Role.SCHOOL, Role.PROVIDER, *OFFICIALS),
}


def may(actor: Actor, permission: str) -> bool:
    """Whether the actor holds ``permission``. Raises KeyError for one that is not in the map."""
    return PERMISSIONS[permission](actor)
