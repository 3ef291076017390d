"""The pages of what stands before a listing: rounds, applications, objections, files of lists and records."""

from __future__ import annotations

from registry.applications.lifecycle import ApplicationState
from registry.kernel.actor import Role
from tests.factories.applying import DEADLINE, OPEN_DAY
from tests.integration.lifecycles.pages import PASSWORD, PageAct

_CLERKS = (Role.REVIEWER, Role.BUREAU_ADMIN)
_REASON = {"reason": "理由"}
_SURE = {**_REASON, "password": PASSWORD}

_BUREAU = "/bureau/applications/{id}"
_OWN = "/provider/applications/{id}"
_HANDED_IN = ("submitted", "vetting")
_ITEM = (
    "SELECT a.round, coalesce(max(i.id), 0) AS item, coalesce(max(i.notice), 0) AS notice, coalesce(max(o.id), 0)"
    " AS objection FROM application a LEFT JOIN notice_item i ON i.application = a.id"
    " LEFT JOIN objection o ON o.item = i.id WHERE a.id = {} GROUP BY a.id"
)
_NOTICE = "/bureau/notices/{notice}"
_LEAVE = f"{_NOTICE}/items/{{item}}"


# An objection is ruled on, wherever the application is by then; its own page is walked with it.
_UNMOVED = tuple(state.value for state in ApplicationState if state.value not in {"shortlisted", "on_notice"})


def _submit(case: str, says: str, apart: str, *roles: Role) -> PageAct:
    return PageAct(
        case,
        f"{_OWN}/submit",
        _OWN,
        steps=(f"{_OWN}/check",),
        says=says,
        roles=roles,
        again=_HANDED_IN,
        apart=(apart,),
    )


def _withdraw(case: str, *roles: Role) -> PageAct:
    step = f"{_OWN}/withdraw"
    return PageAct(case, step, _OWN, _REASON, (step,), roles=roles, again=("withdrawn",))


def _leave(case: str, act: str) -> PageAct:
    return PageAct(case, f"{_LEAVE}/{act}", _NOTICE, _SURE, (f"{_LEAVE}/{act}",), places=_ITEM)


APPLICATION = (
    _submit("submit", "核对并提交", "correction", Role.PROVIDER),
    _submit("enter from paper", "核对并提交", "correction", *_CLERKS),
    _submit("resubmit", "核对并提交补正", "draft", Role.PROVIDER),
    _submit("resubmit on paper", "核对并提交补正", "draft", Role.PROVIDER, Role.BUREAU_ADMIN),
    _withdraw("withdraw", Role.PROVIDER),
    _withdraw("discard paper", *_CLERKS),
    PageAct("vet again", f"{_BUREAU}/vet-again", _BUREAU),
    PageAct("request correction", f"{_BUREAU}/correction", _BUREAU, {"items": ["0"], "note": "补正"}),
    PageAct("recommend", f"{_BUREAU}/recommend", _BUREAU,
            {**_REASON, "outcome": "shortlist", "checked_by_hand": "1"}),
    PageAct("send back", f"{_BUREAU}/send-back", _BUREAU, {"back_reason": "退回"}),
    PageAct("shortlist", f"{_BUREAU}/decide", _BUREAU, {**_SURE, "outcome": "shortlist", "checked_by_hand": "1"},
            (f"{_BUREAU}/decide?outcome=shortlist",)),
    PageAct("reject", f"{_BUREAU}/decide", _BUREAU, {**_SURE, "outcome": "reject"},
            (f"{_BUREAU}/decide?outcome=reject",)),
    PageAct("revoke", f"{_BUREAU}/revoke", _BUREAU, _SURE, (f"{_BUREAU}/revoke",)),
    PageAct("publish", "/bureau/notices/new", _BUREAU,
            {**_SURE, "round": "{round}", "application": ["{id}"], "title": "公示"},
            ("/bureau/notices/new?round={round}",
             "/bureau/notices/preview?round={round}&application={id}&title=公示"),
            places=_ITEM),
    _leave("take off", "take-off"),
    _leave("disqualify", "disqualify"),
    PageAct("uphold an objection", "/bureau/notices/objections/{objection}/rule", None,
            {**_SURE, "ruling": "uphold"}, again=_UNMOVED, places=_ITEM),
    PageAct("list", "/bureau/entries/waiting/{id}", _BUREAU, _SURE, ("/bureau/entries/waiting/{id}",)),
    PageAct("grant a second look", f"{_BUREAU}/second-look", _BUREAU, {"answer": "grant", "answer_reason": "受理"}),
)  # fmt: skip

_OBJECTION = "/bureau/notices/objections/{id}"

OBJECTION = (
    PageAct("refuse admission", f"{_OBJECTION}/refuse", _OBJECTION, {"refuse_reason": "理由"}),
    PageAct("propose", f"{_OBJECTION}/propose", _OBJECTION, {**_REASON, "ruling": "dismiss"}),
    PageAct("send back", f"{_OBJECTION}/send-back", _OBJECTION, {"back_reason": "理由"}),
    PageAct("uphold", f"{_OBJECTION}/rule", _OBJECTION, {**_SURE, "ruling": "uphold"},
            (f"{_OBJECTION}/rule?ruling=uphold",)),
    PageAct("dismiss", f"{_OBJECTION}/rule", _OBJECTION, {**_SURE, "ruling": "dismiss"},
            (f"{_OBJECTION}/rule?ruling=dismiss",)),
)  # fmt: skip

_ROUND = "/bureau/rounds/{id}"
_OF_ROUND = "SELECT list FROM round WHERE id = {}"
_DRAFT: dict[str, str | list[str]] = {
    "list": "{list}", "title": "第二批遴选", "opens_on": OPEN_DAY.isoformat(), "deadline": DEADLINE.isoformat(),
    "categories": ["arts"],
}  # fmt: skip

ROUND = (
    PageAct("edit", f"{_ROUND}/edit", _ROUND, _DRAFT, (f"{_ROUND}/edit",), places=_OF_ROUND),
    PageAct("publish", f"{_ROUND}/publish", _ROUND, _SURE, (f"{_ROUND}/publish",)),
    PageAct("extend", f"{_ROUND}/extend", _ROUND, {**_REASON, "deadline": "2022-06-27"}),
    PageAct("cancel", f"{_ROUND}/cancel", _ROUND, _SURE, (f"{_ROUND}/cancel",)),
)

_QUESTIONS = "/bureau/rounds/{round}/questions"
_OF_QUESTION = "SELECT round FROM round_question WHERE id = {}"

QUESTION = (
    PageAct("answer", f"{_QUESTIONS}/{{id}}/answer", _QUESTIONS, {"shown_question-{id}": "问", "answer-{id}": "答"},
            places=_OF_QUESTION),
    PageAct("decline", f"{_QUESTIONS}/{{id}}/decline", _QUESTIONS, {"reason-{id}": "与批次无关"}, places=_OF_QUESTION),
)  # fmt: skip


def _of_file(base: str, mapping: dict[str, str], basis: dict[str, str]) -> tuple[PageAct, ...]:
    apply = {"password": PASSWORD, **basis}
    return (
        PageAct("import", f"{base}/apply", base, apply),
        PageAct("propose", f"{base}/apply", base, apply),
        PageAct("map", f"{base}/columns", base, mapping),
        PageAct("confirm", f"{base}/confirm", base, {"password": PASSWORD}),
        PageAct("refuse", f"{base}/refuse", base, _REASON),
        PageAct("discard", f"{base}/discard", base),
    )


LIST_IMPORT = _of_file("/bureau/lists/imports/{id}", {"column-name": "1"}, {})
DATA_IMPORT = _of_file(
    "/bureau/imports/{id}",
    {
        f"column-{name}": str(at)
        for at, name in enumerate(("name", "credit_code", "legal_representative", "legal_representative_id"))
    },
    {"basis": "示教〔2021〕12 号"},
)
