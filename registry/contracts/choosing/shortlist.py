"""A school's shortlist: providers it looks at more closely, each with a note of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.contracts.tables import ShortlistItem
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, NotFound
from registry.schools import queries as schools
from registry.whitelist.queries import get_entry

MOST = 40
NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """A provider on a school's shortlist."""

    entry_id: int
    school_id: int
    note: str
    added_on: date


async def add(actor: Actor, school_id: int, entry_id: int) -> None:
    """Put a provider of a list that serves the school on its shortlist; one that is there stays as it is.

    Raises NotFound, Conflict where the shortlist is full.
    """
    _require_own(actor, school_id)
    as_of = await today()
    entry = await get_entry(entry_id, as_of)
    if not await schools.serves(entry.list_id, school_id):
        raise NotFound("没有找到这家机构，或它所在的名单不适用于本校")
    async with transaction():
        await rows("SELECT id FROM school WHERE id = {} FOR UPDATE", school_id)
        counted = await row("SELECT count(*) AS n FROM shortlist_item WHERE school = {}", school_id)
        known = await row(
            "SELECT 1 AS one FROM shortlist_item WHERE school = {} AND entry = {}", school_id, entry_id
        )
        if known is not None:
            return
        if counted is not None and counted["n"] >= MOST:
            raise Conflict("备选单已满，请先移出不再考虑的机构")
        await ShortlistItem(
            school=school_id, entry=entry_id, added_by=actor.account_id, added_on=as_of
        ).save()


async def write_note(actor: Actor, school_id: int, entry_id: int, note: str) -> None:
    """Replace the school's note on a provider. Raises NotFound."""
    _require_own(actor, school_id)
    changed = await rows(
        "UPDATE shortlist_item SET note = {} WHERE school = {} AND entry = {} RETURNING id",
        note[:NOTE_LENGTH],
        school_id,
        entry_id,
    )
    if not changed:
        raise NotFound("这家机构已不在备选单中")


async def remove(actor: Actor, school_id: int, entry_id: int) -> None:
    """Take a provider off the shortlist; one that is not there is no error."""
    _require_own(actor, school_id)
    await rows("DELETE FROM shortlist_item WHERE school = {} AND entry = {}", school_id, entry_id)


async def items(school_ids: Iterable[int]) -> list[Item]:
    """What stands on the shortlists of some schools, the latest first."""
    found = await rows(
        "SELECT entry AS entry_id, school AS school_id, note, added_on FROM shortlist_item WHERE school = ANY({})"
        " ORDER BY id DESC",
        sorted(set(school_ids)),
    )
    return [Item(**one) for one in found]


def _require_own(actor: Actor, school_id: int) -> None:
    if school_id not in actor.school_ids:
        raise NotFound("没有找到这所学校")
