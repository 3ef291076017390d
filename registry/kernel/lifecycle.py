"""A lifecycle is a table of (state, action) → state with a capability table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from piccolo.table import Table

from registry.kernel import events
from registry.kernel.actor import Actor, Role
from registry.kernel.db import rows
from registry.kernel.errors import Conflict, Forbidden, NotFound


@dataclass(frozen=True)
class Lifecycle:
    """The states of one kind of record and who may move them.

    ``moves`` maps (state, action) to the next state; ``may`` maps an action to the roles that may do it;
    ``names`` gives each state and action its Chinese word (a gettext msgid).
    """

    subject: str
    states: type[StrEnum]
    moves: Mapping[tuple[str, str], str]
    may: Mapping[str, frozenset[Role]]
    names: Mapping[str, str]

    def next_state(self, state: str, action: str) -> str | None:
        """The state after ``action``, or None where it is not allowed."""
        return self.moves.get((state, action))

    def allows(self, state: str, action: str, roles: frozenset[Role]) -> bool:
        """Whether somebody with ``roles`` may do ``action`` in ``state``. Templates ask this."""
        return (state, action) in self.moves and bool(self.may[action] & roles)

    def actions(self, state: str, roles: frozenset[Role]) -> tuple[str, ...]:
        """What may be done now, in the order of the table."""
        return tuple(a for (s, a) in self.moves if s == state and self.may[a] & roles)

    def sources(self, action: str) -> tuple[str, ...]:
        """The states from which ``action`` is possible."""
        return tuple(s for (s, a) in self.moves if a == action)


async def move(
    lifecycle: Lifecycle,
    table: type[Table],
    record_id: int,
    action: str,
    actor: Actor,
    *,
    chains: tuple[str, ...],
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> str:
    """Compare-and-set a record's state and write its event, inside the caller's transaction.

    ``values`` are further columns set in the same UPDATE. Returns the new state. Raises Forbidden where the
    actor's roles may not do ``action``, NotFound where there is no such record, Conflict where the record is
    in a state that does not allow it (the message names that state).
    """
    if not lifecycle.may[action] & actor.roles:
        raise Forbidden("您没有权限执行“%(action)s”", action=lifecycle.names[action])
    name = table._meta.tablename
    # Table and column names are our own constants, never input.
    current = await rows(f"SELECT state FROM {name} WHERE id = {{}} FOR UPDATE", record_id)  # noqa: S608 -- as above
    if not current:
        raise NotFound("没有找到这条记录")
    state = str(current[0]["state"])
    target = lifecycle.next_state(state, action)
    if target is None:
        raise Conflict(
            "现在的状态是“%(state)s”，不能再“%(action)s”。请刷新页面查看最新情况",
            state=lifecycle.names[state],
            action=lifecycle.names[action],
        )
    columns = {"state": target, **(values or {})}
    assignments = ", ".join(f"{column} = {{}}" for column in columns)
    changed = await rows(
        f"UPDATE {name} SET {assignments} WHERE id = {{}} AND state = {{}} RETURNING id",  # noqa: S608 -- as above
        *columns.values(),
        record_id,
        state,
    )
    if not changed:
        raise Conflict("记录刚刚被他人更改。请刷新页面查看最新情况")
    await events.record(
        actor,
        subject=lifecycle.subject,
        subject_id=record_id,
        action=action,
        chains=chains,
        from_state=state,
        to_state=target,
        reason=reason,
        data=data,
    )
    return target
