"""Choosing a provider: the entries of the lists that serve the school (R31)."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from registry.contracts.choosing import shortlist
from registry.kernel.clock import today
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.schools import queries as schools
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, actor_of, page, words_of
from registry.web.school.shown import category_words
from registry.whitelist import queries as whitelist

_FILTERS = ("q", "list", "category", "status")
_STATUS_WORDS = (
    ("active", N_("可签约")),
    ("suspended", N_("暂停")),
    ("over", N_("已退出、移除或到期")),
    ("all", N_("全部")),
)


@get("/school/choose", opt={"permission": "contract.draft"})
async def choose(request: Req) -> Response[str]:
    """The providers a school can sign with; others on request. Filters are in the address."""
    actor, words, as_of = actor_of(request), words_of(request), await today()
    asked = {key: request.query_params.get(key, "").strip()[:60] for key in (*_FILTERS, "after")}
    lists = await schools.lists_serving(actor.school_ids)
    chosen = [one.id for one in lists if asked["list"] in {"", str(one.id)}]
    status = asked["status"] if asked["status"] in {"suspended", "over", "all"} else "active"
    wanted: dict[str, Any] = {
        "list_ids": chosen,
        "q": asked["q"],
        "category": asked["category"] or None,
        "status": "" if status == "all" else status,
    }
    found = await whitelist.search_entries(
        as_of=as_of, after=asked["after"], limit=30, public_only=False, **wanted
    )
    total, capped = await whitelist.count_entries(as_of=as_of, public_only=False, **wanted)
    courses = await whitelist.courses_of(entry.id for entry in found.entries)
    codes = {code for one in lists for code in one.policy.categories}
    return await page(
        request,
        "school/choose.html.j2",
        kept={one.entry_id for one in await shortlist.items(actor.school_ids)},
        only_school=next(iter(actor.school_ids)) if len(actor.school_ids) == 1 else None,
        form=Form([(key, asked[key]) for key in ("q", "list", "category")] + [("status", status)]),
        lists=[(one.id, one.name) for one in lists],
        categories=[(code, words.gettext(name)) for code, name in CATEGORY_NAMES.items() if code in codes],
        statuses=[(code, words.gettext(word)) for code, word in _STATUS_WORDS],
        listing=Listing(
            "/school/choose",
            [
                Column("name", N_("机构")),
                Column("courses", N_("课程")),
                Column("period", N_("在册期"), kind="short"),
                Column("status", N_("状态"), kind="short"),
                Column("act", "", kind="short"),
            ],
            query=[(key, value) for key, value in asked.items() if value],
            next_cursor=found.after,
            total=total,
            capped=capped,
            filters=_FILTERS,
            exports=(),
        ),
        rows=[
            {
                "entry": entry,
                "courses": courses.get(entry.id, ()),
                "categories": category_words(words, entry.categories),
            }
            for entry in found.entries
        ],
    )


HANDLERS = [choose]
