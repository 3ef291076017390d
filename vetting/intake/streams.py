"""How large the streams of a PDF become, found out without ever holding them inflated."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from pikepdf import Array, Name, Stream

_CHUNK = 1 << 18
_PICTURE_FILTERS = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/DCT", "/CCF"}
_FLATE = {"/FlateDecode", "/Fl"}
# The most that one byte can become under the filters that are not measured by running them.
_RATIO = {"/RunLengthDecode": 128, "/RL": 128, "/LZWDecode": 1400, "/LZW": 1400}


class TooMuch(Exception):
    """A stream, or all of them together, inflates beyond the limit."""


@dataclass(slots=True)
class Budget:
    """Bytes that all streams of a file may inflate to together."""

    left: int

    def spend(self, amount: int) -> None:
        """Take from the budget. Raises TooMuch when it is used up."""
        self.left -= amount
        if self.left < 0:
            raise TooMuch


def filters_of(stream: Stream) -> list[str]:
    """The names of a stream's filters, outermost first."""
    value: Any = stream.get(Name.Filter)
    if isinstance(value, Name):
        return [str(value)]
    if isinstance(value, Array):
        return [str(item) for item in value.as_list()]
    return []


def weigh(stream: Stream, limit: int, budget: Budget) -> None:
    """Check what a stream inflates to. Raises TooMuch where it is beyond ``limit`` or the budget."""
    filters = filters_of(stream)
    if not filters or filters[0] in _PICTURE_FILTERS:
        return
    if len(filters) > 8:
        raise TooMuch
    data = stream.read_raw_bytes()
    if filters[0] in _FLATE and all(f in _FLATE or f in _PICTURE_FILTERS for f in filters):
        deep = sum(1 for f in filters if f in _FLATE)
        budget.spend(_inflated(data, deep, limit))
        return
    worst = len(data)
    for name in filters:
        worst *= 1032 if name in _FLATE else _RATIO.get(name, 1)
    if worst <= limit:
        budget.spend(worst // 16)
        return
    budget.spend(_decoded(stream, filters, limit))


def _inflated(data: bytes, deep: int, limit: int) -> int:
    """Length after ``deep`` rounds of inflate, counted piece by piece."""
    machines = [zlib.decompressobj() for _ in range(deep)]
    total = 0

    def feed(level: int, piece: bytes) -> None:
        nonlocal total
        if level == deep:
            total += len(piece)
            if total > limit:
                raise TooMuch
            return
        machine = machines[level]
        rest = piece
        while rest and not machine.eof:
            feed(level + 1, machine.decompress(rest, _CHUNK))
            rest = machine.unconsumed_tail

    try:
        for start in range(0, len(data), _CHUNK):
            feed(0, data[start : start + _CHUNK])
    except zlib.error:
        return total  # a damaged stream draws nothing beyond this
    return total


def _decoded(stream: Stream, filters: list[str], limit: int) -> int:
    """Length after filters that only the PDF library knows; the child's memory limit stands behind it."""
    if any(name in _PICTURE_FILTERS for name in filters):
        return 0
    try:
        length = len(stream.read_bytes())
    except MemoryError as error:
        raise TooMuch from error
    except Exception:  # noqa: BLE001 - a stream that cannot be decoded draws nothing
        return 0
    if length > limit:
        raise TooMuch
    return length
