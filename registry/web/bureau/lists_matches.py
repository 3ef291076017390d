"""What the lists say of one provider, when it was checked against what, and judging a match (R3, R13)."""

from __future__ import annotations

from typing import Any, cast

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.screening import judging, queries
from registry.screening.judging import Judgement
from registry.screening.queries import ScreeningView
from registry.web.bureau.asking import attempt, number_in, panel_of, query_of, said
from registry.web.bureau.lists import PATH
from registry.web.bureau.words import LIST_NAMES
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.parsing import Unreadable, to_date
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.shown import ground_word

MATCH = f"{PATH}/matches/{{match_id:int}}"

CAUSE_NAMES: dict[str, str] = {
    "vetting": "材料核验后",
    "list_changed": "名单变动后",
    "provider_changed": "机构信息变动后",
    "nightly": "每日核查",
    "asked": "人工要求",
}
REASON_NAMES: dict[str, str] = {
    "credit_code": "统一社会信用代码相同",
    "name": "名称相同",
    "former_name": "现用名或曾用名相同",
    "branch": "被列入机构的分支机构",
    "related_person_id": "人员身份证号相同",
    "name_other_code": "名称相同、代码不同",
    "similar_name": "名称近似",
    "masked_id": "人员同名且脱敏号码相符",
    "person_name_region": "人员同名且同地区",
    "linked": "与被列入者有关联",
}
PART_NAMES: dict[str, str] = {
    "place": "行政区划",
    "brand": "字号",
    "trade": "行业",
    "form": "组织形式",
    "note": "注记",
    "branch": "分支机构",
}
ROLE_NAMES: dict[str, str] = {
    "legal_representative": "法定代表人",
    "teacher": "教师",
    "listed_person": "名单所列人员",
    "phone": "联系电话",
    "address": "地址",
}


def shown(request: Req, view: ScreeningView | None, form: Form) -> dict[str, Any]:
    """What the template of matches needs besides the context: the screening, its words, who may judge."""
    actor, words = actor_of(request), words_of(request)
    grounds = {one.id: ground_word(words, one.grounds) or one.grounds for one in view.matches} if view else {}
    return {
        "screening": view,
        "form": form,
        "grounds": grounds,
        "account_id": actor.account_id,
        "officer": bool(actor.bureau_ids(Role.REVIEWER, Role.APPROVER)),
        "names": {
            "list": LIST_NAMES,
            "cause": CAUSE_NAMES,
            "reason": REASON_NAMES,
            "part": PART_NAMES,
            "role": ROLE_NAMES,
        },
    }


@get(f"{PATH}/providers/{{provider_id:int}}", opt={"permission": "bureau.read"})
async def provider_page(request: Req, provider_id: FromPath[int]) -> Response[str]:
    """When a provider was checked, against what; ``on`` asks for one day."""
    actor = actor_of(request)
    typed = str(request.query_params.get("on", ""))[:20]
    form = filled({"on": typed}, words_of(request).gettext)
    on = None
    if typed:
        try:
            on = to_date(typed)
        except Unreadable as wrong:
            form.fail("on", wrong.message, **wrong.params)
    found, more = await queries.screenings_of(actor, provider_id, on=on, before=number_in(request, "after"))
    newest = found[0] if found and not on else None
    if newest is None:
        latest, _ = await queries.screenings_of(actor, provider_id, limit=1)
        if not latest:
            raise NotFound("没有找到这家机构的名单核查记录")
        newest = latest[0]
    listing = Listing(
        f"{PATH}/providers/{provider_id}",
        [
            Column("when", N_("核查日期"), kind="date"),
            Column("outcome", N_("结果"), kind="short"),
            Column("cause", N_("起因"), kind="short"),
            Column("against", N_("核查的名单")),
        ],
        query=query_of(request),
        next_cursor=str(more) if more else None,
        filters=("on",),
        exports=(),
    )
    view = await queries.get_screening(actor, newest.id)
    return await page(
        request,
        "bureau/screenings.html.j2",
        listing=listing,
        rows=found,
        asked=form,
        on=on,
        **shown(request, view, Form()),
    )


@get(f"{PATH}/screenings/{{screening_id:int}}", opt={"permission": "bureau.read"})
async def screening_page(request: Req, screening_id: FromPath[int]) -> Response[str]:
    """One screening: against which versions, what was found."""
    view = await queries.get_screening(actor_of(request), screening_id)
    return await _one(request, view, Form(), None)


async def _one(request: Req, view: ScreeningView, form: Form, error: RegistryError | None) -> Response[str]:
    return await page(
        request,
        "bureau/screening.html.j2",
        status_code=200 if error is None else error.status,
        refusal=panel_of(error, words_of(request)),
        **shown(request, view, form),
    )


@post(f"{MATCH}/judge", opt={"permission": "screening.judge"}, status_code=200)
async def judge(request: Req, match_id: FromPath[int]) -> Response[str]:
    """The same or not: ``judgement-MATCH``, ``reason-MATCH``."""
    form = (await read_form(request)).form
    view = await queries.screening_of_match(actor_of(request), match_id)
    judgement = form.choice(f"judgement-{match_id}", N_("判断"), ("same", "different"))
    reason = form.text(f"match-reason-{match_id}", N_("理由"), max_length=1000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    settled: list[bool] = []
    if error is None:
        error = await attempt(form, _judge(request, match_id, cast("Judgement", judgement), reason, settled))
    if error is not None:
        return await _one(request, view, form, error)
    done = N_("判断已保存。") if settled[0] else N_("已提出不是同一主体，待另一人确认。")
    return redirect(_home(view, match_id), flash=said(request, done))


async def _judge(request: Req, match_id: int, judgement: Judgement, reason: str, settled: list[bool]) -> None:
    settled.append(await judging.judge(actor_of(request), match_id, judgement, reason))


@post(f"{MATCH}/reopen", opt={"permission": "screening.judge"}, status_code=200)
async def reopen(request: Req, match_id: FromPath[int]) -> Response[str]:
    """Take a judgement back: ``reopen-reason-MATCH``."""
    form = (await read_form(request)).form
    view = await queries.screening_of_match(actor_of(request), match_id)
    reason = form.text(f"reopen-reason-{match_id}", N_("理由"), max_length=1000, multiline=True)
    error: RegistryError | None = Invalid() if form.errors else None
    if error is None:
        error = await attempt(form, judging.reopen(actor_of(request), match_id, reason))
    if error is not None:
        return await _one(request, view, form, error)
    return redirect(_home(view, match_id), flash=said(request, N_("判断已撤销，这项结果重新待判断。")))


def _home(view: ScreeningView, match_id: int) -> str:
    """Where the match is shown: the application it is of, else its screening."""
    if view.application_id is not None:
        return f"/bureau/applications/{view.application_id}#match-{match_id}"
    return f"{PATH}/screenings/{view.id}#match-{match_id}"


HANDLERS = [provider_page, screening_page, judge, reopen]
