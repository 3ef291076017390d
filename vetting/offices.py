"""Offices whose names lost a character to a seal: put right where place or kind leave one answer.

A seal lies over the very words that name the office. What is read there is held against the places that the same
application prints again and again, and against the kinds of office that there are. A name is only put right where one
candidate is near enough; what was read stays beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vetting.matching.places import leading_places
from vetting.model import Document, FieldValue, Mode, PageReading
from vetting.text.normalise import compare_key, distance

_OFFICE_FIELDS = ("issuer", "supervising_body")
_PLACE_FIELDS = (*_OFFICE_FIELDS, "registered_address", "address", "name")
_PLACE = re.compile(r"^([\u4e00-\u9fff]{2,4}?市)([\u4e00-\u9fff]{1,4}?[区县旗])?")
REGISTERING = (
    "行政审批局", "行政审批服务局", "政务服务数据管理局", "市场监督管理局", "工商行政管理局", "民政局", "教育局", "社会组织管理局",
)  # fmt: skip
"""Kinds of office that register companies and organisations."""
_KINDS = (
    *REGISTERING, "教育体育局", "体育局", "文化广电体育和旅游局", "文化广电和旅游局", "文化和旅游局", "人力资源和社会保障局", "公安局",
    "职业技能评价中心", "职业技能鉴定中心", "职业技能鉴定指导中心", "职业技能等级认定中心",
)  # fmt: skip
_PLACED = re.compile(rf"^(.+?[市区县旗州盟])(?:{'|'.join(_KINDS)}|公安局.*)$")
# A reading surer than this was printed so: kinds of office that this list does not know are left alone.
_SURE = 0.95
# Short kinds differ by one character from one another (教育局, 教体局): nothing is put right in them.
_LONG_KIND = 5
_LONGEST_KIND = 8
_WHOLE_END = re.compile(r"(?:局|中心)$")
_NEAR_KIND = 0.35
_FACTOR = 0.8
# A place is believed that at least two documents name, and twice as many as name the one that was read.
_SUPPORT = 2
# No city has a name of one character or of none: its first ones were lost, however surely the rest was read.
_BROKEN = re.compile(r"^.?市.*[区县旗]")


def with_whole_offices(documents: Sequence[Document], pages: Sequence[PageReading]) -> tuple[Document, ...]:
    """Documents with the names of their offices put right; a corrected field keeps what was read."""
    scanned = {page.page for page in pages if page.mode is Mode.SCANNED}
    places = _places(documents)

    def whole(document: Document) -> Document:
        read = {n: document.fields[n] for n in _OFFICE_FIELDS if n in document.fields}
        right = {n: _put_right(value, places) for n, value in read.items() if value.page in scanned}
        return replace(document, fields={**document.fields, **right}) if right else document

    return tuple(whole(document) for document in documents)


def near_office(text: str) -> str:
    """An office that ``text`` names with characters lost or misread in its kind; empty where none is near."""
    head, kind = _parted(text)
    return head + kind if kind and not text.endswith(kind) else ""


def place_of(office: str) -> str:
    """The place an office's name begins with, up to its kind; empty where the name has no known kind."""
    placed = _PLACED.match(office)
    return placed[1] if placed else ""


def _put_right(value: FieldValue, places: Mapping[str, int]) -> FieldValue:
    read = str(value.value)
    if value.confidence >= _SURE and not _BROKEN.match(read):
        return value
    right = whole_office(read, places)
    if right == read:
        return value
    return replace(value, value=right, confidence=_FACTOR * value.confidence, corrected_from=read)


def whole_office(name: str, places: Mapping[str, int]) -> str:
    """``name`` with its place and its kind put right; ``places``: what the application prints, and how often."""
    head, kind = _parted(name)
    return _right_place(head, places) + kind


def _parted(name: str) -> tuple[str, str]:
    """An office's name as what stands before its kind, and the kind put right; the kind empty where none is near."""
    exact = max((kind for kind in _KINDS if name.endswith(kind)), key=len, default="")
    if exact:
        return name.removesuffix(exact), exact
    near: list[tuple[int, int, str]] = []
    for kind in _KINDS:
        # Of two cuts as near, the one as long as the kind: a character misread is commoner than one lost.
        for length in _lengths(name, kind):
            wrong = distance(name[-length:], kind)
            if len(name) - length >= 2 and name[-1] == kind[-1] and wrong <= _most_wrong(kind):
                near.append((wrong, length, kind))
    near.sort(key=lambda found: (found[0], abs(found[1] - len(found[2]))))
    if not near or any(n[0] == near[0][0] and n[2] != near[0][2] for n in near):
        return name, ""
    _, length, kind = near[0]
    return name[:-length], kind


def _lengths(name: str, kind: str) -> range:
    """How long the kind may be that ``name`` was read with; short kinds, and ends that are whole, lost little."""
    lost = 0 if len(kind) < _LONG_KIND else 2 if len(kind) < _LONGEST_KIND or _WHOLE_END.search(name) else 3
    return range(len(kind), len(kind) - lost, -1)


def _most_wrong(kind: str) -> int:
    return max(1, round(_NEAR_KIND * len(kind)))


def _right_place(head: str, places: Mapping[str, int]) -> str:
    if len(head) < 3 or not re.search(r"[市区县旗]$", head):
        return head
    least = max(_SUPPORT, 2 * places.get(head, 0))
    most = 2 if _BROKEN.match(head) else 1
    near = [
        place
        for place, times in places.items()
        if place != head and times >= least and len(place) >= 4 and distance(head, place) <= most
    ]
    return near[0] if len(near) == 1 else head


def _places(documents: Sequence[Document]) -> Counter[str]:
    """Cities and districts, and in how many documents each is read."""
    found: Counter[str] = Counter()
    for document in documents:
        found.update(set(_places_of(document)))
    return found


def _places_of(document: Document) -> Iterator[str]:
    for name in _PLACE_FIELDS:
        value = document.fields.get(name)
        if value is None or not isinstance(value.value, str):
            continue
        match = _PLACE.match(_without_province(compare_key(value.value)))
        if match:
            yield match[1]
            if match[2]:
                yield from (match[2], match[1] + match[2])


def _without_province(text: str) -> str:
    """An address from its city on; a city that is a province stays."""
    first = next(iter(leading_places(text)), "")
    is_city = first.endswith(("市", "区", "县", "旗")) and not first.endswith("自治区")
    return text if is_city else text.removeprefix(first)
