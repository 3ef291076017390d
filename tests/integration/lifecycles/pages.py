"""The pages of a lifecycle: which page offers an act, where it is posted, and who sees and may do what (R13, R14)."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from argon2 import PasswordHasher

from registry.kernel.actor import Actor, Role
from registry.kernel.db import row, rows
from tests.factories.browsing import Visitor, text_of, visitors
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.lifecycles.known import undone

PASSWORD = "a-good-password"
# Nobody signs in as the system.
ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
_REFUSED = frozenset({403, 404, 409, 422})
_TURNED_AWAY = frozenset({401, 403, 404})
_FORM = re.compile(r'<form\b[^>]*\baction="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class PageAct:
    """How the pages do what the ``case`` of a walk does.

    ``record`` is the page that offers it, ``steps`` the pages between that one and the form, ``post`` where the form
    goes; their places in braces, and those of ``fields``, are the record's ``id`` and the columns that the query
    ``places`` gives. ``says`` tells the act from others at its address: something in the form, or all the words of the
    link to the first step.
    ``roles``: whose pages these are, where the act has others elsewhere. ``again``: states in which a press may be led
    on as if it had done something, because it was done before or concerns another record; ``apart``: states in which the same address does another
    act, which is walked apart. Without ``record``, no page tells by the state.
    """

    case: str
    post: str
    record: str | None
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    says: str = ""
    roles: tuple[Role, ...] = ROLES
    again: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    places: str = ""

    async def at(self, record: int) -> PageAct:
        """The same with the places filled in."""
        known = await row(self.places, record) if self.places else {}
        values = {"id": record, **(known or {})}

        def put(text: str) -> str:
            return text.format(**values)

        return PageAct(
            self.case,
            put(self.post),
            None if self.record is None else put(self.record),
            {
                put(name): put(value) if isinstance(value, str) else [put(one) for one in value]
                for name, value in self.fields.items()
            },
            tuple(put(step) for step in self.steps),
            put(self.says),
            self.roles,
            self.again,
            self.apart,
        )

    def offered_on(self, page: httpx.Response) -> bool:
        """Whether a page leads to the act: by its form, or by a link to the first step."""
        if page.status_code != 200:
            return False
        shown = page.text.partition("<main")[2].partition("</main>")[0]
        if not self.steps:
            return any(where == self.post and self.says in body for where, body in _found(_FORM, shown))
        return any(
            where.startswith(self.steps[0]) and self.says in {"", _words(body)}
            for where, body in _found(_LINK, shown)
        )

    async def broken_step(self, visitor: Visitor) -> str:
        """The first page between that does not lead on, empty where all do."""
        for step, then in zip(self.steps, (*self.steps[1:], self.post), strict=False):
            page = await visitor.get(step)
            wanted = then.partition("?")[0]
            if not any(where.partition("?")[0] == wanted for where, _ in _found(_FORM, page.text)):
                return f"{step} ({page.status_code}) does not lead to {wanted}"
        return ""


def _found(what: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    return [(html.unescape(where), body) for where, body in what.findall(text)]


def _words(body: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


class PageWalk:
    """One walk, done by visitors of the pages."""

    def __init__(self, walk: Walk, found: Mapping[int | None, Visitor]) -> None:
        self.walk = walk
        self._visitors = found
        self._seen: dict[tuple[str, int, Role], httpx.Response] = {}
        self._away: dict[tuple[str, int, Role], bool] = {}

    def visitor(self, role: Role, record: int) -> Visitor:
        """Who holds a role where the record is."""
        return self._visitors[self.walk.actor(role, record).account_id]

    async def wrong(self, act: PageAct) -> list[str]:
        """What the pages do otherwise than the tables say."""
        case = next(one for one in self.walk.cases if one.name == act.case)
        holders = {role for action in case.actions for role in self.walk.lifecycle.may[action]} & set(
            act.roles
        )
        found = []
        for state, record in self.walk.records.items():
            if state in act.apart:
                continue
            for role in (one for one in ROLES if one in case.roles):
                problem = ""
                if role in holders or not await self._is_turned_away(act, state, record, role):
                    async with undone():
                        problem = await self._tried(act, case, state, record, role)
                if problem:
                    found.append(f"{act.case} in {state} as {role}: {problem}")
        return found

    async def _is_turned_away(self, act: PageAct, state: str, record: int, role: Role) -> bool:
        """Whether somebody is refused for who they are, before anything is asked about the record."""
        visitor = self.visitor(role, record)
        async with undone():
            filled = await act.at(record)
            if filled.record is not None:
                key = (filled.record, record, role)
                if key not in self._seen:
                    self._seen[key] = await visitor.get(filled.record)
                if filled.offered_on(self._seen[key]):
                    return False
            # Who one is does not hang on what one fills in: acts at one address are one try.
            tried = (filled.post, record, role)
            if tried not in self._away:
                answer = await visitor.post(filled.post, dict(filled.fields))
                self._away[tried] = _turned_away(answer) and await self.walk.state_of(record) == state
            return self._away[tried]

    async def _tried(self, act: PageAct, case: Case, state: str, record: int, role: Role) -> str:
        """What is not as the tables say about one (state, action, role); empty where all is."""
        if case.prepare is not None:
            await case.prepare(record)
        act, visitor = await act.at(record), self.visitor(role, record)
        expected = self.walk.target(case, state, role) if role in act.roles else None
        if act.record is not None:
            page = await visitor.get(act.record)
            if act.offered_on(page) != (expected is not None):
                return f"{act.record} ({page.status_code}) {'does not offer' if expected else 'offers'} it"
            broken = await act.broken_step(visitor) if expected else ""
            if broken:
                return broken
        answer = await visitor.post(act.post, dict(act.fields))
        after = await self.walk.state_of(record)
        told = f"{answer.status_code} {text_of(answer)[:160]}"
        if expected is not None:
            return (
                ""
                if answer.status_code == 303 and after == expected
                else f"is {after}, not {expected}: {told}"
            )
        if after != state:
            return f"moved to {after}"
        led_on = state in act.again and answer.status_code == 303
        return "" if led_on or _refused(answer) else f"not refused: {told}"


def _turned_away(answer: httpx.Response) -> bool:
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/sign-in")
    return answer.status_code in _TURNED_AWAY


def _refused(answer: httpx.Response) -> bool:
    if _turned_away(answer):
        return True
    # It stands in a panel, at a field, or is a page of its own.
    told = 'role="alert"' in answer.text or "r-error" in answer.text
    return answer.status_code in _REFUSED and (told or answer.status_code == 409)


@asynccontextmanager
async def page_walk(walk: Walk) -> AsyncIterator[PageWalk]:
    """A walk whose people are signed in; all have the same password."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    await rows("UPDATE account SET password = {}", quick.hash(PASSWORD))
    people: dict[int | None, Actor] = {}
    for actors in (walk.people, *walk.own_people.values()):
        people |= {actor.account_id: actor for actor in actors.values()}
    async with visitors(*people.values()) as signed_in:
        yield PageWalk(walk, dict(zip(people, signed_in, strict=True)))


def covered(walk: Walk, acts: tuple[PageAct, ...]) -> set[tuple[str, Role]]:
    """The (action, role) that pages do."""
    cases: dict[str, Any] = {case.name: case for case in walk.cases}
    return {
        (action, role)
        for act in acts
        for action in cases[act.case].actions
        for role in walk.lifecycle.may[action] & set(act.roles)
        if role in cases[act.case].roles
    }
