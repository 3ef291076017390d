"""Exit cases against the provider: what is reported, the time to answer, the answer, the appeal (R27)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.bans import queries as bans
from registry.exits import appeals, deciding, queries
from registry.exits.deciding import MAX_ANSWER
from registry.exits.lifecycle import EXIT_CASE
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound, RuleRefusal
from registry.settings import get_settings
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, read_form, words_of
from registry.web.school.acting import settle
from registry.web.school.shown import (
    SOURCE_NAMES,
    case_timeline,
    ground_word,
    refused,
    show_errors,
    strip_days,
)
from registry.web.school.uploading import take

_ANSWER = {"permission": "exit.answer"}
_APPEAL = {"permission": "exit.appeal"}


@get("/provider/exits", opt=_ANSWER)
async def exits_page(request: Req) -> Response[str]:
    """The cases against the provider."""
    words, as_of = words_of(request), await today()
    found = await queries.cases_of_providers(
        actor_of(request).provider_ids, after=request.query_params.get("after")
    )
    return await page(
        request,
        "provider/exits.html.j2",
        today=as_of,
        listing=Listing(
            "/provider/exits",
            [
                Column("number", N_("案件"), kind="code"),
                Column("ground", N_("情形")),
                Column("list", N_("名单")),
                Column("until", N_("答复期限"), kind="date"),
                Column("state", N_("状态"), kind="short"),
            ],
            next_cursor=found.after,
            exports=(),
        ),
        rows=[{"case": one, "ground": ground_word(words, one.ground_code)} for one in found.cases],
    )


@get("/provider/exits/{case_id:int}", opt=_ANSWER)
async def detail(request: Req, case_id: FromPath[int]) -> Response[str]:
    """A case: ground and facts, the days left, the answers given, the decision."""
    return await _page(request, case_id, Form(), 200)


async def _page(
    request: Req, case_id: int, form: Form, status: int, refusals: list[dict[str, str]] | None = None
) -> Response[str]:
    actor, words, as_of = actor_of(request), words_of(request), await today()
    case = await queries.get_case(actor, case_id)
    if case.provider_id not in actor.provider_ids:
        raise NotFound("没有找到这个退出案件")
    window = await queries.answer_window(case)
    return await page(
        request,
        "provider/exit.html.j2",
        status_code=status,
        form=form,
        refusals=refusals or [],
        case=case,
        ground=ground_word(words, case.ground_code),
        reports=[
            {
                "report": one,
                "ground": words.gettext(one.ground.zh),
                "source": words.gettext(SOURCE_NAMES[one.source]),
                "evidence": one.evidence if one.source != "complaint" else None,
            }
            for one in await queries.reports_of(case_id)
        ],
        answers=queries.answers_of(case),
        window=window,
        days=strip_days(words, window),
        may_answer=case.state == "open" and not window.has_passed(as_of),
        maximum=MAX_ANSWER,
        appeal=await appeals.appeal_of(case_id),
        may_appeal=EXIT_CASE.allows(case.state, "appeal", actor.roles),
        max_bytes=get_settings().max_upload_bytes,
        ban=await bans.of_case(case_id),
        today=as_of,
        timeline=case_timeline(words, await queries.happenings(case_id), inside=False),
    )


@post("/provider/exits/{case_id:int}", opt=_ANSWER, status_code=200)
async def answer(request: Req, case_id: FromPath[int]) -> Response[str]:
    """Hand in the written answer, or add to it."""
    form = (await read_form(request)).form
    text = form.text("text", N_("陈述申辩"), max_length=MAX_ANSWER, multiline=True)
    if form.errors:
        return await _page(request, case_id, form, 422)
    try:
        act = deciding.answer(actor_of(request), case_id, text)
        return await settle(request, act, f"/provider/exits/{case_id}", N_("陈述申辩已提交"))
    except Invalid as error:
        show_errors(form, error)
        return await _page(request, case_id, form, 422)
    except RuleRefusal as error:
        return await _page(request, case_id, form, 422, refused(words_of(request), error))


@post("/provider/exits/{case_id:int}/appeal", opt=_APPEAL, status_code=200)
async def appeal(request: Req, case_id: FromPath[int]) -> Response[str]:
    """Appeal against the decision, once, with a file where there is one."""
    posted = await read_form(request)
    form = posted.form
    words = form.text("words", N_("申诉的事实和理由"), max_length=appeals.MAX_APPEAL, multiline=True)
    # Whose case it is, before a file is stored for it.
    case = await queries.get_case(actor_of(request), case_id)
    if case.provider_id not in actor_of(request).provider_ids:
        raise NotFound("没有找到这个退出案件")
    appeal_id = await appeals.reserve_appeal_id()
    evidence = None
    if not form.errors:
        evidence = await take(request, posted, "evidence", owner="exit_appeal", owner_id=appeal_id)
    if form.errors:
        return await _page(request, case_id, form, 422)
    act = appeals.lodge(actor_of(request), case_id, words, evidence=evidence, appeal_id=appeal_id)
    try:
        return await settle(request, act, f"/provider/exits/{case_id}", N_("申诉已提交教育局"))
    except Invalid as error:
        show_errors(form, error)
        return await _page(request, case_id, form, 422)


HANDLERS = [exits_page, detail, answer, appeal]
