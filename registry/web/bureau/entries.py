"""The bureau's entries: list and file, one record, suspend and reinstate (R19, R20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import queries as contracts
from registry.exits import queries as exits
from registry.jurisdictions.queries import get_list, lists_of_bureaux
from registry.kernel.actor import Role
from registry.kernel.errors import NotFound, RegistryError
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.web.bureau.asking import attempt, choice_in, panel_of, query_of, said, status_of, text_in
from registry.web.components.exports import spreadsheet
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, day_of, page, read_form, redirect, words_of
from registry.web.components.statuses import state_of
from registry.web.school.acting import prove
from registry.web.school.shown import category_words, ground_word
from registry.whitelist import commands, renewal_views, yearly_reviews
from registry.whitelist import queries as whitelist
from registry.whitelist.lifecycle import Cause
from registry.whitelist.listing import waiting_for_listing
from registry.whitelist.queries import EntryView
from registry.whitelist.yearly_reviews import ReviewOutcome

PATH = "/bureau/entries"
_ID = f"{PATH}/{{entry_id:int}}"
_FILTERS = ("q", "list", "category", "status")
_STATUSES: Mapping[str, str] = {
    "active": N_("可签约"),
    "suspended": N_("暂停"),
    "over": N_("已退出、移除或到期"),
}
_HISTORY: Mapping[str, tuple[str, str, str]] = {
    "listed": (N_("入库"), "green", "circle-check"),
    "suspended": (N_("暂停"), "amber", "player-pause"),
    "reinstated": (N_("一项暂停事由消除"), "green", "rotate"),
    "reviewed": (N_("年度审查结果公示"), "blue", "clipboard-check"),
    "withdrawn": (N_("机构主动退出"), "grey", "circle-minus"),
    "removed": (N_("移出名单"), "red", "ban"),
    "restored": (N_("移出决定撤销，恢复"), "grey", "rotate"),
    "expired": (N_("周期届满"), "grey", "archive"),
}


def _narrowing(request: Req, list_ids: list[int]) -> dict[str, Any]:
    asked = choice_in(request, "list", [str(one) for one in list_ids])
    return {
        "list_ids": [int(asked)] if asked else list_ids,
        "q": text_in(request, "q"),
        "category": choice_in(request, "category", CATEGORY_NAMES) or None,
        "status": choice_in(request, "status", _STATUSES),
        "public_only": False,
    }


@get(PATH, opt={"permission": "bureau.read"})
async def entries_page(request: Req) -> Response[str]:
    """Every entry of the bureau's lists, whatever it is on this day; what waits for listing above."""
    actor, words, as_of = actor_of(request), words_of(request), day_of(request)
    lists = await lists_of_bureaux(actor.bureau_ids())
    wanted = _narrowing(request, [one.id for one in lists])
    found = await whitelist.search_entries(as_of=as_of, after=text_in(request, "after", 500), **wanted)
    total, capped = await whitelist.count_entries(as_of=as_of, **wanted)
    listing = Listing(
        PATH,
        [
            Column("name", N_("机构")),
            Column("number", N_("证书编号"), kind="code"),
            Column("categories", N_("类别")),
            Column("period", N_("在册期"), kind="short"),
            Column("status", N_("状态"), kind="short"),
        ],
        query=query_of(request),
        next_cursor=found.after,
        total=total,
        capped=capped,
        filters=_FILTERS,
    )
    return await page(
        request,
        "bureau/entries.html.j2",
        listing=listing,
        form=filled({key: listing.value(key) for key in _FILTERS}),
        lists=[(one.id, one.name) for one in lists],
        categories=[(code, words.gettext(name)) for code, name in CATEGORY_NAMES.items()],
        statuses=[(code, words.gettext(word)) for code, word in _STATUSES.items()],
        rows=[{"entry": one, "categories": category_words(words, one.categories)} for one in found.entries],
        waiting=len(await waiting_for_listing(actor.bureau_ids(), as_of)),
        renewals=len(await renewal_views.waiting(actor.bureau_ids())),
    )


@get([f"{PATH}.xlsx", f"{PATH}.csv"], opt={"permission": "bureau.read"})
async def entries_file(request: Req) -> Response[bytes]:
    """The filtered entries as a file; it holds no personal data."""
    words, as_of = words_of(request), day_of(request)
    lists = await lists_of_bureaux(actor_of(request).bureau_ids())
    wanted = _narrowing(request, [one.id for one in lists])
    entries: list[EntryView] = []
    after: str | None = None
    while True:
        found = await whitelist.search_entries(as_of=as_of, after=after, limit=1000, **wanted)
        entries += found.entries
        after = found.after
        if after is None:
            break
    head = (
        N_("机构名称"),
        N_("统一社会信用代码"),
        N_("证书编号"),
        N_("名单"),
        N_("类别"),
        N_("入库日期"),
        N_("周期最后一日"),
        N_("状态"),
        N_("状态起始日"),
    )
    return spreadsheet(
        request.url.path.rpartition(".")[2],
        words.gettext(N_("在册机构")),
        [words.gettext(one) for one in head],
        [_cells(one, words) for one in entries],
    )


def _cells(one: EntryView, words: Translator) -> list[object]:
    return [
        one.name,
        one.credit_code,
        one.certificate_number,
        one.list_name,
        "、".join(category_words(words, one.categories)),
        one.listed_on,
        one.ends_on,
        words.gettext(state_of("entry", one.kind).word),
        one.status.since,
    ]


@get(_ID, opt={"permission": "bureau.read"})
async def detail(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """One entry: what it is, why it is suspended, its contracts, its open case, its history."""
    actor, words, as_of = actor_of(request), words_of(request), day_of(request)
    entry = await own(request, entry_id)
    shown = await whitelist.entry_public(entry_id, as_of, public_only=False)
    suspensions = await whitelist.suspensions_of(entry_id)
    policy = (await get_list(entry.list_id)).policy
    under = await contracts.list_contracts(entry_id=entry_id, as_of=as_of, limit=100)
    return await page(
        request,
        "bureau/entry.html.j2",
        entry=entry,
        detail=shown,
        categories=category_words(words, entry.categories, policy),
        suspensions=suspensions,
        contracts=[{"contract": one, "state": one.shown_state(as_of)} for one in under.contracts],
        case=await exits.open_case_of(entry_id),
        reviews=[
            {"review": one, "state": one.shown_state(as_of)}
            for one in (await yearly_reviews.of_entry(entry_id) if policy.yearly_review.required else ())
        ],
        timeline=_timeline(words, shown),
        may_act=actor.has(Role.APPROVER, bureau_id=entry.bureau_id)
        and entry.provider_id not in actor.provider_ids,
        may_open=bool(actor.bureau_ids(Role.REVIEWER, Role.APPROVER) & {entry.bureau_id}),
        held=any(one.ended_on is None and one.cause is Cause.BUREAU for one in suspensions),
        live=entry.state in {"listed", "suspended"},
    )


async def own(request: Req, entry_id: int) -> EntryView:
    """An entry of one of the actor's bureaux. Raises NotFound."""
    entry = await whitelist.get_entry(entry_id, day_of(request))
    if entry.bureau_id not in actor_of(request).bureau_ids():
        raise NotFound("没有找到这个名单条目")
    return entry


def _timeline(words: Translator, shown: whitelist.EntryDetail) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    causes = {one.value: one.zh for one in (*Cause, *ReviewOutcome)}
    for one in reversed(shown.history):
        title, tone, icon = _HISTORY[one.what]
        detail = ground_word(words, one.detail) or words.gettext(causes.get(one.detail, one.detail))
        if one.overturned_on is not None:
            detail += words.gettext(N_("（后于 %(day)s 撤销）"), day=one.overturned_on.isoformat())
        items.append(
            {"when": one.day, "title": words.gettext(title), "text": detail, "tone": tone, "icon": icon}
        )
    return items


@get(f"{_ID}/suspend", opt={"permission": "entry.suspend"})
async def suspend_page(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """What suspending by the bureau brings about."""
    return await _weigh(request, entry_id, "suspend", Form(), None)


@get(f"{_ID}/reinstate", opt={"permission": "entry.suspend"})
async def reinstate_page(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """What ending the bureau's own suspension brings about."""
    return await _weigh(request, entry_id, "reinstate", Form(), None)


async def _weigh(
    request: Req,
    entry_id: int,
    act: str,
    form: Form,
    refusal: RegistryError | None,
    status: int | None = None,
) -> Response[str]:
    entry = await own(request, entry_id)
    causes = [one for one in await whitelist.suspensions_of(entry_id) if one.ended_on is None]
    under = await contracts.running_under(entry.list_id, entry.provider_id, day_of(request))
    return await page(
        request,
        "bureau/entry_act.html.j2",
        status_code=status or status_of(refusal),
        form=form,
        entry=entry,
        act=act,
        others=[one for one in causes if one.cause is not Cause.BUREAU],
        running=len(under),
        refusal=panel_of(refusal, words_of(request)),
    )


@post(f"{_ID}/suspend", opt={"permission": "entry.suspend"}, status_code=200)
async def suspend(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Suspend by the bureau, with a reason."""
    return await _act(request, entry_id, "suspend")


@post(f"{_ID}/reinstate", opt={"permission": "entry.suspend"}, status_code=200)
async def reinstate(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """End the bureau's own suspension, with a reason."""
    return await _act(request, entry_id, "reinstate")


async def _act(request: Req, entry_id: int, act: str) -> Response[str]:
    form = (await read_form(request)).form
    reason = form.text("reason", N_("理由"), max_length=500, multiline=True)
    if not form.errors:
        await prove(request, form)
    if form.errors:
        return await _weigh(request, entry_id, act, form, None, 422)
    done = commands.suspend if act == "suspend" else commands.reinstate
    refusal = await attempt(form, done(actor_of(request), entry_id, cause=Cause.BUREAU, reason=reason))
    if refusal is not None:
        return await _weigh(request, entry_id, act, form, refusal)
    return redirect(
        f"{PATH}/{entry_id}", flash=said(request, N_("已暂停") if act == "suspend" else N_("已恢复"))
    )


HANDLERS = [entries_page, entries_file, detail, suspend_page, suspend, reinstate_page, reinstate]
