"""Finding entries by words without any extension: bigrams in an array column, a pinyin key that sorts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

MAX_QUERY = 60


@lru_cache(maxsize=1)
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Text for comparing: width, case and Traditional characters made one, marks left out, spaces kept."""
    folded = _simplified().convert(unicodedata.normalize("NFKC", text)).casefold()
    return " ".join("".join(c for c in word if c.isalnum()) for word in folded.split())


def searchable(texts: Iterable[str]) -> str:
    """What an entry is found by, folded: its texts one after the other."""
    return " ".join(fold(text) for text in texts)


def terms_of(folded: str) -> list[str]:
    """The index terms of a folded text: every character and every pair of neighbours, sorted."""
    found: set[str] = set()
    for word in folded.split():
        found.update(word)
        found.update(word[at : at + 2] for at in range(len(word) - 1))
    return sorted(found)


def query_words(q: str) -> list[str]:
    """The words of a query, folded; past ``MAX_QUERY`` characters nothing is read. An entry has all of them."""
    return fold(q[:MAX_QUERY]).split()


def query_terms(words: Iterable[str]) -> list[str]:
    """The index terms an entry must have for the words of a query: their pairs, or the one character."""
    found: set[str] = set()
    for word in words:
        found.update(word[at : at + 2] for at in range(len(word) - 1)) if len(word) > 1 else found.add(word)
    return sorted(found)


def pinyin_key(name: str) -> str:
    """The key that sorts names as a Chinese dictionary does: syllables without tones, in ASCII where known."""
    syllables = lazy_pinyin(fold(name).replace(" ", ""), style=Style.NORMAL)
    return " ".join(syllables)[:400]
