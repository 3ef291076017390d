"""What a truth table of commands needs: a record in each state, people of each role, commands for each action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.kernel.actor import Actor, Role
from registry.kernel.db import rows
from registry.kernel.lifecycle import Lifecycle

Prepare = Callable[[int], Awaitable[Any]]


@dataclass(frozen=True)
class Case:
    """One command that does one of ``actions``, by the state it finds.

    ``prepare`` readies the record for it in whatever state it is. ``quiet``: where there is nothing to do the
    command does nothing and raises nothing, as a job must. ``roles``: who can call it at all: a job's function
    is nobody's but the system's.
    """

    name: str
    actions: tuple[str, ...]
    run: Callable[[Actor, int], Awaitable[Any]]
    prepare: Prepare | None = None
    quiet: bool = False
    roles: tuple[Role, ...] = tuple(Role)


@dataclass(frozen=True)
class Walk:
    """All of one lifecycle: its records by state, its people by role, its commands."""

    lifecycle: Lifecycle
    table: str
    records: Mapping[str, int]
    people: Mapping[Role, Actor]
    cases: tuple[Case, ...]
    own_people: Mapping[int, Mapping[Role, Actor]] = field(default_factory=dict)

    def actor(self, role: Role, record: int) -> Actor:
        """Who holds a role where the record is: the provider's own people differ from record to record."""
        return self.own_people.get(record, {}).get(role) or self.people[role]

    async def state_of(self, record: int) -> str:
        """The stored state."""
        found = await rows(f"SELECT state FROM {self.table} WHERE id = {{}}", record)
        return str(found[0]["state"])

    def target(self, case: Case, state: str, role: Role) -> str | None:
        """Where the tables say that this command leads for somebody with this role, None where it is refused."""
        found = [
            self.lifecycle.moves[state, action]
            for action in case.actions
            if self.lifecycle.allows(state, action, frozenset({role}))
        ]
        assert len(found) <= 1, f"{case.name} would do two things in {state}"
        return found[0] if found else None
