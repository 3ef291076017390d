"""The bar of a signed-in person: a role's few places, with what waits in each (one query)."""

from __future__ import annotations

from collections.abc import Mapping

from registry.kernel.actor import Actor, Role
from registry.kernel.db import row
from registry.web.components.context import NavItem
from registry.web.components.i18n import N_

ROLE_NAMES: dict[Role, str] = {
    Role.PROVIDER: N_("机构"),
    Role.REVIEWER: N_("初审"),
    Role.APPROVER: N_("复审"),
    Role.BUREAU_ADMIN: N_("教育局管理员"),
    Role.SCHOOL: N_("学校"),
    Role.AUDITOR: N_("审计"),
    Role.OPERATOR: N_("运维"),
}

_PROVIDER_COUNTS = """
SELECT (SELECT count(*) FROM application WHERE provider = ANY({}) AND state IN ('draft', 'correction'))
       + (SELECT count(*) FROM objection o JOIN notice_item i ON i.id = o.item JOIN application a ON a.id = i.application
         WHERE a.provider = ANY({}) AND o.state = 'open' AND o.answer_sealed IS NULL) AS applications,
       (SELECT count(*) FROM contract c JOIN entry e ON e.id = c.entry
         WHERE e.provider = ANY({}) AND c.state = 'offered') AS contracts,
       (SELECT count(*) FROM exit_case x JOIN entry e ON e.id = x.entry
         WHERE e.provider = ANY({}) AND x.state = 'open' AND x.answered_on IS NULL) AS exits,
       (SELECT count(*) FROM complaint m JOIN entry e ON e.id = m.entry
         WHERE e.provider = ANY({}) AND m.state = 'asked') AS complaints
"""

_BUREAU_COUNTS = """
SELECT (SELECT count(*) FROM application a JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list
         WHERE l.bureau = ANY({}) AND a.state = ANY({})) AS applications,
       (SELECT count(*) FROM objection o JOIN notice_item i ON i.id = o.item JOIN notice n ON n.id = i.notice
         JOIN registry_list l ON l.id = n.list WHERE l.bureau = ANY({}) AND o.state = ANY({})) AS objections,
       (SELECT count(*) FROM exit_case x WHERE x.bureau = ANY({}) AND (x.state = ANY({}) OR x.state = 'upheld' AND EXISTS
         (SELECT 1 FROM exit_appeal p WHERE p."case" = x.id AND p.refused_on IS NULL AND {}))) AS exits,
       (SELECT count(*) FROM complaint m WHERE m.bureau = ANY({}) AND m.state IN ('filed', 'accepted', 'answered'))
         AS complaints
"""

_SCHOOL_COUNTS = """
SELECT (SELECT count(*) FROM contract WHERE school = ANY({}) AND state = 'draft') AS contracts,
       (SELECT count(*) FROM contract WHERE school = ANY({}) AND state = 'signed' AND flagged_on IS NOT NULL) AS flagged,
       (SELECT count(*) FROM evaluation v JOIN contract c ON c.id = v.contract
         WHERE c.school = ANY({}) AND v.state = 'due') AS evaluations
"""


async def bar_for(actor: Actor) -> tuple[NavItem, ...]:
    """The places of the actor's strongest role, with counts of what waits for this person."""
    roles = actor.roles
    if Role.PROVIDER in roles:
        return await _provider_bar(actor)
    if roles & {Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN}:
        return await _bureau_bar(actor)
    if Role.SCHOOL in roles:
        return await _school_bar(actor)
    if Role.AUDITOR in roles:
        return (*_bureau_places({}), _EVENTS)
    if Role.OPERATOR in roles:
        return (
            NavItem(N_("教育局"), "/operator/bureaux", icon="building"),
            NavItem(N_("行政区划"), "/operator/divisions", icon="list"),
            NavItem(N_("账号"), "/bureau/accounts", icon="users"),
        )
    return (NavItem(N_("登记机构"), "/provider/register", icon="building"),)


async def _provider_bar(actor: Actor) -> tuple[NavItem, ...]:
    ids = list(actor.provider_ids)
    waits = await row(_PROVIDER_COUNTS, ids, ids, ids, ids, ids) or {}
    return (
        NavItem(N_("我的申报"), "/provider", waits["applications"], "file-text"),
        NavItem(N_("合同"), "/provider/contracts", waits["contracts"], "writing-sign"),
        NavItem(N_("评价与投诉"), "/provider/evaluations", waits["complaints"], "star"),
        NavItem(N_("退出案件"), "/provider/exits", waits["exits"], "gavel"),
    )


async def _bureau_bar(actor: Actor) -> tuple[NavItem, ...]:
    bureaux = list(actor.bureau_ids())
    states, rulings, cases = [], [], []
    if Role.REVIEWER in actor.roles:
        states.append("in_review")
        rulings.append("open")
        cases.append("open")
    if Role.APPROVER in actor.roles:
        states += ["recommended", "shortlisted"]
        rulings.append("proposed")
        cases += ["proposed", "overturning"]
    counted = (bureaux, states, bureaux, rulings, bureaux, cases, bool(cases), bureaux)
    waits = await row(_BUREAU_COUNTS, *counted) or {}
    if not rulings:
        waits["complaints"] = 0
    places = _bureau_places(waits)
    if Role.BUREAU_ADMIN in actor.roles:
        return (*places, NavItem(N_("设置"), "/bureau/setup", icon="settings"), _EVENTS)
    return places


_EVENTS = NavItem(N_("操作记录"), "/bureau/events", icon="history")


def _bureau_places(waits: Mapping[str, int]) -> tuple[NavItem, ...]:
    """What all of a bureau read; ``waits`` counts what is for this person to do, nothing for an auditor."""
    return (
        NavItem(N_("申报审核"), "/bureau/applications", waits.get("applications", 0), "inbox"),
        NavItem(N_("公示与异议"), "/bureau/notices", waits.get("objections", 0), "speakerphone"),
        NavItem(N_("在册机构"), "/bureau/entries", icon="certificate"),
        NavItem(N_("投诉与评价"), "/bureau/complaints", waits.get("complaints", 0), "message-report"),
        NavItem(N_("退出案件"), "/bureau/exits", waits.get("exits", 0), "gavel"),
        NavItem(N_("遴选批次"), "/bureau/rounds", icon="calendar"),
        NavItem(N_("名单核查"), "/bureau/lists", icon="shield-search"),
    )


async def _school_bar(actor: Actor) -> tuple[NavItem, ...]:
    ids = list(actor.school_ids)
    waits = await row(_SCHOOL_COUNTS, ids, ids, ids) or {}
    return (
        NavItem(N_("概览"), "/school", icon="home"),
        NavItem(
            N_("选择机构"),
            "/school/choose",
            icon="search",
            also=("/school/shortlist", "/school/compare", "/school/choices"),
        ),
        NavItem(N_("合同"), "/school/contracts", waits["contracts"] + waits["flagged"], "writing-sign"),
        NavItem(N_("学期评价"), "/school/evaluations", waits["evaluations"], "star"),
        NavItem(N_("退出报告"), "/school/reports", icon="flag"),
    )
