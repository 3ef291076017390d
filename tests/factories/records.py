"""Files of what a bureau has already. Everything in them is fictional."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from registry.kernel.db import rows
from registry.onboarding.kinds import KINDS
from tests.factories.listed import credit_code, resident_id


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
