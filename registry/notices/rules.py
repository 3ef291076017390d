"""Notices and objections (R15–R17): windows, and what an objection must carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.kernel.refusals import Refusal
from registry.kernel.terms import Term
from registry.kernel.working_days import Window, notice_window
from registry.policies.model import ObjectionPolicy

__all__ = [
    "NoticePhase",
    "ObjectionFacts",
    "ObjectorKind",
    "Window",
    "may_answer",
    "notice_phase",
    "notice_window",
    "objection_refusals",
    "objection_window_refusal",
]


class NoticePhase(Term):
    """What a notice is on a day."""

    UPCOMING = "upcoming", "尚未公示"
    OPEN = "open", "公示中"
    PASSED = "passed", "公示期满"


def notice_phase(published_on: date, passes_from: date | None, as_of: date) -> NoticePhase:
    """What a notice is on ``as_of``. ``passes_from`` None: provisional, it cannot pass (R16)."""
    if as_of < published_on:
        return NoticePhase.UPCOMING
    if passes_from is not None and as_of >= passes_from:
        return NoticePhase.PASSED
    return NoticePhase.OPEN


class ObjectorKind(Term):
    """In whose name an objection is made."""

    PERSON = "person", "个人"
    ORGANISATION = "organisation", "单位"


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """What an objection carries. ``sealed`` says that an organisation's seal is on it."""

    kind: ObjectorKind
    written: bool
    name_given: bool
    contact_given: bool
    facts_given: bool
    sealed: bool


def objection_window_refusal(published_on: date, passes_from: date | None, as_of: date) -> Refusal | None:
    """None where an objection may be made on ``as_of``: while the notice is open (R17)."""
    match notice_phase(published_on, passes_from, as_of):
        case NoticePhase.OPEN:
            return None
        case NoticePhase.UPCOMING:
            return Refusal("notice_not_open", "R17", "公示尚未开始", "请在公示期内提出异议")
        case NoticePhase.PASSED:
            return Refusal("notice_passed", "R17", "公示期已满", "公示期满后可通过投诉渠道反映问题")


def objection_refusals(facts: ObjectionFacts, conditions: ObjectionPolicy) -> tuple[Refusal, ...]:
    """Which of the policy's conditions an objection does not meet (R17).

    Whether one that fails a condition is refused outright or put to an officer, says
    ``conditions.refuse_otherwise``.
    """
    person = facts.kind is ObjectorKind.PERSON
    found: list[Refusal] = []
    if conditions.written and not facts.written:
        found.append(Refusal("not_written", "R17", "异议须以书面形式提出", "请书面提交"))
    if conditions.facts_required and not facts.facts_given:
        found.append(Refusal("no_facts", "R17", "异议须有具体事实或证据", "请写明具体事实，或上传证据"))
    if conditions.real_name_required and person and not facts.name_given:
        found.append(Refusal("no_name", "R17", "个人提出异议须署真实姓名", "请填写真实姓名"))
    if not person and not facts.name_given:
        found.append(Refusal("no_name", "R17", "单位提出异议须写明单位名称", "请填写单位全称"))
    if conditions.organisation_seal_required and not person and not facts.sealed:
        found.append(Refusal("no_seal", "R17", "单位提出异议须加盖本单位印章", "请上传盖章的异议书"))
    if conditions.contact_required and not facts.contact_given:
        found.append(Refusal("no_contact", "R17", "异议须留联系方式", "请填写电话或邮箱"))
    return tuple(found)


def may_answer(state: str, answered: bool, window: Window, as_of: date) -> bool:
    """Whether the provider may answer an objection: while nobody proposed a ruling, and then too as long as it has not
    answered and its time runs (R17)."""
    return state == "open" or (state == "proposed" and not answered and not window.has_passed(as_of))
