"""The record: who did what, when, on what and why; and whether its chain is unbroken (R33)."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get

from registry.audit import search
from registry.audit.queries import EventView
from registry.audit.search import EventFilter
from registry.kernel.actor import Actor, Role
from registry.kernel.events import bureau_chain
from registry.web.bureau.act_names import SUBJECT_NAMES
from registry.web.bureau.asking import number_in, query_of, text_in
from registry.web.bureau.words import act_name, state_name
from registry.web.components.exports import spreadsheet
from registry.web.components.forms import filled
from registry.web.components.i18n import N_, Translator
from registry.web.components.listing import Column, Listing
from registry.web.components.parsing import Unreadable, to_date
from registry.web.components.requests import Req, actor_of, page, words_of

PATH = "/bureau/events"
COLUMNS = (
    Column("when", N_("时间"), kind="date"),
    Column("who", N_("办理人"), kind="short"),
    Column("what", N_("办理")),
    Column("on", N_("对象"), kind="short"),
    Column("why", N_("理由")),
    Column("number", N_("序号"), kind="number"),
)
FILTERS = ("subject", "id", "account", "since", "until")
_LINKS = {
    "application": "/bureau/applications/%s",
    "round": "/bureau/rounds/%s",
    "notice": "/bureau/notices/%s",
    "objection": "/bureau/notices/objections/%s",
    "entry": "/bureau/entries/%s",
    "exit_case": "/bureau/exits/%s",
}


def chains_of(actor: Actor) -> list[str]:
    """The chains that the reader may see: those of the bureaux where they audit or administer."""
    return [bureau_chain(one) for one in sorted(actor.bureau_ids(Role.AUDITOR, Role.BUREAU_ADMIN))]


def filter_of(request: Req) -> EventFilter:
    """What the address asks for; nonsense narrows nothing."""
    return EventFilter(
        subject=text_in(request, "subject", 40),
        subject_id=number_in(request, "id"),
        account_id=number_in(request, "account"),
        since=_day(request, "since"),
        until=_day(request, "until"),
    )


def _day(request: Req, key: str) -> date | None:
    try:
        return to_date(text_in(request, key, 20))
    except Unreadable:
        return None


@get(PATH, opt={"permission": "audit.read"})
async def events_page(request: Req) -> Response[str]:
    """The record of the reader's bureaux, the latest first."""
    words, chains = words_of(request), chains_of(actor_of(request))
    found = await search.search(chains, filter_of(request), after=number_in(request, "after"))
    listing = Listing(PATH, COLUMNS, query=query_of(request), next_cursor=found.after, filters=FILTERS)
    return await page(
        request,
        "bureau/events.html.j2",
        listing=listing,
        rows=[_shown(one, words) for one in found.events],
        actors=await search.actors_of(chains),
        subjects=[(code, words.gettext(name)) for code, name in SUBJECT_NAMES.items()],
        form=filled({key: listing.value(key) for key in FILTERS}),
    )


def _shown(one: EventView, words: Translator) -> dict[str, Any]:
    states = [
        words.gettext(state_name(one.subject, state)) for state in (one.from_state, one.to_state) if state
    ]
    return {
        "when": one.recorded_at,
        "on_day": one.on_day,
        "who": one.actor,
        "what": words.gettext(act_name(one.subject, one.action)),
        "states": " → ".join(states) if len(states) == 2 and states[0] != states[1] else "",
        "on": f"{words.gettext(SUBJECT_NAMES.get(one.subject, one.subject))} {one.subject_id}",
        "url": _LINKS[one.subject] % one.subject_id if one.subject in _LINKS else "",
        "why": one.reason,
        "number": one.number,
    }


@get([f"{PATH}.xlsx", f"{PATH}.csv"], opt={"permission": "audit.read"})
async def events_file(request: Req) -> Response[bytes]:
    """The filtered record as a file, its hashes with it (at most 20,000 events)."""
    words = words_of(request)
    found = await search.search(chains_of(actor_of(request)), filter_of(request), limit=20_000)
    head = (
        N_("链"), N_("序号"), N_("时间"), N_("规则日"), N_("办理人"), N_("对象"), N_("编号"), N_("办理"), N_("原状态"),
        N_("新状态"), N_("理由"), N_("前一哈希"), N_("哈希"),
    )  # fmt: skip
    cells = [
        [
            one.chain, one.number, one.recorded_at, one.on_day, one.actor, one.subject, one.subject_id, one.action,
            one.from_state, one.to_state, one.reason, one.previous, one.hash,
        ]
        for one in found.events
    ]  # fmt: skip
    return spreadsheet(
        request.url.path.rpartition(".")[2],
        words.gettext(N_("操作记录")),
        [words.gettext(one) for one in head],
        cells,
    )


@get(f"{PATH}/verify", opt={"permission": "audit.read"})
async def verify_page(request: Req) -> Response[str]:
    """Walk the chains of the reader's bureaux and say whether they are unbroken."""
    reports = [await search.report(chain) for chain in chains_of(actor_of(request))]
    return await page(request, "bureau/verify.html.j2", reports=reports)


HANDLERS = [events_page, events_file, verify_page]
