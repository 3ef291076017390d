"""List files and people on them. Everything is fictional."""

from __future__ import annotations

import csv
import io

from registry.kernel.actor import Actor
from registry.kernel.db import rows
from registry.whitelist.list_imports import import_list
from tests.factories.reviewing import Desk

HEADINGS = (
    "编号", "名称", "曾用名", "统一社会信用代码", "法定代表人", "法定代表人身份证号", "主体类型", "行政区划代码", "列入日期",
    "届满日期", "移出日期", "列入事由", "列入机关",
)  # fmt: skip


def list_file(*lines: dict[str, str], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """A list as a CSV file; a line names its cells by heading, listed since 10 January 2022 unless it says so."""
    out = io.StringIO()
    writer = csv.DictWriter(out, headings)
    writer.writeheader()
    for line in lines:
        writer.writerow(
            {key: {"列入日期": "2022-01-10", "列入事由": "卷款停业", **line}.get(key, "") for key in headings}
        )
    return out.getvalue().encode()


async def imported(
    desk: Desk, *lines: dict[str, str], kind: str = "serious_violation", actor: Actor | None = None
) -> int:
    """Import a list for the desk's bureau; returns the import's id."""
    import_id, done = await import_list(
        actor or desk.admin, desk.bureau_id, kind, "名单.csv", list_file(*lines)
    )
    assert done == "applied"
    return import_id


async def facts_of(application_id: int) -> tuple[int, str, str]:
    """Id, code and name of an application's provider."""
    found = await rows(
        "SELECT p.id, p.credit_code, a.name FROM application a JOIN provider p ON p.id = a.provider WHERE a.id = {}",
        application_id,
    )
    return found[0]["id"], found[0]["credit_code"], found[0]["name"]
