"""The states of a round that people decide; whether it is open follows from the day."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class RoundState(StrEnum):
    """Draft, published (frozen policy), or cancelled."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


_ADMIN = frozenset({Role.BUREAU_ADMIN})

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
