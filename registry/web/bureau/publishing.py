"""Publishing a notice, and what is done with one provider on it; each with its consequences first (R15–R17)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.kernel.actor import Role
from registry.kernel.errors import NotFound, RegistryError
from registry.notices import commands, queries
from registry.notices.queries import ItemView, NoticeDetail, ShortlistedRow
from registry.notices.window import window_under
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.rounds import queries as rounds
from registry.rounds.queries import RoundView
from registry.web.bureau.asking import attempt, number_in, panel_of, query_of, said
from registry.web.bureau.decision_acts import confirmed
from registry.web.bureau.notices import ONE, PATH, own
from registry.web.bureau.strip import strip_of
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of

ACTS = ("take-off", "disqualify", "correct")


@get(f"{PATH}/new", opt={"permission": "notice.publish"})
async def choose_page(request: Req) -> Response[str]:
    """Choose who is published together: the shortlisted of one round, all ticked at first."""
    form = Form(query_of(request))
    found = await queries.shortlisted(actor_of(request).bureau_ids(Role.APPROVER))
    round_id = number_in(request, "round") or (found[0].round_id if found else None)
    here = [one for one in found if one.round_id == round_id]
    others = sorted({(one.round_id, one.round_title) for one in found if one.round_id != round_id})
    if not form.values("application"):
        title = _title(here[0], day_of(request).year) if here else ""
        form = filled({"application": [str(one.id) for one in here], "title": title})
    return await page(
        request,
        "bureau/notice_choose.html.j2",
        form=form,
        round_id=round_id,
        here=here,
        others=others,
        category_names=CATEGORY_NAMES,
    )


def _title(one: ShortlistedRow, year: int) -> str:
    return (
        f"关于{one.list_name}{one.round_title}拟入围机构的公示"[:200]
        if one.round_title
        else f"{year} 年拟入围机构公示"
    )


@get(f"{PATH}/preview", opt={"permission": "notice.publish"})
async def preview_page(request: Req) -> Response[str]:
    """The notice as it would be published today: its window day by day, and what publishing means."""
    return await _preview(request, Form(query_of(request)), None)


@post(f"{PATH}/new", opt={"permission": "notice.publish"}, status_code=200)
async def publish(request: Req) -> Response[str]:
    """Publish: ``round``, ``application`` (several), ``title``, ``reason``, ``password``."""
    form = (await read_form(request)).form
    round_id = form.integer("round", N_("批次"), minimum=1, maximum=2**31 - 1)
    title = form.text("title", N_("公示标题"), max_length=200)
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    error = await confirmed(request, form)
    made: list[int] = []
    if error is None and round_id is not None:
        error = await attempt(form, _publish(request, round_id, _ids(form), title, reason, made))
    if error is not None:
        return await _preview(request, form, error)
    return redirect(
        f"{PATH}/{made[0]}", flash=said(request, N_("公示已发布。请登记在门户网站、公众号等渠道的发布情况。"))
    )


async def _publish(
    request: Req, round_id: int, ids: list[int], title: str, reason: str, made: list[int]
) -> None:
    made.append(await commands.publish(actor_of(request), round_id, ids, title, reason))


def _ids(form: Form) -> list[int]:
    return [
        int(one) for one in form.values("application") if one.isascii() and one.isdigit() and len(one) < 10
    ]


async def _preview(request: Req, form: Form, error: RegistryError | None) -> Response[str]:
    actor = actor_of(request)
    number = form.value("round")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return redirect(f"{PATH}/new")
    of_round = await _round(request, int(number))
    here = await queries.shortlisted(actor.bureau_ids(Role.APPROVER), of_round.id)
    chosen = [one for one in here if one.id in set(_ids(form))]
    if not form.value("title").strip():
        form.fail("title", N_("请填写公示标题"))
    if error is None and (not chosen or form.errors):
        return redirect(
            f"{PATH}/new?round={of_round.id}",
            kind="error",
            flash=said(request, N_("请选择至少一家机构，并填写公示标题。")),
        )
    window = await window_under(of_round.rules, day_of(request))
    return await page(
        request,
        "bureau/notice_preview.html.j2",
        status_code=200 if error is None else error.status,
        form=form,
        refusal=panel_of(error, words_of(request)),
        round=of_round,
        chosen=chosen,
        ids=_ids(form),
        title=form.value("title"),
        window=window,
        days=strip_of(window.days),
        as_of=day_of(request),
        category_names={**CATEGORY_NAMES, **of_round.rules.category_names},
    )


async def _round(request: Req, round_id: int) -> RoundView:
    found = await rounds.get(round_id)
    if found.bureau_id not in actor_of(request).bureau_ids(Role.APPROVER):
        raise NotFound("没有找到这个遴选批次")
    return found


@get(f"{ONE}/items/{{item_id:int}}/{{act:str}}", opt={"permission": "notice.publish"})
async def item_page(
    request: Req, notice_id: FromPath[int], item_id: FromPath[int], act: FromPath[str]
) -> Response[str]:
    """What taking a provider off, disqualifying it or correcting its facts means, before it is done."""
    return await _item(request, notice_id, item_id, act, None, None)


@post(f"{ONE}/items/{{item_id:int}}/{{act:str}}", opt={"permission": "notice.publish"}, status_code=200)
async def item_act(
    request: Req, notice_id: FromPath[int], item_id: FromPath[int], act: FromPath[str]
) -> Response[str]:
    """Take off or disqualify (``reason``, ``password``), or correct (also ``title``, ``name``, ``categories``)."""
    form = (await read_form(request)).form
    if act not in ACTS:
        raise NotFound("没有找到这个页面")
    actor = actor_of(request)
    reason = form.text("reason", N_("理由"), max_length=2000, multiline=True)
    title = name = ""
    chosen: tuple[str, ...] = ()
    if act == "correct":
        of_round = await _round_of(await own(request, notice_id))
        title = form.text("title", N_("公示标题"), max_length=200)
        name = form.text("name", N_("机构名称"), max_length=200)
        chosen = form.choices("categories", N_("类别"), of_round.categories)
    made: list[int] = []
    error = await confirmed(request, form)
    if error is None:
        if act == "take-off":
            error = await attempt(form, commands.take_off(actor, item_id, reason))
        elif act == "disqualify":
            error = await attempt(form, commands.disqualify(actor, item_id, reason))
        else:
            error = await attempt(form, _correct(request, item_id, title, reason, name, chosen, made))
    if error is not None:
        return await _item(request, notice_id, item_id, act, form, error)
    flash = {
        "take-off": N_("已从公示中撤下，其他机构的公示期不受影响。"),
        "disqualify": N_("已取消资格，并通知机构。"),
        "correct": N_("更正公示已发布，这家机构的公示期重新计算。"),
    }[act]
    return redirect(f"{PATH}/{made[0] if made else notice_id}", flash=said(request, flash))


async def _round_of(notice: NoticeDetail) -> RoundView:
    """The round of a notice of a selection: only there a provider is taken off or corrected. Raises NotFound."""
    if notice.round_id is None:
        raise NotFound("没有找到公示中的这家机构")
    return await rounds.get(notice.round_id)


async def _correct(
    request: Req,
    item_id: int,
    title: str,
    reason: str,
    name: str,
    categories: tuple[str, ...],
    made: list[int],
) -> None:
    made.append(
        await commands.republish_corrected(
            actor_of(request), item_id, title, reason, name=name, categories=categories
        )
    )


async def _item(
    request: Req, notice_id: int, item_id: int, act: str, form: Form | None, error: RegistryError | None
) -> Response[str]:
    found = await own(request, notice_id)
    item = next((one for one in found.items if one.id == item_id), None)
    if item is None or act not in ACTS:
        raise NotFound("没有找到公示中的这家机构")
    of_round = await _round_of(found)
    window = await window_under(of_round.rules, day_of(request)) if act == "correct" else None
    return await page(
        request,
        "bureau/notice_item.html.j2",
        status_code=200 if error is None else error.status,
        notice=found,
        item=item,
        act=act,
        form=form if form is not None else _first(found.row.title, item),
        refusal=panel_of(error, words_of(request)),
        window=window,
        categories=[(code, of_round.rules.category_name(code)) for code in of_round.categories],
        second_look_days=of_round.rules.second_look_days,
    )


def _first(title: str, item: ItemView) -> Form:
    return filled({"title": f"{title}（更正）"[:200], "name": item.name, "categories": list(item.categories)})


HANDLERS = [choose_page, preview_page, publish, item_page, item_act]
