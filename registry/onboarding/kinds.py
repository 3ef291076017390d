"""The kinds of files: the columns of each, who judges its lines and who writes them, in the rooms they belong to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from registry.bans import importing as bans
from registry.bans.queries import ban_that_bars
from registry.contracts import importing as contracts
from registry.jurisdictions.queries import get_list
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.db import rows
from registry.kernel.lines import Column, Judged, Line, LineError, Source
from registry.policies.vocabulary import ListKind
from registry.providers import importing as providers
from registry.schools import importing as schools
from registry.whitelist import importing as entries
from registry.whitelist.commands import suspend
from registry.whitelist.lifecycle import Cause

KIND_NAMES: dict[str, str] = {
    "schools": "学校",
    "providers": "机构",
    "entries": "在册机构",
    "bans": "禁入记录",
    "contracts": "履行中的合同",
}


_LIVE = """
SELECT e.id, p.credit_code, l.bureau FROM entry e JOIN provider p ON p.id = e.provider
JOIN registry_list l ON l.id = e.list WHERE p.credit_code = ANY({}) AND e.state IN ('listed', 'suspended')
AND e.ends_on >= {} ORDER BY e.id
"""


class Judge(Protocol):
    """Judges lines of a bureau's file as of a day; ``lock`` where a decision follows."""

    def __call__(
        self, bureau_id: int, lines: Sequence[Line], as_of: date, *, lock: bool = False
    ) -> Awaitable[Judged]:
        """What importing the lines would do, and everything that is wrong with them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. ``two_people``: what it brings has consequences, so that a second person confirms it (R13)."""

    code: str
    columns: tuple[Column, ...]
    judge: Judge
    write: Callable[[Actor, int, Judged, Source], Awaitable[None]]
    two_people: bool

    @property
    def name(self) -> str:
        """Its Chinese name."""
        return KIND_NAMES[self.code]

    @property
    def known(self) -> dict[str, tuple[str, ...]]:
        """Field -> headings that mean it."""
        return {column.field: column.known for column in self.columns}


async def _judge_bans(bureau_id: int, lines: Sequence[Line], as_of: date, *, lock: bool = False) -> Judged:
    """As the bans judge; a provider that is listed leaves through an exit case, not through a file (R27)."""
    codes = sorted({line.values.get("credit_code", "").strip().upper() for line in lines})
    live = await rows(f"{_LIVE} FOR UPDATE OF e" if lock else _LIVE, codes, as_of)
    judged = await bans.judge(bureau_id, lines, as_of, lock=lock)
    listed = {one["credit_code"] for one in live if one["bureau"] == bureau_id}
    wrong = [
        LineError(record.line, "credit_code", "该机构目前在册，请通过退出案件作出决定")
        for record in judged.records
        if not record.stored and record.provider.code in listed and record.last_day >= as_of
    ]
    return replace(judged, errors=(*judged.errors, *wrong))


async def _write_bans(actor: Actor, bureau_id: int, judged: Judged, source: Source) -> None:
    """Write the bans, and suspend what they bar on the lists of other bureaux (R20, R28)."""
    await bans.write(actor, bureau_id, judged, source)
    as_of = await today()
    system = Actor.for_system("禁入导入")
    touched = await rows(
        "SELECT e.id, e.list, p.credit_code, b.id AS ban FROM ban b JOIN provider p ON p.id = b.provider"
        " JOIN entry e ON e.provider = p.id WHERE b.import_id = {} AND b.last_day >= {}"
        " AND e.state IN ('listed', 'suspended') AND e.ends_on >= {} ORDER BY e.id, b.id",
        source.import_id,
        as_of,
        as_of,
    )
    for one in touched:
        barring = await ban_that_bars(
            list_id=one["list"], credit_code=one["credit_code"], representative_index=None, as_of=as_of
        )
        policy = (await get_list(one["list"])).policy
        if barring is not None and ListKind.OWN_BAN in policy.auto_suspension:
            await suspend(
                system,
                one["id"],
                cause=Cause.BANNED,
                reference_id=one["ban"],
                reason="处于禁入期（导入的禁入记录）",
            )


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("schools", schools.COLUMNS, schools.judge, schools.write, two_people=False),
        Kind("providers", providers.COLUMNS, providers.judge, providers.write, two_people=False),
        Kind("entries", entries.COLUMNS, entries.judge, entries.write, two_people=True),
        Kind("bans", bans.COLUMNS, _judge_bans, _write_bans, two_people=True),
        Kind("contracts", contracts.COLUMNS, contracts.judge, contracts.write, two_people=True),
    )
}
