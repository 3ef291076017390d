"""Page readings as JSON, for caching by file hash and engine version. Stable: fields are only added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from vetting.model import Box, FileNote, Ink, Line, Mode, PageKind, PageReading, Seal

SCHEMA = 1


def encode(pages: Iterable[PageReading], notes: Iterable[FileNote] = ()) -> str:
    """Give the readings and notes of one file or application as one JSON text."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "pages": [page_to_json(page) for page in pages],
            "notes": [{"file": n.file, "code": n.code, "detail": n.detail} for n in notes],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def decode(text: str) -> tuple[tuple[PageReading, ...], tuple[FileNote, ...]]:
    """Give back what :func:`encode` wrote. Raises ValueError for another schema or a damaged text."""
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise ValueError("readings of another schema")
        pages = tuple(page_from_json(item) for item in data["pages"])
        notes = tuple(FileNote(n["file"], n["code"], n["detail"]) for n in data["notes"])
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("damaged readings") from error
    return pages, notes


def page_to_json(page: PageReading) -> dict[str, Any]:
    """Give one reading as JSON values."""
    return {
        "page": page.page,
        "file": page.file,
        "file_page": page.file_page,
        "kind": page.kind.value,
        "mode": page.mode.value,
        "rotation": page.rotation,
        "readable": page.readable,
        "width": round(page.width, 2),
        "height": round(page.height, 2),
        "lines": [_line_to_json(line) for line in page.lines],
        "seals": [
            {"box": _box_to_json(s.box), "confidence": round(s.confidence, 3), "text": s.text}
            for s in page.seals
        ],
        "inks": [
            {"box": _box_to_json(i.box), "confidence": round(i.confidence, 3), "text": i.text}
            for i in page.inks
        ],
        "duplicate_of": page.duplicate_of,
        "hidden": [_line_to_json(line) for line in page.hidden],
        "confidence": round(page.confidence, 4),
        "problem": page.problem,
    }


def page_from_json(data: Mapping[str, Any]) -> PageReading:
    """Give the reading that :func:`page_to_json` wrote."""
    return PageReading(
        page=int(data["page"]),
        file=str(data["file"]),
        file_page=int(data["file_page"]),
        kind=PageKind(data["kind"]),
        mode=Mode(data["mode"]),
        rotation=int(data["rotation"]),
        readable=bool(data["readable"]),
        width=float(data["width"]),
        height=float(data["height"]),
        lines=tuple(_line_from_json(line) for line in data["lines"]),
        seals=tuple(Seal(_box(s["box"]), float(s["confidence"]), str(s["text"])) for s in data["seals"]),
        inks=tuple(Ink(_box(i["box"]), float(i["confidence"]), str(i.get("text", ""))) for i in data["inks"]),
        duplicate_of=data["duplicate_of"],
        hidden=tuple(_line_from_json(line) for line in data["hidden"]),
        confidence=float(data["confidence"]),
        problem=data["problem"],
    )


def _line_to_json(line: Line) -> dict[str, Any]:
    out: dict[str, Any] = {
        "text": line.text,
        "box": _box_to_json(line.box),
        "confidence": round(line.confidence, 4),
    }
    if line.corrected_from is not None:
        out["corrected_from"] = line.corrected_from
    if line.level is not None:
        out["level"] = _box_to_json(line.level)
    if line.at:
        out["at"] = [round(v, 3) for v in line.at]
        out["sure"] = [round(v, 2) for v in line.sure]
    return out


def _line_from_json(data: Mapping[str, Any]) -> Line:
    return Line(
        text=str(data["text"]),
        box=_box(data["box"]),
        confidence=float(data["confidence"]),
        corrected_from=data.get("corrected_from"),
        level=_box(data["level"]) if "level" in data else None,
        at=tuple(float(v) for v in data.get("at", ())),
        sure=tuple(float(v) for v in data.get("sure", ())),
    )


def _box_to_json(box: Box) -> list[float]:
    return [round(v, 5) for v in box]


def _box(values: Any) -> Box:
    x0, y0, x1, y1 = values
    return (float(x0), float(y0), float(x1), float(y1))
