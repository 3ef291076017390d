"""Finding entries by words without any extension: parts of words in an array column, a pinyin key that sorts.

Chinese is found by any two neighbouring characters, a name also by its pinyin (``qingmeng``) and by the initials of
that (``qm``). An index of pairs would say little about Latin letters, there are so few of them: runs of letters are
indexed by threes, and by pairs only where they are short in themselves (initials, codes).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

MAX_QUERY = 60
_LETTERS = re.compile(r"[a-z]{3,}")
_ALL_LETTERS = re.compile(r"[a-z]{3,}\Z")


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is stored of an entry for finding and sorting it."""

    text: str
    terms: list[str]
    pinyin_key: str


@lru_cache(maxsize=1)
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Text for comparing: width, case and Traditional characters made one, marks left out, spaces kept."""
    folded = _simplified().convert(unicodedata.normalize("NFKC", text)).casefold()
    return " ".join("".join(c for c in word if c.isalnum()) for word in folded.split())


def indexed(names: Iterable[str], others: Iterable[str]) -> Indexed:
    """What is stored of an entry: its ``names`` (today's first, then former ones), and what ``others`` say (codes,
    courses, address). Names are found by their pinyin too."""
    known = [fold(name) for name in names if name.strip()]
    text = " ".join([*known, *(fold(other) for other in others if other.strip())])
    spelt = [_spelling(name) for name in known]
    words = [word for pair in spelt for word in pair if word]
    terms = set(terms_of(text))
    for syllables, initials in spelt:
        terms.update(_threes(syllables), _threes(initials), _pairs(initials))
    return Indexed(" ".join([text, *words]), sorted(terms), pinyin_key(known[0]) if known else "")


def _spelling(name: str) -> tuple[str, str]:
    """The pinyin of a folded name and its initials, both in one word."""
    together = name.replace(" ", "")
    syllables = lazy_pinyin(together, style=Style.NORMAL, errors="ignore")
    return "".join(syllables), "".join(syllable[0] for syllable in syllables if syllable)


def _pairs(word: str) -> set[str]:
    return {word[at : at + 2] for at in range(len(word) - 1)}


def _threes(word: str) -> set[str]:
    return {run[at : at + 3] for run in _LETTERS.findall(word) for at in range(len(run) - 2)}


def terms_of(folded: str) -> list[str]:
    """The index terms of a folded text: every character, every pair of neighbours, every three letters; sorted."""
    found: set[str] = set()
    for word in folded.split():
        found.update(word, _pairs(word), _threes(word))
    return sorted(found)


def query_words(q: str) -> list[str]:
    """The words of a query, folded; past ``MAX_QUERY`` characters nothing is read. An entry has all of them."""
    return fold(q[:MAX_QUERY]).split()


def query_terms(words: Iterable[str]) -> list[str]:
    """The index terms an entry must have for the words of a query: their threes or pairs, or the one character."""
    found: set[str] = set()
    for word in words:
        if _ALL_LETTERS.match(word):
            found.update(_threes(word))
        elif len(word) > 1:
            found.update(_pairs(word))
        else:
            found.add(word)
    return sorted(found)


def pinyin_key(name: str) -> str:
    """The key that sorts names as a Chinese dictionary does: syllables without tones, in ASCII where known."""
    syllables = lazy_pinyin(fold(name).replace(" ", ""), style=Style.NORMAL)
    return " ".join(syllables)[:400]
