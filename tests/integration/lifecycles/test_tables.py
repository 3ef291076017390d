"""The truth table of every lifecycle: what ``move`` and the templates' question answer to (state, action, role)."""

from __future__ import annotations

import pytest
from piccolo.columns import Integer, Varchar
from piccolo.table import Table, create_table_class

from registry.kernel.actor import Actor, Membership, Role
from registry.kernel.db import rows, transaction
from registry.kernel.errors import Conflict, Forbidden
from registry.kernel.lifecycle import Lifecycle, move
from tests.integration.lifecycles.known import every, lifecycles

ALL = lifecycles()


def _holder(role: Role) -> Actor:
    if role is Role.SYSTEM:
        return Actor.for_system("truth table")
    return Actor(None, "somebody", (Membership(role),))


@pytest.mark.parametrize("subject", sorted(ALL))
def test_a_table_is_whole(subject: str) -> None:
    lifecycle = ALL[subject]
    states = {state.value for state in lifecycle.states}
    assert {s for s, _ in lifecycle.moves} | set(lifecycle.moves.values()) <= states
    assert {a for _, a in lifecycle.moves} == set(lifecycle.may), (
        "an action without a capability or without a place"
    )
    assert all(lifecycle.may.values()), "an action that nobody may do"
    assert states | set(lifecycle.may) <= set(lifecycle.names), "a state or an action without its word"
    reached = set(lifecycle.moves.values())
    first = next(iter(lifecycle.states)).value
    assert states <= reached | {first}, "a state that nothing leads to"


@pytest.mark.parametrize("subject", sorted(ALL))
async def test_every_state_action_and_role_is_allowed_or_refused_as_the_table_says(subject: str) -> None:
    lifecycle = ALL[subject]
    table = create_table_class(
        f"Walked{subject.title().replace('_', '')}",
        class_kwargs={"tablename": f"walked_{subject}"},
        class_members={"id": Integer(primary_key=True), "state": Varchar(length=40)},
    )
    name = f"walked_{subject}"
    allowed = 0
    async with transaction():
        await rows(f"CREATE TEMPORARY TABLE {name} (id integer PRIMARY KEY, state text) ON COMMIT DROP")
        await rows(f"INSERT INTO {name} VALUES (1, 'nowhere')")
        for state, action, role in every(lifecycle):
            actor = _holder(role)
            target = lifecycle.moves.get((state, action))
            holds = role in lifecycle.may[action]
            assert lifecycle.allows(state, action, actor.roles) == (holds and target is not None)
            if holds:
                await rows(f"UPDATE {name} SET state = {{}} WHERE id = 1", state)
            got = await _try(lifecycle, table, action, actor)
            if not holds:
                assert got == "forbidden", (state, action, role)
                continue
            stored = (await rows(f"SELECT state FROM {name}"))[0]["state"]
            assert (got, stored) == ((target, target) if target else ("conflict", state)), (
                state,
                action,
                role,
            )
            allowed += target is not None
        written = await rows("SELECT count(*) AS n FROM event WHERE subject = {}", subject)
        assert written[0]["n"] == allowed, "an act without its event, or an event without an act"
    assert allowed == sum(len(lifecycle.may[action]) for _, action in lifecycle.moves)


async def _try(lifecycle: Lifecycle, table: type[Table], action: str, actor: Actor) -> str:
    try:
        return await move(lifecycle, table, 1, action, actor, chains=("bureau:0",))
    except Forbidden:
        return "forbidden"
    except Conflict as error:
        # It names what was tried.
        return "conflict" if lifecycle.names[action] in str(error) else str(error)
