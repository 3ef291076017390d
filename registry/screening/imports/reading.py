"""A list file as our records can take it: read whole, every line that does not fit told by its number."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from registry.kernel.errors import FieldError, Invalid, TooLarge
from registry.screening.tables import LIST_KINDS
from vetting.matching import listfile
from vetting.matching.listfile import ListFile, ListRow, RowError
from vetting.matching.model import ListKind

MAX_BYTES = 20 * 1024 * 1024
FIELDS = tuple(field for field in listfile.HEADINGS if field != "list_name")
"""What a column can hold, in the order of the mapping."""

_LONGEST = {
    "name": 200,
    "credit_code": 40,
    "legal_representative": 80,
    "legal_representative_id": 80,
    "region_code": 12,
    "list_id": 80,
    "authority": 200,
}


async def check(content: bytes, kind: str, mapping: Mapping[str, int] | None = None) -> ListFile:
    """Read a .csv or .xlsx file of a kind of list; ``mapping`` (field -> column) overrides the headings.

    What is wrong with its lines becomes ``errors``. Raises TooLarge, Invalid for no file or an unknown kind.
    """
    if kind not in LIST_KINDS:
        raise Invalid(fields=[FieldError("list_kind", "请选择名单类别")])
    if not content:
        raise Invalid(fields=[FieldError("file", "文件是空的（0 字节）。请重新导出后再选")])
    if len(content) > MAX_BYTES:
        raise TooLarge("名单文件超过 %(size)s MB，请拆分后导入", size=str(MAX_BYTES // 1024 // 1024))
    return await asyncio.to_thread(_read, content, kind, mapping)


def _read(content: bytes, kind: str, mapping: Mapping[str, int] | None) -> ListFile:
    parsed = listfile.parse(content, kind=ListKind(kind), mapping=mapping)
    errors = list(parsed.errors)
    rows: list[ListRow] = []
    for row in parsed.rows:
        wrong = _wrong(row)
        errors += wrong
        if not wrong:
            rows.append(row)
    if not errors and not rows:
        errors.append(RowError(0, "", "文件里只有表头，没有名单内容。", "There are headings but no rows."))
    return replace(parsed, rows=tuple(rows), errors=tuple(sorted(errors, key=lambda e: e.line)))


def _wrong(row: ListRow) -> list[RowError]:
    listing = row.listing
    values = {
        "name": listing.name,
        "credit_code": listing.credit_code,
        "legal_representative": listing.legal_representative.name,
        "legal_representative_id": listing.legal_representative.id_number,
        "region_code": listing.region_code,
        "list_id": listing.list_id,
        "authority": row.authority,
    }
    found = [
        RowError(row.line, field, f"内容超过{most}字。", f"Longer than {most} characters.")
        for field, most in _LONGEST.items()
        if len(values[field]) > most
    ]
    texts = (*values.values(), *listing.former_names, listing.grounds)
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\r\n\t" for text in texts for c in text):
        found.append(
            RowError(row.line, "", "含有不可见的控制字符，请删除。", "Holds control characters: delete them.")
        )
    return found
