"""Which column holds what, by the headings that lists usually have. Nothing is guessed from content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from vetting.matching.normalise import name_key

_SEARCHED = 30


def heading_key(heading: str) -> str:
    """A heading for comparing: folded, without what stands in brackets and the mark of a required column."""
    return re.sub(r"\(.*?\)", "", name_key(heading)).strip("*: ")


def suggest(headings: Sequence[str], known: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Field -> column (from 0). The first column that fits a field takes it, and serves no other."""
    keys = [heading_key(heading) for heading in headings]
    mapping: dict[str, int] = {}
    for field, names in known.items():
        wanted = {heading_key(name) for name in names}
        for column, key in enumerate(keys):
            if key and key in wanted and column not in mapping.values():
                mapping[field] = column
                break
    return mapping


def find_heading(
    lines: Sequence[tuple[int, Sequence[str]]], known: Mapping[str, Iterable[str]]
) -> int | None:
    """The index of the line of headings: of the first ones that which names most fields.

    Where none names any, the first line with more than one cell; None for a table without one.
    """
    first: int | None = None
    best: tuple[int, int] | None = None
    for index, (_, cells) in enumerate(lines[:_SEARCHED]):
        if len([cell for cell in cells if cell]) < 2:
            continue
        first = index if first is None else first
        named = len(suggest(cells, known))
        if named and (best is None or named > best[0]):
            best = (named, index)
    return best[1] if best else first
