"""Every lifecycle of the registry, found by looking, and every (state, action, role) of one."""

from __future__ import annotations

import pkgutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module

import registry
from registry.kernel.actor import Role
from registry.kernel.db import transaction
from registry.kernel.lifecycle import Lifecycle


def lifecycles() -> dict[str, Lifecycle]:
    """By subject; a room's lifecycles stand in its module ``lifecycle``."""
    found: dict[str, Lifecycle] = {}
    for room in pkgutil.iter_modules(registry.__path__, "registry."):
        if room.name == "registry.kernel" or not room.ispkg:
            continue
        for module in pkgutil.iter_modules(import_module(room.name).__path__, f"{room.name}."):
            if module.name.endswith(".lifecycle"):
                for value in vars(import_module(module.name)).values():
                    if isinstance(value, Lifecycle):
                        found[value.subject] = value
    return found


def every(lifecycle: Lifecycle) -> Iterator[tuple[str, str, Role]]:
    """All (state, action, role) there are, possible or not."""
    for state in lifecycle.states:
        for action in lifecycle.may:
            for role in Role:
                yield state.value, action, role


class _Undone(Exception):
    """Thrown to roll back."""


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """A transaction that is rolled back: what is tried in it leaves nothing for the next try."""
    try:
        async with transaction():
            yield
            raise _Undone
    except _Undone:
        pass
