"""The lists of a bureau: how fresh each is, its imports, what one changed, and looking a name up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from registry.kernel.actor import OFFICIALS, Actor, Role
from registry.kernel.db import row, rows
from registry.kernel.errors import NotFound
from registry.policies import Policy, load
from registry.screening.tables import LIST_KINDS
from vetting.matching.normalise import code_key, name_key

Change = Literal["added", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class ListStatus:
    """How a list of a bureau stands on a day. ``import_id`` None: never imported, so nobody is checked against it.

    ``listed`` counts its rows; ``refresh_days`` is how old the policy lets it be.
    """

    bureau_id: int
    bureau_name: str
    kind: str
    import_id: int | None
    imported_on: date | None
    imported_by: str
    source_name: str
    listed: int
    refresh_days: int
    as_of: date

    @property
    def age(self) -> int | None:
        """Days since the last import, None for none."""
        return None if self.imported_on is None else max(0, (self.as_of - self.imported_on).days)

    @property
    def state(self) -> str:
        """``never``, ``stale`` or ``current``."""
        if self.age is None:
            return "never"
        return "stale" if self.age > self.refresh_days else "current"


@dataclass(frozen=True, slots=True)
class ImportView:
    """One file of a list: applied it is a version; see ``ImportState``."""

    id: int
    bureau_id: int
    bureau_name: str
    kind: str
    state: str
    source_name: str
    source_sha256: str
    mapping: str | None
    uploaded_by_id: int
    uploaded_by: str
    uploaded_at: datetime
    confirmed_by: str
    imported_on: date | None
    imported_at: datetime | None
    suspends: int
    rows: int
    added: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class ListRowView:
    """A row of a list. A person's name is personal: mask it for those who do not need it (R34)."""

    id: int
    kind: str
    list_number: str
    authority: str
    subject_type: str
    name: str
    former_names: tuple[str, ...]
    credit_code: str
    legal_representative: str
    region_code: str
    in_force_from: date | None
    in_force_until: date | None
    lifted_on: date | None
    grounds: str
    before: dict[str, Any] | None = None

    def in_force(self, as_of: date) -> bool:
        """Whether it counts on a day."""
        return (
            (self.in_force_from is None or self.in_force_from <= as_of)
            and (self.in_force_until is None or as_of <= self.in_force_until)
            and (self.lifted_on is None or as_of < self.lifted_on)
        )


async def overview(bureau_ids: Iterable[int], as_of: date) -> list[ListStatus]:
    """Every kind of list that some bureaux should have, imported or not. One query."""
    found = await rows(
        "SELECT b.id AS bureau_id, b.name AS bureau_name, b.policy_name, k.kind, i.id AS import_id, i.imported_on,"
        " coalesce(a.display_name, '') AS imported_by, coalesce(i.source_name, '') AS source_name,"
        " (SELECT count(*) FROM listing g WHERE g.bureau = b.id AND g.list_kind = k.kind AND g.gone_import IS NULL)"
        " AS listed FROM bureau b CROSS JOIN unnest({}::varchar[]) WITH ORDINALITY AS k (kind, place)"
        " LEFT JOIN LATERAL (SELECT * FROM list_import x WHERE x.bureau = b.id AND x.list_kind = k.kind"
        "   AND x.state = 'applied' ORDER BY x.imported_at DESC, x.id DESC LIMIT 1) i ON true"
        " LEFT JOIN account a ON a.id = i.imported_by WHERE b.id = ANY({}) ORDER BY b.name, b.id, k.place",
        list(LIST_KINDS),
        sorted(bureau_ids),
    )
    return [
        ListStatus(**one, refresh_days=policy.list_refresh_days, as_of=as_of)
        for one in found
        for policy in [load(one.pop("policy_name"))]
        if one["import_id"] is not None or one["kind"] in wanted(policy)
    ]


def wanted(policy: Policy) -> tuple[str, ...]:
    """The kinds of list that a bureau should have: bans from elsewhere only where its policy recognises any (R28)."""
    return tuple(kind for kind in LIST_KINDS if kind != "recognised_ban" or policy.ban.recognised)


_IMPORT = """
SELECT i.id, i.bureau AS bureau_id, b.name AS bureau_name, i.list_kind AS kind, i.state, i.source_name, i.source_sha256,
       i.mapping, i.uploaded_by AS uploaded_by_id, coalesce(u.display_name, '') AS uploaded_by, i.uploaded_at,
       coalesce(c.display_name, '') AS confirmed_by, i.imported_on, i.imported_at, i.suspends, i.rows, i.added,
       i.changed, i.gone
FROM list_import i JOIN bureau b ON b.id = i.bureau LEFT JOIN account u ON u.id = i.uploaded_by
LEFT JOIN account c ON c.id = i.confirmed_by
"""


async def get_import(actor: Actor, import_id: int) -> ImportView:
    """One file of a list of the actor's bureau. A draft is its administrators' only. Raises NotFound."""
    found = await row(f"{_IMPORT} WHERE i.id = {{}}", import_id)
    if found is None or found["bureau_id"] not in actor.bureau_ids(*OFFICIALS):
        raise NotFound("没有找到这份名单")
    view = ImportView(**found)
    if view.state in {"draft", "discarded"} and not actor.has(Role.BUREAU_ADMIN, bureau_id=view.bureau_id):
        raise NotFound("没有找到这份名单")
    return view


async def history(
    bureau_ids: Iterable[int], *, kind: str = "", before: int | None = None, limit: int = 20
) -> tuple[list[ImportView], int | None]:
    """What was imported or refused, the latest first; the second value continues the list."""
    found = await rows(
        f"{_IMPORT} WHERE i.bureau = ANY({{}}) AND i.state IN ('applied', 'refused')"
        " AND ({} = '' OR i.list_kind = {}) AND i.id < {} ORDER BY i.id DESC LIMIT {}",
        sorted(bureau_ids),
        kind,
        kind,
        before or 2_147_483_647,
        limit + 1,
    )
    shown = [ImportView(**one) for one in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


async def waiting_imports(bureau_ids: Iterable[int]) -> list[ImportView]:
    """What waits: for a second person, or as a draft for an administrator."""
    found = await rows(
        f"{_IMPORT} WHERE i.bureau = ANY({{}}) AND i.state IN ('draft', 'waiting') ORDER BY i.id DESC LIMIT 50",
        sorted(bureau_ids),
    )
    return [ImportView(**one) for one in found]


_COLUMNS = (
    "g.id, g.list_kind AS kind, g.list_number, g.authority, g.subject_type, g.name, g.former_names,"
    " coalesce(g.credit_code, '') AS credit_code, g.legal_representative, g.region_code, g.in_force_from,"
    " g.in_force_until, g.lifted_on, g.grounds"
)
_BEFORE = ("name", "former_names", "credit_code", "legal_representative", "region_code", "authority",
           "in_force_from", "in_force_until", "lifted_on", "grounds")  # fmt: skip


async def rows_of_import(
    import_id: int, change: Change, *, after: int = 0, limit: int = 50
) -> tuple[list[ListRowView], int | None]:
    """What an import added, changed (with the version before) or took away; the second value continues."""
    if change == "gone":
        where = (
            "g.gone_import = {} AND NOT EXISTS (SELECT 1 FROM listing n WHERE n.first_import = g.gone_import"
            " AND n.replaces = g.id)"
        )
    else:
        where = f"g.first_import = {{}} AND g.replaces IS {'NULL' if change == 'added' else 'NOT NULL'}"
    found = await rows(
        f"SELECT {_COLUMNS}, to_jsonb(o) AS before FROM listing g LEFT JOIN listing o ON o.id = g.replaces"  # noqa: S608 -- constants and places only
        f" WHERE {where} AND g.id > {{}} ORDER BY g.id LIMIT {{}}",
        import_id,
        after,
        limit + 1,
    )
    shown = [_row(one) for one in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


async def search(
    bureau_ids: Sequence[int] | frozenset[int], *, q: str, kind: str = "", after: int = 0, limit: int = 50
) -> tuple[list[ListRowView], int | None]:
    """Rows of the lists as they stand, by a part of the name or a whole code; the second value continues."""
    key = name_key(q)
    found = await rows(
        f"SELECT {_COLUMNS}, NULL AS before FROM listing g WHERE g.bureau = ANY({{}}) AND g.gone_import IS NULL"  # noqa: S608 -- constants and places only
        " AND ({} = '' OR g.list_kind = {}) AND ({} = '' OR strpos(g.name_key, {}) > 0 OR g.credit_code = {})"
        " AND g.id > {} ORDER BY g.id LIMIT {}",
        sorted(bureau_ids),
        kind,
        kind,
        key,
        key,
        code_key(q),
        after,
        limit + 1,
    )
    shown = [_row(one) for one in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


def _row(found: dict[str, Any]) -> ListRowView:
    before = found.pop("before")
    parsed = json.loads(before) if isinstance(before, str) else before
    differing = (
        {name: parsed[name] for name in _BEFORE if _plain(parsed[name]) != _plain(found[name])}
        if parsed
        else None
    )
    return ListRowView(**{**found, "former_names": tuple(found["former_names"] or ())}, before=differing)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return list(value)
    return value or ""
