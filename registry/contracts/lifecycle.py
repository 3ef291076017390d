"""The states of a contract (R22, R23) that people decide; running and ended follow from the day."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class ContractState(StrEnum):
    """Drafted by the school, offered, signed by both, or over."""

    DRAFT = "draft"
    OFFERED = "offered"
    SIGNED = "signed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


class VariationState(StrEnum):
    """A change of a signed contract: sent to the provider, agreed by both, or given up by either."""

    OFFERED = "offered"
    AGREED = "agreed"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


_SCHOOL = frozenset({Role.SCHOOL})
_PROVIDER = frozenset({Role.PROVIDER})

CONTRACT = Lifecycle(
    subject="contract",
    states=ContractState,
    moves={
        ("draft", "offer"): "offered",
        ("offered", "take_back"): "draft",
        ("offered", "decline"): "draft",
        ("offered", "sign"): "signed",
        ("draft", "cancel"): "cancelled",
        ("offered", "cancel"): "cancelled",
        ("signed", "terminate"): "terminated",
    },
    may={
        "offer": _SCHOOL,
        "take_back": _SCHOOL,
        "decline": _PROVIDER,
        "sign": _PROVIDER,
        "cancel": _SCHOOL,
        "terminate": _SCHOOL,
    },
    names={
        "draft": "草拟",
        "offered": "待机构确认",
        "signed": "已签约",
        "cancelled": "已取消",
        "terminated": "已终止",
        "offer": "确认并送机构",
        "take_back": "撤回修改",
        "decline": "退回学校修改",
        "sign": "确认签约",
        "cancel": "取消",
        "terminate": "终止合同",
    },
)

VARIATION = Lifecycle(
    subject="contract_variation",
    states=VariationState,
    moves={
        ("offered", "agree"): "agreed",
        ("offered", "decline"): "declined",
        ("offered", "take_back"): "taken_back",
    },
    may={"agree": _PROVIDER, "decline": _PROVIDER, "take_back": _SCHOOL},
    names={
        "offered": "待机构确认变更",
        "agreed": "变更已生效",
        "declined": "机构不同意变更",
        "taken_back": "学校已撤回变更",
        "agree": "同意变更",
        "decline": "不同意变更",
        "take_back": "撤回变更",
    },
)
