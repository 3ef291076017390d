"""The acts on an entry (R19); lapsed and expired follow from dates."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class EntryState(StrEnum):
    """What people, or rules acting for them, decided."""

    LISTED = "listed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


_APPROVER = frozenset({Role.APPROVER})
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
        "listed": "在册", "suspended": "暂停", "withdrawn": "已退出", "removed": "已移除",
        "suspend": "暂停", "suspend_further": "追加暂停事由", "reinstate": "恢复",
        "cure_one_cause": "消除一项暂停事由", "withdraw": "申请退出", "remove": "移除",
        "restore": "恢复在册", "restore_withdrawn": "恢复为已退出",
    },
)
