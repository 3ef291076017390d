"""Column shorthands that make the safe choice the short one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from piccolo.columns import Bytea, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check


def reference(table: Any, *, null: bool = False, index: bool = True) -> ForeignKey[Any]:
    """A foreign key that restricts deletes (Piccolo's default is CASCADE) and is indexed."""
    return ForeignKey(references=table, on_delete=OnDelete.restrict, null=null, default=None, index=index)


def calendar_day(*, null: bool = False, index: bool = False) -> Date:
    """A calendar day in Asia/Shanghai without a default."""
    return Date(default=None, null=null, index=index)


def instant(*, null: bool = False) -> Timestamptz:
    """A real instant without a default."""
    return Timestamptz(default=None, null=null)


def sealed(*, null: bool = True) -> Bytea:
    """Encrypted personal data (``registry.kernel.sealed``)."""
    return Bytea(default=None, null=null)


def blind(*, index: bool = True) -> Varchar:
    """A blind index beside a sealed column."""
    return Varchar(length=64, default=None, null=True, index=index)


def one_of(column: str, values: Iterable[str]) -> Check:
    """A check that ``column`` holds one of ``values``."""
    return Check(f"{column} IN ({', '.join(repr(str(v)) for v in values)})")
