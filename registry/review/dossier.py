"""One application as the decision page shows it: who stands where, what was done, what each role may do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from registry.applications.form import ApplicationForm, open_form
from registry.applications.lifecycle import APPLICATION
from registry.kernel.actor import OFFICIALS, Actor, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound, RegistryError
from registry.policies import Policy, thaw
from registry.review.access import PastAct, bar

_REVIEW_ACTIONS = ("recommend", "request_correction", "vet_again")
_DECISIONS = ("shortlist", "reject", "send_back", "reject_shortlisted", "publish_notice", "confirm_listing")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the review with the name of who did it. ``internal_note`` is for the bureau only."""

    id: int
    account_id: int | None
    who: str
    kind: str
    look: int
    reason: str
    internal_note: str
    on_day: date


@dataclass(frozen=True, slots=True)
class NoticePlace:
    """The notice the application is on, or was on last. ``passes_from`` None: the end is an estimate."""

    item_id: int
    notice_id: int
    number: str
    title: str
    published_on: date
    last_day: date
    passes_from: date | None
    taken_off_on: date | None


@dataclass(frozen=True, slots=True)
class ApplicationDossier:
    """An application with its round, submission, acts and place; ``form`` holds personal data: mask it.

    ``submissions`` counts the handings-in, ``digest`` is the last one's (R7).
    """

    id: int
    state: str
    name: str
    provider_id: int
    provider_name: str
    credit_code: str
    receipt_number: str
    round_id: int
    round_title: str
    deadline: date
    cycle_ends_on: date
    inspection_years: tuple[int, ...]
    list_name: str
    bureau_id: int
    bureau_name: str
    categories: tuple[str, ...]
    submitted_on: date
    correction_until: date | None
    correction_note: str
    correction_items: tuple[int, ...]
    recommended_by: int | None
    recommendation: str | None
    decided_by: int | None
    decided_on: date | None
    second_look: bool
    assigned_to: int | None
    entered_by: int | None
    submissions: int
    digest: str
    policy: Policy
    form: ApplicationForm
    acts: tuple[Act, ...]
    notice: NoticePlace | None

    @property
    def look(self) -> int:
        """1 for the first review, 2 for the second look."""
        return 2 if self.second_look else 1

    @property
    def second_look_waits(self) -> bool:
        """A second look was asked for and not answered."""
        kinds = {act.kind for act in self.acts}
        return (
            self.state == "rejected"
            and "ask_second_look" in kinds
            and not kinds & {"grant_second_look", "refuse_second_look"}
        )

    def barred(self, actor: Actor, role: Role, look: int | None = None) -> RegistryError | None:
        """What keeps the actor from acting in ``role`` (R13, R14), None if nothing does."""
        return bar(
            actor,
            role,
            bureau_id=self.bureau_id,
            provider_id=self.provider_id,
            look=look or self.look,
            acts=[
                *(PastAct(act.account_id, act.kind, act.look) for act in self.acts),
                *([PastAct(self.entered_by, "enter_paper", 1)] if self.entered_by else []),
            ],
            assigned_to=self.assigned_to,
        )


@dataclass(frozen=True, slots=True)
class Options:
    """What the actor may do now, and why not where R13 or R14 stands against it.

    ``actions`` are lifecycle actions, besides ``note``, ``recuse``, ``reveal``, ``overrule`` and
    ``answer_second_look``; ``refusal`` is the reason why the step that is due is not this person's.
    """

    actions: frozenset[str]
    refusal: RegistryError | None

    def may(self, action: str) -> bool:
        """Whether the page offers an action."""
        return action in self.actions


def options(dossier: ApplicationDossier, actor: Actor) -> Options:
    """What the actor may do with an application in its state (R13, R14)."""
    actions: set[str] = set()
    refusals: list[RegistryError] = []
    for role, names in ((Role.REVIEWER, _REVIEW_ACTIONS), (Role.APPROVER, _DECISIONS)):
        if not actor.has(role, bureau_id=dossier.bureau_id):
            continue
        allowed = {name for name in names if APPLICATION.allows(dossier.state, name, frozenset({role}))}
        if dossier.recommendation == "reject":
            allowed -= {"shortlist"}
        stopped = dossier.barred(actor, role)
        if stopped is None:
            actions |= allowed
        elif allowed:
            refusals.append(stopped)
    if dossier.second_look_waits and actor.has(Role.APPROVER, bureau_id=dossier.bureau_id):
        stopped = dossier.barred(actor, Role.APPROVER, look=2)
        if stopped is None:
            actions.add("answer_second_look")
        else:
            refusals.append(stopped)
    if dossier.bureau_id in actor.bureau_ids(Role.REVIEWER, Role.APPROVER):
        actions |= _small_acts(dossier, actor)
    return Options(
        frozenset(actions),
        refusals[0] if refusals and not actions & {*_REVIEW_ACTIONS, *_DECISIONS} else None,
    )


def _small_acts(dossier: ApplicationDossier, actor: Actor) -> set[str]:
    if dossier.provider_id in actor.provider_ids:
        return set()
    if any(act.kind == "recuse" and act.account_id == actor.account_id for act in dossier.acts):
        return set()
    return {"note", "recuse", "reveal"} | (
        {"overrule"} if dossier.state in {"in_review", "recommended"} else set()
    )


_SELECT = """
SELECT a.id, a.state, a.name, a.provider AS provider_id, p.name AS provider_name, p.credit_code, a.receipt_number,
       a.round AS round_id, r.title AS round_title, r.deadline, r.cycle_ends_on, r.inspection_years,
       l.name AS list_name, l.bureau AS bureau_id, b.name AS bureau_name, a.categories, a.submitted_on,
       a.correction_until, a.correction_note, a.correction_items, a.recommended_by, a.recommendation, a.decided_by,
       a.decided_on, a.second_look, a.assigned_to, w.entered_by, r.policy, s.number AS submissions, s.digest, s.form_sealed,
       i.id AS item_id, n.id AS notice_id, n.number, n.title, n.published_on, n.last_day, n.passes_from, i.taken_off_on
FROM application a JOIN provider p ON p.id = a.provider JOIN round r ON r.id = a.round
JOIN registry_list l ON l.id = r.list JOIN bureau b ON b.id = l.bureau
LEFT JOIN LATERAL (SELECT * FROM submission x WHERE x.application = a.id ORDER BY x.number DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT * FROM notice_item x WHERE x.application = a.id
                   ORDER BY x.taken_off_on IS NULL DESC, x.id DESC LIMIT 1) i ON true
LEFT JOIN notice n ON n.id = i.notice LEFT JOIN paper_intake w ON w.application = a.id
WHERE a.id = {} AND a.receipt_number IS NOT NULL
"""
_NOTICE = (
    "item_id",
    "notice_id",
    "number",
    "title",
    "published_on",
    "last_day",
    "passes_from",
    "taken_off_on",
)


async def dossier(actor: Actor, application_id: int) -> ApplicationDossier:
    """A submitted application of one of the actor's bureaux. Raises NotFound for any other. Two queries."""
    found = await row(_SELECT, application_id)
    if found is None or found["bureau_id"] not in actor.bureau_ids(*OFFICIALS):
        raise NotFound("没有找到这份申报")
    place = {key: found.pop(key) for key in _NOTICE}
    form = open_form(found.pop("form_sealed"))
    return ApplicationDossier(
        **{
            **found,
            "policy": thaw(json.loads(found["policy"])),
            "inspection_years": tuple(found["inspection_years"]),
            "categories": tuple(found["categories"] or ()),
            "correction_items": tuple(found["correction_items"] or ()),
            "submissions": found["submissions"] or 0,
            "digest": found["digest"] or "",
        },
        form=form,
        acts=await _acts(application_id),
        notice=NoticePlace(**place) if place["item_id"] is not None else None,
    )


async def _acts(application_id: int) -> tuple[Act, ...]:
    found = await rows(
        "SELECT x.id, x.account AS account_id, coalesce(c.display_name, '') AS who, x.kind, x.look, x.reason,"
        " x.internal_note, x.on_day FROM review_act x LEFT JOIN account c ON c.id = x.account"
        " WHERE x.application = {} ORDER BY x.id DESC",
        application_id,
    )
    return tuple(Act(**one) for one in found)
