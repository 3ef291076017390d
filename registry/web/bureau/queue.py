"""The queue of applications, as page and as file; recommending many clean ones at once."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Response, get, post

from registry.accounts.permissions import may
from registry.kernel.actor import Role
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.review import commands, queries
from registry.review.queries import FLAGS, SEEN_STATES, SORTS, QueueFilter, QueueRow
from registry.web.bureau.asking import choice_in, number_in, query_of, said, text_in
from registry.web.bureau.chosen import PATH, act_on_each, chosen_of
from registry.web.components.exports import spreadsheet
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.web.components.statuses import state_of

COLUMNS = (
    Column("name", N_("机构"), sortable=True),
    Column("state", N_("状态"), kind="short"),
    Column("findings", N_("核验"), kind="short"),
    Column("round", N_("遴选批次")),
    Column("submitted", N_("提交日期"), sortable=True, kind="date"),
)
FLAG_NAMES = {
    "block": "有不符合项",
    "warn": "只有需核对项",
    "clean": "没有不符合和需核对项",
    "not_vetted": "未经核验",
}


def filter_of(request: Req) -> QueueFilter:
    """What the address asks for; nonsense narrows nothing."""
    return QueueFilter(
        round_id=number_in(request, "round"),
        state=choice_in(request, "state", ("mine", *SEEN_STATES)),
        flag=choice_in(request, "flag", FLAGS),
        q=text_in(request, "q"),
    )


@get(PATH, opt={"permission": "bureau.read"})
async def queue_page(request: Req) -> Response[str]:
    """The queue: what waits for the reader first, then the oldest."""
    actor, as_of, wanted = actor_of(request), day_of(request), filter_of(request)
    sort = choice_in(request, "sort", SORTS)
    found = await queries.queue(
        actor,
        wanted,
        as_of,
        sort=sort,
        after=number_in(request, "after"),
        before=number_in(request, "before"),
    )
    by_state, matching = await queries.counts(actor, as_of, wanted)
    listing = Listing(
        PATH,
        COLUMNS,
        query=query_of(request),
        sort=sort,
        next_cursor=found.after,
        previous_cursor=found.before,
        total=matching,
        filters=("q", "round", "state", "flag"),
    )
    return await page(
        request,
        "bureau/queue.html.j2",
        listing=listing,
        rows=found.rows,
        counts=by_state,
        rounds=await queries.rounds_of(actor),
        form=filled({key: listing.value(key) for key in ("q", "round", "state", "flag")}),
        flags=FLAG_NAMES,
        states=SEEN_STATES,
        may_recommend=Role.REVIEWER in actor.roles,
        may_decide=Role.APPROVER in actor.roles,
        may_enter=may(actor, "paper.enter"),
        refresh=20 if any(one.run_state in {"queued", "running"} for one in found.rows) else 0,
    )


@get([f"{PATH}.xlsx", f"{PATH}.csv"], opt={"permission": "bureau.read"})
async def queue_file(request: Req) -> Response[bytes]:
    """The filtered queue as .xlsx or .csv; it holds no personal data."""
    words = words_of(request)
    sort = choice_in(request, "sort", SORTS)
    found = await queries.whole_queue(actor_of(request), filter_of(request), day_of(request), sort=sort)
    head = (
        N_("收件编号"), N_("机构名称"), N_("统一社会信用代码"), N_("申报类别"), N_("遴选批次"), N_("提交日期"), N_("状态"),
        N_("核验"), N_("不符合"), N_("需核对"), N_("提示"),
    )  # fmt: skip
    return spreadsheet(
        request.url.path.rpartition(".")[2],
        words.gettext(N_("申报审核")),
        [words.gettext(one) for one in head],
        [_cells(one, words) for one in found],
    )


def _cells(one: QueueRow, words: Translator) -> list[object]:
    return [
        one.receipt_number,
        one.name,
        one.credit_code,
        "、".join(words.gettext(CATEGORY_NAMES.get(code, code)) for code in one.categories),
        one.round_title,
        one.submitted_on,
        words.gettext(state_of("application", one.state).word),
        words.gettext(N_("已核验")) if one.vetted else words.gettext(N_("未核验")),
        one.block if one.vetted else None,
        one.warn if one.vetted else None,
        one.info if one.vetted else None,
    ]


@get(f"{PATH}/recommend", opt={"permission": "application.review"})
async def many_page(request: Req) -> Response[str]:
    """What recommending the chosen clean applications together means, before it is done."""
    return await _many(request, Form(query_of(request)), 200)


@post(f"{PATH}/recommend", opt={"permission": "application.review"}, status_code=200)
async def many(request: Req) -> Response[str]:
    """Recommend the chosen clean applications with one reason; what may not be is left out and named."""
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if form.errors:
        return await _many(request, form, 422)
    actor, chosen = actor_of(request), await chosen_of(request, form)
    return await act_on_each(
        request, form, chosen, await _recommendable_of(chosen),
        lambda application_id: commands.recommend(actor, application_id, "shortlist", reason),
        all_done=N_("已对 %(done)s 家提出初审意见，转复审办理。"),
        some_done=N_("已对 %(done)s 家提出初审意见；未办理：%(left)s"),
    )  # fmt: skip


async def _recommendable_of(chosen: Sequence[QueueRow]) -> set[int]:
    """Of the chosen ones, those in review that wait for the reader, vetted, nothing flagged, on no list."""
    fit = [one.id for one in chosen if one.mine and one.state == "in_review" and one.clean]
    return set(fit) - await queries.matched_by_lists(fit)


async def _many(request: Req, form: Form, status: int) -> Response[str]:
    chosen = await chosen_of(request, form)
    fit = await _recommendable_of(chosen)
    clean = [one for one in chosen if one.id in fit]
    if not clean:
        return redirect(
            PATH,
            kind="info",
            flash=said(request, N_("请先勾选待初审、核验没有发现问题的申报。有发现的申报须逐份办理。")),
        )
    return await page(
        request,
        "bureau/recommend_many.html.j2",
        status_code=status,
        form=form,
        clean=clean,
        others=[one for one in chosen if one.id not in fit],
    )


HANDLERS = [queue_page, queue_file, many_page, many]
