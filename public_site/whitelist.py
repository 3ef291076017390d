"""The public whitelist: searching it, one entry, checking a certificate (R19, R21)."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get

from registry.jurisdictions.queries import public_lists
from registry.kernel.clock import today
from registry.policies.vocabulary import CATEGORY_NAMES, Ground
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, page, redirect, words_of
from registry.whitelist import queries as whitelist

_FILTERS = ("q", "list", "category", "status", "as_of")
_STATUSES = (
    ("active", N_("在册，可签约")), ("suspended", N_("暂停")), ("over", N_("已退出或到期")), ("removed", N_("已移除")),
    ("all", N_("全部")),
)  # fmt: skip


def _day(text: str, newest: date) -> date:
    """The day asked about; today for none, for one that does not exist and for the future."""
    try:
        return min(date.fromisoformat(text), newest)
    except ValueError:
        return newest


@get("/whitelist", opt={"public": True})
async def listing(request: Req) -> Response[str]:
    """The whitelist with search and filters in the address; also as it was on an earlier day."""
    words, now = words_of(request), await today()
    asked = {key: request.query_params.get(key, "").strip()[:60] for key in (*_FILTERS, "after")}
    as_of = _day(asked["as_of"], now)
    lists = await public_lists()
    chosen = [one.id for one in lists if asked["list"] in {"", str(one.id)}]
    status = asked["status"] if asked["status"] in dict(_STATUSES) else "active"
    wanted: dict[str, Any] = {
        "list_ids": chosen, "q": asked["q"], "category": asked["category"] or None,
        "status": "" if status == "all" else status,
    }  # fmt: skip
    found = await whitelist.search_entries(as_of=as_of, after=asked["after"] or None, limit=30, **wanted)
    total, capped = await whitelist.count_entries(as_of=as_of, **wanted)
    courses = await whitelist.courses_of(entry.id for entry in found.entries)
    return await page(
        request,
        "public/whitelist.html.j2",
        as_of=as_of,
        now=now,
        form=Form([(key, asked[key]) for key in ("q", "list", "category", "as_of")] + [("status", status)]),
        lists=[(str(one.id), one.name) for one in lists],
        categories=[(code, words.gettext(name)) for code, name in CATEGORY_NAMES.items()],
        category_names=CATEGORY_NAMES,
        statuses=[(code, words.gettext(word)) for code, word in _STATUSES],
        listing=Listing(
            "/whitelist",
            [
                Column("name", N_("机构")), Column("courses", N_("课程与价格")),
                Column("list", N_("备选库")), Column("until", N_("在册期至"), kind="date"),
                Column("status", N_("状态"), kind="short"),
            ],
            query=[(key, value) for key, value in asked.items() if value],
            next_cursor=found.after, total=total, capped=capped, filters=_FILTERS, exports=(),
        ),
        rows=[{"entry": entry, "courses": courses.get(entry.id, ())} for entry in found.entries],
    )  # fmt: skip


@get("/whitelist/{entry_id:int}", opt={"public": True})
async def entry(request: Req, entry_id: int) -> Response[str]:
    """One entry: what it is now, what it is listed for, its history. A removed one says so first."""
    as_of = _day(request.query_params.get("as_of", ""), await today())
    detail = await whitelist.entry_public(entry_id, as_of)
    return await page(
        request, "public/entry.html.j2", as_of=as_of, detail=detail, category_names=CATEGORY_NAMES,
        grounds={g.value: g.zh for g in Ground}, cause_name=whitelist.cause_name,
    )  # fmt: skip


@get("/verify", opt={"public": True})
async def verify(request: Req) -> Response[str]:
    """Check a certificate number: straight to its entry, or that it is not known."""
    number = request.query_params.get("number", "").strip()[:60]
    if number:
        found = await whitelist.find_by_certificate(number)
        if found is not None:
            return redirect(f"/whitelist/{found}")
    return await page(
        request, "public/verify.html.j2", status_code=404 if number else 200, number=number,
        form=Form([("number", number)]), as_of=await today(),
    )  # fmt: skip


HANDLERS = [listing, entry, verify]
