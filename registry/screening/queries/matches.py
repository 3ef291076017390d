"""What a screening found, against what it was done, and what people made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.kernel.actor import OFFICIALS, Actor
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.sealed import unseal_json
from registry.policies import load
from registry.screening.judging import STRONG
from registry.screening.queries.lists import wanted
from registry.screening.tables import LIST_KINDS


@dataclass(frozen=True, slots=True)
class Checked:
    """A list as a screening knew it. ``state``: ``current``; ``stale``, older than the policy lets it be; or
    ``never``: not imported, so not checked, which is not "no match"."""

    kind: str
    import_id: int | None
    imported_on: date | None
    age: int | None
    state: str


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match with its explanation (see ``vetting.matching.model.Explanation``; a chain has ``chain``).

    ``mark`` stays while neither side changes. ``listed_name`` and the explanation may name people. ``proposed_by_id`` is who said "not the same" first
    where two must.
    """

    id: int
    list_kind: str
    listing_id: int | None
    ban_id: int | None
    mark: str
    listed_name: str
    subject_type: str
    grounds: str
    authority: str
    in_force_from: date | None
    in_force_until: date | None
    outcome: str
    reason: str
    weight: str
    severity: str
    explanation: dict[str, Any]
    judgement: str | None
    proposed_by_id: int | None
    proposed_by: str
    judged_by: str
    judged_on: date | None
    judgement_reason: str

    @property
    def needs_two(self) -> bool:
        """Whether two people must agree that it is not the same."""
        return self.outcome == "hit" and self.reason in STRONG

    @property
    def open(self) -> bool:
        """Whether somebody should look at it."""
        return self.judgement is None and self.severity != "info"


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """One screening: when, why, against what, with what outcome.

    ``bans`` is how many bans there were. Only the ``latest`` for its list and application is judged.
    """

    id: int
    provider_id: int
    provider_name: str
    list_id: int
    list_name: str
    application_id: int | None
    latest: bool
    cause: str
    as_of: date
    screened_at: datetime
    outcome: str
    checked: tuple[Checked, ...]
    bans: int
    matches: tuple[MatchView, ...] = ()

    @property
    def unchecked(self) -> tuple[Checked, ...]:
        """The lists that were never imported."""
        return tuple(one for one in self.checked if one.state == "never")

    @property
    def open(self) -> tuple[MatchView, ...]:
        """The matches that somebody should look at."""
        return tuple(one for one in self.matches if one.open)

    def open_blocks(self) -> int:
        """How many matches stand against shortlisting (R9)."""
        return sum(one.severity == "block" and one.judgement != "different" for one in self.matches)

    @property
    def stale(self) -> tuple[Checked, ...]:
        """The lists that were too old."""
        return tuple(one for one in self.checked if one.state == "stale")


_SCREENING = """
SELECT s.id, s.provider AS provider_id, p.name AS provider_name, s.list AS list_id, l.name AS list_name,
       s.application AS application_id, s.cause, s.as_of, s.screened_at, s.outcome, s.versions, b.policy_name,
       NOT EXISTS (SELECT 1 FROM screening x WHERE x.provider = s.provider AND x.list = s.list
                   AND x.application IS NOT DISTINCT FROM s.application AND x.id > s.id) AS latest
FROM screening s JOIN registry_list l ON l.id = s.list JOIN bureau b ON b.id = l.bureau JOIN provider p ON p.id = s.provider
"""

_MATCHES = """
SELECT m.id, m.list_kind, m.listing AS listing_id, m.ban_id, m.mark, coalesce(g.name, x.name, '') AS listed_name,
       coalesce(g.subject_type, 'organisation') AS subject_type, coalesce(g.grounds, x.ground, '') AS grounds,
       coalesce(g.authority, u.name, '') AS authority, coalesce(g.in_force_from, x.decided_on) AS in_force_from,
       coalesce(g.in_force_until, x.last_day) AS in_force_until, m.outcome, m.reason, m.weight, m.severity,
       m.explanation_sealed, m.judgement, m.proposed_by AS proposed_by_id, coalesce(p.display_name, '') AS proposed_by,
       coalesce(c.display_name, '') AS judged_by, m.judged_on, m.judgement_reason
FROM screening_match m LEFT JOIN listing g ON g.id = m.listing LEFT JOIN ban x ON x.id = m.ban_id
LEFT JOIN bureau u ON u.id = x.bureau LEFT JOIN account c ON c.id = m.judged_by LEFT JOIN account p ON p.id = m.proposed_by
WHERE m.screening = {}
ORDER BY m.judgement IS NOT DISTINCT FROM 'different', array_position(ARRAY['block', 'warn', 'info']::varchar[], m.severity),
         m.outcome, m.id
"""


async def latest_of_application(application_id: int) -> ScreeningView | None:
    """The latest screening of an application with its matches, the weightiest first; None: not screened yet.

    Two queries. For callers that judged who may see it.
    """
    found = await row(f"{_SCREENING} WHERE s.application = {{}} ORDER BY s.id DESC LIMIT 1", application_id)
    return await _with_matches(found)


async def latest_of_entry(provider_id: int, list_id: int, application_id: int | None) -> ScreeningView | None:
    """The latest screening of a listed provider for a list, with its matches. Two queries."""
    found = await row(
        f"{_SCREENING} WHERE s.provider = {{}} AND s.list = {{}} AND s.application IS NOT DISTINCT FROM {{}}::int"
        " ORDER BY s.id DESC LIMIT 1",
        provider_id,
        list_id,
        application_id,
    )
    return await _with_matches(found)


async def get_screening(actor: Actor, screening_id: int) -> ScreeningView:
    """One screening of the actor's bureau with its matches. Raises NotFound."""
    bureaux = sorted(actor.bureau_ids(*OFFICIALS))
    found = await row(f"{_SCREENING} WHERE s.id = {{}} AND l.bureau = ANY({{}})", screening_id, bureaux)
    view = await _with_matches(found)
    if view is None:
        raise NotFound("没有找到这次名单核查")
    return view


async def screening_of_match(actor: Actor, match_id: int) -> ScreeningView:
    """The screening that a match belongs to, if it is of the actor's bureau. Raises NotFound."""
    found = await row("SELECT screening FROM screening_match WHERE id = {}", match_id)
    if found is None:
        raise NotFound("没有找到这项名单核查结果")
    return await get_screening(actor, found["screening"])


async def screenings_of(
    actor: Actor, provider_id: int, *, on: date | None = None, before: int | None = None, limit: int = 30
) -> tuple[list[ScreeningView], int | None]:
    """When a provider was screened by the actor's bureaux, against what, the latest first; ``on`` one day only.

    The second value continues the list. One query; without matches.
    """
    found = await rows(
        f"{_SCREENING} WHERE s.provider = {{}} AND l.bureau = ANY({{}}) AND s.id < {{}}"
        " AND ({}::date IS NULL OR s.as_of = {}::date) ORDER BY s.id DESC LIMIT {}",
        provider_id,
        sorted(actor.bureau_ids(*OFFICIALS)),
        before or 2_147_483_647,
        on,
        on,
        limit + 1,
    )
    shown = [_screening(one) for one in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A provider with matches that somebody should look at."""

    provider_id: int
    application_id: int | None
    list_id: int
    name: str
    hits: int
    possible: int


async def unjudged(bureau_ids: Iterable[int], limit: int = 100) -> list[Unjudged]:
    """The providers whose latest screening left something to look at, hits first. One query."""
    found = await rows(
        "SELECT s.provider AS provider_id, s.application AS application_id, s.list AS list_id, p.name,"
        " count(*) FILTER (WHERE m.outcome = 'hit') AS hits, count(*) FILTER (WHERE m.outcome = 'possible') AS possible"
        " FROM (SELECT DISTINCT ON (x.provider, x.list, x.application) x.* FROM screening x"
        "       JOIN registry_list l ON l.id = x.list WHERE l.bureau = ANY({})"
        "       ORDER BY x.provider, x.list, x.application, x.id DESC) s"
        " JOIN screening_match m ON m.screening = s.id JOIN provider p ON p.id = s.provider"
        " LEFT JOIN application a ON a.id = s.application"
        " WHERE m.judgement IS NULL AND m.severity <> 'info'"
        " AND (a.id IS NULL OR a.state IN ('in_review', 'recommended', 'shortlisted', 'on_notice', 'listed'))"
        " GROUP BY s.provider, s.application, s.list, p.name ORDER BY hits DESC, p.name LIMIT {}",
        sorted(bureau_ids),
        limit,
    )
    return [Unjudged(**one) for one in found]


async def _with_matches(found: dict[str, Any] | None) -> ScreeningView | None:
    if found is None:
        return None
    matches = tuple(
        MatchView(**one, explanation=unseal_json(sealed, "screening_match.explanation") if sealed else {})
        for one in await rows(_MATCHES, found["id"])
        for sealed in [one.pop("explanation_sealed")]
    )
    return _screening(found, matches)


def _screening(found: dict[str, Any], matches: tuple[MatchView, ...] = ()) -> ScreeningView:
    versions = json.loads(found.pop("versions"))
    policy = load(found.pop("policy_name"))
    as_of: date = found["as_of"]
    checked = tuple(
        _checked(kind, versions["imports"].get(kind), as_of, policy.list_refresh_days)
        for kind in LIST_KINDS
        if kind in versions["imports"] or kind in wanted(policy)
    )
    return ScreeningView(**found, checked=checked, bans=int(versions["bans"][0]), matches=matches)


def _checked(kind: str, known: list[Any] | None, as_of: date, refresh: int) -> Checked:
    if known is None:
        return Checked(kind, None, None, None, "never")
    day = date.fromisoformat(known[1])
    age = max(0, (as_of - day).days)
    return Checked(kind, int(known[0]), day, age, "stale" if age > refresh else "current")
