"""Writing PDFs in the child: a clean copy to show, several files as one, one file in parts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from vetting.intake.limits import Limits
from vetting.intake.pages import PicturePages
from vetting.intake.structure import examine

_HARMLESS = {"/GoTo"}
_DROPPED_NOTES = {"/FileAttachment", "/RichMedia", "/3D", "/Screen", "/Movie", "/Sound", "/PrinterMark"}
_ROOT_KEYS = (
    "/OpenAction",
    "/AA",
    "/AF",
    "/Collection",
    "/Names",
    "/Metadata",
    "/PieceInfo",
    "/URI",
    "/Threads",
    "/SpiderInfo",
)
_ANY_KEYS = ("/AA", "/AF", "/JS", "/PieceInfo", "/EF", "/PA", "/Next")
_PICTURE_DPI = 200


def display_copy(source: Path, kind: str, target: Path, limits: Limits) -> None:
    """Write a copy that is safe to show: whole, unencrypted, without scripts, actions and attachments."""
    if kind != "pdf":
        _picture_as_pdf(source, target, limits)
        return
    pdf = examine(source, limits).pdf
    for key in _ROOT_KEYS:
        if key in pdf.Root:
            del pdf.Root[key]
    form = pdf.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary) and Name.XFA in form:
        del form[Name.XFA]
    for item in list(pdf.objects):
        _clean(item)
    for page in pdf.pages:
        _clean_notes(page)
    _save(pdf, target)


def _clean(item: Object) -> None:
    waiting: list[Any] = [item]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Array):
            items: list[Any] = list(part.as_list())
            waiting.extend(v for v in items if isinstance(v, Object) and not v.is_indirect)
        if not isinstance(part, Dictionary | pikepdf.Stream):
            continue
        # /Next chains actions, but also the entries of an outline, which have titles.
        outline = Name.Title in part
        for key in _ANY_KEYS:
            if key in part and not (outline and key == "/Next"):
                del part[key]
        action = part.get(Name.A)
        if isinstance(action, Dictionary) and str(action.get(Name.S, "")) not in _HARMLESS:
            del part[Name.A]
        waiting.extend(
            v for v in (part.get(k) for k in list(part.keys())) if isinstance(v, Object) and not v.is_indirect
        )


def _clean_notes(page: pikepdf.Page) -> None:
    notes = page.obj.get(Name.Annots)
    if not isinstance(notes, Array):
        return
    kept = [
        n for n in notes if isinstance(n, Dictionary) and str(n.get(Name.Subtype, "")) not in _DROPPED_NOTES
    ]
    page.obj[Name.Annots] = Array(kept)


def _picture_as_pdf(source: Path, target: Path, limits: Limits) -> None:
    pages = PicturePages(source, limits)
    pages.picture().save(target, format="PDF", resolution=_PICTURE_DPI, quality=90)


def _save(pdf: pikepdf.Pdf, target: Path) -> None:
    pdf.save(target, encryption=False, deterministic_id=True)


def merge(parts: Sequence[tuple[Path, str]], target: Path, limits: Limits) -> int:
    """Write the pages of all parts (path, kind) into one PDF, in order; gives the number of pages."""
    out = pikepdf.new()
    opened: list[pikepdf.Pdf] = []
    try:
        for number, (path, kind) in enumerate(parts):
            if kind == "pdf":
                pdf = examine(path, limits).pdf
            else:
                picture = target.with_name(f"{target.name}.{number}.part")
                _picture_as_pdf(path, picture, limits)
                pdf = pikepdf.open(io.BytesIO(picture.read_bytes()))
                picture.unlink()
            opened.append(pdf)
            out.pages.extend(pdf.pages)
        count = len(out.pages)
        _save(out, target)
        return count
    finally:
        for pdf in opened:
            pdf.close()


def split(source: Path, ranges: Sequence[tuple[int, int]], folder: Path, limits: Limits) -> list[Path]:
    """Write page ranges (first, last; from 1, inclusive) into files of their own; gives their paths."""
    pdf = examine(source, limits).pdf
    written: list[Path] = []
    for number, (first, last) in enumerate(ranges, start=1):
        part = pikepdf.new()
        part.pages.extend(pdf.pages[first - 1 : last])
        target = folder / f"part-{number:03d}.pdf"
        _save(part, target)
        written.append(target)
    return written
