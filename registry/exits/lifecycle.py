"""The states of an exit case (R27)."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class ExitState(StrEnum):
    """Open for the answer, proposed by one person, decided by another; an upheld one may be overturned by two more."""

    OPEN = "open"
    PROPOSED = "proposed"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    OVERTURNING = "overturning"
    OVERTURNED = "overturned"


_REVIEWER = frozenset({Role.REVIEWER})
_APPROVER = frozenset({Role.APPROVER})

EXIT_CASE = Lifecycle(
    subject="exit_case",
    states=ExitState,
    moves={
        ("open", "join_report"): "open",
        ("proposed", "join_report"): "open",
        ("open", "answer"): "open",
        ("open", "propose"): "proposed",
        ("proposed", "send_back"): "open",
        ("proposed", "uphold"): "upheld",
        ("proposed", "dismiss"): "dismissed",
        ("upheld", "appeal"): "upheld",
        ("overturning", "appeal"): "overturning",
        ("upheld", "refuse_appeal"): "upheld",
        ("upheld", "propose_overturn"): "overturning",
        ("overturning", "send_overturn_back"): "upheld",
        ("overturning", "overturn"): "overturned",
    },
    may={
        "join_report": frozenset({Role.SCHOOL, Role.REVIEWER, Role.APPROVER, Role.SYSTEM}),
        "answer": frozenset({Role.PROVIDER}),
        "propose": _REVIEWER,
        "send_back": _APPROVER,
        "uphold": _APPROVER,
        "dismiss": _APPROVER,
        "appeal": frozenset({Role.PROVIDER}),
        "refuse_appeal": _APPROVER,
        "propose_overturn": _REVIEWER | _APPROVER,
        "send_overturn_back": _APPROVER,
        "overturn": _APPROVER,
    },
    names={
        "open": "办理中",
        "proposed": "待复审",
        "upheld": "退出成立",
        "dismissed": "不成立",
        "overturning": "撤销待复审",
        "overturned": "已撤销",
        "join_report": "并案",
        "answer": "陈述申辩",
        "propose": "提出处理意见",
        "send_back": "退回",
        "uphold": "认定退出",
        "dismiss": "认定不成立",
        "appeal": "申诉",
        "refuse_appeal": "维持原决定",
        "propose_overturn": "提出撤销意见",
        "send_overturn_back": "退回撤销意见",
        "overturn": "撤销原决定",
    },
)
