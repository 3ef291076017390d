"""Numbers that people read: certificates, contracts and cases count on in each place and year."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from registry.kernel.db import row, rows


async def next_serial(table: str, column: str, prefix: str) -> int:
    """The next serial under ``prefix`` (``450100-2022-``), inside the caller's transaction.

    Two transactions that ask for one prefix queue until the first is done, so that no number is given twice.
    ``table`` and ``column`` are names in our code, never input.
    """
    await hold_serials(prefix)
    found = await row(
        f"SELECT coalesce(max(substr({column}, {{}})::int), 0) + 1 AS n FROM {table} WHERE {column} LIKE {{}}",  # noqa: S608 -- our own names
        len(prefix) + 1,
        prefix + "%",
    )
    assert found is not None
    return int(found["n"])


async def hold_serials(prefix: str) -> None:
    """Be the only one to give numbers under a prefix until the transaction ends.

    An act that writes events before it asks for a number holds the numbers first: the chains come last.
    """
    await rows("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))::text AS held", prefix)


async def certificate_number(bureau_division: str, year: int) -> str:
    """The number of a new certificate: division of the bureau, year, serial (``450100-2022-0001``)."""
    return next(certificate_numbers(bureau_division, year, await next_certificate(bureau_division, year)))


async def next_certificate(bureau_division: str, year: int) -> int:
    """The serial that the next certificate has, as ``next_serial``."""
    return await next_serial("entry", "certificate_number", f"{bureau_division}-{year}-")


def certificate_numbers(bureau_division: str, year: int, first: int) -> Iterator[str]:
    """Certificate numbers counting on from a serial."""
    for serial in count(first):
        yield f"{bureau_division}-{year}-{serial:04d}"
