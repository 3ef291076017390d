"""The bureau's exit cases: open, read, propose, decide by a second person (R26, R27)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal

from litestar import Response, get, post
from litestar.params import FromPath

from registry.accounts.queries import display_names
from registry.bans import queries as bans
from registry.evaluations.complaints import cases as complaints
from registry.exits import appeals, deciding, queries, records
from registry.exits.lifecycle import EXIT_CASE
from registry.exits.records import Case
from registry.exits.reporting import MAX_FACTS, Report, Source, open_case
from registry.jurisdictions.queries import get_list
from registry.kernel.actor import Actor
from registry.kernel.errors import NotFound, RegistryError
from registry.policies.vocabulary import Ground
from registry.web.bureau.asking import (
    attempt,
    choice_in,
    number_in,
    panel_of,
    query_of,
    said,
    status_of,
    text_in,
)
from registry.web.bureau.entries import own as own_entry
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.web.school.acting import prove
from registry.web.school.shown import SOURCE_NAMES, case_timeline, ground_options, ground_word, strip_days

PATH = "/bureau/exits"
_ID = f"{PATH}/{{case_id:int}}"
_STATES: Mapping[str, str] = {
    "live": N_("办理中和待复审"),
    "open": N_("办理中"),
    "proposed": N_("待复审"),
    "upheld": N_("退出成立"),
    "dismissed": N_("不成立"),
    "appealed": N_("已申诉，待办理"),
    "overturning": N_("撤销待复审"),
    "overturned": N_("已撤销"),
}
_SOURCES: Final[tuple[Source, ...]] = ("bureau", "list_hit", "complaint", "evaluation")
_AFTERWARDS = ("refuse_appeal", "propose_overturn", "overturn")
_VERDICTS: Mapping[str, str] = {
    "uphold": N_("退出成立：移出名单并禁入"),
    "dismiss": N_("不成立：结束因本案的暂停"),
}


@get(PATH, opt={"permission": "bureau.read"})
async def exits_page(request: Req) -> Response[str]:
    """The cases of the bureau, the newest first."""
    words = words_of(request)
    state, q = choice_in(request, "state", _STATES), text_in(request, "q")
    found = await queries.cases_of_bureaux(
        actor_of(request).bureau_ids(), state=state, q=q, after=text_in(request, "after")
    )
    return await page(
        request,
        "bureau/exits.html.j2",
        form=filled({"state": state, "q": q}),
        states=[(code, words.gettext(word)) for code, word in _STATES.items()],
        listing=Listing(
            PATH,
            [
                Column("number", N_("案件"), kind="code"),
                Column("name", N_("机构")),
                Column("ground", N_("情形")),
                Column("opened", N_("立案日"), kind="date"),
                Column("until", N_("答复期限"), kind="date"),
                Column("state", N_("状态"), kind="short"),
            ],
            query=query_of(request),
            next_cursor=found.after,
            filters=("state", "q"),
            exports=(),
        ),
        rows=[{"case": one, "ground": ground_word(words, one.ground_code)} for one in found.cases],
        today=day_of(request),
    )


@get(f"{PATH}/new", opt={"permission": "exit.open"})
async def new_page(request: Req) -> Response[str]:
    """The form to open a case against an entry."""
    entry_id = number_in(request, "entry")
    if entry_id is None:
        return redirect("/bureau/entries")
    return await _new(request, entry_id, filled(_origin_asked(request)), None)


def _origin_asked(request: Req) -> dict[str, object]:
    """What the case follows from, as the address names it."""
    for source in ("complaint", "evaluation"):
        number = number_in(request, source)
        if number is not None:
            return {"source": source, source: number}
    return {}


async def _new(
    request: Req, entry_id: int, form: Form, refusal: RegistryError | None, status: int | None = None
) -> Response[str]:
    words = words_of(request)
    entry = await own_entry(request, entry_id)
    policy = (await get_list(entry.list_id)).policy
    return await page(
        request,
        "bureau/exit_new.html.j2",
        status_code=status or status_of(refusal),
        form=form,
        entry=entry,
        sources=[(code, words.gettext(SOURCE_NAMES[code])) for code in _SOURCES],
        grounds=ground_options(words, policy.exit_grounds),
        answer_days=policy.exit.answer_days,
        case=await queries.open_case_of(entry_id),
        refusal=panel_of(refusal, words),
        max_facts=MAX_FACTS,
    )


@post(f"{PATH}/new", opt={"permission": "exit.open"}, status_code=200)
async def create(request: Req) -> Response[str]:
    """Open a case, or join the open one."""
    form = (await read_form(request)).form
    entry = form.integer("entry", N_("条目"), minimum=1, maximum=2**31 - 1)
    if entry is None:
        raise NotFound("没有找到这个名单条目")
    source = form.choice("source", N_("来源"), _SOURCES)
    ground = form.choice("ground", N_("情形"), [one.value for one in Ground])
    facts = form.text("facts", N_("事实"), min_length=10, max_length=MAX_FACTS, multiline=True)
    if form.errors:
        return await _new(request, entry, form, None, 422)
    assert source  # no errors: one was chosen
    made = Report(
        ground=_ground(ground),
        facts=facts,
        source=source,
        complaint_id=_origin(form, "complaint") if source == "complaint" else None,
        evaluation_id=_origin(form, "evaluation") if source == "evaluation" else None,
    )
    opened: list[int] = []

    async def act() -> None:
        opened.append(await open_case(actor_of(request), entry, made))

    refusal = await attempt(form, act())
    if refusal is not None:
        return await _new(request, entry, form, refusal)
    return redirect(f"{PATH}/{opened[0]}", flash=said(request, N_("已立案，机构已得到通知")))


def _origin(form: Form, name: str) -> int | None:
    typed = form.value(name)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _ground(code: str) -> Ground:
    return next(one for one in Ground if one.value == code)


@get(_ID, opt={"permission": "bureau.read"})
async def detail(request: Req, case_id: FromPath[int]) -> Response[str]:
    """A case: reports, the provider's answer, what was proposed and decided, and what may be done now."""
    return await case_page(request, case_id, Form(), None)


async def own(request: Req, case_id: int) -> Case:
    """A case of the reader's bureaux. Raises NotFound for any other."""
    case = await queries.get_case(actor_of(request), case_id)
    if case.bureau_id not in actor_of(request).bureau_ids():
        raise NotFound("没有找到这个退出案件")
    return case


async def case_page(
    request: Req, case_id: int, form: Form, refusal: RegistryError | None, status: int | None = None
) -> Response[str]:
    """The page of a case, after a refused act too."""
    actor, words, as_of = actor_of(request), words_of(request), day_of(request)
    case = await own(request, case_id)
    window = await queries.answer_window(case)
    appeal = await appeals.appeal_of(case_id)
    names = await display_names(
        [
            case.proposed_by,
            case.decided_by,
            case.overturn_proposed_by,
            case.overturned_by,
            appeal.refused_by if appeal else None,
        ]
    )
    heard = case.answered_on is not None or window.has_passed(as_of)
    roles = frozenset(m.role for m in actor.memberships if m.bureau_id == case.bureau_id)
    return await page(
        request,
        "bureau/exit.html.j2",
        status_code=status or status_of(refusal),
        form=form if form.values("ground") or form.errors else filled({"ground": case.ground_code}),
        refusal=panel_of(refusal, words),
        case=case,
        ground=ground_word(words, case.ground_code),
        grounds=ground_options(words, case.policy.exit_grounds),
        verdicts=[(code, words.gettext(word)) for code, word in _VERDICTS.items()],
        reports=[
            {
                "report": one,
                "ground": words.gettext(one.ground.zh),
                "source": words.gettext(SOURCE_NAMES[one.source]),
            }
            for one in await queries.reports_of(case_id)
        ],
        answers=queries.answers_of(case),
        appeal=appeal,
        window=window,
        days=strip_days(words, window),
        heard=heard,
        names=names,
        may={
            "propose": heard and EXIT_CASE.allows(case.state, "propose", roles),
            "decide": EXIT_CASE.allows(case.state, "uphold", roles),
            "same": actor.account_id == case.proposed_by,
            **{one: EXIT_CASE.allows(case.state, one, roles) for one in _AFTERWARDS},
            "involved": await records.took_part(actor, case_id, *appeals.INVOLVED),
        },
        ban=await bans.of_case(case_id),
        today=as_of,
        founded=[
            (ground_word(words, code), count)
            for code, count in (await complaints.founded(case.entry_id, as_of)).items()
        ],
        timeline=case_timeline(words, await queries.happenings(case_id), inside=True),
    )


@post(f"{_ID}/propose", opt={"permission": "exit.propose"}, status_code=200)
async def propose(request: Req, case_id: FromPath[int]) -> Response[str]:
    """A reviewer's proposal."""
    form = (await read_form(request)).form
    case = await own(request, case_id)
    verdict = form.choice("verdict", N_("处理意见"), _VERDICTS)
    ground = form.choice("ground", N_("情形"), [one.value for one in case.policy.exit_grounds])
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    if form.errors:
        return await case_page(request, case_id, form, None, 422)
    act = deciding.propose(actor_of(request), case_id, _verdict(verdict), _ground(ground), reason)
    return await done(request, case_id, form, act, N_("已提出处理意见，等待另一名人员决定"))


def _verdict(code: str) -> Literal["uphold", "dismiss"]:
    return "uphold" if code == "uphold" else "dismiss"


async def done(request: Req, case_id: int, form: Form, act: Any, flash: str) -> Response[str]:
    """Wait for an act and go back to the case, or show on its page why not."""
    refusal = await attempt(form, act)
    if refusal is not None:
        return await case_page(request, case_id, form, refusal)
    return redirect(f"{PATH}/{case_id}", flash=said(request, flash))


async def act_with_reason(
    request: Req,
    case_id: int,
    field: tuple[str, str],
    act: Callable[[Actor, int, str], Awaitable[Any]],
    flash: str,
) -> Response[str]:
    """An act on a case whose form asks for nothing but its reason: ``field`` is that one's name and label."""
    form = (await read_form(request)).form
    reason = form.text(*field, max_length=2000, multiline=True)
    if form.errors:
        return await case_page(request, case_id, form, None, 422)
    await own(request, case_id)
    return await done(request, case_id, form, act(actor_of(request), case_id, reason), flash)


@post(f"{_ID}/send-back", opt={"permission": "exit.decide"}, status_code=200)
async def send_back(request: Req, case_id: FromPath[int]) -> Response[str]:
    """The approver hands the case back: ``back_reason``."""
    field = ("back_reason", N_("退回的理由"))
    return await act_with_reason(request, case_id, field, deciding.send_back, N_("已退回"))


@get(f"{_ID}/decide", opt={"permission": "exit.decide"})
async def decide_page(request: Req, case_id: FromPath[int]) -> Response[str]:
    """What the decision brings about, in full: every contract, the ban's days and reach."""
    case = await own(request, case_id)
    if case.state != "proposed":
        return redirect(f"{PATH}/{case_id}")
    return await _decide(request, case, Form(), None)


async def _decide(
    request: Req, case: Case, form: Form, refusal: RegistryError | None, status: int | None = None
) -> Response[str]:
    words = words_of(request)
    return await page(
        request,
        "bureau/exit_decide.html.j2",
        status_code=status or status_of(refusal),
        form=form,
        case=case,
        ground=ground_word(words, case.ground_code),
        today=day_of(request),
        refusal=panel_of(refusal, words),
        result=await queries.consequences(case, day_of(request)),
        names=await display_names([case.proposed_by]),
    )


@post(f"{_ID}/decide", opt={"permission": "exit.decide"}, status_code=200)
async def decide(request: Req, case_id: FromPath[int]) -> Response[str]:
    """Decide as was proposed."""
    form = (await read_form(request)).form
    case = await own(request, case_id)
    verdict = form.choice("verdict", N_("决定"), _VERDICTS)
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if not form.errors:
        await prove(request, form)
    if form.errors:
        return await _decide(request, case, form, None, 422)
    refusal = await attempt(form, deciding.decide(actor_of(request), case_id, _verdict(verdict), reason))
    if refusal is not None:
        return await case_page(request, case_id, form, refusal)
    return redirect(f"{PATH}/{case_id}", flash=said(request, N_("决定已作出，各方已得到通知")))


HANDLERS = [
    exits_page,
    new_page,
    create,
    detail,
    propose,
    send_back,
    decide_page,
    decide,
]
