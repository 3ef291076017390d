"""Inserting thousands of rows in one statement; an ORM object for each would take most of the time of an import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from piccolo.table import Table

from registry.kernel.db import rows

_AT_ONCE = 2_000


async def insert_many(table: type[Table], values: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows given as column -> value (all with the same columns) and return their ids, in order.

    Columns that are left out take the table's defaults. JSON columns take plain values, not text. Runs in the
    caller's transaction.
    """
    ids: list[int] = []
    if not values:
        return ids
    name = table._meta.tablename
    columns = ", ".join(f'"{column}"' for column in values[0])
    for start in range(0, len(values), _AT_ONCE):
        part = [dict(one) for one in values[start : start + _AT_ONCE]]
        # Table and column names are our own constants, never input.
        made = await rows(
            f"INSERT INTO {name} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{name}, {{}}::jsonb)"  # noqa: S608 -- as above
            " RETURNING id",
            json.dumps(part, ensure_ascii=False, default=_plain),
        )
        ids += [int(one["id"]) for one in made]
    return ids


def _plain(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be inserted in bulk")
