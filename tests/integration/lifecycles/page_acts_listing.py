"""The pages of what follows a listing: entries, contracts, evaluations, complaints, exit cases."""

from __future__ import annotations

from registry.kernel.actor import Role
from tests.integration.lifecycles.pages import PASSWORD, PageAct

_PROVIDER, _SCHOOL, _APPROVER = (Role.PROVIDER,), (Role.SCHOOL,), (Role.APPROVER,)
_OFFICERS = (Role.REVIEWER, Role.APPROVER)
_REASON = {"reason": "理由"}
_SURE = {**_REASON, "password": PASSWORD}

_ENTRY = "/bureau/entries/{id}"

ENTRY = (
    PageAct("suspend", f"{_ENTRY}/suspend", _ENTRY, _SURE, (f"{_ENTRY}/suspend",), roles=_APPROVER),
    PageAct("end one of two causes", f"{_ENTRY}/reinstate", _ENTRY, _SURE, (f"{_ENTRY}/reinstate",)),
    PageAct("end the bureau's cause", f"{_ENTRY}/reinstate", _ENTRY, _SURE, (f"{_ENTRY}/reinstate",)),
    PageAct("withdraw", "/provider/entries/{id}/withdraw", "/provider/contracts", _SURE,
            ("/provider/entries/{id}/withdraw",)),
)  # fmt: skip

_SCHOOLS, _PROVIDERS = "/school/contracts/{id}", "/provider/contracts/{id}"

CONTRACT = (
    PageAct("offer", f"{_SCHOOLS}/offer", _SCHOOLS),
    PageAct("take back", f"{_SCHOOLS}/take-back", _SCHOOLS),
    PageAct("decline", f"{_PROVIDERS}/decline", _PROVIDERS, _REASON),
    PageAct("sign", f"{_PROVIDERS}/sign", _PROVIDERS, {"read": "1"}),
    PageAct("cancel", f"{_SCHOOLS}/cancel", _SCHOOLS, _REASON, (f"{_SCHOOLS}/cancel",)),
    PageAct(
        "terminate",
        f"{_SCHOOLS}/terminate",
        _SCHOOLS,
        {**_SURE, "ground": "agreed"},
        (f"{_SCHOOLS}/terminate",),
    ),
)

_OF_VARIATION = "SELECT contract FROM contract_variation WHERE id = {}"

VARIATION = (
    PageAct("agree", "/provider/variations/{id}/agree", "/provider/contracts/{contract}", {"agreed": "1"},
            places=_OF_VARIATION),
    PageAct("decline", "/provider/variations/{id}/decline", "/provider/contracts/{contract}", {"answer": "师资未定"},
            places=_OF_VARIATION),
    PageAct("take back", "/school/variations/{id}/take-back", "/school/contracts/{contract}", places=_OF_VARIATION),
)  # fmt: skip

_SCORED, _LISTED = "/school/evaluations/{id}", "/bureau/evaluations/{id}"
_SCORES = {
    "quality": "5", "safety": "4", "conduct": "5", "answers": "40", "satisfaction": "92", "words": "课堂有序",
}  # fmt: skip

EVALUATION = (
    PageAct("submit", _SCORED, _SCORED, _SCORES, says="提交评价"),
    PageAct("revise", _SCORED, _SCORED, {**_SCORES, "again": "1"}, says="更正评价"),
    PageAct("answer", "/provider/evaluations/{id}", "/provider/evaluations/{id}", {"text": "说明"}),
    PageAct("waive", f"{_LISTED}/set-aside", _LISTED, {**_REASON, "what": "waive"}, says='value="waive"'),
    PageAct(
        "set aside",
        f"{_LISTED}/set-aside",
        _LISTED,
        {**_REASON, "what": "set_aside"},
        says='value="set_aside"',
    ),
)

_COMPLAINT = "/bureau/complaints/{id}"

COMPLAINT = (
    PageAct("accept", f"{_COMPLAINT}/accept", _COMPLAINT),
    PageAct("refuse", f"{_COMPLAINT}/refuse", _COMPLAINT, {"reason": "不属本局职责"}),
    PageAct("ask", f"{_COMPLAINT}/ask", _COMPLAINT, {"question": "请说明"}),
    PageAct("answer", "/provider/complaints/{id}", "/provider/complaints/{id}", {"text": "已补岗"}),
    PageAct("reply", f"{_COMPLAINT}/reply", _COMPLAINT, {"reply": "正在核实"}),
    PageAct("find true", f"{_COMPLAINT}/close", _COMPLAINT, {"finding": "find_true", "answer": "属实"},
            says='value="find_true"'),
    PageAct("find untrue", f"{_COMPLAINT}/close", _COMPLAINT, {"finding": "find_untrue", "answer": "不属实"},
            says='value="find_untrue"'),
)  # fmt: skip

_CASE = "/bureau/exits/{id}"
_OF_CASE = "SELECT c.entry, s.id AS school FROM exit_case c, school s WHERE c.id = {} ORDER BY s.id LIMIT 1"
_REPORT = {"entry": "{entry}", "ground": "subcontracted", "facts": "将课程转包给其他机构授课"}
# A report about an entry whose case is closed opens another case.
_CLOSED = ("upheld", "dismissed", "overturning", "overturned")

EXIT_CASE = (
    PageAct("join", "/bureau/exits/new", "/bureau/entries/{entry}", {**_REPORT, "source": "bureau"},
            ("/bureau/exits/new?entry={entry}",), "补充退出报告", _OFFICERS, _CLOSED, places=_OF_CASE),
    # A school is not told of the bureau's cases: its page is the same in every state.
    PageAct("join", "/school/reports/new", None, {**_REPORT, "school": "{school}"}, roles=_SCHOOL, again=_CLOSED,
            places=_OF_CASE),
    PageAct("answer", "/provider/exits/{id}", "/provider/exits/{id}", {"text": "说明"}),
    PageAct("propose", f"{_CASE}/propose", _CASE, {**_REASON, "verdict": "uphold", "ground": "subcontracted"}),
    PageAct("send back", f"{_CASE}/send-back", _CASE, {"back_reason": "理由"}),
    PageAct("uphold", f"{_CASE}/decide", _CASE, {**_SURE, "verdict": "uphold"}, (f"{_CASE}/decide",)),
    PageAct("dismiss", f"{_CASE}/decide", _CASE, {**_SURE, "verdict": "dismiss"}, (f"{_CASE}/decide",)),
    PageAct("appeal", "/provider/exits/{id}/appeal", "/provider/exits/{id}", {"words": "认定的事实有误"}),
    PageAct("refuse an appeal", f"{_CASE}/refuse-appeal", _CASE, {"refuse_reason": "理由"}),
    PageAct("propose to overturn", f"{_CASE}/propose-overturn", _CASE, {"overturn_reason": "理由"}),
    PageAct("send that back", f"{_CASE}/send-overturn-back", _CASE, {"overturn_back_reason": "理由"}),
    PageAct("overturn", f"{_CASE}/overturn", _CASE, _SURE, (f"{_CASE}/overturn",)),
)  # fmt: skip

_RENEWAL = "/bureau/renewals/{id}"

RENEWAL = (
    PageAct("accept", f"{_RENEWAL}/accept", _RENEWAL, {**_REASON, "long_term": "1", "checked_by_hand": "1"}),
    PageAct("return", f"{_RENEWAL}/return", _RENEWAL, {"back_reason": "看不清"}),
    PageAct("take back", "/provider/renewals/{id}/take-back", "/provider/renewals/{provider}/{list}",
            places="SELECT provider, list FROM renewal WHERE id = {}"),
)  # fmt: skip

_OF_PERSON = "SELECT entry FROM roster_person WHERE id = {}"
_ROSTER, _OWN_ROSTER = "/bureau/entries/{entry}/roster", "/provider/entries/{entry}/roster"

ROSTER = (
    PageAct("admit", _ROSTER, _ROSTER, {"what": "admit", "person": "{id}"},
            says='value="admit"><input type="hidden" name="person" value="{id}"', places=_OF_PERSON),
    PageAct("refuse", _ROSTER, _ROSTER, {"what": "refuse", "person": "{id}", "reason-{id}": "证件不清"},
            says='value="refuse"><input type="hidden" name="person" value="{id}"', places=_OF_PERSON),
    PageAct("leave", f"{_OWN_ROSTER}/leave", _OWN_ROSTER, {"person": "{id}"}, says='value="{id}"', places=_OF_PERSON),
)  # fmt: skip

_REVIEW = "/bureau/reviews/{id}"

YEARLY_REVIEW = (
    PageAct("propose", f"{_REVIEW}/propose", _REVIEW, {**_REASON, "outcome": "passed"}),
    PageAct("send back", f"{_REVIEW}/send-back", _REVIEW, {"back_reason": "理由"}),
    PageAct("decide", f"{_REVIEW}/decide", _REVIEW, _REASON),
    PageAct(
        "publish",
        "/bureau/reviews/publish",
        "/bureau/reviews/publish?list={list}",
        {**_SURE, "list": "{list}", "review": "{id}", "title": "审查结果公示"},
        says='name="review" value="{id}"',
        places="SELECT e.list FROM yearly_review y JOIN entry e ON e.id = y.entry WHERE y.id = {}",
    ),
)
