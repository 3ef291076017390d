"""Narrowing the whitelist: one set of filters for pages, counts, facets, files and the interface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from registry.whitelist.rules import StatusKind
from registry.whitelist.search import query_terms, query_words
from registry.whitelist.status import ACTIVE_SQL, KIND_SQL, STATUS_GROUPS

ASKED = "WITH asked AS (SELECT {}::date AS day)"

# Entries that are something else, or were touched, on any day from a day on up to the day asked about. What a date
# brings by itself (the end of a cycle, a registration that lapses) counts on the day after the last one.
_CHANGED = """
e.id IN (
  SELECT x.id FROM entry x WHERE x.listed_on >= {} OR x.withdrawn_on >= {}
  UNION ALL SELECT x.id FROM entry x WHERE x.ends_on >= {}::date - 1 AND x.ends_on < asked.day
  UNION ALL SELECT s.entry FROM suspension s WHERE s.started_on >= {} OR s.ended_on >= {}
  UNION ALL SELECT v.entry FROM removal v WHERE v.removed_on >= {} OR v.restored_on >= {}
  UNION ALL SELECT x.id FROM entry x JOIN provider q ON q.id = x.provider
    WHERE q.registered_until < asked.day AND (q.registered_until >= {}::date - 1 OR q.validity_learned_on >= {})
)
"""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is looked for.

    ``q`` is looked for in names (also by pinyin and initials), credit code, certificate number, courses and
    address; ``status`` is active, suspended, over, removed, one StatusKind, or "" for all. ``region`` is a division
    code: lists of bureaux there and below. ``most_cents`` is the most a lesson of the cheapest course may cost.
    ``in_order``: the words of ``q`` are common, so that whoever reads entries in order meets them soon without an index.
    """

    list_ids: Iterable[int] | None = None
    q: str | None = ""
    category: str | None = ""
    subject: str = ""
    region: str = ""
    status: str = "active"
    most_cents: int | None = None
    least_rating: int | None = None
    changed_since: date | None = None
    public_only: bool = True
    in_order: bool = False

    def without(self, **changes: Any) -> Narrowing:
        """The same with other values."""
        return replace(self, **changes)

    def conditions(self) -> tuple[str, list[Any]]:
        """The SQL after WHERE (over ``asked``, ``entry e``, ``registry_list l``, ``bureau b``, ``provider p``) and
        its values."""
        conditions, values = ["e.listed_on <= asked.day"], list[Any]()
        if self.public_only:
            conditions.append("l.public")
        if self.list_ids is not None:
            conditions.append("e.list = ANY({})")
            values.append(sorted(set(self.list_ids)))
        self._words(conditions, values)
        for column, wanted in (("e.categories", self.category), ("e.subjects", self.subject)):
            if wanted:
                conditions.append(f"{column} @> ARRAY[{{}}]::varchar[]")
                values.append(wanted)
        if self.region:
            conditions.append("starts_with(b.division, {})")
            values.append(region_prefix(self.region))
        if self.most_cents is not None:
            conditions.append("e.lowest_price_cents <= {}")
            values.append(self.most_cents)
        if self.least_rating is not None:
            conditions.append(
                "EXISTS (SELECT 1 FROM entry_rating t WHERE t.entry = e.id AND t.overall >= {})"
            )
            values.append(self.least_rating)
        if self.changed_since is not None:
            conditions.append(_CHANGED)
            values += [self.changed_since] * _CHANGED.count("{}")
        self._kind(conditions, values)
        return " AND ".join(conditions), values

    def words(self) -> tuple[str, list[Any]]:
        """The SQL and the values of the words alone, over ``entry e``."""
        conditions, values = ["true"], list[Any]()
        self._words(conditions, values)
        return " AND ".join(conditions), values

    def _words(self, conditions: list[str], values: list[Any]) -> None:
        words = query_words(self.q or "")
        if words:
            # The index narrows by parts of words, which may stand apart; the text decides.
            if not self.in_order:
                conditions.append("e.search_terms @> {}::varchar[]")
                values.append(query_terms(words))
            conditions += ["strpos(e.search_text, {}) > 0"] * len(words)
            values += words
        elif self.q and self.q.strip():
            conditions.append("false")

    def _kind(self, conditions: list[str], values: list[Any]) -> None:
        if not self.status:
            return
        kinds = STATUS_GROUPS.get(self.status) or tuple(k for k in StatusKind if k.value == self.status)
        if not kinds or kinds == STATUS_GROUPS["active"]:
            conditions.append(ACTIVE_SQL)
        else:
            conditions.append(f"({KIND_SQL}) = ANY({{}})")
            values.append([kind.value for kind in kinds])


def region_prefix(code: str) -> str:
    """What the codes of a division and of all below it begin with (GB/T 2260: 450000 → 45, 450100 → 4501)."""
    head = code[:12]
    while len(head) > 2 and len(head) <= 6 and head.endswith("00"):
        head = head[:-2]
    return head
