"""The addresses of the read-only interface: entries, notices, bans."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from litestar import Response, Router, get
from litestar.exceptions import ValidationException
from litestar.params import FromPath, QueryParameter

from registry.api.answers import Req, answer, on_wrong_parameter
from registry.api.described import answers
from registry.api.shapes import (
    BanList,
    EntryList,
    EntryRecord,
    ListList,
    NoticeList,
    NoticeRecord,
    SchoolList,
    SchoolRecord,
    SigningKey,
    SnapshotList,
    Verification,
)
from registry.api.shaping import (
    ban_of,
    entry_of,
    entry_record_of,
    list_of,
    notice_of,
    notice_record_of,
    school_of,
    service_of,
    snapshot_of,
)
from registry.audit.commands import public_key
from registry.bans import queries as bans_queries
from registry.contracts import served
from registry.jurisdictions.queries import public_lists
from registry.kernel.clock import today
from registry.notices import queries as notices_queries
from registry.schools import finding as schools_finding
from registry.whitelist import queries as whitelist
from registry.whitelist import snapshots as whitelist_snapshots
from registry.whitelist.snapshot_file import fingerprint

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
Sort = Annotated[
    Literal["name", "-listed", "price", "-rating"],
    QueryParameter(
        description="By name (pinyin), the latest first, the cheapest first, the best rated first (those without a public rating after them)"
    ),
]
Subject = Annotated[str, QueryParameter(max_length=60, description="Sub-category: football, calligraphy ...")]
Region = Annotated[
    str,
    QueryParameter(
        pattern=r"^([0-9]{2,12})?$", description="Division code (GB/T 2260): lists of bureaux there and below"
    ),
]
PriceMost = Annotated[
    int | None,
    QueryParameter(ge=0, le=100_000, description="Yuan that a lesson of the cheapest course costs at most"),
]
ChangedSince = Annotated[
    date | None,
    QueryParameter(description="Only what changed on this day or later, the passing of dates included"),
]
SchoolWords = Annotated[str, QueryParameter(max_length=60, description="A part of the name")]
SnapshotDay = Annotated[date | None, QueryParameter(description="The snapshots of this day alone")]
Id = FromPath[int]
ListId = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1, description="Id of a list")]
NoticeCursor = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="`next` of the page before")
]


async def _day(as_of: date | None) -> date:
    now = await today()
    return now if as_of is None else min(as_of, now)


@get("/entries", summary="Entries of public lists", operation_id="listEntries", responses=answers(EntryList))
async def entries(
    request: Req,
    q: Words = "",
    category: Category = "",
    subject: Subject = "",
    region: Region = "",
    price_most: PriceMost = None,
    status: EntryStatus = "all",
    list_id: ListId = None,
    as_of: AsOf = None,
    changed_since: ChangedSince = None,
    sort: Sort = "name",
    after: Cursor = "",
    limit: Limit = 50,
) -> Response[EntryList]:
    """Entries as of a day (R19, R21)."""
    day = await _day(as_of)
    found = await whitelist.search_entries(
        as_of=day, sort=sort, q=q, category=category, subject=subject, region=region,
        most_cents=None if price_most is None else price_most * 100, status="" if status == "all" else status,
        list_ids=None if list_id is None else [list_id], changed_since=changed_since, after=after or None, limit=limit,
    )  # fmt: skip
    return answer(request, EntryList(day, tuple(entry_of(e) for e in found.entries), found.after))


@get(
    "/entries/{entry_id:int}",
    summary="One entry with its history",
    operation_id="getEntry",
    responses=answers(EntryRecord, may_miss=True),
)
async def entry(request: Req, entry_id: Id, as_of: AsOf = None) -> Response[EntryRecord]:
    """One entry as the public saw it on a day (R21)."""
    day = await _day(as_of)
    return answer(request, entry_record_of(await whitelist.entry_public(entry_id, day), day))


@get("/notices", summary="Public notices", operation_id="listNotices", responses=answers(NoticeList))
async def notices(
    request: Req,
    phase: Phase = "all",
    changed_since: ChangedSince = None,
    after: NoticeCursor = None,
    limit: Limit = 50,
) -> Response[NoticeList]:
    """Notices of public lists, the open ones first (R15)."""
    day = await today()
    found = await notices_queries.notices(
        day, phase="" if phase == "all" else phase, changed_since=changed_since, after=after, limit=limit
    )
    return answer(request, NoticeList(day, tuple(notice_of(n, day) for n in found.rows), found.after))


@get(
    "/notices/{notice_id:int}",
    summary="One notice with its providers",
    operation_id="getNotice",
    responses=answers(NoticeRecord, may_miss=True),
)
async def notice(request: Req, notice_id: Id) -> Response[NoticeRecord]:
    """One notice: providers, days, postings, hash of what was published (R15-R17)."""
    detail = await notices_queries.detail(notice_id, public_only=True)
    return answer(request, notice_record_of(detail, await today()))


@get("/bans", summary="Bans", operation_id="listBans", responses=answers(BanList))
async def bans(
    request: Req,
    q: Words = "",
    standing: BanState = "all",
    changed_since: ChangedSince = None,
    after: Cursor = "",
    limit: Limit = 50,
) -> Response[BanList]:
    """Bans, the latest decision first (R28)."""
    day = await today()
    found = await bans_queries.list_bans(
        as_of=day, q=q, state="" if standing == "all" else standing, changed_since=changed_since, after=after or None,
        limit=limit,
    )  # fmt: skip
    return answer(request, BanList(day, tuple(ban_of(b, day) for b in found.bans), found.after))


@get("/lists", summary="Public lists", operation_id="listLists", responses=answers(ListList))
async def lists(request: Req) -> Response[ListList]:
    """The lists whose entries anyone may see (R31)."""
    return answer(request, ListList(tuple(list_of(one) for one in await public_lists())))


@get("/schools", summary="Schools", operation_id="listSchools", responses=answers(SchoolList))
async def schools(
    request: Req, q: SchoolWords = "", after: Cursor = "", limit: Limit = 50
) -> Response[SchoolList]:
    """Schools by name, narrowed by any part of it."""
    found = await schools_finding.find_schools(q=q, after=after or None, limit=limit)
    return answer(request, SchoolList(tuple(school_of(one) for one in found.schools), found.after))


@get(
    "/schools/{school_id:int}", summary="One school with its contracts", operation_id="getSchool",
    responses=answers(SchoolRecord, may_miss=True),
)  # fmt: skip
async def school(request: Req, school_id: Id) -> Response[SchoolRecord]:
    """Who teaches what at a school, at what price, until when (R22)."""
    day = await today()
    place = await schools_finding.place_of(school_id)
    found = await served.at_school(school_id, day)
    return answer(request, SchoolRecord(day, school_of(place), tuple(service_of(one, day) for one in found)))


@get(
    "/certificates/{number:str}", summary="What a certificate number stands for", operation_id="verifyCertificate",
    responses=answers(Verification),
)  # fmt: skip
async def certificate(request: Req, number: FromPath[str], as_of: AsOf = None) -> Response[Verification]:
    """Listed, suspended, removed or not known on a day (R19)."""
    day = await _day(as_of)
    known = await whitelist.certified(number, day)
    found = entry_of(known[0]) if known else None
    return answer(request, Verification(day, number[:60], found is not None, found))


@get(
    "/snapshots",
    summary="Signed snapshots of lists",
    operation_id="listSnapshots",
    responses=answers(SnapshotList),
)
async def snapshots(
    request: Req, list_id: ListId = None, day: SnapshotDay = None, after: Cursor = "", limit: Limit = 50
) -> Response[SnapshotList]:
    """The signed snapshots of public lists, the latest day first (R21)."""
    found = await whitelist_snapshots.snapshots(
        list_ids=None if list_id is None else [list_id], day=day, after=after or None, limit=limit
    )
    return answer(request, SnapshotList(tuple(snapshot_of(one) for one in found.snapshots), found.after))


@get(
    "/key",
    summary="The key that snapshots are signed with",
    operation_id="getKey",
    responses=answers(SigningKey),
)
async def key(request: Req) -> Response[SigningKey]:
    """The public key, for checking snapshots offline."""
    return answer(
        request, SigningKey("Ed25519", public_key(), fingerprint(public_key()), "/data/public-key.pem")
    )


HANDLERS = [
    Router(
        path="/api/v1",
        route_handlers=[
            entries, entry, certificate, notices, notice, bans, lists, schools, school, snapshots, key,
        ],
        opt={"public": True},
        include_in_schema=True,
        tags=["public data"],
        exception_handlers={ValidationException: on_wrong_parameter},
    )
]  # fmt: skip
