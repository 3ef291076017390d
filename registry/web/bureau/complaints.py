"""Complaints: the officers' queue and one case; who complains is shown once, with an event (R25, R34)."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from litestar import Response, get, post
from litestar.params import FromPath

from registry.evaluations import queries
from registry.evaluations.complaints import cases, handling
from registry.evaluations.complaints.handling import MAX_WORDS, Identity
from registry.evaluations.lifecycle import COMPLAINT
from registry.exits.origins import case_of_complaint
from registry.jurisdictions.queries import get_list
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, RegistryError
from registry.policies.vocabulary import Ground
from registry.web.bureau.asking import attempt, choice_in, panel_of, query_of, said, text_in
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.web.school.rated import timeline, topic_word
from registry.web.school.shown import ground_options, ground_word

PATH = "/bureau/complaints"
ONE = f"{PATH}/{{complaint_id:int}}"
_HANDLE = {"permission": "complaint.handle"}
_STATES: Mapping[str, str] = {
    "open": N_("未办结"),
    "overdue": N_("已逾期"),
    "filed": N_("待受理"),
    "accepted": N_("办理中"),
    "asked": N_("待机构答复"),
    "answered": N_("机构已答复"),
    "founded": N_("属实"),
    "unfounded": N_("不属实"),
    "refused": N_("不予受理"),
}
_FINDINGS: Mapping[str, str] = {"find_true": N_("属实"), "find_untrue": N_("不属实")}


@get(PATH, opt={"permission": "bureau.read"})
async def complaints_page(request: Req) -> Response[str]:
    """The complaints at the reader's bureaux, the latest first; what is overdue is marked."""
    words, as_of, bureaux = words_of(request), day_of(request), actor_of(request).bureau_ids()
    state, q = choice_in(request, "state", _STATES), text_in(request, "q")
    found = await cases.of_bureaux(bureaux, as_of=as_of, state=state, q=q, after=text_in(request, "after"))
    open_now, overdue = await cases.waiting(bureaux, as_of)
    return await page(
        request,
        "bureau/complaints.html.j2",
        form=filled({"state": state, "q": q}),
        states=[(code, words.gettext(word)) for code, word in _STATES.items()],
        today=as_of,
        open_now=open_now,
        overdue=overdue,
        listing=Listing(
            PATH,
            [
                Column("number", N_("投诉"), kind="code"),
                Column("provider", N_("机构")),
                Column("topic", N_("反映的问题"), kind="short"),
                Column("filed", N_("提出日期"), kind="date"),
                Column("until", N_("办理期限"), kind="date"),
                Column("state", N_("状态"), kind="short"),
            ],
            query=query_of(request),
            next_cursor=found.after,
            filters=("state", "q"),
            exports=(),
        ),
        rows=[{"complaint": one, "topic": topic_word(words, one.topic)} for one in found.complaints],
    )


@get(ONE, opt={"permission": "bureau.read"})
async def complaint_page(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """One complaint: what it says, what was asked and answered, what may be done now."""
    return await _show(request, complaint_id, Form(), None)


async def _show(
    request: Req,
    complaint_id: int,
    form: Form,
    error: RegistryError | None,
    identity: Identity | None = None,
) -> Response[str]:
    actor, words, as_of = actor_of(request), words_of(request), day_of(request)
    found = await cases.case(actor, complaint_id)
    roles = frozenset(role for role in Role if actor.has(role, bureau_id=found.row.bureau_id))
    policy = (await get_list(found.row.list_id)).policy
    founded = await cases.founded(found.row.entry_id, as_of)
    response = await page(
        request,
        "bureau/complaint.html.j2",
        status_code=200 if error is None else error.status,
        case=found,
        one=found.row,
        today=as_of,
        topic=topic_word(words, found.row.topic),
        ground=ground_word(words, found.row.ground),
        grounds=ground_options(words, policy.exit_grounds),
        findings=[(code, words.gettext(word)) for code, word in _FINDINGS.items()],
        rules=policy.complaint,
        may=lambda action: found.officer and COMPLAINT.allows(found.row.state, action, roles),
        identity=identity,
        form=form,
        max_words=MAX_WORDS,
        refusal=panel_of(error, words),
        founded=[(ground_word(words, code), count) for code, count in founded.items()],
        exit_case=await case_of_complaint(complaint_id),
        timeline=timeline(
            words, await queries.happenings("complaint", complaint_id), "complaint", named=True
        ),
    )
    response.headers["cache-control"] = "no-store"
    return response


@post(f"{ONE}/reveal", opt={"permission": "personal_data.reveal"}, status_code=200)
async def reveal(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """Who complains, shown once; each look is an event (R34), so a reload asks again."""
    await read_form(request)
    identity = await handling.reveal_identity(
        actor_of(request), complaint_id, said(request, N_("核实投诉时联系"))
    )
    return await _show(request, complaint_id, Form(), None, identity)


async def _finish(
    request: Req, complaint_id: int, form: Form, act: Awaitable[None] | None, done: str
) -> Response[str]:
    error: RegistryError | None = Invalid() if act is None else await attempt(form, act)
    if error is not None:
        return await _show(request, complaint_id, form, error)
    return redirect(f"{PATH}/{complaint_id}", flash=said(request, done))


@post(f"{ONE}/accept", opt=_HANDLE, status_code=200)
async def accept(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """Take it up."""
    form = (await read_form(request)).form
    act = handling.accept(actor_of(request), complaint_id)
    return await _finish(request, complaint_id, form, act, N_("已受理。"))


@post(f"{ONE}/refuse", opt=_HANDLE, status_code=200)
async def refuse(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """Do not take it up: ``reason``, which the complainant reads."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=MAX_WORDS, multiline=True)
    act = None if form.errors else handling.refuse(actor_of(request), complaint_id, reason)
    return await _finish(request, complaint_id, form, act, N_("已决定不予受理。"))


@post(f"{ONE}/ask", opt=_HANDLE, status_code=200)
async def ask(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """Ask the provider: ``question``, which the provider reads."""
    form = (await read_form(request)).form
    question = form.text("question", N_("要答复的事项"), max_length=MAX_WORDS, multiline=True)
    act = None if form.errors else handling.ask(actor_of(request), complaint_id, question)
    return await _finish(request, complaint_id, form, act, N_("已请机构答复。"))


@post(f"{ONE}/reply", opt=_HANDLE, status_code=200)
async def reply(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """Tell the complainant how it stands: ``reply``."""
    form = (await read_form(request)).form
    text = form.text("reply", N_("答复内容"), max_length=MAX_WORDS, multiline=True)
    act = None if form.errors else handling.reply(actor_of(request), complaint_id, text)
    return await _finish(request, complaint_id, form, act, N_("答复已保存，投诉人凭回执可以看到。"))


@post(f"{ONE}/close", opt=_HANDLE, status_code=200)
async def close(request: Req, complaint_id: FromPath[int]) -> Response[str]:
    """Close it: ``finding``, ``answer`` for the complainant, and for a founded one perhaps a ``ground``."""
    form = (await read_form(request)).form
    finding = form.choice("finding", N_("结论"), _FINDINGS)
    ground = form.choice("ground", N_("退出情形"), [one.value for one in Ground], required=False)
    answer = form.text("answer", N_("给投诉人的答复"), max_length=MAX_WORDS, multiline=True)
    act = (
        None
        if form.errors
        else handling.close(
            actor_of(request),
            complaint_id,
            "find_true" if finding == "find_true" else "find_untrue",
            answer,
            next((one for one in Ground if one.value == ground), None),
        )
    )
    return await _finish(request, complaint_id, form, act, N_("投诉已办结。"))


HANDLERS = [complaints_page, complaint_page, reveal, accept, refuse, ask, reply, close]
