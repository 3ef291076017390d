"""The characters of a page's text layer, in the child: what they say, where they stand, what speaks against them."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as c

from vetting.intake.marks import COVERED, INVISIBLE, STAMPED, TRANSPARENT, UNMAPPED

Box = tuple[float, float, float, float]
Point = tuple[float, float]

_GRID = 1 << 20  # resolution of pdfium's integer device coordinates
_FULL_SHARE = 0.4
_ASCENT, _DESCENT = 0.85, 0.12
_ASTRAY = 0.5
_LEAST_KNOWN = 8
_MOST_OWN = 0.75
_FAINTEST = 12
_SLANT = math.radians(6)
_MOST_SLANTED = 0.5
_NEAR = 4.0  # in heights of a character
_LEAST_NEAR = 2


@dataclass(slots=True)
class _Glyph:
    """A character on its way: ``slant`` is its angle to the nearest side of the page, in radians."""

    text: str
    box: Box
    marks: int
    colour: tuple[int, int, int]
    slant: float
    height: float
    middle: Point


@dataclass(slots=True)
class _Look:
    """What all characters of one text object share."""

    marks: int = 0
    colour: tuple[int, int, int] = (0, 0, 0)
    size: float = 0.0
    rank: int | None = None


@dataclass(slots=True)
class _Raw:
    """A character as PDFium gives it, in page space: box (left, bottom, right, top), origin, text matrix."""

    text: str
    marks: int
    look: _Look
    box: Box
    origin: Point = (0.0, 0.0)
    matrix: tuple[float, ...] | None = None

    def astray(self) -> bool:
        """Whether its origin is not where its matrix puts it."""
        if self.matrix is None:
            return False
        a, b, up_x, up_y, e, f = self.matrix
        em = self.look.size * max(math.hypot(a, b), math.hypot(up_x, up_y))
        return max(abs(self.origin[0] - e), abs(self.origin[1] - f)) > _ASTRAY * em


@dataclass(slots=True)
class _Scratch:
    """Places for the answers of PDFium, made once."""

    box: Any = field(default_factory=c.FS_RECTF)
    matrix: Any = field(default_factory=c.FS_MATRIX)
    x: Any = field(default_factory=ctypes.c_double)
    y: Any = field(default_factory=ctypes.c_double)
    shades: tuple[Any, ...] = field(default_factory=lambda: tuple(ctypes.c_uint() for _ in range(4)))


def characters(
    page: Any, sheets: Sequence[Mapping[str, Any]], order: Mapping[Any, int], most: int
) -> list[list[Any]]:
    """Give ``[text, x0, y0, x1, y1, marks]`` per character, in fractions of the page as shown.

    ``sheets`` are the large opaque images with their ``rank`` in drawing order, ``order`` the rank of each
    text object by its address, ``most`` how many characters are looked at.
    """
    text = page.get_textpage()
    place = _placing(page)
    looks: dict[int, _Look] = {}
    scratch = _Scratch()
    raws: list[_Raw] = []
    try:
        for i in range(min(text.count_chars(), most)):
            code = c.FPDFText_GetUnicode(text, i)
            if code <= 0x20 or code == 0xA0 or c.FPDFText_IsGenerated(text, i) == 1:
                continue
            if not c.FPDFText_GetLooseCharBox(text, i, scratch.box):
                continue
            character = chr(code) if code < 0xD800 or code > 0xDFFF else "\ufffd"
            raws.append(_raw(text, i, character, _look(text, i, looks, order, scratch), scratch))
    finally:
        text.close()
    own = _own_matrices(raws)
    found = [_glyph(raw, own, place) for raw in raws]
    for glyph, raw in zip(found, raws, strict=True):
        if raw.look.rank is not None and _under(glyph.middle, raw.look.rank, sheets):
            glyph.marks |= COVERED
    _mark_stamped(found)
    return [[g.text, *g.box, g.marks] for g in found]


def _placing(page: Any) -> tuple[float, ...]:
    """Page space to fractions of the page as shown: x = a + b*x + c*y, y = d + e*x + f*y."""
    at: list[Point] = []
    for x, y in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
        dx, dy = ctypes.c_int(), ctypes.c_int()
        c.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, dx, dy)
        at.append((dx.value / _GRID, dy.value / _GRID))
    (x0, y0), (x1, y1), (x2, y2) = at
    return (x0, (x1 - x0) / 1000, (x2 - x0) / 1000, y0, (y1 - y0) / 1000, (y2 - y0) / 1000)


def _look(text: Any, i: int, looks: dict[int, _Look], order: Mapping[Any, int], scratch: _Scratch) -> _Look:
    item = c.FPDFText_GetTextObject(text, i)
    key = address(item) if item else 0
    known = looks.get(key)
    if known is not None and key:
        return known
    size = float(c.FPDFText_GetFontSize(text, i))
    look = _Look(size=size, rank=order.get(key) if key else None)
    mode = c.FPDFTextObj_GetTextRenderMode(item) if item else 0
    if mode in (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP):
        look.marks |= INVISIBLE
    shades = scratch.shades
    if c.FPDFText_GetFillColor(text, i, *shades):
        look.colour = (shades[0].value, shades[1].value, shades[2].value)
        if shades[3].value < _FAINTEST and mode in (0, 4):
            look.marks |= TRANSPARENT
    looks[key] = look
    return look


def _raw(text: Any, i: int, character: str, look: _Look, scratch: _Scratch) -> _Raw:
    box, matrix = scratch.box, scratch.matrix
    marks = look.marks | (UNMAPPED if c.FPDFText_HasUnicodeMapError(text, i) == 1 else 0)
    raw = _Raw(character, marks, look, (box.left, box.bottom, box.right, box.top))
    if c.FPDFText_GetMatrix(text, i, matrix) and c.FPDFText_GetCharOrigin(text, i, scratch.x, scratch.y):
        raw.origin = (scratch.x.value, scratch.y.value)
        raw.matrix = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    return raw


def _own_matrices(found: Sequence[_Raw]) -> bool:
    """Whether each character has a matrix of its own, which then says where it stands."""
    known = [r for r in found if r.matrix is not None]
    own = sum(1 for r in known if not r.astray())
    return len(known) >= _LEAST_KNOWN and own >= _MOST_OWN * len(known)


def _glyph(raw: _Raw, own_matrices: bool, place: tuple[float, ...]) -> _Glyph:
    left, bottom, right, top = raw.box
    slant = 0.0
    if raw.matrix is not None:
        a, b, up_x, up_y, e, f = raw.matrix
        size = raw.look.size
        up = math.atan2(up_x, up_y)
        slant = abs((up + math.pi / 4) % (math.pi / 2) - math.pi / 4)
        x, y = raw.origin
        along = (0.0, 0.0)
        astray = own_matrices and raw.astray()
        if astray:
            x, y, along = e, f, (size * a, size * b)
            left = right = x
            bottom = top = y
        wide, high = right - left, top - bottom
        if astray or min(wide, high) < _FULL_SHARE * max(wide, high):
            # Where a program says what a glyph stands for (ActualText), PDFium gives no more than its ink,
            # or puts it elsewhere: 一 would be a hair that stands in no line.
            for share in (-_DESCENT, _ASCENT):
                dx, dy = share * size * up_x, share * size * up_y
                left, right = min(left, x + dx, x + dx + along[0]), max(right, x + dx, x + dx + along[0])
                bottom, top = min(bottom, y + dy, y + dy + along[1]), max(top, y + dy, y + dy + along[1])
    ox, xx, xy, oy, yx, yy = place
    xs = [ox + xx * x + xy * y for x in (left, right) for y in (top, bottom)]
    ys = [oy + yx * x + yy * y for x in (left, right) for y in (top, bottom)]
    shown = (round(min(xs), 6), round(min(ys), 6), round(max(xs), 6), round(max(ys), 6))
    middle = ((shown[0] + shown[2]) / 2, (shown[1] + shown[3]) / 2)
    return _Glyph(raw.text, shown, raw.marks, raw.look.colour, slant, shown[3] - shown[1], middle)


def _under(middle: Point, rank: int, sheets: Sequence[Mapping[str, Any]]) -> bool:
    x, y = middle
    return any(
        s["rank"] > rank and s["box"][0] <= x <= s["box"][2] and s["box"][1] <= y <= s["box"][3]
        for s in sheets
    )


def _mark_stamped(found: Sequence[_Glyph]) -> None:
    """Mark what stands at an angle to the page, and what stands among it in the same colour.

    The letters of a stamp run around its ring, a watermark across the page: neither belongs to the lines
    that it crosses. A page that is set at an angle as a whole is left alone.
    """
    slanted = [g for g in found if g.slant > _SLANT]
    if not slanted or len(slanted) > _MOST_SLANTED * len(found):
        return
    colours = {g.colour for g in slanted}
    for glyph in found:
        if glyph.slant > _SLANT or (glyph.colour in colours and _among(glyph, slanted)):
            glyph.marks |= STAMPED


def _among(glyph: _Glyph, slanted: Sequence[_Glyph]) -> bool:
    reach = _NEAR * max(glyph.height, 1e-6)
    near = sum(
        1
        for g in slanted
        if g.colour == glyph.colour
        and abs(g.middle[1] - glyph.middle[1]) < reach
        and abs(g.middle[0] - glyph.middle[0]) < 1.5 * reach
    )
    return near >= _LEAST_NEAR and glyph.colour != (0, 0, 0)


def address(handle: Any) -> int:
    """The address of one of PDFium's objects, to know it again."""
    return int(ctypes.cast(handle, ctypes.c_void_p).value or 0)
