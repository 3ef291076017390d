"""Screening providers against the lists and bans of a bureau (R3, R12)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from registry.applications import queries as applications
from registry.bans.rules import covers
from registry.jurisdictions.queries import get_list
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.sealed import blind_index, seal_json
from registry.policies import Policy
from registry.rounds import queries as rounds
from registry.screening.bearing import bars_list
from registry.screening.index import Known, is_ban, known, links, number_of
from registry.screening.subjects import subject, subject_mark
from registry.screening.tables import Screening, ScreeningMatch
from vetting.matching.evasion import Chain
from vetting.matching.fingerprint import pair_mark
from vetting.matching.model import Match, Outcome, Person, Subject

Cause = Literal["vetting", "list_changed", "provider_changed", "nightly", "asked"]

LINKED = "linked"
"""The reason of a match that a chain of shared people, address or phone leads to, not the names or codes."""

_PROVIDER_LOCK = 7302
_ASKED = {"vetting", "asked"}


@dataclass(frozen=True, slots=True)
class _Found:
    """A match ready to be kept. ``explanation`` may name people."""

    list_id: str
    outcome: str
    reason: str
    explanation: dict[str, Any]


async def screen_application(application_id: int, cause: Cause = "vetting") -> int:
    """Screen a handed-in application against its bureau's lists and all bans, by its round's policy (R30).

    Judged on the day of screening; returns the screening's id. What was judged before for the same pair holds
    while neither side changed.
    """
    found = await applications.get(application_id)
    policy = (await rounds.get(found.round_id)).rules
    return await _screen(found.provider_id, found.list_id, found.bureau_id, application_id, policy, cause)


async def screen_provider(
    provider_id: int,
    list_id: int,
    application_id: int | None,
    cause: Cause,
    people: tuple[tuple[str, str], ...] | None = None,
) -> int:
    """Screen a listed provider for a list, by the policy in force now; returns the screening's id.

    ``people`` are its teachers now, (name, ID number) each (R32); None for those of the application.
    """
    of_list = await get_list(list_id)
    return await _screen(
        provider_id, list_id, of_list.bureau_id, application_id, of_list.policy, cause, people
    )


async def _screen(
    provider_id: int,
    list_id: int,
    bureau_id: int,
    application_id: int | None,
    policy: Policy,
    cause: Cause,
    people: tuple[tuple[str, str], ...] | None = None,
) -> int:
    who, as_of = await subject(provider_id, application_id), await today()
    if people is not None:
        who = replace(who, teachers=tuple(Person(name, number) for name, number in people))
    against, versions = await known(bureau_id)
    direct = against.screener.screen(who, as_of)
    chains = (await links(bureau_id)).chains(who, as_of)
    found = [*map(_of_match, direct.matches), *_linked(direct.matches, chains)]
    weights = {one.list_id: await _weight(one, against, list_id, policy, as_of) for one in found}
    marks = {one.list_id: _mark(who, against, one, bureau_id) for one in found}
    async with transaction():
        await lock_provider(provider_id)
        latest = await _same_as_before(provider_id, list_id, application_id, versions, who, as_of)
        if latest is not None and cause not in _ASKED:
            return latest
        made = Screening(
            provider=provider_id,
            list=list_id,
            application=application_id,
            cause=cause,
            as_of=as_of,
            screened_at=real_now(),
            versions=json.dumps(versions),
            subject_mark=subject_mark(who),
            outcome=direct.outcome.value if direct.matches else _outcome(found),
        )
        await made.save()
        judged = await _judged(list(marks.values()))
        for one in found:
            kind, weight = weights[one.list_id]
            mark = marks[one.list_id]
            await _keep(int(made.id), one, kind, weight, mark, judged.get(mark, {}))
    return int(made.id)


async def lock_provider(provider_id: int) -> None:
    """One at a time for a provider: a screening that copies judgements, and a judgement. In a transaction."""
    await rows("SELECT pg_advisory_xact_lock({}::int, {}::int)", _PROVIDER_LOCK, provider_id)


async def _same_as_before(
    provider_id: int,
    list_id: int,
    application_id: int | None,
    versions: dict[str, Any],
    who: Subject,
    as_of: date,
) -> int | None:
    """The latest screening, if it asked exactly the same: then nothing new can come of another one."""
    found = await row(
        "SELECT id, versions = {}::jsonb AND subject_mark = {} AND as_of = {} AS same FROM screening"
        " WHERE provider = {} AND list = {} AND application IS NOT DISTINCT FROM {}::int ORDER BY id DESC LIMIT 1",
        json.dumps(versions),
        subject_mark(who),
        as_of,
        provider_id,
        list_id,
        application_id,
    )
    return int(found["id"]) if found and found["same"] else None


def _of_match(match: Match) -> _Found:
    return _Found(match.list_id, match.outcome.value, match.reason.value, match.explanation.as_dict())


def _linked(direct: tuple[Match, ...], chains: list[Chain]) -> list[_Found]:
    """The chains to listings that nothing else leads to: a link alone decides nothing, somebody looks (R28)."""
    named = {match.list_id for match in direct}
    return [
        _Found(chain.listing.list_id, Outcome.POSSIBLE.value, LINKED, _chain_json(chain))
        for chain in chains
        if chain.listing.list_id not in named
    ]


def _chain_json(chain: Chain) -> dict[str, Any]:
    return {
        "field": LINKED,
        "zh": chain.zh,
        "en": chain.en,
        "chain": [
            {
                "kind": link.kind.value,
                "shown": link.shown,
                "first": link.first.name,
                "first_role": link.first_role,
                "second": link.second.name,
                "second_role": link.second_role,
                "listed": link.second.listed,
            }
            for link in chain.links
        ],
    }


def _outcome(found: list[_Found]) -> str:
    return Outcome.POSSIBLE.value if found else Outcome.CLEAR.value


async def _weight(one: _Found, against: Known, list_id: int, policy: Policy, as_of: date) -> tuple[str, str]:
    """The kind of list, and what a hit on it weighs by the policy (R3): a ban bars where it reaches or is
    recognised, and is an info elsewhere (R28)."""
    severities = {str(kind): str(severity) for kind, severity in policy.list_hits.items()}
    if is_ban(one.list_id):
        if await bars_list(number_of(one.list_id), list_id, policy.ban.recognised, as_of):
            return "own_ban", severities["own_ban"]
        return "other_ban", "info"
    kind = against.kinds[one.list_id]
    if kind == "recognised_ban":
        region = against.listings[one.list_id].region_code
        recognised = bool(region) and any(covers(division, region) for division in policy.ban.recognised)
        return kind, severities["own_ban"] if recognised else "info"
    return kind, severities[kind]


def _mark(who: Subject, against: Known, one: _Found, bureau_id: int) -> str:
    # Judgements of one bureau do not bind another: each has marks of its own.
    key = blind_index(f"pair:{bureau_id}", "screening.pair").encode()
    mark = pair_mark(who, against.marked(one.list_id), key)
    if one.reason != LINKED:
        return mark
    # What a chain rests on lies outside the pair: another chain to the same listing is judged anew.
    links = [[link["kind"], link["shown"], link["second"]] for link in one.explanation["chain"]]
    return blind_index(f"{mark}|{json.dumps(links, ensure_ascii=False)}", "screening.chain")


async def _judged(marks: list[str]) -> dict[str, dict[str, Any]]:
    """How the latest match of each pair stands."""
    found = await rows(
        "SELECT DISTINCT ON (mark) mark, judgement, proposed_by, judged_by, judged_on, judgement_reason"
        " FROM screening_match WHERE mark = ANY({}) ORDER BY mark, id DESC",
        marks,
    )
    return {one.pop("mark"): one for one in found}


async def _keep(
    screening_id: int, one: _Found, kind: str, weight: str, mark: str, judged: dict[str, Any]
) -> None:
    listing, ban_id = (
        (None, number_of(one.list_id)) if is_ban(one.list_id) else (number_of(one.list_id), None)
    )
    await ScreeningMatch.insert(
        ScreeningMatch(
            screening=screening_id,
            listing=listing,
            ban_id=ban_id,
            list_kind=kind,
            mark=mark,
            outcome=one.outcome,
            reason=one.reason,
            weight=weight,
            severity=severity(one.outcome, weight, judged.get("judgement")),
            explanation_sealed=seal_json(one.explanation, "screening_match.explanation"),
            **judged,
        )
    )


def severity(outcome: str, weight: str, judgement: str | None) -> str:
    """What a match weighs: a possible one asks for a look until somebody says that it is the same (R3)."""
    if outcome == Outcome.POSSIBLE.value and judgement != "same" and weight == "block":
        return "warn"
    return weight
