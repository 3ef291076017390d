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
    """Text for comparing: width, case, Traditional characters, and nothing but letters, digits and spaces."""
    folded = _simplified().convert(unicodedata.normalize("NFKC", text)).casefold()
    return "".join(c if c.isalnum() else " " for c in folded if unicodedata.category(c) != "Cf")


def terms_of(texts: Iterable[str]) -> list[str]:
    """What an entry is found by: every single character and every pair of neighbours, sorted."""
    found: set[str] = set()
    for text in texts:
        for word in fold(text).split():
            found.update(word)
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return sorted(found)


def query_terms(q: str) -> list[str]:
    """What an entry must have to be found by ``q``: the pairs of each word, or its one character.

    Punctuation and everything past ``MAX_QUERY`` characters is passed over; empty for nothing to look for.
    """
    found: set[str] = set()
    for word in fold(q[:MAX_QUERY]).split():
        found.update(word[at : at + 2] for at in range(len(word) - 1)) if len(word) > 1 else found.add(word)
    return sorted(found)


def pinyin_key(name: str) -> str:
    """The key that sorts names as a Chinese dictionary does: syllables without tones, in ASCII where known."""
    syllables = lazy_pinyin(fold(name).replace(" ", ""), style=Style.NORMAL)
    return " ".join(syllables)[:400]
