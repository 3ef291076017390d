"""A list page's head: columns, sort, filters in the address, keyset paging, exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

_PAGING = frozenset({"after", "before"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``key`` in the address, ``label`` a Chinese message; ``kind`` is text, short (never
    broken), date, code or number. A column without a label holds the row's actions."""

    key: str
    label: str
    sortable: bool = False
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. ``path`` and ``query`` are those of the request; cursors are opaque.

    ``total`` may be capped (``capped``: shown as "1000+"). ``sort`` is a column key, with ``-`` in front for
    descending. ``filters`` names the keys of the query that narrow the list. ``exports`` are file formats.
    """

    path: str
    columns: Sequence[Column]
    query: Sequence[tuple[str, str]] = ()
    sort: str = ""
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int | None = None
    capped: bool = False
    filters: Sequence[str] = ()
    exports: Sequence[str] = ("xlsx", "csv")

    def column(self, key: str) -> Column:
        """The column of that key. Raises ``KeyError`` for none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)

    def url(self, path: str | None = None, **changes: str | None) -> str:
        """This list's address with parts of the query replaced (``None`` takes a part out).

        A change of anything but the cursor goes back to the first page.
        """
        pairs = [
            (key, value) for key, value in self.query if key not in changes and key not in _PAGING and value
        ]
        pairs += [(key, value) for key, value in changes.items() if value is not None]
        target = self.path if path is None else path
        return f"{target}?{urlencode(pairs)}" if pairs else target

    def sort_url(self, column: Column) -> str:
        """The address that sorts by this column, the other way round if it is sorted by it already."""
        return self.url(sort=f"-{column.key}" if self.sort == column.key else column.key)

    def direction(self, column: Column) -> str:
        """``ascending``, ``descending`` or ``none``, as ``aria-sort`` wants it."""
        if self.sort == column.key:
            return "ascending"
        return "descending" if self.sort == f"-{column.key}" else "none"

    @property
    def next_url(self) -> str | None:
        """Address of the next page, if there is one."""
        return self.url(after=self.next_cursor) if self.next_cursor else None

    @property
    def previous_url(self) -> str | None:
        """Address of the page before, if there is one."""
        return self.url(before=self.previous_cursor) if self.previous_cursor else None

    def export_url(self, file_format: str) -> str:
        """Address of the whole filtered list as a file: ``/whitelist.csv?…``."""
        return self.url(path=f"{self.path}.{file_format}")

    @property
    def active(self) -> Iterable[tuple[str, str, str]]:
        """(key, value, address without it) of each filter that is set."""
        return [
            (key, value, self.url(**{key: None}))
            for key, value in self.query
            if key in self.filters and value
        ]

    @property
    def clear_url(self) -> str:
        """The address without any filter."""
        return self.url(**dict.fromkeys(self.filters))

    def value(self, key: str) -> str:
        """What the query says for a key, "" if nothing."""
        return dict(self.query).get(key, "")

    @property
    def other_query(self) -> list[tuple[str, str]]:
        """What a filter form must carry along: the sort and anything else that is no filter."""
        return [(key, value) for key, value in self.query if key not in self.filters and key not in _PAGING]
