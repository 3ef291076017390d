"""Word files in the sheet and the fonts of official documents."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

TITLE_FONT, BODY_FONT, HEADING_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"


def new_document() -> DocumentFile:
    """An empty upright A4 document."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.7)
    return document


def title(document: DocumentFile, text: str) -> None:
    """The title, centred."""
    paragraph(document, text, size=22, font=TITLE_FONT, centred=True)


def heading(document: DocumentFile, text: str) -> None:
    """A heading of a part."""
    paragraph(document, text, font=HEADING_FONT)


def paragraph(
    document: DocumentFile,
    text: str,
    *,
    size: int = 16,
    font: str = BODY_FONT,
    centred: bool = False,
    indent: bool = False,
    right: bool = False,
) -> Paragraph:
    """A paragraph; ``size`` in points, ``indent`` by two characters."""
    made = document.add_paragraph()
    if centred:
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if right:
        made.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if indent:
        made.paragraph_format.first_line_indent = Pt(size * 2)
    _run(made, text, size=size, font=font)
    return made


def table(
    document: DocumentFile, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]
) -> None:
    """A ruled table; ``widths`` in centimetres."""
    made = document.add_table(rows=1, cols=len(head))
    made.style = "Table Grid"
    for number, line in enumerate((head, *rows)):
        cells = made.rows[0].cells if number == 0 else made.add_row().cells
        for cell, text in zip(cells, line, strict=True):
            _run(cell.paragraphs[0], text, size=12, font=BODY_FONT)
    for width, column in zip(widths, made.columns, strict=True):
        for cell in column.cells:
            cell.width = Cm(width)


def to_bytes(document: DocumentFile) -> bytes:
    """The file."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _run(made: Paragraph, text: str, *, size: int, font: str) -> None:
    run = made.add_run(text)
    run.font.size = Pt(size)
    run.font.name = font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
