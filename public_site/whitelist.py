"""The public whitelist: searching it, one entry, checking a certificate (R19, R21)."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from public_site import datasets
from public_site.files import sheet
from public_site.verifying import qr_of
from registry.bans import queries as bans
from registry.contracts import served as contracts
from registry.evaluations.ratings import ratings, scored_terms
from registry.jurisdictions.queries import division_names, public_lists
from registry.kernel.clock import today
from registry.policies.vocabulary import CATEGORY_NAMES, Ground
from registry.providers.rules import RegistrationKind
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.listing import Column, Listing
from registry.web.components.requests import Req, day_of, page, words_of
from registry.whitelist import queries as whitelist
from registry.whitelist.export import exported
from registry.whitelist.finding import Counts, Narrow
from registry.whitelist.narrowing import Narrowing
from registry.whitelist.queries import EntryView, HistoryItem
from registry.whitelist.rules import StatusKind
from registry.whitelist.status import STATUS_GROUPS
from registry.whitelist.subjects import SUBJECT_NAMES
from registry.whitelist.yearly_reviews import ReviewOutcome

_FILTERS = ("q", "list", "region", "category", "subject", "price", "rating", "status", "as_of")
_STATUSES = (
    ("active", N_("在册，可签约")), ("suspended", N_("暂停，暂不可签约")), ("over", N_("已到期、退出或移出")),
    ("removed", N_("已移出备选库")), ("all", N_("全部")),
)  # fmt: skip
_SORTS = (
    ("name", N_("名称（拼音）")), ("-listed", N_("最近入库")), ("price", N_("课时价从低到高")),
    ("-rating", N_("评分从高到低（没有评分的排在后面）")),
)  # fmt: skip
_RATINGS = ("3.0", "4.0", "4.5")
_SHOWN = 30
_PRICES = ("20", "30", "40", "50", "80", "100")
_SUBJECTS_SHOWN = 12
_GROUNDS = {ground.value: ground.zh for ground in Ground}
_OUTCOMES = {outcome.value: outcome.zh for outcome in ReviewOutcome}
_KINDS = {kind.value: kind.zh for kind in RegistrationKind}


def _day(text: str, newest: date) -> date:
    """The day asked about; today for none, for one that does not exist and for the future."""
    try:
        return min(date.fromisoformat(text), newest)
    except ValueError:
        return newest


def _asked(request: Req) -> dict[str, str]:
    asked = {key: request.query_params.get(key, "").strip()[:60] for key in (*_FILTERS, "sort")}
    asked["after"] = request.query_params.get("after", "").strip()[:500]
    if asked["sort"] not in dict(_SORTS) or asked["sort"] == "name":
        asked["sort"] = ""
    if not (asked["price"].isascii() and asked["price"].isdigit() and len(asked["price"]) < 6):
        asked["price"] = ""
    if asked["rating"] not in _RATINGS:
        asked["rating"] = ""
    return asked


def _status(asked: dict[str, str]) -> str:
    return asked["status"] if asked["status"] in dict(_STATUSES) else "active"


def _wanted(asked: dict[str, str], list_ids: list[int]) -> Narrow:
    """The filters as the queries take them."""
    status = _status(asked)
    return {
        # All public lists need not be named one by one: an index would be asked for every entry there is.
        "list_ids": [one for one in list_ids if asked["list"] == str(one)] if asked["list"] else None, "q": asked["q"],
        "category": asked["category"], "subject": asked["subject"], "region": asked["region"],
        "most_cents": int(asked["price"]) * 100 if asked["price"] else None,
        "least_rating": round(float(asked["rating"]) * 100) if asked["rating"] else None,
        "status": "" if status == "all" else status,
    }  # fmt: skip


def _status_counts(counts: Counts) -> dict[str, int]:
    """How many entries each choice of status has."""
    grouped = {
        name: sum(counts.by_kind.get(kind.value, 0) for kind in kinds)
        for name, kinds in STATUS_GROUPS.items()
    }
    return grouped | {"all": counts.total}


def _subjects(counts: Counts, chosen: str) -> list[str]:
    """The sub-categories that most active entries have, in their usual order; the chosen one always."""
    most = sorted(counts.by_subject, key=lambda code: (-counts.by_subject[code], code))[:_SUBJECTS_SHOWN]
    return [code for code in SUBJECT_NAMES if code in most or code == chosen]


def _rated(entry: EntryView) -> dict[str, float | None] | None:
    """The public averages of now, in points and percent; None where there are none."""
    if entry.rating is None:
        return None
    return {
        "overall": entry.rating / 100,
        "satisfaction": None if entry.satisfaction is None else entry.satisfaction / 100,
    }


@get("/whitelist", opt={"public": True})
async def listing(request: Req) -> Response[str]:
    """The whitelist with search and filters in the address; also as it was on an earlier day."""
    words, now, asked = words_of(request), day_of(request), _asked(request)
    as_of = _day(asked["as_of"], now)
    if as_of == now:
        asked["as_of"] = ""
    lists = await public_lists()
    wanted = _wanted(asked, [one.id for one in lists])
    found = await whitelist.search_entries(
        as_of=as_of, sort=asked["sort"] or "name", after=asked["after"] or None, limit=_SHOWN, **wanted
    )
    total, capped = await whitelist.count_entries(as_of=as_of, **wanted)
    counts = await whitelist.facets(
        as_of=as_of, list_ids=wanted["list_ids"], q=asked["q"], region=asked["region"]
    )
    courses = await whitelist.courses_of(entry.id for entry in found.entries)
    regions = await division_names(one.bureau_division for one in lists)
    shown = Listing(
        "/whitelist", [Column("name", N_("机构"))], query=[(key, value) for key, value in asked.items() if value],
        sort=asked["sort"], next_cursor=found.after, total=total, capped=capped, filters=_FILTERS,
    )  # fmt: skip
    response = await page(
        request,
        "public/whitelist.html.j2",
        as_of=as_of,
        now=now,
        form=Form(
            [(key, asked[key]) for key in ("q", "list", "region", "price", "rating", "sort", "as_of")]
            + [("status", _status(asked))]
        ),
        more=any(asked[key] for key in ("list", "region", "price", "rating", "sort", "as_of")),
        chosen={key: asked[key] for key in ("category", "subject", "status")},
        lists=[(str(one.id), one.name) for one in lists],
        regions=[(code, name) for code, name in sorted(regions.items())],
        prices=[(yuan, words.gettext(N_("不超过 %(n)s 元/课时"), n=yuan)) for yuan in _PRICES],
        stars=[(least, words.gettext(N_("%(n)s 分以上"), n=least)) for least in _RATINGS],
        sorts=[(code, words.gettext(word)) for code, word in _SORTS if code != "name"],
        categories=[(code, words.gettext(name)) for code, name in CATEGORY_NAMES.items()],
        category_names=CATEGORY_NAMES,
        subjects=[(code, words.gettext(SUBJECT_NAMES[code])) for code in _subjects(counts, asked["subject"])],
        statuses=[(code, words.gettext(word)) for code, word in _STATUSES],
        status_counts=_status_counts(counts),
        counts=counts,
        listing=shown,
        rows=[
            {
                "entry": entry,
                "courses": courses.get(entry.id, ()),
                "rating": _rated(entry) if as_of == now else None,
            }
            for entry in found.entries
        ],
    )
    if request.headers.get("hx-request"):
        # The address of what is shown, without the fields left empty.
        response.headers["hx-replace-url"] = shown.url()
    return response


@get(["/whitelist.csv", "/whitelist.xlsx", "/whitelist.json", "/whitelist.jsonl"], opt={"public": True})
async def listing_file(request: Req) -> Response[Any]:
    """What the whitelist's filters find, as a file."""
    asked, now = _asked(request), await today()
    as_of = _day(asked["as_of"], now)
    wanted = Narrowing(**_wanted(asked, [one.id for one in await public_lists()]))
    return await sheet(request, datasets.ENTRIES, exported(as_of=as_of, narrowing=wanted), as_of)


@get("/whitelist/{entry_id:int}", opt={"public": True})
async def entry(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """One entry: what it is on the day, what it is listed for, its history. A removed one says so first."""
    now = await today()
    as_of = _day(request.query_params.get("as_of", ""), now)
    detail = await whitelist.entry_public(entry_id, as_of)
    barred = [ban for ban in await bans.of_provider(detail.entry.provider_id) if ban.in_force(as_of)]
    words = words_of(request)
    happened = list(detail.history)
    if detail.entry.kind is StatusKind.LAPSED:
        happened.append(HistoryItem(detail.entry.status.since, "lapsed"))
    rating = (await ratings([entry_id], as_of)).get(entry_id)
    return await page(
        request, "public/entry.html.j2", as_of=as_of, now=now, detail=detail, bans=barred, grounds=_GROUNDS,
        category_names=CATEGORY_NAMES, cause_name=whitelist.cause_name,
        kind_name=_KINDS.get(detail.registration_kind, detail.registration_kind),
        history=[_event(item, words.gettext) for item in reversed(happened)],
        qr=qr_of(request, detail.entry.certificate_number),
        rating=rating, terms=(0, 0) if rating else await scored_terms(entry_id, as_of),
        served=await contracts.served_by(entry_id, as_of),
    )  # fmt: skip


_EVENTS = {
    "listed": (N_("认定入库，在册"), "green", "circle-check"),
    "suspended": (N_("暂停"), "amber", "player-pause"),
    "reinstated": (N_("暂停的原因消除"), "green", "rotate"),
    "reviewed": (N_("年度审查结果公示"), "blue", "clipboard-check"),
    "withdrawn": (N_("机构主动退出"), "grey", "circle-minus"),
    "removed": (N_("移出备选库"), "red", "ban"),
    "restored": (N_("移出决定被撤销"), "grey", "rotate"),
    "expired": (N_("在册期已满，不再在册"), "grey", "archive"),
    "lapsed": (N_("登记证照已过期，暂不可签约"), "amber", "hourglass"),
}


def _event(item: HistoryItem, gettext: Any) -> dict[str, Any]:
    """One thing that happened to an entry, as the timeline shows it."""
    title, tone, icon = _EVENTS[item.what]
    text = ""
    if item.what in {"suspended", "reinstated"}:
        text = gettext(whitelist.cause_name(item.detail))
    elif item.what in {"removed", "restored"}:
        text = gettext(_GROUNDS.get(item.detail, item.detail))
    elif item.what == "reviewed":
        text = gettext(_OUTCOMES.get(item.detail, item.detail))
    elif item.what == "listed":
        text = gettext(N_("证书编号 %(number)s"), number=item.detail)
    if item.overturned_on is not None:
        text += gettext(N_("（已于 %(day)s 撤销）"), day=item.overturned_on.isoformat())
    return {"when": item.day, "title": gettext(title), "text": text, "tone": tone, "icon": icon}


HANDLERS = [listing, listing_file, entry]
