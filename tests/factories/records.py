"""Files of what a bureau has already. Everything in them is fictional."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from registry.kernel.db import rows
from registry.onboarding import commands, queries
from registry.onboarding.kinds import KINDS
from tests.factories.listed import credit_code, resident_id
from tests.factories.reviewing import Desk

BASIS = "示教〔2021〕12 号"


def table_of(kind: str, lines: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """The headings of a kind's template and its lines; a line names its cells by field."""
    columns = KINDS[kind].columns
    return [
        [column.title for column in columns],
        *([line.get(c.field, "") for c in columns] for line in lines),
    ]


def as_csv(table: Sequence[Sequence[Any]]) -> bytes:
    """A table as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode()


def as_xlsx(table: Sequence[Sequence[Any]]) -> bytes:
    """A table as a workbook, cells with their types."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("资料")
    for line in table:
        sheet.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def firm(number: int, **more: Any) -> dict[str, Any]:
    """A provider as a line."""
    return {
        "name": f"示例市第{number}艺术培训中心",
        "credit_code": credit_code(number),
        "legal_representative": "卢晓岚",
        "legal_representative_id": resident_id(number),
        **more,
    }


def entry(number: int, **more: Any) -> dict[str, Any]:
    """An entry as a line."""
    return {"categories": "文化艺术类", "listed_on": "2021-07-12", **firm(number), **more}


async def count(table: str) -> int:
    """How many rows a table has."""
    return int((await rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def bring(desk: Desk, kind: str, *lines: Mapping[str, Any], content: bytes | None = None) -> int:
    """Upload a file and import it, by two people where that is asked; returns the import's id."""
    made = await commands.upload(
        desk.admin, desk.bureau_id, kind, "资料.csv", content or as_csv(table_of(kind, lines)), basis=BASIS
    )
    if await commands.carry_out(desk.admin, made) == "waiting":
        await commands.confirm(desk.approver, made)
    return made


async def problems(desk: Desk, kind: str, *lines: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    """What a preview tells: line, column and sentence."""
    made = await commands.upload(desk.admin, desk.bureau_id, kind, "资料.csv", as_csv(table_of(kind, lines)))
    seen = await queries.preview(await queries.get(desk.admin, made))
    return [
        (one.line, one.field, one.message % one.params if one.params else one.message) for one in seen.errors
    ]


async def list_name(desk: Desk) -> str:
    """The name of the desk's list."""
    return str((await rows("SELECT name FROM registry_list WHERE id = {}", desk.list_id))[0]["name"])
