"""Applications that come on paper: beginning to enter one, and looking at originals (R8)."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.applications import commands
from registry.applications import queries as applications
from registry.applications.commands import Arrival
from registry.applications.lifecycle import APPLICATION
from registry.kernel.actor import Role
from registry.kernel.errors import Invalid, NotFound, RegistryError
from registry.review.dossier import dossier
from registry.review.originals import MAX_NOTE, OriginalOutcome, check_original, originals_of
from registry.rounds import queries as rounds
from registry.web.bureau.asking import attempt, number_in, panel_of, said, status_of
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of

PATH = "/bureau/paper"
ORIGINALS = "/bureau/applications/{application_id:int}/originals"


@get(PATH, opt={"permission": "paper.enter"})
async def paper_page(request: Req) -> Response[str]:
    """Begin to enter an application, and go on with those that are begun."""
    form = filled({"round": str(number_in(request, "round") or ""), "received_on": day_of(request)})
    return await _show(request, form, None)


async def _show(request: Req, form: Form, error: RegistryError | None) -> Response[str]:
    desks = actor_of(request).bureau_ids(*APPLICATION.may["enter_paper"])
    published = [one for one in await rounds.of_bureaux(sorted(desks)) if one.state == "published"]
    return await page(
        request,
        "bureau/paper.html.j2",
        status_code=status_of(error),
        form=form,
        refusal=panel_of(error, words_of(request)),
        rounds=[(str(one.id), one.title) for one in published if one.rules.paper.accepted],
        drafts=await applications.papers_being_entered(desks),
    )


@post(PATH, opt={"permission": "paper.enter"}, status_code=200)
async def begin(request: Req) -> Response[str]:
    """Begin: ``round``, ``name``, ``credit_code``, ``way``, ``posted_on``, ``received_on``, ``note``."""
    form = (await read_form(request)).form
    round_id = form.integer("round", N_("遴选批次"), minimum=1)
    name = form.text("name", N_("机构名称"), max_length=200)
    code = form.text("credit_code", N_("统一社会信用代码"), max_length=40)
    way = form.choice("way", N_("递交方式"), ("post", "desk"))
    posted_on = form.date("posted_on", N_("邮戳（递交）日期"))
    received_on = form.date("received_on", N_("收到日期"))
    note = form.text("note", N_("备注"), required=False, max_length=1000, multiline=True)
    if form.errors or round_id is None or posted_on is None or received_on is None:
        return await _show(request, form, Invalid())
    made: list[int] = []

    async def act() -> None:
        arrival = Arrival(way == "post", posted_on, received_on, note)
        made.append(await commands.begin_paper(actor_of(request), round_id, name, code, arrival))

    error = await attempt(form, act())
    if error is not None:
        return await _show(request, form, error)
    return redirect(
        f"/provider/applications/{made[0]}",
        flash=said(request, N_("已登记收到的纸质申报。请按纸质材料填写申请表并上传扫描件。")),
    )


@get(ORIGINALS, opt={"permission": "bureau.read"})
async def originals_page(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Each material with what was seen of its original."""
    return await _originals(request, application_id, Form(), None)


async def _originals(
    request: Req, application_id: int, form: Form, error: RegistryError | None
) -> Response[str]:
    words = words_of(request)
    found = await dossier(actor_of(request), application_id)
    if not found.policy.paper.accepted:
        raise NotFound("没有找到这个页面")
    seen = await originals_of(application_id)
    items: list[dict[str, Any]] = [
        {"number": number, "name": material.name, "seen": seen.get(number)}
        for number, material in found.policy.materials
    ]
    actor = actor_of(request)
    return await page(
        request,
        "bureau/originals.html.j2",
        status_code=status_of(error),
        application=found,
        paper=await applications.paper_of(application_id),
        items=items,
        outcomes=[(one.value, words.gettext(one.zh)) for one in OriginalOutcome],
        options=[(str(one["number"]), f"{one['number']}. {one['name']}") for one in items],
        form=form,
        longest=MAX_NOTE,
        prevails=found.policy.paper.prevails,
        refusal=panel_of(error, words),
        may_check=bool(actor.bureau_ids(Role.REVIEWER, Role.APPROVER) & {found.bureau_id}),
    )


@post(ORIGINALS, opt={"permission": "application.remark"}, status_code=200)
async def check(request: Req, application_id: FromPath[int]) -> Response[str]:
    """Record a look: ``item``, ``outcome``, ``note``."""
    form = (await read_form(request)).form
    item = form.integer("item", N_("材料"), minimum=1)
    chosen = form.choice("outcome", N_("核验结果"), [one.value for one in OriginalOutcome])
    note = form.text("note", N_("说明"), required=False, max_length=MAX_NOTE, multiline=True)
    error: RegistryError | None = Invalid() if form.errors or item is None else None
    if error is None and item is not None:
        outcome = next(one for one in OriginalOutcome if one.value == chosen)
        error = await attempt(form, check_original(actor_of(request), application_id, item, outcome, note))
    if error is not None:
        return await _originals(request, application_id, form, error)
    return redirect(
        f"/bureau/applications/{application_id}/originals", flash=said(request, N_("原件核验已登记。"))
    )


HANDLERS = [paper_page, begin, originals_page, check]
