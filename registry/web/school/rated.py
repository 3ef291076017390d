"""Evaluations and complaints in the words of the reader: used by the pages of all sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from registry.evaluations.lifecycle import COMPLAINT, EVALUATION, Topic
from registry.evaluations.queries import Happening
from registry.evaluations.records import Evaluation
from registry.web.components import formats
from registry.web.components.i18n import N_, Translator

SCORE_NAMES: Mapping[str, str] = {
    "quality": N_("课程质量"),
    "safety": N_("安全管理"),
    "conduct": N_("师德行为"),
}
_TONES: Mapping[str, tuple[str, str]] = {
    "submit": ("green", "star"),
    "revise": ("blue", "edit"),
    "answer": ("blue", "message-2"),
    "waive": ("grey", "circle-minus"),
    "set_aside": ("red", "circle-x"),
    "file": ("amber", "message-report"),
    "accept": ("blue", "inbox"),
    "refuse": ("grey", "circle-minus"),
    "ask": ("amber", "help-circle"),
    "reply": ("blue", "send"),
    "find_true": ("red", "gavel"),
    "find_untrue": ("green", "gavel"),
    "reveal": ("grey", "lock"),
}
_MORE = {"file": N_("提出投诉"), "reveal": N_("查看投诉人身份")}


def term_name(words: Translator, school_year: int, number: int) -> str:
    """A term as schools call it: 2022—2023学年第1学期."""
    return words.gettext(
        N_("%(first)s—%(last)s学年第%(n)s学期"), first=school_year, last=school_year + 1, n=number
    )


def topic_word(words: Translator, code: str) -> str:
    """What a complaint is about."""
    return next((words.gettext(one.zh) for one in Topic if one.value == code), code)


def score_rows(words: Translator, evaluation: Evaluation) -> list[dict[str, object]]:
    """The scores of an evaluation, for ``p.summary_list``."""
    scores = evaluation.scores
    if scores is None:
        return []
    shown: list[dict[str, object]] = [
        {
            "label": words.gettext(name),
            "value": words.gettext(N_("%(n)s 分（满分 5 分）"), n=getattr(scores, key)),
        }
        for key, name in SCORE_NAMES.items()
    ]
    satisfied = (
        words.gettext(N_("没有家长参与调查"))
        if scores.satisfaction is None
        else words.gettext(N_("%(percent)s%%（%(n)s 人参与）"), percent=scores.satisfaction, n=scores.answers)
    )
    shown.append({"label": words.gettext(N_("家长满意度")), "value": satisfied})
    shown.append(
        {"label": words.gettext(N_("评语")), "value": evaluation.words or words.gettext(N_("未填写"))}
    )
    return shown


def timeline(
    words: Translator, happened: Iterable[Happening], subject: str, *, named: bool
) -> list[dict[str, Any]]:
    """What happened, for ``s.timeline``; ``named`` inside the bureau only."""
    names = {**(EVALUATION if subject == "evaluation" else COMPLAINT).names, **_MORE}
    items = []
    for one in happened:
        tone, icon = _TONES.get(one.action, ("grey", "circle-dot"))
        local = one.at.astimezone(formats.SHANGHAI)
        items.append(
            {
                # The minute is only of use on the day that rules were judged on: a demo's day is another.
                "when": one.at if local.date() == one.on_day else one.on_day,
                "title": words.gettext(names.get(one.action, one.action)),
                "who": one.actor if named else "",
                "text": one.reason,
                "tone": tone,
                "icon": icon,
            }
        )
    return items
