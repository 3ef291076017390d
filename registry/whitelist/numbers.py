"""Numbers that people read: certificates, contracts and cases count on in each place and year."""

from __future__ import annotations

from registry.kernel.db import row, rows


async def next_serial(table: str, column: str, prefix: str) -> int:
    """The next serial under ``prefix`` (``450100-2022-``), inside the caller's transaction.

    Two transactions that ask for one prefix queue until the first is done, so that no number is given twice.
    ``table`` and ``column`` are names in our code, never input.
    """
    await rows("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))::text AS held", prefix)
    found = await row(
        f"SELECT coalesce(max(substr({column}, {{}})::int), 0) + 1 AS n FROM {table} WHERE {column} LIKE {{}}",  # noqa: S608
        len(prefix) + 1,
        prefix + "%",
    )
    assert found is not None
    return int(found["n"])


async def certificate_number(bureau_division: str, year: int) -> str:
    """The number of a new certificate: division of the bureau, year, serial (``450100-2022-0001``)."""
    prefix = f"{bureau_division}-{year}-"
    return f"{prefix}{await next_serial('entry', 'certificate_number', prefix):04d}"
