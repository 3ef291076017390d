"""The bureau's queue: applications with what waits for whom, findings counts and vetting progress."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from registry.applications.lifecycle import ApplicationState
from registry.kernel.actor import OFFICIALS, Actor, Role
from registry.kernel.db import rows

Sort = Literal["", "name", "-name", "submitted", "-submitted"]

SORTS: tuple[Sort, ...] = ("", "name", "-name", "submitted", "-submitted")
SEEN_STATES = tuple(state.value for state in ApplicationState if state is not ApplicationState.DRAFT)
FLAGS = ("block", "warn", "clean", "not_vetted")
_VETTED_STATES = ("in_review", "correction", "recommended", "shortlisted", "on_notice")


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What narrows the queue. ``state`` is "", "mine" or a state; ``flag`` one of ``FLAGS``; ``q`` a name or code."""

    round_id: int | None = None
    state: str = ""
    flag: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One application in the queue; no personal data.

    ``block``, ``warn`` and ``info`` count findings of the latest finished run that nobody overruled.
    ``run_state`` is that of the latest run, None where there was none. ``mine`` says that it waits for the
    asking person. ``notice_passes_from`` is set while it is on a notice whose end is known.
    """

    id: int
    state: str
    name: str
    credit_code: str
    receipt_number: str | None
    round_id: int
    round_title: str
    categories: tuple[str, ...]
    submitted_on: date | None
    correction_until: date | None
    recommendation: str | None
    second_look: bool
    second_look_asked: bool
    notice_passes_from: date | None
    run_state: str | None
    pages_done: int
    pages_total: int
    block: int
    warn: int
    info: int
    assigned: str
    mine: bool

    @property
    def vetted(self) -> bool:
        """Whether the latest vetting finished; otherwise the counts say nothing (R9)."""
        return self.run_state == "done"

    @property
    def clean(self) -> bool:
        """Vetted, and nothing that stops or asks for a look is open."""
        return self.vetted and not self.block and not self.warn


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue; ``after`` and ``before`` are cursors for the neighbours, None at the ends."""

    rows: tuple[QueueRow, ...]
    after: str | None
    before: str | None


# One row per application that the asking person may see. Places: bureaux as reviewer, account, bureaux as approver,
# account, today, account (twice), bureaux.
_QUEUE = """
WITH seen AS (
  SELECT a.id, a.state, a.name, p.credit_code, a.receipt_number, a.round AS round_id, r.title AS round_title,
         a.categories, a.submitted_on, a.submitted_at, a.correction_until, a.recommendation, a.second_look,
         a.recommended_by, l.bureau AS bureau_id, asked.yes AS second_look_asked, notice.passes_from AS notice_passes_from,
         run.state AS run_state, coalesce(run.pages_done, 0) AS pages_done, coalesce(run.pages_total, 0) AS pages_total,
         f.block, f.warn, f.info,
         ((a.state = 'in_review' AND l.bureau = ANY({}) AND (a.assigned_to IS NULL OR a.assigned_to = {}))
          OR (l.bureau = ANY({}) AND (a.state = 'shortlisted' OR (a.state = 'recommended' AND a.recommended_by <> {})
              OR (a.state = 'rejected' AND asked.yes) OR (a.state = 'on_notice' AND notice.passes_from <= {}))))
         AND NOT EXISTS (SELECT 1 FROM review_act x WHERE x.application = a.id AND x.account = {} AND x.kind = 'recuse')
         AND NOT EXISTS (SELECT 1 FROM paper_intake w WHERE w.application = a.id AND w.entered_by = {})
         AS mine, coalesce(keeper.display_name, '') AS assigned
  FROM application a JOIN round r ON r.id = a.round JOIN registry_list l ON l.id = r.list
  JOIN provider p ON p.id = a.provider LEFT JOIN account keeper ON keeper.id = a.assigned_to
  LEFT JOIN LATERAL (SELECT v.state, v.pages_done, v.pages_total FROM vetting_run v WHERE v.application = a.id
                     ORDER BY v.id DESC LIMIT 1) run ON true
  LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE g.severity = 'block') AS block,
                            count(*) FILTER (WHERE g.severity = 'warn') AS warn,
                            count(*) FILTER (WHERE g.severity = 'info') AS info
                     FROM finding g WHERE g.application = a.id AND g.overruled_by IS NULL
                       AND g.run = (SELECT max(v.id) FROM vetting_run v WHERE v.application = a.id AND v.state = 'done')
                    ) f ON true
  LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE x.kind = 'ask_second_look') > 0
                            AND count(*) FILTER (WHERE x.kind <> 'ask_second_look') = 0 AS yes
                     FROM review_act x WHERE x.application = a.id
                       AND x.kind IN ('ask_second_look', 'grant_second_look', 'refuse_second_look')) asked ON true
  LEFT JOIN LATERAL (SELECT CASE WHEN bool_or(n.passes_from IS NULL) THEN NULL ELSE max(n.passes_from) END AS passes_from
                     FROM notice_item i JOIN notice n ON n.id = i.notice
                     WHERE i.application = a.id AND i.taken_off_on IS NULL AND a.state = 'on_notice') notice ON true
  WHERE l.bureau = ANY({}) AND a.state <> 'draft' AND a.receipt_number IS NOT NULL
)
"""

_COLUMNS = (
    "id, state, name, credit_code, receipt_number, round_id, round_title, categories, submitted_on, correction_until,"
    " recommendation, second_look, second_look_asked, notice_passes_from, run_state, pages_done, pages_total, block,"
    " warn, info, assigned, mine"
)


def _seen(actor: Actor, as_of: date) -> list[Any]:
    account = actor.account_id or 0
    return [
        sorted(actor.bureau_ids(Role.REVIEWER)),
        account,
        sorted(actor.bureau_ids(Role.APPROVER)),
        account,
        as_of,
        account,
        account,
        sorted(actor.bureau_ids(*OFFICIALS)),
    ]


def _where(wanted: QueueFilter) -> tuple[str, list[Any]]:
    conditions, values = ["true"], list[Any]()
    if wanted.round_id is not None:
        conditions.append("round_id = {}")
        values.append(wanted.round_id)
    if wanted.state == "mine":
        conditions.append("mine")
    elif wanted.state:
        conditions.append("state = {}")
        values.append(wanted.state)
    match wanted.flag:
        case "block":
            conditions.append("run_state = 'done' AND block > 0")
        case "warn":
            conditions.append("run_state = 'done' AND block = 0 AND warn > 0")
        case "clean":
            conditions.append("run_state = 'done' AND block = 0 AND warn = 0")
        case "not_vetted":
            conditions.append("state = ANY({}) AND run_state IS DISTINCT FROM 'done'")
            values.append(list(_VETTED_STATES))
    for word in wanted.q.split()[:5]:
        conditions.append("(name ILIKE {} OR credit_code ILIKE {} OR receipt_number ILIKE {})")
        values += [f"%{_escaped(word)}%"] * 3
    return " AND ".join(conditions), values


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# Sort keys as (expressions that end in the id, descending). Ranks are numbers so that one comparison fits all.
_KEYS: dict[str, tuple[str, bool]] = {
    "": ("(NOT mine)::int::bigint, extract(epoch FROM submitted_at)::numeric, id", False),
    "submitted": ("0::bigint, extract(epoch FROM submitted_at)::numeric, id", False),
    "-submitted": ("0::bigint, extract(epoch FROM submitted_at)::numeric, id", True),
    "name": ('name COLLATE "C", 0::numeric, id', False),
    "-name": ('name COLLATE "C", 0::numeric, id', True),
}


async def queue(
    actor: Actor,
    wanted: QueueFilter,
    as_of: date,
    *,
    sort: Sort = "",
    after: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> QueuePage:
    """One page of the applications of the actor's bureaux; what waits for the actor first, then the oldest.

    ``after`` and ``before`` are the ids of the last and first application of the page one comes from; the
    keys they stand for are looked up, so no name or day travels in the address. One query.
    """
    key, descending = _KEYS[sort]
    where, values = _where(wanted)
    backwards = before is not None
    cursor = before if backwards else after
    if cursor is not None:
        smaller = descending != backwards
        where += f" AND ({key}) {'<' if smaller else '>'} (SELECT {key} FROM seen WHERE id = {{}})"  # noqa: S608 -- constants and places only
        values.append(cursor)
    direction = "DESC" if descending != backwards else "ASC"
    ordering = ", ".join(f"{part.strip()} {direction}" for part in key.split(","))
    found = await rows(
        f"{_QUEUE} SELECT {_COLUMNS} FROM seen WHERE {where} ORDER BY {ordering} LIMIT {{}}",  # noqa: S608 -- constants and places only
        *_seen(actor, as_of),
        *values,
        limit + 1,
    )
    more, page = len(found) > limit, found[:limit]
    if backwards:
        page.reverse()
    views = tuple(QueueRow(**{**one, "categories": tuple(one["categories"] or ())}) for one in page)
    has_next, has_previous = (bool(views), more) if backwards else (more, after is not None)
    return QueuePage(
        views,
        str(views[-1].id) if views and has_next else None,
        str(views[0].id) if views and has_previous else None,
    )


async def whole_queue(actor: Actor, wanted: QueueFilter, as_of: date, *, sort: Sort = "") -> list[QueueRow]:
    """The filtered queue as one list for a file (at most 10,000)."""
    return list((await queue(actor, wanted, as_of, sort=sort, limit=10_000)).rows)


async def counts(actor: Actor, as_of: date, wanted: QueueFilter) -> tuple[dict[str, int], int]:
    """How many applications there are by state (and under "mine"), and how many the filter leaves. One query."""
    where, values = _where(wanted)
    found = await rows(
        f"{_QUEUE} SELECT state, count(*) AS n, count(*) FILTER (WHERE mine) AS mine,"  # noqa: S608 -- constants and places only
        f" count(*) FILTER (WHERE {where}) AS matching FROM seen GROUP BY state",
        *_seen(actor, as_of),
        *values,
    )
    by_state = {str(one["state"]): int(one["n"]) for one in found}
    by_state["mine"] = sum(int(one["mine"]) for one in found)
    return by_state, sum(int(one["matching"]) for one in found)


async def counts_by_round(round_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """For each round the number of applications by state, drafts among them."""
    wanted = sorted(set(round_ids))
    found = await rows(
        "SELECT round, state, count(*) AS n FROM application WHERE round = ANY({}) GROUP BY round, state",
        wanted,
    )
    result: dict[int, dict[str, int]] = {one: {} for one in wanted}
    for one in found:
        result[one["round"]][one["state"]] = one["n"]
    return result


async def by_ids(actor: Actor, application_ids: Iterable[int], as_of: date) -> list[QueueRow]:
    """Some applications of the actor's bureaux, those waiting longest first; ids of others are passed over."""
    found = await rows(
        f"{_QUEUE} SELECT {_COLUMNS} FROM seen WHERE id = ANY({{}}) ORDER BY submitted_at, id",  # noqa: S608 -- constants and places only
        *_seen(actor, as_of),
        sorted(set(application_ids)),
    )
    return [QueueRow(**{**one, "categories": tuple(one["categories"] or ())}) for one in found]


async def rounds_of(actor: Actor) -> list[tuple[int, str]]:
    """The published rounds of the actor's bureaux as (id, title), the latest first, for the filter."""
    found = await rows(
        "SELECT r.id, r.title FROM round r JOIN registry_list l ON l.id = r.list"
        " WHERE l.bureau = ANY({}) AND r.state <> 'draft' ORDER BY r.opens_on DESC, r.id DESC LIMIT 100",
        sorted(actor.bureau_ids(*OFFICIALS)),
    )
    return [(one["id"], one["title"]) for one in found]


async def recommenders(application_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Who recommended some applications and why, by id: what an approver looks at before deciding many."""
    found = await rows(
        "SELECT DISTINCT ON (x.application) x.application, coalesce(c.display_name, '') AS who, x.reason"
        " FROM review_act x LEFT JOIN account c ON c.id = x.account"
        " WHERE x.application = ANY({}) AND x.kind = 'recommend_shortlist' ORDER BY x.application, x.id DESC",
        sorted(set(application_ids)),
    )
    return {one["application"]: (one["who"], one["reason"]) for one in found}


async def matched_by_lists(application_ids: Iterable[int]) -> set[int]:
    """Those of some applications whose latest screening has a match that nobody judged to be somebody else (R3, R9)."""
    found = await rows(
        "SELECT DISTINCT s.application FROM screening s JOIN screening_match m ON m.screening = s.id"
        " WHERE s.application = ANY({}) AND s.id = (SELECT max(x.id) FROM screening x WHERE x.application = s.application)"
        " AND m.severity <> 'info' AND m.judgement IS DISTINCT FROM 'different'",
        sorted(set(application_ids)),
    )
    return {one["application"] for one in found}
