"""The states of an evaluation and of a complaint (R25)."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle
from registry.kernel.terms import Term


class EvaluationState(StrEnum):
    """Due, scored by the school, explained by the provider, or set aside by the bureau."""

    DUE = "due"
    SUBMITTED = "submitted"
    ANSWERED = "answered"
    WAIVED = "waived"
    VOID = "void"


class ComplaintState(StrEnum):
    """Filed, taken up or not, put to the provider, closed with a finding."""

    FILED = "filed"
    ACCEPTED = "accepted"
    ASKED = "asked"
    ANSWERED = "answered"
    REFUSED = "refused"
    FOUNDED = "founded"
    UNFOUNDED = "unfounded"


class Topic(Term):
    """What a complaint is about, in the complainant's words."""

    QUALITY = "quality", "课程质量"
    SAFETY = "safety", "学生安全"
    CONDUCT = "conduct", "教师行为"
    FEES = "fees", "收费退费"
    PROMISES = "promises", "与承诺不符"
    ACADEMIC = "academic", "违规学科培训"
    OTHER = "other", "其他"


OPEN_COMPLAINT = ("filed", "accepted", "asked", "answered")
SCORED = ("submitted", "answered")

_SCHOOL = frozenset({Role.SCHOOL})
_PROVIDER = frozenset({Role.PROVIDER})
_APPROVER = frozenset({Role.APPROVER})
_OFFICERS = frozenset({Role.REVIEWER, Role.APPROVER})

EVALUATION = Lifecycle(
    subject="evaluation",
    states=EvaluationState,
    moves={
        ("due", "submit"): "submitted",
        ("submitted", "revise"): "submitted",
        ("submitted", "answer"): "answered",
        ("due", "waive"): "waived",
        ("submitted", "set_aside"): "void",
        ("answered", "set_aside"): "void",
    },
    may={
        "submit": _SCHOOL,
        "revise": _SCHOOL,
        "answer": _PROVIDER,
        "waive": _APPROVER,
        "set_aside": _APPROVER,
    },
    names={
        "due": "待评价",
        "submitted": "已评价",
        "answered": "机构已说明",
        "waived": "免予评价",
        "void": "已作废",
        "submit": "提交评价",
        "revise": "更正评价",
        "answer": "说明",
        "waive": "免予评价",
        "set_aside": "作废",
    },
)

COMPLAINT = Lifecycle(
    subject="complaint",
    states=ComplaintState,
    moves={
        ("filed", "accept"): "accepted",
        ("filed", "refuse"): "refused",
        ("accepted", "ask"): "asked",
        ("answered", "ask"): "asked",
        ("asked", "answer"): "answered",
        ("accepted", "reply"): "accepted",
        ("asked", "reply"): "asked",
        ("answered", "reply"): "answered",
        ("accepted", "find_true"): "founded",
        ("asked", "find_true"): "founded",
        ("answered", "find_true"): "founded",
        ("accepted", "find_untrue"): "unfounded",
        ("asked", "find_untrue"): "unfounded",
        ("answered", "find_untrue"): "unfounded",
    },
    may={
        "accept": _OFFICERS,
        "refuse": _OFFICERS,
        "ask": _OFFICERS,
        "answer": _PROVIDER,
        "reply": _OFFICERS,
        "find_true": _OFFICERS,
        "find_untrue": _OFFICERS,
    },
    names={
        "filed": "待受理",
        "accepted": "办理中",
        "asked": "待机构答复",
        "answered": "机构已答复",
        "refused": "不予受理",
        "founded": "属实",
        "unfounded": "不属实",
        "accept": "受理",
        "refuse": "不予受理",
        "ask": "请机构答复",
        "answer": "机构答复",
        "reply": "答复投诉人",
        "find_true": "认定属实",
        "find_untrue": "认定不属实",
    },
)
