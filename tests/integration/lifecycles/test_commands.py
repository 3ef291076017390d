"""What the commands do with every (state, action, role) of the tables: the same, without exception."""

from __future__ import annotations

import pytest

from registry.kernel.actor import Role
from registry.kernel.errors import RegistryError
from tests.integration.lifecycles.cases import Case, Walk
from tests.integration.lifecycles.known import lifecycles, undone
from tests.integration.lifecycles.walks import WALKS


def test_every_lifecycle_has_a_walk() -> None:
    assert set(WALKS) == set(lifecycles())


@pytest.mark.parametrize("subject", sorted(WALKS))
async def test_commands_do_what_the_tables_say(subject: str) -> None:
    walk = await WALKS[subject]()
    assert walk.lifecycle is lifecycles()[subject]
    assert set(walk.records) == {state.value for state in walk.lifecycle.states}, "a state without a record"
    assert {action for case in walk.cases for action in case.actions} == set(walk.lifecycle.may), (
        "an action without a case"
    )
    wrong = []
    for case in walk.cases:
        for state, record in walk.records.items():
            for role in case.roles:
                async with undone():
                    found = await _walked(walk, case, state, record, role)
                if found:
                    wrong.append(f"{case.name} in {state} as {role}: {found}")
    assert not wrong, "\n".join(wrong)


async def _walked(walk: Walk, case: Case, state: str, record: int, role: Role) -> str:
    """What is not as the tables say; empty where all is."""
    actor = walk.actor(role, record)
    if case.prepare is not None:
        await case.prepare(record)
    expected, refused = walk.target(case, state, role), None
    try:
        await case.run(actor, record)
    except RegistryError as error:
        refused = error
    after = await walk.state_of(record)
    if expected is not None:
        return "" if refused is None and after == expected else f"expected {expected}, is {after}: {refused}"
    if after != state:
        return f"moved to {after}"
    if refused is None:
        return "" if case.quiet else "not refused"
    return "" if refused.status in {403, 404, 409, 422} and str(refused) else f"{refused!r}"
