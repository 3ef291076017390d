"""The states of an application (R14) and who may move them."""

from __future__ import annotations

from enum import StrEnum

from registry.kernel.actor import Role
from registry.kernel.lifecycle import Lifecycle


class ApplicationState(StrEnum):
    """From the first keystroke to the list."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VETTING = "vetting"
    IN_REVIEW = "in_review"
    CORRECTION = "correction"
    RECOMMENDED = "recommended"
    SHORTLISTED = "shortlisted"
    ON_NOTICE = "on_notice"
    LISTED = "listed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_PROVIDER = frozenset({Role.PROVIDER})
_SYSTEM = frozenset({Role.SYSTEM})
_REVIEWER = frozenset({Role.REVIEWER})
_CLERK = frozenset({Role.REVIEWER, Role.BUREAU_ADMIN})
_ADMIN = frozenset({Role.BUREAU_ADMIN})
_APPROVER = frozenset({Role.APPROVER})

BEFORE_LISTING = (
    "draft",
    "submitted",
    "vetting",
    "in_review",
    "correction",
    "recommended",
    "shortlisted",
    "on_notice",
)
OVER = ("rejected", "withdrawn")

APPLICATION = Lifecycle(
    subject="application",
    states=ApplicationState,
    moves={
        ("draft", "submit"): "submitted",
        ("draft", "enter_paper"): "submitted",
        ("draft", "discard_paper"): "withdrawn",
        ("submitted", "start_vetting"): "vetting",
        ("vetting", "finish_vetting"): "in_review",
        ("in_review", "vet_again"): "vetting",
        ("in_review", "request_correction"): "correction",
        ("correction", "resubmit"): "submitted",
        ("correction", "enter_paper_correction"): "submitted",
        ("correction", "close_correction"): "in_review",
        ("in_review", "recommend"): "recommended",
        ("recommended", "send_back"): "in_review",
        ("recommended", "shortlist"): "shortlisted",
        ("recommended", "reject"): "rejected",
        ("shortlisted", "publish_notice"): "on_notice",
        ("on_notice", "take_off"): "shortlisted",
        ("on_notice", "confirm_listing"): "listed",
        ("on_notice", "reject_on_objection"): "rejected",
        ("shortlisted", "reject_shortlisted"): "rejected",
        ("on_notice", "reject_on_notice"): "rejected",
        ("rejected", "grant_second_look"): "in_review",
        **{(state, "withdraw"): "withdrawn" for state in BEFORE_LISTING},
    },
    may={
        "submit": _PROVIDER,
        "enter_paper": _CLERK,
        "enter_paper_correction": _ADMIN,
        "discard_paper": _CLERK,
        "resubmit": _PROVIDER,
        "withdraw": _PROVIDER,
        "start_vetting": _SYSTEM,
        "finish_vetting": _SYSTEM,
        "vet_again": _REVIEWER | _SYSTEM,
        "close_correction": _SYSTEM,
        "request_correction": _REVIEWER,
        "recommend": _REVIEWER,
        "send_back": _APPROVER,
        "shortlist": _APPROVER,
        "reject": _APPROVER,
        "publish_notice": _APPROVER,
        "take_off": _APPROVER,
        "confirm_listing": _APPROVER | _SYSTEM,
        "reject_on_objection": _APPROVER,
        "reject_shortlisted": _APPROVER,
        "reject_on_notice": _APPROVER,
        "grant_second_look": _APPROVER,
    },
    names={
        "draft": "草稿",
        "submitted": "已提交",
        "vetting": "材料核验中",
        "in_review": "初审中",
        "correction": "待补正",
        "recommended": "待复审",
        "shortlisted": "拟入围",
        "on_notice": "公示中",
        "listed": "已入库",
        "rejected": "未通过",
        "withdrawn": "已撤回",
        "submit": "提交申报",
        "enter_paper": "录入纸质申报",
        "enter_paper_correction": "录入纸质补正",
        "discard_paper": "放弃录入",
        "resubmit": "提交补正",
        "withdraw": "撤回申报",
        "start_vetting": "开始核验",
        "finish_vetting": "完成核验",
        "vet_again": "重新核验",
        "close_correction": "补正期满",
        "request_correction": "退回补正",
        "recommend": "提出初审意见",
        "send_back": "退回初审",
        "shortlist": "同意拟入围",
        "reject": "不予通过",
        "publish_notice": "发布公示",
        "take_off": "撤下公示",
        "confirm_listing": "确认入库",
        "reject_on_objection": "异议成立,不予入库",
        "reject_shortlisted": "取消拟入围",
        "reject_on_notice": "公示期间取消资格",
        "grant_second_look": "同意复核",
    },
)
