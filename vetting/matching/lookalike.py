"""Characters that look alike (形近字).

The table is data made by tools/build_lookalikes.py from stroke orders, parts and glyphs; sound plays no part, so
homophones are look-alikes only when their pictures are. Letters and digits of other scripts that show the same glyph
are added here.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# After NFKC and case folding: groups of letters, digits and signs that are drawn the same.
_SIGNS = (
    "o0οо○〇",
    "1il|ι",
    "2z",
    "5s",
    "8b",
    "aаα",
    "cс",
    "eе",
    "pрρ",
    "xх×",
    "yу",
    "kкκ",
    "vν",
    "nп",
    "mм",
    "tт",
)


@cache
def _table() -> dict[str, str]:
    alike: dict[str, set[str]] = {}
    lines = files("vetting.matching").joinpath("data/lookalikes.txt").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("#"):
            continue
        for other in line[1:]:
            alike.setdefault(line[0], set()).add(other)
            alike.setdefault(other, set()).add(line[0])
    for group in _SIGNS:
        for char in group:
            alike.setdefault(char, set()).update(other for other in group if other != char)
    return {char: "".join(sorted(others)) for char, others in alike.items()}


def look_alike(first: str, second: str) -> bool:
    """Whether two characters look alike without being the same."""
    return second in _table().get(first, "")


def misreadings(name: str, prefix: str = "") -> list[str]:
    """Every name that differs from this one in one look-alike character, each behind ``prefix``."""
    found: list[str] = []
    table = _table()
    for at, char in enumerate(name):
        others = table.get(char)
        if others:
            before, after = prefix + name[:at], name[at + 1 :]
            found += [before + other + after for other in others]
    return found


def one_look_alike(first: str, second: str) -> int | None:
    """Where the one look-alike character stands in which two names differ, else None."""
    if len(first) != len(second):
        return None
    found: int | None = None
    for at, (one, other) in enumerate(zip(first, second, strict=True)):
        if one != other:
            if found is not None or not look_alike(one, other):
                return None
            found = at
    return found
