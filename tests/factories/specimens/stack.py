"""From papers to a merged PDF and its truth, as the corpus writes them."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf

from tests.factories.specimens.facts import Provider, iso
from tests.factories.specimens.paper import Paper
from tests.factories.specimens.scanning import blurred, image_pdf, pictures, scanned

Draw = Callable[[str], bytes]
"""HTML in, PDF out."""


@dataclass
class Sheet:
    """A paper in the stack: digital (``scan`` empty) or scanned in some profile, lying turned.

    ``unreadable`` names sheets (from 1) that are blurred beyond reading, ``apart`` puts its last sheet at the
    end of the stack.
    """

    paper: Paper
    scan: str = ""
    turned: int = 0
    unreadable: tuple[int, ...] = ()


@dataclass
class Specimen:
    """One application: what was typed, what is in the stack, what is to be found."""

    slug: str
    provider: Provider
    stack: list[Sheet | str]
    findings: list[dict[str, Any]] = field(default_factory=list)
    typed: dict[str, Any] = field(default_factory=dict)
    tricks: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    policy: str = "default"
    deadline: str = "2022-06-22"
    years: tuple[int, int] = (2020, 2021)

    def form(self) -> dict[str, Any]:
        """What the provider typed."""
        p = self.provider
        return {
            "name": p.name,
            "credit_code": p.code,
            "legal_representative": p.boss.name,
            "legal_representative_id": p.boss.number,
            "registered_address": p.address,
            "categories": list(p.categories),
            "business_scope": p.scope,
            "teachers": [_teacher(t) for t in p.teachers],
            "annual_inspections": {str(y): "合格" for y in self.years},
            **self.typed,
        }


def _teacher(t: Any) -> dict[str, Any]:
    from tests.factories.specimens.people import KINDS

    return {
        "name": t.person.name,
        "id_number": t.person.number,
        "certificate_type": KINDS[t.kind],
        "certificate_number": t.number,
        "valid_until": iso(t.until),
    }


def write(specimen: Specimen, folder: Path, draw: Draw) -> None:
    """Draw, scan and merge one specimen into ``folder``/slug."""
    rng = random.Random(specimen.slug)
    merged = pikepdf.new()
    documents: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    kept: list[pikepdf.Pdf] = []
    for entry in specimen.stack:
        if isinstance(entry, str):
            _extra(entry, merged, pages)
            continue
        pdf = pikepdf.open(io.BytesIO(_made(entry, draw, rng)))
        kept.append(pdf)
        first, count = len(merged.pages) + 1, len(pdf.pages)
        merged.pages.extend(pdf.pages)
        number = f"d{len(documents) + 1:02d}"
        for own in range(1, count + 1):
            readable = own not in entry.unreadable
            pages.append(
                {
                    "page": first + own - 1,
                    "kind": "content",
                    "document": number if entry.paper.type else None,
                    "readable": readable,
                }
            )
        if entry.paper.type is not None:
            for type_, fields in ((entry.paper.type, entry.paper.fields), *entry.paper.parts):
                documents.append(
                    {
                        "id": f"d{len(documents) + 1:02d}", "type": type_, "item": entry.paper.item, "file": "", "pages": [first, first + count - 1],
                        "mode": "scanned" if entry.scan else "digital", "scan_profile": entry.scan,
                        "readable": not entry.unreadable, "fields": {} if entry.unreadable else fields,
                    }
                )  # fmt: skip
    target = folder / specimen.slug
    target.mkdir(parents=True, exist_ok=True)
    name = f"{specimen.provider.name}机构申报课后服务备选库材料.pdf"
    merged.save(target / name, deterministic_id=True)
    expected = {
        "clean": not specimen.findings,
        "finding_codes": sorted({f["code"] for f in specimen.findings}),
        "findings": specimen.findings,
        "also_acceptable": specimen.also,
        "observations": [f"{p['kind']}_page:{p['page']}" for p in pages if p["kind"] != "content"],
        "documents": documents,
        "page_map": pages,
    }
    data = {
        "set": "specimens", "slug": specimen.slug, "deadline": specimen.deadline, "inspection_years": list(specimen.years), "policy": specimen.policy,
        "merged_pdf": name, "merged_pages": len(pages), "form": specimen.form(), "expected": expected, "tricks": specimen.tricks,
    }  # fmt: skip
    (target / "application.json").write_text(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def _extra(what: str, merged: pikepdf.Pdf, pages: list[dict[str, Any]]) -> None:
    """A blank page, or ``again:N``: the page N once more."""
    number = len(merged.pages) + 1
    if what == "blank":
        merged.add_blank_page(page_size=(595, 842))
        pages.append({"page": number, "kind": "blank", "document": None, "readable": True})
    else:
        merged.pages.append(merged.pages[int(what.partition(":")[2]) - 1])
        pages.append({"page": number, "kind": "duplicate", "document": None, "readable": True})


def _made(entry: Sheet, draw: Draw, rng: random.Random) -> bytes:
    pdf = draw(entry.paper.html())
    if not entry.scan:
        return pdf
    out = []
    for number, picture in enumerate(pictures(pdf), start=1):
        out.append(
            blurred(picture)
            if number in entry.unreadable
            else scanned(picture, entry.scan, rng, entry.turned)
        )
    return image_pdf(out)


def stacked(above: Paper, below: Paper) -> Paper:
    """Two landscape papers on one portrait sheet."""
    half = '<div class="abs" style="left:4mm;top:{}mm;width:297mm;height:209mm;transform:scale(.68);transform-origin:0 0"><div style="position:relative;width:297mm;height:209mm;padding:16mm 20mm;overflow:hidden">{}</div></div>'
    sheet = half.format(3, above.sheets[0]) + half.format(150, below.sheets[0])
    assert below.type is not None
    return Paper(
        above.type, above.item, [sheet], above.fields, parts=[(below.type, below.fields)], title=above.title
    )
