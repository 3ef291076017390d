"""The acts on an entry (R19), on a renewed document and a yearly review; lapsed and expired follow from dates."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle
from registry.kernel.terms import Term


class EntryState(StrEnum):
    """What people, or rules acting for them, decided."""

    LISTED = "listed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class Cause(Term):
    """Why an entry is suspended (R20, R27)."""

    REGISTRATION_LAPSED = "registration_lapsed", "登记证照已过期"
    LIST_HIT = "list_hit", "被列入失信名单"
    BANNED = "banned", "处于其他名单的禁入期"
    EXIT_CASE = "exit_case", "退出案件办理期间暂停"
    TERMINATED_BY_SCHOOL = "terminated_by_school", "学校以退出情形终止合同"
    BUREAU = "bureau", "教育局决定暂停"


class RosterState(StrEnum):
    """A teacher that the provider named after listing: vetted again before entering a school (R32)."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"
    LEFT = "left"


class RenewalState(StrEnum):
    """A renewed document: handed in, taken as valid, given back, or taken back by the provider."""

    HANDED_IN = "handed_in"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class YearlyReviewState(StrEnum):
    """A yearly review: to be done, with a proposed outcome, decided."""

    DUE = "due"
    PROPOSED = "proposed"
    DECIDED = "decided"


_APPROVER = frozenset({Role.APPROVER})
_REVIEWER = frozenset({Role.REVIEWER})
_PROVIDER = frozenset({Role.PROVIDER})
_ACTS = frozenset({Role.APPROVER, Role.SYSTEM})

ENTRY = Lifecycle(
    subject="entry",
    states=EntryState,
    moves={
        ("listed", "suspend"): "suspended",
        ("suspended", "suspend_further"): "suspended",
        ("suspended", "reinstate"): "listed",
        ("suspended", "cure_one_cause"): "suspended",
        ("listed", "withdraw"): "withdrawn",
        ("suspended", "withdraw"): "withdrawn",
        ("listed", "remove"): "removed",
        ("suspended", "remove"): "removed",
        ("withdrawn", "remove"): "removed",
        ("removed", "restore"): "listed",
        ("removed", "restore_withdrawn"): "withdrawn",
    },
    may={
        "suspend": _ACTS | {Role.SCHOOL},
        "suspend_further": _ACTS | {Role.SCHOOL},
        "reinstate": _ACTS,
        "cure_one_cause": _ACTS,
        "withdraw": frozenset({Role.PROVIDER}),
        "remove": _APPROVER,
        "restore": _APPROVER,
        "restore_withdrawn": _APPROVER,
    },
    names={
        "listed": "在册",
        "suspended": "暂停",
        "withdrawn": "已退出",
        "removed": "已移除",
        "suspend": "暂停",
        "suspend_further": "追加暂停事由",
        "reinstate": "恢复",
        "cure_one_cause": "消除一项暂停事由",
        "withdraw": "申请退出",
        "remove": "移除",
        "restore": "恢复在册",
        "restore_withdrawn": "恢复为已退出",
    },
)

ROSTER_PERSON = Lifecycle(
    subject="roster_person",
    states=RosterState,
    moves={
        ("proposed", "admit"): "active",
        ("proposed", "refuse"): "refused",
        ("proposed", "leave"): "left",
        ("active", "leave"): "left",
    },
    may={"admit": _REVIEWER | _APPROVER, "refuse": _REVIEWER | _APPROVER, "leave": _PROVIDER},
    names={
        "proposed": "待核准",
        "active": "在名册",
        "refused": "未核准",
        "left": "已离开",
        "admit": "核准",
        "refuse": "不予核准",
        "leave": "移出名册",
    },
)

RENEWAL = Lifecycle(
    subject="renewal",
    states=RenewalState,
    moves={
        ("handed_in", "accept"): "accepted",
        ("handed_in", "return"): "returned",
        ("handed_in", "take_back"): "withdrawn",
    },
    may={"accept": _REVIEWER | _APPROVER, "return": _REVIEWER | _APPROVER, "take_back": _PROVIDER},
    names={
        "handed_in": "待核对",
        "accepted": "已采用",
        "returned": "已退回",
        "withdrawn": "已撤回",
        "accept": "采用",
        "return": "退回",
        "take_back": "撤回",
    },
)

YEARLY_REVIEW = Lifecycle(
    subject="yearly_review",
    states=YearlyReviewState,
    moves={
        ("due", "propose"): "proposed",
        ("proposed", "send_back"): "due",
        ("proposed", "decide"): "decided",
        ("decided", "publish_notice"): "decided",
    },
    may={
        "propose": _REVIEWER,
        "send_back": _APPROVER,
        "decide": _APPROVER,
        "publish_notice": _APPROVER,
    },
    names={
        "due": "待审查",
        "proposed": "待决定",
        "decided": "已审查",
        "propose": "提出审查意见",
        "send_back": "退回",
        "decide": "决定",
        "publish_notice": "公示结果",
    },
)
