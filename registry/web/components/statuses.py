"""The one word, tone and icon of every state, so that all pages say the same (LOOK: meaning is never by
colour alone). The tones: green listed or passed, amber waits or lapses soon, red blocked, removed or banned,
grey over or not begun, blue under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from registry.web.components.i18n import N_

Tone = Literal["green", "amber", "red", "grey", "blue"]


@dataclass(frozen=True, slots=True)
class State:
    """How a state is shown. ``word`` is a Chinese message."""

    word: str
    tone: Tone
    icon: str


STATES: dict[str, dict[str, State]] = {
    "application": {
        "draft": State(N_("草稿"), "grey", "edit"),
        "submitted": State(N_("已提交"), "blue", "send"),
        "vetting": State(N_("材料核验中"), "blue", "loader-2"),
        "in_review": State(N_("初审中"), "blue", "eye"),
        "correction": State(N_("待补正"), "amber", "edit"),
        "recommended": State(N_("待复审"), "blue", "eye"),
        "shortlisted": State(N_("拟入围"), "blue", "list-check"),
        "on_notice": State(N_("公示中"), "amber", "calendar-event"),
        "listed": State(N_("已入库"), "green", "circle-check"),
        "rejected": State(N_("未通过"), "red", "circle-x"),
        "withdrawn": State(N_("已撤回"), "grey", "circle-minus"),
    },
    "round": {
        "draft": State(N_("草稿"), "grey", "edit"),
        "published": State(N_("已发布"), "blue", "send"),
        "cancelled": State(N_("已取消"), "grey", "circle-minus"),
        # What the dates make of a published round (R5).
        "upcoming": State(N_("尚未开放"), "grey", "clock"),
        "open": State(N_("接受申报"), "green", "circle-check"),
        "closed": State(N_("申报已截止"), "grey", "lock"),
    },
    "notice": {
        "open": State(N_("公示中"), "amber", "calendar-event"),
        "provisional": State(N_("公示中，止日为预计"), "amber", "hourglass"),
        "passed": State(N_("公示期满"), "green", "calendar-check"),
    },
    "objection": {
        "open": State(N_("处理中"), "amber", "clock"),
        "not_admitted": State(N_("不予受理"), "grey", "circle-minus"),
        "proposed": State(N_("待复审"), "amber", "gavel"),
        "upheld": State(N_("异议成立"), "red", "gavel"),
        "dismissed": State(N_("异议不成立"), "grey", "circle-check"),
    },
    # The kinds of entry_status (R19), never the stored state: what a date decides is shown as it is.
    "entry": {
        "not_yet": State(N_("尚未生效"), "grey", "clock"),
        "listed": State(N_("在册"), "green", "circle-check"),
        "suspended": State(N_("暂停"), "amber", "player-pause"),
        "lapsed": State(N_("证照过期，暂停"), "amber", "hourglass"),
        "expired": State(N_("已到期"), "grey", "archive"),
        "withdrawn": State(N_("已主动退出"), "grey", "circle-minus"),
        "removed": State(N_("已移除"), "red", "ban"),
    },
    "contract": {
        "draft": State(N_("草拟"), "grey", "edit"),
        "offered": State(N_("待机构确认"), "amber", "clock"),
        "signed": State(N_("已签约"), "green", "writing-sign"),
        "cancelled": State(N_("已取消"), "grey", "circle-minus"),
        "terminated": State(N_("已终止"), "red", "circle-x"),
        # What the dates make of a signed contract (R22, R23).
        "blocked": State(N_("暂不得开展服务"), "red", "ban"),
        "ended": State(N_("已期满"), "grey", "archive"),
    },
    "contract_variation": {
        "offered": State(N_("待机构确认变更"), "amber", "clock"),
        "agreed": State(N_("变更已生效"), "green", "circle-check"),
        "declined": State(N_("机构不同意变更"), "grey", "circle-minus"),
        "taken_back": State(N_("学校已撤回变更"), "grey", "rotate"),
    },
    "renewal": {
        "handed_in": State(N_("待核对"), "amber", "clock"),
        "accepted": State(N_("已采用"), "green", "circle-check"),
        "returned": State(N_("已退回"), "red", "circle-x"),
        "withdrawn": State(N_("已撤回"), "grey", "circle-minus"),
    },
    "yearly_review": {
        "due": State(N_("待审查"), "amber", "clock"),
        "overdue": State(N_("逾期未审查"), "red", "alert-triangle"),
        "proposed": State(N_("待决定"), "amber", "gavel"),
        "passed": State(N_("审查合格"), "green", "circle-check"),
        "failed": State(N_("审查不合格"), "red", "circle-x"),
    },
    "round_question": {
        "asked": State(N_("待答复"), "amber", "clock"),
        "answered": State(N_("已答复"), "green", "circle-check"),
        "declined": State(N_("不予公开答复"), "grey", "circle-minus"),
    },
    "exit_case": {
        "open": State(N_("办理中"), "amber", "clock"),
        "proposed": State(N_("待复审"), "amber", "gavel"),
        "upheld": State(N_("退出成立"), "red", "ban"),
        "dismissed": State(N_("不成立"), "grey", "circle-check"),
        "overturning": State(N_("撤销待复审"), "amber", "gavel"),
        "overturned": State(N_("已撤销"), "grey", "rotate"),
    },
    "roster_person": {
        "proposed": State(N_("待核准"), "amber", "clock"),
        "active": State(N_("在名册"), "green", "circle-check"),
        "refused": State(N_("未核准"), "red", "circle-x"),
        "left": State(N_("已离开"), "grey", "circle-minus"),
    },
    "evaluation": {
        "upcoming": State(N_("尚未开始"), "grey", "clock"),
        "due": State(N_("待评价"), "amber", "star"),
        "overdue": State(N_("已逾期"), "red", "alert-triangle"),
        "submitted": State(N_("已评价"), "green", "circle-check"),
        "answered": State(N_("机构已说明"), "green", "message-2"),
        "waived": State(N_("免予评价"), "grey", "circle-minus"),
        "void": State(N_("已作废"), "grey", "circle-x"),
    },
    "complaint": {
        "filed": State(N_("待受理"), "amber", "inbox"),
        "accepted": State(N_("办理中"), "blue", "clock"),
        "asked": State(N_("待机构答复"), "amber", "help-circle"),
        "answered": State(N_("机构已答复"), "blue", "message-2"),
        "refused": State(N_("不予受理"), "grey", "circle-minus"),
        "founded": State(N_("属实"), "red", "gavel"),
        "unfounded": State(N_("不属实"), "grey", "circle-check"),
    },
    "ban": {
        "in_force": State(N_("禁入中"), "red", "ban"),
        "over": State(N_("禁入期满"), "grey", "archive"),
        "overturned": State(N_("已撤销"), "grey", "rotate"),
    },
    "appeal": {
        "none": State(N_("未申诉"), "grey", "circle-minus"),
        "lodged": State(N_("已申诉，办理中"), "amber", "clock"),
        "maintained": State(N_("已申诉，维持原决定"), "grey", "gavel"),
        "overturned": State(N_("原决定已撤销"), "grey", "rotate"),
    },
    "severity": {
        "block": State(N_("不符合"), "red", "circle-x"),
        "warn": State(N_("需核对"), "amber", "alert-triangle"),
        "info": State(N_("提示"), "blue", "info-circle"),
    },
    "finding": {
        "open": State(N_("待处理"), "amber", "clock"),
        "upheld": State(N_("采纳"), "red", "check"),
        "overruled": State(N_("不采纳"), "grey", "rotate"),
        "resolved": State(N_("已解决"), "green", "circle-check"),
    },
    "list": {
        "current": State(N_("在有效期内"), "green", "circle-check"),
        "stale": State(N_("已过期，请重新导入"), "amber", "hourglass"),
        "never": State(N_("从未导入，未核查"), "red", "alert-triangle"),
    },
    "list_import": {
        "draft": State(N_("未导入"), "grey", "edit"),
        "waiting": State(N_("待第二人确认"), "amber", "clock"),
        "applied": State(N_("已导入"), "green", "circle-check"),
        "refused": State(N_("未予导入"), "grey", "circle-minus"),
        "discarded": State(N_("已放弃"), "grey", "circle-minus"),
    },
    "match": {
        "hit": State(N_("命中"), "red", "circle-x"),
        "possible": State(N_("疑似"), "amber", "alert-triangle"),
        "clear": State(N_("未比中"), "green", "circle-check"),
        "same": State(N_("已判断：同一主体"), "red", "check"),
        "different": State(N_("已判断：不是同一主体"), "grey", "rotate"),
        "proposed": State(N_("一人提出不是同一主体，待第二人确认"), "amber", "clock"),
    },
    "task": {
        "not_started": State(N_("未填写"), "grey", "circle-dashed"),
        "incomplete": State(N_("待补充"), "amber", "edit"),
        "done": State(N_("已完成"), "green", "circle-check"),
        "problem": State(N_("有问题"), "red", "alert-circle"),
        "locked": State(N_("暂不可填"), "grey", "lock"),
    },
}


def state_of(kind: str, state: str) -> State:
    """How ``state`` of a ``kind`` of thing is shown.

    Raises ``LookupError`` that names the known states: a state without a word is a mistake to be seen at
    once, not a blank badge.
    """
    try:
        return STATES[kind][str(state)]
    except KeyError:
        known = ", ".join(STATES.get(kind, STATES))
        raise LookupError(f"no word for state {state!r} of {kind!r}; known: {known}") from None
