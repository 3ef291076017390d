"""What the vetting commands say: JSON for programs, a report and a table for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vetting.checks.catalogue import document_name
from vetting.model import Document, Finding, PageKind, PageReading, Severity, Submission, VettingResult

_SEVERITIES: Mapping[Severity, str] = {Severity.BLOCK: "阻断", Severity.WARN: "警示", Severity.INFO: "提示"}
_KINDS: Mapping[PageKind, str] = {PageKind.BLANK: "空白", PageKind.DUPLICATE: "重复"}


def result_json(result: VettingResult) -> dict[str, Any]:
    """A result as ``registry vet --json`` prints it; pages are 1-based, boxes fractions of the upright page."""
    return {
        "documents": [_document(d) for d in result.documents],
        "findings": [_finding(f) for f in result.findings],
        "pages": [_page(p, result.documents) for p in result.pages],
    }


def _document(document: Document) -> dict[str, Any]:
    fields = {
        name: {"value": f.value, "confidence": f.confidence, "page": f.page, "bbox": _box(f.box)}
        | ({"corrected_from": f.corrected_from} if f.corrected_from else {})
        for name, f in document.fields.items()
    }
    return {
        "id": document.id,
        "type": document.type,
        "file": document.file,
        "pages": [document.first_page, document.last_page],
        "fields": fields,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "evidence": [
            {"document": e.document, "page": e.page, "bbox": _box(e.box), "text": e.text}
            for e in finding.evidence
        ],
    }


def _page(page: PageReading, documents: Sequence[Document]) -> dict[str, Any]:
    content = page.kind is PageKind.CONTENT
    return {
        "page": page.page,
        "kind": page.kind.value,
        "rotation": page.rotation,
        "mode": page.mode.value,
        "readable": page.readable,
        "documents": [d.id for d in documents if content and d.first_page <= page.page <= d.last_page],
    }


def _box(box: Sequence[float] | None) -> list[float] | None:
    return None if box is None else [round(v, 5) for v in box]


def report(title: str, given: Submission, result: VettingResult) -> str:
    """A result for a person to read."""
    lines = [title, "─" * min(60, max(20, _width(title)))]
    lines += [f"核验日期 {given.as_of}　共 {len(result.pages)} 页、{len(result.documents)} 份材料", ""]
    lines += ["一、发现的问题"]
    for severity in Severity:
        lines += [_finding_line(f) for f in result.findings if f.severity is severity]
    if not result.findings:
        lines.append("  未发现问题。")
    lines += ["", "二、识别出的材料"]
    lines += [_document_line(d) for d in result.documents]
    special = [f"第{p.page}页{_KINDS[p.kind]}" for p in result.pages if p.kind in _KINDS]
    if special:
        lines += ["", "三、其他页面", "  " + "、".join(special)]
    lines += ["", "核验结果供审核参考，由审核人员作出决定。"]
    return "\n".join(lines)


def _finding_line(finding: Finding) -> str:
    pages = sorted({e.page for e in finding.evidence if e.page})
    where = f"（见第{'、'.join(map(str, pages))}页）" if pages else ""
    return f"  [{_SEVERITIES[finding.severity]}] {finding.message}{where}"


def _document_line(document: Document) -> str:
    pages = f"第{document.first_page}页"
    if document.last_page != document.first_page:
        pages = f"第{document.first_page}–{document.last_page}页"
    name = document.fields.get("name")
    own = f"　{name.value}" if name else ""
    doubt = "" if document.readable else "　（无法辨认）"
    return f"  {_pad(pages, 12)}{document_name(document.type)}{own}{doubt}"


def table(rows: Iterable[Sequence[str]], head: Sequence[str]) -> str:
    """Rows in aligned columns; Chinese characters count as two."""
    everything = [list(head), *[list(r) for r in rows]]
    widths = [max(_width(row[i]) for row in everything) for i in range(len(head))]
    lines = [
        "  ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in everything
    ]
    return "\n".join([lines[0], "  ".join("─" * w for w in widths), *lines[1:]])


def counts(result: VettingResult) -> tuple[int, int, int]:
    """How many findings block, warn and tell."""
    severities = [f.severity for f in result.findings]
    return severities.count(Severity.BLOCK), severities.count(Severity.WARN), severities.count(Severity.INFO)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
