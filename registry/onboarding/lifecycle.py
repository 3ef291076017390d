"""The way of a file of existing records: uploaded, looked at, imported; by two people where much hangs on it (R13)."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class DataImportState(StrEnum):
    """A draft is what one person uploaded and looks at; waiting is what a second person must confirm."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"
    DISCARDED = "discarded"


_ADMIN = frozenset({Role.BUREAU_ADMIN})
_SECOND = frozenset({Role.BUREAU_ADMIN, Role.APPROVER})

DATA_IMPORT = Lifecycle(
    subject="data_import",
    states=DataImportState,
    moves={
        ("draft", "map"): "draft",
        ("draft", "import"): "applied",
        ("draft", "propose"): "waiting",
        ("draft", "discard"): "discarded",
        ("waiting", "confirm"): "applied",
        ("waiting", "refuse"): "refused",
    },
    may={
        "map": _ADMIN,
        "import": _ADMIN,
        "propose": _ADMIN,
        "discard": _ADMIN | {Role.SYSTEM},
        "confirm": _SECOND,
        "refuse": _SECOND,
    },
    names={
        "draft": "未导入",
        "waiting": "待第二人确认",
        "applied": "已导入",
        "refused": "未予导入",
        "discarded": "已放弃",
        "map": "指定列对应关系",
        "import": "导入已有资料",
        "propose": "提请第二人确认导入",
        "discard": "放弃导入",
        "confirm": "确认导入",
        "refuse": "不予导入",
    },
)
