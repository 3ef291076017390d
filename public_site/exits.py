"""Removals and bans as anyone may see them: ground, authority, first and last day, reach, appeal (R28)."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from public_site import datasets
from public_site.files import sheet
from registry.bans import queries as bans
from registry.kernel.clock import today
from registry.policies.vocabulary import Ground
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, page, words_of
from registry.web.components.statuses import state_of

_STATES = (
    ("in_force", N_("禁入期内")),
    ("over", N_("禁入期已满")),
    ("overturned", N_("已撤销")),
    ("all", N_("全部")),
)
_GROUNDS = {ground.value: ground.zh for ground in Ground}


def _asked(request: Req) -> tuple[dict[str, str], str]:
    """What the address says, and the state that is meant."""
    asked = {key: request.query_params.get(key, "").strip()[:60] for key in ("q", "state", "after")}
    return asked, asked["state"] if asked["state"] in dict(_STATES) else "in_force"


@get("/exits", opt={"public": True})
async def exits(request: Req) -> Response[str]:
    """Providers that were removed and banned, the latest first."""
    words, as_of = words_of(request), await today()
    asked, state = _asked(request)
    found = await bans.list_bans(
        as_of=as_of, q=asked["q"], state="" if state == "all" else state, after=asked["after"] or None
    )
    return await page(
        request,
        "public/exits.html.j2",
        as_of=as_of,
        form=Form([("q", asked["q"]), ("state", state)]),
        states=[(code, words.gettext(word)) for code, word in _STATES],
        grounds=_GROUNDS,
        bans=found.bans,
        listing=Listing(
            "/exits",
            [
                Column("name", N_("机构")), Column("ground", N_("退出情形")), Column("period", N_("禁入期限")),
                Column("authority", N_("决定机关")), Column("state", N_("状态"), kind="short"),
            ],
            query=[(key, value) for key, value in asked.items() if value], next_cursor=found.after,
            filters=("q", "state"),
        ),
    )  # fmt: skip


@get(["/exits.csv", "/exits.xlsx"], opt={"public": True})
async def exits_file(request: Req) -> Response[Any]:
    """What the filters find, as a file."""
    (asked, state), as_of = _asked(request), await today()
    found = datasets.banned(as_of, q=asked["q"], state="" if state == "all" else state)
    return await sheet(request, datasets.BANS, found, as_of)


@get("/exits/{ban_id:int}", opt={"public": True})
async def ban(request: Req, ban_id: FromPath[int]) -> Response[str]:
    """One ban with its dates and reach, and how far an appeal is."""
    found, as_of = await bans.get(ban_id), await today()
    return await page(
        request,
        "public/ban.html.j2",
        as_of=as_of,
        ban=found,
        grounds=_GROUNDS,
        appeal=words_of(request).gettext(state_of("appeal", found.appeal(as_of)).word),
    )


HANDLERS = [exits, exits_file, ban]
