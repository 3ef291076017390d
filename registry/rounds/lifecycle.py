"""The states of a round that people decide, and of a question about it; whether it is open follows from the day."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class RoundState(StrEnum):
    """Draft, published (frozen policy), or cancelled."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class QuestionState(StrEnum):
    """Asked, answered in public, or set aside."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"


_ADMIN = frozenset({Role.BUREAU_ADMIN})
_ANSWERING = frozenset({Role.BUREAU_ADMIN, Role.REVIEWER, Role.APPROVER})

ROUND = Lifecycle(
    subject="round",
    states=RoundState,
    moves={
        ("draft", "edit"): "draft",
        ("draft", "publish"): "published",
        ("published", "extend"): "published",
        ("draft", "cancel"): "cancelled",
        ("published", "cancel"): "cancelled",
    },
    may={"edit": _ADMIN, "publish": _ADMIN, "extend": _ADMIN, "cancel": _ADMIN},
    names={
        "draft": "草稿",
        "published": "已发布",
        "cancelled": "已取消",
        "edit": "修改",
        "publish": "发布",
        "extend": "延长截止日期",
        "cancel": "取消",
    },
)

QUESTION = Lifecycle(
    subject="round_question",
    states=QuestionState,
    moves={
        ("asked", "answer"): "answered",
        ("answered", "correct_answer"): "answered",
        ("asked", "decline"): "declined",
    },
    may={"answer": _ANSWERING, "correct_answer": _ANSWERING, "decline": _ANSWERING},
    names={
        "asked": "待答复",
        "answered": "已答复",
        "declined": "不予公开答复",
        "answer": "公开答复",
        "correct_answer": "更正答复",
        "decline": "不予公开答复",
    },
)
