"""Ways in which two different names may still be one company's: the variations of ``similar_name``.

Each variation has a key that folds it and nothing else. Two names that differ are a variation of each other when the keys
of *one* kind are equal; two variations at once are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from vetting.matching.company import parse, split_note
from vetting.matching.lookalike import one_look_alike
from vetting.matching.numerals import number_key
from vetting.matching.places import is_city, leading_places

_BRACKETED = re.compile(r"\(([^()]*)\)")


class Variation(StrEnum):
    """In what two similar names differ."""

    LOOK_ALIKE = "look_alike"
    LIMITED_FORM = "limited_form"
    LEGAL_NOTE = "legal_note"
    CITY_SUFFIX = "city_suffix"
    NUMBER = "number"


FOLDED = (Variation.LIMITED_FORM, Variation.LEGAL_NOTE, Variation.CITY_SUFFIX, Variation.NUMBER)


@lru_cache(maxsize=8192)
def _city_stem(key: str) -> str:
    """The name with 市 left out behind the cities that lead it or stand in brackets."""
    text = _BRACKETED.sub(lambda m: f"({m[1][:-1]})" if is_city(m[1]) else m[0], key)
    places = leading_places(text)
    if not any(is_city(place) for place in places):
        return text
    rest = text[sum(map(len, places)) :]
    return "".join(place[:-1] if is_city(place) else place for place in places) + rest


def fold(variation: Variation, key: str, raw: str) -> str:
    """The key of a name under one variation (all but look-alikes have one). ``key`` is the ``name_key`` of ``raw``."""
    if variation is Variation.LIMITED_FORM:
        return key.replace("有限责任公司", "有限公司")
    if variation is Variation.LEGAL_NOTE:
        return split_note(key)[0]
    if variation is Variation.CITY_SUFFIX:
        return _city_stem(key)
    return number_key(raw)


def folds(key: str, raw: str) -> Iterator[tuple[Variation, str]]:
    """The keys of a name under each variation that changes it."""
    for variation in FOLDED:
        folded = fold(variation, key, raw)
        if folded != key:
            yield variation, folded


def variation_between(first: str, first_raw: str, second: str, second_raw: str) -> Variation | None:
    """The one variation in which two different names differ, else None (then they are different names).

    Names of two places, or of two known trades, are different names however alike their characters look.
    """
    if not first or not second:
        return None
    # Most pairs judged share a person, not a name. All variations but numbers keep the first or the last character.
    apart = first[0] != second[0] and first[-1] != second[-1]
    for variation in (Variation.NUMBER,) if apart else FOLDED:
        if fold(variation, first, first_raw) == fold(variation, second, second_raw):
            if variation is Variation.LEGAL_NOTE and split_note(first)[1] and split_note(second)[1]:
                return None
            return variation
    if apart or one_look_alike(first, second) is None:
        return None
    ours, theirs = parse(first).parts, parse(second).parts
    different = [part for part in ours if ours[part] != theirs[part]]
    if different in (["place"], ["trade"]) and ours[different[0]] and theirs[different[0]]:
        return None
    return Variation.LOOK_ALIKE
