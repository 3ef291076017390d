"""What all acts of the machine share: a world, dice, an act that may be refused, a pick among records and people."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

from registry.kernel.actor import Actor
from registry.kernel.db import rows
from tests.integration.machine.world import Bureau, World

Chosen = TypeVar("Chosen")
_WRONG_RECORD = 0.06
_WRONG_PERSON = 0.08


class Acts:
    """Base of the parts. An act says whether there was anything to act on.

    ``dice`` are thrown anew for each step from a number of hypothesis's, so that a step can be played again.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = random.Random(0)

    def do(self, name: str, act: Awaitable[Any]) -> Any:
        """Try an act; what it gave, or None where it was refused."""
        return self.world.act(name, act)

    def chance(self, share: float) -> bool:
        """True in that share of the steps."""
        return self.dice.random() < share

    def some(self, choice: Sequence[Chosen]) -> Chosen:
        """Any of them."""
        return self.dice.choice(choice)

    def pick(self, table: str, *states: str) -> int | None:
        """A record in one of ``states``, the newest more often; seldom one in any state. None where there is none."""
        wanted = None if self.chance(_WRONG_RECORD) else list(states)
        found = self.world.run(
            rows(
                f"SELECT id FROM {table} WHERE {{}}::varchar[] IS NULL OR state = ANY({{}}) ORDER BY id DESC LIMIT 12",
                wanted,
                wanted,
            )
        )
        if not found:
            return None
        return int(found[min(self.dice.randrange(len(found)), self.dice.randrange(len(found)))]["id"])

    def official(self, bureau: Bureau, right: Sequence[Actor]) -> Actor:
        """Mostly one of the right people; now and then another official, of this bureau or the other."""
        if self.chance(_WRONG_PERSON):
            return self.some(self.some(self.world.bureaux).officials)
        return self.some(right)
