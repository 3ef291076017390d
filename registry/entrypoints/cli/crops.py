"""Pictures of places on pages, for the accuracy report."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from vetting.model import Box, PageReading, SourceFile
from vetting.reading import ApplicationReader, OcrEngine

_MARGIN_X, _MARGIN_Y = 0.08, 0.03
_MOST_WIDE = 900


class Crops:
    """Cuts places out of pages that were read; each file is opened in a child process like any other."""

    def __init__(self, engine: OcrEngine, width: int) -> None:
        self._engine = engine
        self._width = width

    def png(self, pdf: Path, pages: tuple[PageReading, ...], page: int, box: Box) -> bytes:
        """The place with some room around it, as PNG."""
        source = SourceFile(pdf, pdf.name)
        with ApplicationReader((source,), self._engine, cached=(pages,)) as reader:
            picture = Image.open(io.BytesIO(reader.page_png(page, self._width)))
        width, height = picture.size
        x0, y0 = max(0.0, box[0] - _MARGIN_X), max(0.0, box[1] - _MARGIN_Y)
        x1, y1 = min(1.0, box[2] + _MARGIN_X), min(1.0, box[3] + _MARGIN_Y)
        part = picture.crop((round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height)))
        part.thumbnail((_MOST_WIDE, _MOST_WIDE))
        out = io.BytesIO()
        part.convert("L").save(out, "PNG", optimize=True)
        return out.getvalue()
