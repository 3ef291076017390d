"""Contracts, exit cases and refusals in the words of the reader: used by the pages of all three sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from registry.contracts.lifecycle import CONTRACT
from registry.contracts.records import Contract
from registry.exits.lifecycle import EXIT_CASE
from registry.kernel.errors import FieldError, Invalid, RuleRefusal
from registry.kernel.refusals import Refusal
from registry.kernel.working_days import Window
from registry.policies import Policy
from registry.policies.vocabulary import CATEGORY_NAMES, Ground
from registry.web.components import formats
from registry.web.components.forms import Form
from registry.web.components.i18n import N_, Translator

_CONTRACT_EVENTS: Mapping[str, tuple[str, str, str]] = {
    "draft": (N_("起草合同"), "grey", "edit"),
    "change_terms": (N_("修改条款"), "grey", "edit"),
    "record_precondition": (N_("登记签约前置条件"), "grey", "check"),
    "name_people": (N_("填报入校服务人员"), "grey", "users"),
    "attach_scan": (N_("上传盖章合同扫描件"), "grey", "file-upload"),
    "offer": (N_("学校确认并送机构"), "blue", "send"),
    "take_back": (N_("学校撤回修改"), "amber", "rotate"),
    "decline": (N_("机构退回学校修改"), "amber", "rotate"),
    "sign": (N_("机构确认，合同签订"), "green", "writing-sign"),
    "cancel": (N_("学校取消"), "grey", "circle-minus"),
    "block_service": (N_("服务首日复核未通过，暂不得开展服务"), "red", "ban"),
    "unblock_service": (N_("复核通过，可以开展服务"), "green", "circle-check"),
    "flag": (N_("机构被移出名单，须终止合同"), "red", "alert-triangle"),
    "unflag": (N_("移出决定已撤销，合同可以继续"), "green", "rotate"),
    "tick_handover": (N_("完成一项交接"), "grey", "check"),
    "untick_handover": (N_("交接事项改为未完成"), "grey", "rotate"),
    "let_in": (N_("增加入校服务人员"), "blue", "user-plus"),
    "let_out": (N_("移出入校服务人员"), "grey", "user"),
    "renew_clearance": (N_("登记新的健康或违法犯罪记录查验"), "green", "user-check"),
    "terminate": (N_("学校终止合同"), "red", "circle-x"),
    "offer_variation": (N_("学校提出变更"), "blue", "send"),
    "attach_variation_scan": (N_("上传补充协议扫描件"), "grey", "file-upload"),
    "vary": (N_("双方同意，变更生效"), "green", "writing-sign"),
    "decline_variation": (N_("机构不同意变更"), "amber", "circle-minus"),
    "take_back_variation": (N_("学校撤回变更"), "grey", "rotate"),
    "renew": (N_("学校起草续签合同"), "blue", "refresh"),
}
_CASE_EVENTS: Mapping[str, tuple[str, str, str]] = {
    "open": (N_("立案"), "amber", "flag"),
    "join_report": (N_("新的报告并入本案，陈述申辩期重新计算"), "amber", "flag"),
    "answer": (N_("机构陈述申辩"), "blue", "writing-sign"),
    "propose": (N_("提出处理意见"), "blue", "edit"),
    "send_back": (N_("退回，重新提出意见"), "amber", "rotate"),
    "uphold": (N_("决定：退出成立"), "red", "gavel"),
    "dismiss": (N_("决定：不成立"), "green", "gavel"),
    "appeal": (N_("机构申诉"), "blue", "writing-sign"),
    "refuse_appeal": (N_("申诉已办理：维持原决定"), "red", "gavel"),
    "propose_overturn": (N_("提出撤销意见"), "blue", "edit"),
    "send_overturn_back": (N_("退回撤销意见，原决定不变"), "amber", "rotate"),
    "overturn": (N_("撤销原决定"), "grey", "rotate"),
}
_DELIBERATION = frozenset({"propose", "send_back", "propose_overturn", "send_overturn_back"})
SOURCE_NAMES: Mapping[str, str] = {
    "school": N_("学校报告"),
    "list_hit": N_("名单核查"),
    "complaint": N_("投诉"),
    "evaluation": N_("评价"),
    "bureau": N_("教育局"),
}


def refusals_of(words: Translator, found: Iterable[Refusal]) -> list[dict[str, str]]:
    """Refusals as the panel shows them: what stands against it, who can do what, and the rule."""
    shown = []
    for one in found:
        params = {key: words.gettext(value) for key, value in one.params.items()}
        shown.append(
            {
                "code": one.code,
                "rule": one.rule,
                "message": words.gettext(one.message, **params),
                "remedy": words.gettext(one.remedy, **params),
            }
        )
    return shown


def refused(words: Translator, error: RuleRefusal) -> list[dict[str, str]]:
    """A refused act as the panel shows it."""
    if error.refusals:
        return refusals_of(words, error.refusals)
    message = words.gettext(error.message, **error.params)
    return [{"code": error.code, "rule": error.rule or "", "message": message, "remedy": ""}]


def show_errors(form: Form, error: Invalid) -> None:
    """Put the domain's errors at the fields of a form."""
    wrong: tuple[FieldError, ...] = error.fields
    for one in wrong:
        form.fail(one.field, one.message, **one.params)
    if not wrong:
        form.fail("", error.message, **error.params)


def contract_timeline(words: Translator, happened: Iterable[Any]) -> list[dict[str, object]]:
    """What happened to a contract, for ``s.timeline``; both sides see it, so nobody is named."""
    return _timeline(words, happened, _CONTRACT_EVENTS, named=False)


def case_timeline(words: Translator, happened: Iterable[Any], *, inside: bool) -> list[dict[str, object]]:
    """What happened to a case, for ``s.timeline``. ``inside`` the bureau proposals and names are shown too."""
    shown = [one for one in happened if inside or one.action not in _DELIBERATION]
    return _timeline(words, shown, _CASE_EVENTS, named=inside)


def _timeline(
    words: Translator, happened: Iterable[Any], known: Mapping[str, tuple[str, str, str]], *, named: bool
) -> list[dict[str, object]]:
    names = {**CONTRACT.names, **EXIT_CASE.names}
    items: list[dict[str, object]] = []
    for one in happened:
        title, tone, icon = known.get(one.action, (names.get(one.action, one.action), "grey", "circle-dot"))
        # The minute is only of use on the day that rules were judged on: a demo's day is another.
        when = one.at if one.at.astimezone(formats.SHANGHAI).date() == one.on_day else one.on_day
        items.append(
            {
                "when": when,
                "title": words.gettext(title),
                "who": one.actor if named else "",
                "text": one.reason,
                "tone": tone,
                "icon": icon,
            }
        )
    return items


def strip_days(words: Translator, window: Window) -> list[dict[str, object]]:
    """The days of a time to answer, for ``s.day_strip``: working days are counted from the day after."""
    days: list[dict[str, object]] = []
    counted = 0
    for number, one in enumerate(window.days):
        counted += one.counts
        first = number == 0
        weekend = one.day.weekday() >= 5
        plain = one.counts != weekend
        kind = "published" if first else _kind(one.counts, weekend)
        reason = words.gettext(N_("告知当日，不计入")) if first else "" if plain else one.reason
        days.append(
            {"date": one.day, "counts": counted if one.counts else None, "kind": kind, "reason": reason}
        )
    return days


def _kind(counts: bool, weekend: bool) -> str:
    if counts:
        return "makeup" if weekend else "working"
    return "weekend" if weekend else "off"


def terms_rows(words: Translator, contract: Contract) -> list[dict[str, object]]:
    """What a contract is about, for ``p.summary_list``."""
    fee = contract.fee_cents
    return [
        {"label": words.gettext(N_("学校")), "value": contract.school_name},
        {"label": words.gettext(N_("机构")), "value": [contract.provider_name, contract.credit_code]},
        {"label": words.gettext(N_("在册条目")), "value": [contract.list_name, contract.certificate_number]},
        {"label": words.gettext(N_("服务类别")), "value": category_words(words, [contract.category])[0]},
        {"label": words.gettext(N_("课程")), "value": contract.course_title},
        {
            "label": words.gettext(N_("服务期限")),
            "value": formats.period(contract.starts_on, contract.ends_on, words.locale),
        },
        {
            "label": words.gettext(N_("收费标准")),
            "value": words.gettext(N_("未约定"))
            if fee is None
            else formats.money(fee / 100, words.locale, "课时"),
        },
    ]


def category_options(words: Translator, policy: Policy, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Categories as options."""
    return [(code, words.gettext(policy.category_name(code))) for code in codes]


def category_words(words: Translator, codes: Iterable[str], policy: Policy | None = None) -> list[str]:
    """Categories by name."""
    return [
        words.gettext(policy.category_name(code) if policy else CATEGORY_NAMES.get(code, code))
        for code in codes
    ]


def ground_options(words: Translator, grounds: Iterable[Ground]) -> list[tuple[str, str]]:
    """Exit grounds as options (R26)."""
    return [(one.value, words.gettext(one.zh)) for one in grounds]


def ground_word(words: Translator, code: str | None) -> str:
    """The name of a ground, "" for none."""
    return next((words.gettext(one.zh) for one in Ground if one.value == code), "")


def day_or_empty(text: str) -> date | None:
    """A day from an address (``2022-09-01``), None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
