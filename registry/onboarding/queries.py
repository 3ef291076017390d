"""Reading imports of existing records: what one would do, what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from registry.kernel.actor import OFFICIALS, Actor
from registry.kernel.clock import today
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.kernel.import_file import mapping_of
from registry.kernel.lines import Judged, LineError
from registry.onboarding.commands import content_of
from registry.onboarding.kinds import KINDS
from registry.onboarding.reading import Sheet, read


@dataclass(frozen=True, slots=True)
class ImportView:
    """One file of existing records and what became of it; see ``DataImportState``. Counts are of lines."""

    id: int
    bureau_id: int
    bureau_name: str
    kind: str
    state: str
    source_name: str
    source_sha256: str
    mapping: str | None
    basis: str
    uploaded_by_id: int | None
    uploaded_by: str
    uploaded_at: datetime
    proposed_by_id: int | None
    confirmed_by: str
    imported_on: date | None
    imported_at: datetime | None
    rows: int
    added: int
    changed: int
    kept: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as read and judged. ``errors`` are those of cells and of records, by line."""

    sheet: Sheet
    judged: Judged
    errors: tuple[LineError, ...]

    @property
    def ok(self) -> bool:
        """Whether it may be imported."""
        return not self.errors and not self.sheet.missing


_SELECT = """
SELECT i.id, i.bureau AS bureau_id, b.name AS bureau_name, i.kind, i.state, i.source_name, i.source_sha256, i.mapping,
       i.basis, i.uploaded_by AS uploaded_by_id, coalesce(u.display_name, '') AS uploaded_by, i.uploaded_at,
       i.proposed_by AS proposed_by_id, coalesce(c.display_name, '') AS confirmed_by, i.imported_on, i.imported_at,
       i.rows, i.added, i.changed, i.kept
FROM data_import i JOIN bureau b ON b.id = i.bureau LEFT JOIN account u ON u.id = i.uploaded_by
LEFT JOIN account c ON c.id = i.confirmed_by
"""


async def get(actor: Actor, import_id: int) -> ImportView:
    """One import of a bureau the actor belongs to. Raises NotFound."""
    found = await row(f"{_SELECT} WHERE i.id = {{}}", import_id)
    if found is None or found["bureau_id"] not in actor.bureau_ids(*OFFICIALS):
        raise NotFound("没有找到这份文件")
    return ImportView(**found)


async def history(
    bureau_ids: Iterable[int], *, before: int | None = None, limit: int = 20
) -> tuple[list[ImportView], int | None]:
    """The imports of some bureaux, the latest first, without discarded ones; the second value continues."""
    found = await rows(
        f"{_SELECT} WHERE i.bureau = ANY({{}}) AND i.state <> 'discarded' AND ({{}}::int IS NULL OR i.id < {{}}::int)"
        " ORDER BY i.id DESC LIMIT {}",
        sorted(bureau_ids),
        before,
        before,
        limit + 1,
    )
    shown = [ImportView(**one) for one in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


async def preview(found: ImportView) -> Preview:
    """What importing a draft (or what waits) would do, and everything that is wrong with it. Raises as ``read``."""
    kind = KINDS[found.kind]
    sheet = await read(await content_of(found.id), kind, mapping_of(found.mapping))
    if sheet.missing:
        return Preview(sheet, Judged(()), sheet.errors)
    judged = await kind.judge(found.bureau_id, sheet.lines, await today())
    errors = tuple(sorted((*sheet.errors, *judged.errors), key=lambda one: one.line))
    return Preview(sheet, judged, errors)
