"""The addresses of the read-only interface: entries, notices, bans."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from litestar import Response, Router, get
from litestar.exceptions import ValidationException
from litestar.params import FromPath, QueryParameter

from registry.api.answers import Req, answer, on_wrong_parameter
from registry.api.shapes import (
    BanList,
    EntryList,
    EntryRecord,
    NoticeList,
    NoticeRecord,
    ban_of,
    entry_of,
    entry_record_of,
    notice_of,
    notice_record_of,
)
from registry.bans import queries as bans_queries
from registry.kernel.clock import today
from registry.notices import queries as notices_queries
from registry.whitelist import queries as whitelist

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many at most")]
Cursor = Annotated[str, QueryParameter(max_length=500, description="`next` of the page before")]
Words = Annotated[str, QueryParameter(max_length=60, description="Name, code, certificate number or course")]
Category = Annotated[str, QueryParameter(max_length=60, description="Code of a category: sports, arts ...")]
AsOf = Annotated[
    date | None, QueryParameter(name="as_of", description="As of this day; today for none and for the future")
]
BanState = Annotated[
    Literal["all", "in_force", "over", "overturned"],
    QueryParameter(name="state", description="What it is today"),
]
EntryStatus = Annotated[
    Literal["all", "active", "suspended", "over", "removed"],
    QueryParameter(description="What it is on the day"),
]
Phase = Annotated[Literal["all", "open", "passed"], QueryParameter(description="Open or passed today")]
Id = FromPath[int]
ListId = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1, description="Id of a list")]
NoticeCursor = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="`next` of the page before")
]


async def _day(as_of: date | None) -> date:
    now = await today()
    return now if as_of is None else min(as_of, now)


@get("/entries", summary="Entries of public lists", operation_id="listEntries")
async def entries(
    request: Req,
    q: Words = "",
    category: Category = "",
    status: EntryStatus = "all",
    list_id: ListId = None,
    as_of: AsOf = None,
    after: Cursor = "",
    limit: Limit = 50,
) -> Response[EntryList]:
    """Entries by name, as of a day (R19, R21)."""
    day = await _day(as_of)
    found = await whitelist.search_entries(
        as_of=day, q=q, category=category or None, status="" if status == "all" else status,
        list_ids=None if list_id is None else [list_id], after=after or None, limit=limit,
    )  # fmt: skip
    return answer(request, EntryList(day, tuple(entry_of(e) for e in found.entries), found.after))


@get("/entries/{entry_id:int}", summary="One entry with its history", operation_id="getEntry")
async def entry(request: Req, entry_id: Id, as_of: AsOf = None) -> Response[EntryRecord]:
    """One entry as the public saw it on a day (R21)."""
    day = await _day(as_of)
    return answer(request, entry_record_of(await whitelist.entry_public(entry_id, day), day))


@get("/notices", summary="Public notices", operation_id="listNotices")
async def notices(
    request: Req,
    phase: Phase = "all",
    after: NoticeCursor = None,
    limit: Limit = 50,
) -> Response[NoticeList]:
    """Notices of public lists, the open ones first (R15)."""
    day = await today()
    found = await notices_queries.notices(
        day, phase="" if phase == "all" else phase, after=after, limit=limit
    )
    return answer(request, NoticeList(day, tuple(notice_of(n, day) for n in found.rows), found.after))


@get("/notices/{notice_id:int}", summary="One notice with its providers", operation_id="getNotice")
async def notice(request: Req, notice_id: Id) -> Response[NoticeRecord]:
    """One notice: providers, days, postings, hash of what was published (R15-R17)."""
    detail = await notices_queries.detail(notice_id, public_only=True)
    return answer(request, notice_record_of(detail, await today()))


@get("/bans", summary="Bans", operation_id="listBans")
async def bans(
    request: Req,
    q: Words = "",
    standing: BanState = "all",
    after: Cursor = "",
    limit: Limit = 50,
) -> Response[BanList]:
    """Bans, the latest decision first (R28)."""
    day = await today()
    found = await bans_queries.list_bans(
        as_of=day, q=q, state="" if standing == "all" else standing, after=after or None, limit=limit
    )
    return answer(request, BanList(day, tuple(ban_of(b, day) for b in found.bans), found.after))


HANDLERS = [
    Router(
        path="/api/v1",
        route_handlers=[entries, entry, notices, notice, bans],
        opt={"public": True},
        include_in_schema=True,
        tags=["public data"],
        exception_handlers={ValidationException: on_wrong_parameter},
    )
]
