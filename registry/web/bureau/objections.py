"""Objections: the officers' queue and one case; who objects is shown once, with an event (R17, R34)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from litestar import Response, get, post
from litestar.params import FromPath

from registry.audit.queries import of_subject
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, RegistryError, RuleRefusal
from registry.notices import cases
from registry.notices import objections as commands
from registry.notices.cases import ObjectionCase
from registry.notices.lifecycle import OBJECTION, ObjectionState
from registry.notices.objections import Identity, Ruling
from registry.web.bureau.asking import attempt, choice_in, number_in, panel_of, query_of, said
from registry.web.bureau.decision_acts import confirmed
from registry.web.bureau.timeline import timeline
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of

PATH = "/bureau/notices/objections"
ONE = f"{PATH}/{{objection_id:int}}"
COLUMNS = (
    Column("provider", N_("被异议机构")),
    Column("state", N_("状态"), kind="short"),
    Column("notice", N_("公示"), kind="code"),
    Column("kind", N_("异议人"), kind="short"),
    Column("filed", N_("提出日期"), kind="date"),
)
RULINGS = ("uphold", "dismiss")


@get(PATH, opt={"permission": "bureau.read"})
async def objections_page(request: Req) -> Response[str]:
    """The objections of the reader's bureaux: what waits for the reader first, then the oldest."""
    state = choice_in(
        request, "state", ("open", *(one.value for one in ObjectionState if one.value != "open"))
    )
    found, after = await cases.objections(actor_of(request), state=state, after=number_in(request, "after"))
    listing = Listing(
        PATH, COLUMNS, query=query_of(request), next_cursor=after, filters=("state",), exports=()
    )
    return await page(
        request, "bureau/objections.html.j2", listing=listing, rows=found, form=filled({"state": state})
    )


@get(ONE, opt={"permission": "bureau.read"})
async def objection_page(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """One objection: facts, answer, rulings; who objects stays closed."""
    return await _show(request, objection_id, Form(), None)


async def _show(
    request: Req, objection_id: int, form: Form, error: RegistryError | None, identity: Identity | None = None
) -> Response[str]:
    actor, words = actor_of(request), words_of(request)
    found = await cases.case(actor, objection_id)
    roles = frozenset(role for role in Role if actor.has(role, bureau_id=found.bureau_id))
    own = found.provider_id in actor.provider_ids
    hindrance = _hindrance(found, actor_is_approver=Role.APPROVER in roles, own=own)
    return await page(
        request,
        "bureau/objection.html.j2",
        status_code=200 if error is None else error.status,
        case=found,
        heard=found.answered or found.hearing.has_passed(day_of(request)),
        may=lambda action: (
            not own
            and OBJECTION.allows(found.state, action, roles)
            and not (found.earlier_proposer and action in {"send_back", *RULINGS})
            and (action not in RULINGS or action == found.proposal)
            and (action != "refuse_admission" or bool(found.unmet))
        ),
        officer=bool(roles & {Role.REVIEWER, Role.APPROVER}) and not own,
        identity=identity,
        form=form,
        refusal=panel_of(error, words),
        hindrance=panel_of(hindrance, words),
        history=timeline(reversed(await of_subject("objection", objection_id)), "objection", words),
    )


def _hindrance(found: ObjectionCase, *, actor_is_approver: bool, own: bool) -> RegistryError | None:
    if own and found.state in {"open", "proposed"}:
        return RuleRefusal("您是这家机构的成员，请由他人办理", code="own_organisation", rule="R13")
    if found.state == "proposed" and actor_is_approver and found.earlier_proposer:
        return RuleRefusal("处理意见是您提出的，须由另一人作出决定", code="same_person", rule="R13")
    return None


@post(f"{ONE}/reveal", opt={"permission": "personal_data.reveal"}, status_code=200)
async def reveal(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """Who objects, shown once; each look is an event (R34), so a reload asks again."""
    await read_form(request)
    identity = await commands.reveal_identity(
        actor_of(request), objection_id, said(request, N_("核实异议时联系"))
    )
    return await _show(request, objection_id, Form(), None, identity)


@post(f"{ONE}/refuse", opt={"permission": "objection.rule"}, status_code=200)
async def refuse(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """Do not admit it: ``refuse_reason``."""
    form = (await read_form(request)).form
    reason = form.text("refuse_reason", N_("理由"), max_length=2000, multiline=True)
    return await _finish(
        request,
        objection_id,
        form,
        lambda: commands.refuse_admission(actor_of(request), objection_id, reason),
        N_("已决定不予受理。"),
    )


@post(f"{ONE}/propose", opt={"permission": "objection.rule"}, status_code=200)
async def propose(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """The first person's opinion: ``ruling`` (uphold or dismiss) and ``reason``."""
    form = (await read_form(request)).form
    ruling = form.choice("ruling", N_("处理意见"), RULINGS)
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    return await _finish(
        request,
        objection_id,
        form,
        lambda: commands.propose(actor_of(request), objection_id, cast(Ruling, ruling), reason),
        N_("处理意见已提出，由另一人作出决定。"),
    )


@post(f"{ONE}/send-back", opt={"permission": "objection.rule"}, status_code=200)
async def send_back(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """The second person sends it back: ``back_reason``."""
    form = (await read_form(request)).form
    reason = form.text("back_reason", N_("退回的理由"), max_length=2000, multiline=True)
    return await _finish(
        request,
        objection_id,
        form,
        lambda: commands.send_back(actor_of(request), objection_id, reason),
        N_("已退回。"),
    )


async def _finish(
    request: Req, objection_id: int, form: Form, act: Callable[[], Awaitable[None]], done: str
) -> Response[str]:
    error: RegistryError | None = Invalid() if form.errors else await attempt(form, act())
    if error is not None:
        return await _show(request, objection_id, form, error)
    return redirect(f"{PATH}/{objection_id}", flash=said(request, done))


@get(f"{ONE}/rule", opt={"permission": "objection.rule"})
async def rule_page(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """What the ruling means, before it is made; ``ruling`` is in the address."""
    ruling = choice_in(request, "ruling", RULINGS) or ""
    return await _rule(request, objection_id, filled({"ruling": ruling}), None)


@post(f"{ONE}/rule", opt={"permission": "objection.rule"}, status_code=200)
async def rule(request: Req, objection_id: FromPath[int]) -> Response[str]:
    """The second person rules: ``ruling``, ``reason``, ``password``."""
    form = (await read_form(request)).form
    ruling = form.choice("ruling", N_("决定"), RULINGS)
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    error = await confirmed(request, form)
    if error is None:
        error = await attempt(
            form, commands.decide(actor_of(request), objection_id, cast(Ruling, ruling), reason)
        )
    if error is not None:
        return await _rule(request, objection_id, form, error)
    done = (
        N_("已认定异议成立，这家机构不予入库。")
        if ruling == "uphold"
        else N_("已认定异议不成立，公示期满后可以入库。")
    )
    return redirect(f"{PATH}/{objection_id}", flash=said(request, done))


async def _rule(request: Req, objection_id: int, form: Form, error: RegistryError | None) -> Response[str]:
    found = await cases.case(actor_of(request), objection_id)
    return await page(
        request,
        "bureau/objection_rule.html.j2",
        status_code=200 if error is None else error.status,
        case=found,
        ruling=form.value("ruling") if form.value("ruling") in RULINGS else found.proposal or "dismiss",
        form=form,
        refusal=panel_of(error, words_of(request)),
    )


HANDLERS = [objections_page, objection_page, reveal, refuse, propose, send_back, rule_page, rule]
