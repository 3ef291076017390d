"""The record of an application that was handed in: where it stands, what it waits for, what happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response

from registry.applications import queries
from registry.applications.completeness import missing
from registry.applications.lifecycle import APPLICATION
from registry.applications.queries import ApplicationView, HistoryEvent
from registry.checks import queries as checks
from registry.checks.queries import EvidenceView, FindingView, RunView
from registry.kernel.clock import today
from registry.notices import cases as objections
from registry.review.second_look_window import told_until
from registry.rounds import queries as rounds
from registry.web.components.i18n import N_, Translator
from registry.web.components.requests import Req, actor_of, page, words_of
from registry.web.provider.tasks import tasks_of

VETTING = frozenset({"submitted", "vetting"})
# What the provider is told of a review that is under way: that it is, not by whom or with what opinion.
_SHOWN_STATE = {"recommended": "in_review"}
_NEXT: dict[str, tuple[str, str]] = {
    "submitted": (N_("系统核验材料"), N_("系统")),
    "vetting": (N_("系统核验材料"), N_("系统")),
    "in_review": (N_("教育局初审"), N_("教育局")),
    "correction": (N_("按意见补正后重新提交"), N_("本机构")),
    "recommended": (N_("教育局复审"), N_("教育局")),
    "shortlisted": (N_("列入公示"), N_("教育局")),
    "on_notice": (N_("公示期满后确认入库"), N_("教育局")),
}
_TITLES: dict[str, tuple[str, str, str]] = {
    "start": (N_("开始填写"), "grey", "edit"),
    "submit": (N_("提交申报"), "blue", "send"),
    "enter_paper": (N_("教育局录入纸质申报"), "blue", "send"),
    "resubmit": (N_("提交补正"), "blue", "send"),
    "enter_paper_correction": (N_("教育局录入纸质补正"), "blue", "send"),
    "finish_vetting": (N_("材料核验完成"), "blue", "circle-check"),
    "vet_again": (N_("重新核验材料"), "blue", "refresh"),
    "request_correction": (N_("退回补正"), "amber", "edit"),
    "close_correction": (N_("补正期满，按已提交的材料审核"), "grey", "clock"),
    "recommend": (N_("初审完成，转复审"), "blue", "eye"),
    "shortlist": (N_("同意拟入围"), "green", "list-check"),
    "publish_notice": (N_("列入公示"), "amber", "calendar-event"),
    "take_off": (N_("撤下公示"), "amber", "circle-minus"),
    "confirm_listing": (N_("确认入库"), "green", "circle-check"),
    "reject": (N_("不予通过"), "red", "circle-x"),
    "reject_on_objection": (N_("异议成立，不予入库"), "red", "circle-x"),
    "reject_shortlisted": (N_("取消拟入围"), "red", "circle-x"),
    "reject_on_notice": (N_("公示期间取消资格"), "red", "circle-x"),
    "ask_second_look": (N_("申请复核"), "blue", "refresh"),
    "grant_second_look": (N_("同意复核，重新审核"), "blue", "refresh"),
    "refuse_second_look": (N_("不予复核"), "red", "circle-x"),
    "withdraw": (N_("撤回申报"), "grey", "circle-minus"),
}
_REASONS_TOLD = frozenset(
    {
        "vet_again",
        "request_correction",
        "take_off",
        "reject",
        "reject_on_objection",
        "reject_shortlisted",
        "reject_on_notice",
        "ask_second_look",
        "grant_second_look",
        "refuse_second_look",
        "withdraw",
    }
)
_OWN_ACTS = frozenset({"start", "submit", "resubmit", "ask_second_look", "withdraw"})
_SYSTEM_ACTS = frozenset({"finish_vetting", "close_correction"})


async def record_page(request: Req, found: ApplicationView) -> Response[str]:
    """The page of an application that is no draft."""
    words, as_of = words_of(request), await today()
    events = await queries.history(found.id)
    asked = any(event.action == "ask_second_look" for event in events)
    run = await checks.latest_run(found.id)
    in_vetting = checks.being_vetted(found.state, run)
    return await page(
        request,
        "provider/record.html.j2",
        application=found,
        shown_state=_SHOWN_STATE.get(found.state, found.state),
        next_step=_NEXT.get(found.state),
        as_of=as_of,
        history=timeline(events, words),
        submissions=await queries.submissions(found.id),
        files=await queries.current_files(found.id),
        objections=await objections.of_application(found.id),
        findings=[] if in_vetting else await _findings(found, words),
        vetted=run is not None and run.state == "done",
        progress=progress_of(run) if in_vetting else None,
        refresh=5 if in_vetting else 0,
        correction=await _correction(found, words, as_of) if found.state == "correction" else None,
        second_look_until=None if asked else await second_look_until(found, as_of),
        may_withdraw=APPLICATION.allows(found.state, "withdraw", actor_of(request).roles),
    )


def progress_of(run: RunView | None) -> dict[str, Any]:
    """How far the reading is: pages done of pages in all (0 of 0 while it waits for its turn)."""
    if run is None or run.state == "queued":
        return {"done": 0, "total": 0, "running": False}
    return {"done": run.pages_done, "total": run.pages_total, "running": True}


async def _correction(found: ApplicationView, words: Translator, as_of: date) -> dict[str, Any]:
    round_ = await rounds.get(found.round_id)
    form, _ = await queries.working_form(found.id)
    files = await queries.current_files(found.id)
    kept = [file for file in files if not file.leaving]
    problems = missing(form, {file.item for file in kept}, queries.frame_of(round_))
    tasks = tasks_of(found, problems, kept, form.model_dump(), words)
    if all(file.submission is not None and not file.leaving for file in files):
        # Complete, but not corrected: the old files are still the ones that were sent back.
        tasks[-1] |= {"state": "not_started", "missing": [words.gettext(N_("还没有更换材料"))]}
    until = found.correction_until
    return {
        "tasks": [task for task in tasks if task["url"]],
        "items": [
            (number, material.name)
            for number, material in round_.rules.materials
            if number in found.correction_items
        ],
        "over": until is not None and as_of > until,
        "days_left": (until - as_of).days if until is not None else None,
    }


async def second_look_until(found: ApplicationView, as_of: date) -> date | None:
    """The last day on which the rejected applicant may ask for a second look, None where it may not (R14)."""
    if found.state != "rejected" or found.second_look or found.decided_on is None:
        return None
    window = await told_until(found.round_id, found.decided_on)
    return None if window.has_passed(as_of) else window.last_day


async def _findings(found: ApplicationView, words: Translator) -> list[dict[str, Any]]:
    """What vetting found, in its sentences; what a reviewer overruled does not trouble the provider."""
    dossier = await checks.dossier(found.id)
    return [_finding(one, words) for one in dossier.findings if one.overruled_by is None]


def _finding(one: FindingView, words: Translator) -> dict[str, Any]:
    return {
        "severity": one.severity,
        "rule": one.rule,
        "code": one.code,
        "message": words.gettext(one.message, **one.params),
        "evidence": [_evidence(view, words) for view in one.evidence if view.file_id is not None],
    }


def _evidence(view: EvidenceView, words: Translator) -> dict[str, Any]:
    box = "?box=" + ",".join(f"{side:.4f}" for side in view.bbox) if view.bbox else ""
    return {
        "page": view.page,
        "page_url": f"/files/{view.file_id}/pages/{view.file_page}{box}",
        "label": words.gettext(N_("查看原件")),
        "text": view.text,
        "box": view.bbox,
    }


def timeline(events: list[HistoryEvent], words: Translator) -> list[dict[str, Any]]:
    """Events as the provider is shown them: no names of officials, no internal words."""
    shown = []
    for event in events:
        told = _TITLES.get(event.action)
        if told is None:
            continue
        title, tone, icon = told
        who = (
            N_("本机构")
            if event.action in _OWN_ACTS
            else N_("系统")
            if event.action in _SYSTEM_ACTS
            else N_("教育局")
        )
        shown.append(
            {
                "when": event.on_day,
                "title": words.gettext(title),
                "tone": tone,
                "icon": icon,
                "who": words.gettext(who),
                "text": event.reason if event.action in _REASONS_TOLD else "",
            }
        )
    return shown
