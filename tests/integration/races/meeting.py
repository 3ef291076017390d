"""Two acts at once, on two connections, many times; records are copied so that a round costs little.

`RACES` rounds of each (40 in the ordinary run, 500 by `make soak`), from a printed seed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import Awaitable
from datetime import date
from typing import Any

from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Invalid, RegistryError, RuleRefusal

RACES = int(os.environ.get("RACES", "40"))
SEED = int(os.environ.get("REGISTRY_SOAK_SEED", "20220705"))
# One of the two gets a head start of 1 to 60 ms, of any order of magnitude, so that they meet on a fast machine and on
# a busy one.
_LEAST, _SPAN = 0.001, 60.0


class Meeting:
    """Lets acts meet and counts which of them got through."""

    def __init__(self, name: str) -> None:
        self.dice = random.Random(f"{SEED} {name}")
        self.name = name
        self.ways: Counter[str] = Counter()

    async def of(self, *acts: Awaitable[Any]) -> list[Any]:
        """Run acts at once; what each gave or how it was refused. Raises what is no refusal."""
        behind = self.dice.randrange(len(acts))

        async def later(place: int, act: Awaitable[Any]) -> Any:
            await asyncio.sleep(_LEAST * _SPAN ** self.dice.random() if place == behind else 0.0)
            return await act

        found = await asyncio.gather(*(later(*one) for one in enumerate(acts)), return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException) and not isinstance(one, RegistryError):
                raise one
        return list(found)

    def end(self, *, both_ways: bool = True) -> None:
        """Say how often which way it went; a race that goes one way only proves nothing."""
        print(f"{self.name}: {dict(self.ways)} of {RACES} (seed {SEED})")
        assert sum(self.ways.values()) == RACES
        if both_ways and RACES >= 200:
            assert len(self.ways) > 1, f"{self.name} went one way only: {self.ways}"


def says_what_happened(refused: RegistryError) -> None:
    """A loser is told what stands against the act, as a 409 or a rule's refusal."""
    assert isinstance(refused, Conflict | RuleRefusal | Invalid), refused
    assert refused.status in {409, 422}
    assert len(str(refused)) > 10
    assert "%(" not in str(refused)


async def copy(table: str, record: int, **changes: Any) -> int:
    """A copy of a row with some columns changed; its id."""
    (made,) = await rows(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(x, {{}}::jsonb || jsonb_build_object('id',"
        f" nextval(pg_get_serial_sequence('{table}', 'id'))))).* FROM {table} x WHERE x.id = {{}} RETURNING id",
        json.dumps(changes, default=str),
        record,
    )
    return int(made["id"])


async def turn_to(day: date) -> None:
    """The day changes, in one statement: nobody ever sees none."""
    await rows("UPDATE demo_clock SET day = {}", day)


async def one(sql: str, *values: Any) -> dict[str, Any]:
    """The only row of a query."""
    (found,) = await rows(sql, *values)
    return found
