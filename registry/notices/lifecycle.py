"""The states of an objection (R17). A notice itself has none: open and passed follow from the day."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class NoticeKind(StrEnum):
    """What a notice is about: the selection of a round, or the results of yearly reviews."""

    SELECTION = "selection"
    YEARLY_REVIEW = "yearly_review"


class ObjectionState(StrEnum):
    """Filed, refused for not meeting the conditions, or ruled by two people."""

    OPEN = "open"
    NOT_ADMITTED = "not_admitted"
    PROPOSED = "proposed"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


_REVIEWER = frozenset({Role.REVIEWER})
_APPROVER = frozenset({Role.APPROVER})

OBJECTION = Lifecycle(
    subject="objection",
    states=ObjectionState,
    moves={
        ("open", "refuse_admission"): "not_admitted",
        ("open", "propose_ruling"): "proposed",
        ("proposed", "send_back"): "open",
        ("proposed", "uphold"): "upheld",
        ("proposed", "dismiss"): "dismissed",
    },
    may={
        "refuse_admission": _REVIEWER,
        "propose_ruling": _REVIEWER,
        "send_back": _APPROVER,
        "uphold": _APPROVER,
        "dismiss": _APPROVER,
    },
    names={
        "open": "处理中",
        "not_admitted": "不予受理",
        "proposed": "待复审",
        "upheld": "异议成立",
        "dismissed": "异议不成立",
        "refuse_admission": "不予受理",
        "propose_ruling": "提出处理意见",
        "send_back": "退回",
        "uphold": "认定异议成立",
        "dismiss": "认定异议不成立",
    },
)
