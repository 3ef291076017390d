"""Differences of two strings, marked to the character."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters; ``changed`` where the other side says something else here."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Two strings cut into equal and different pieces. ``positions`` are 1-based places in ``right``
    where a character differs or is missing."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    positions: tuple[int, ...]

    @property
    def same(self) -> bool:
        """No character differs."""
        return not any(piece.changed for piece in (*self.left, *self.right))


def character_diff(left: str, right: str) -> Difference:
    """Compare what was typed (``left``) with what is printed (``right``).

    Characters that differ in width only (half- and full-width brackets) are equal; both sides keep the
    characters they have.
    """
    # One character stays one character under this folding, so the cuts fit the originals.
    matcher = SequenceMatcher(None, [_fold(c) for c in left], [_fold(c) for c in right], autojunk=False)
    lefts: list[Piece] = []
    rights: list[Piece] = []
    positions: list[int] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        changed = tag != "equal"
        if i2 > i1:
            lefts.append(Piece(left[i1:i2], changed))
        if j2 > j1:
            rights.append(Piece(right[j1:j2], changed))
        if changed:
            positions.extend(range(j1 + 1, max(j2, j1 + 1) + 1))
    return Difference(tuple(lefts), tuple(rights), tuple(positions))


def _fold(character: str) -> str:
    return unicodedata.normalize("NFKC", character).casefold()
