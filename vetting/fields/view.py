"""A document as its fields see it: words, running text, seals and ink of its own part of each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from vetting.fields.labels import LabelledText
from vetting.model import Box, Ink, Mode, PageReading, Seal
from vetting.text.layout import Flow, Sheet, Span


class DocumentView:
    """The pages of one document, clipped to where it stands.

    ``sheets`` are its parts in page order; ``readings`` the pages they were read from.
    """

    def __init__(
        self, sheets: Sequence[Sheet], readings: Mapping[int, PageReading], regions: Mapping[int, Box]
    ) -> None:
        self.sheets = tuple(sheets)
        self._readings = readings
        self._regions = regions

    @cached_property
    def flow(self) -> Flow:
        """Running text of all pages."""
        return Flow(self.sheets)

    @property
    def pages(self) -> tuple[int, ...]:
        """Page numbers, in order."""
        return tuple(s.page for s in self.sheets)

    def scanned(self, page: int) -> bool:
        """Whether the text of a page comes from OCR."""
        reading = self._readings.get(page)
        return reading is None or reading.mode is Mode.SCANNED

    def labelled(self, labels: Mapping[str, Sequence[str]]) -> LabelledText:
        """The document searched for labels."""
        return LabelledText(self.sheets, labels, damaged=any(self.scanned(p) for p in self.pages))

    def _clipped(self, page: int, box: Box) -> bool:
        x0, y0, x1, y1 = self._regions.get(page, (0.0, 0.0, 1.0, 1.0))
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return x0 <= x <= x1 and y0 <= y <= y1

    def seals(self) -> list[tuple[int, Seal]]:
        """Seals on the document, with their pages."""
        return [
            (p, s)
            for p in self.pages
            if p in self._readings
            for s in self._readings[p].seals
            if self._clipped(p, s.box)
        ]

    def inks(self) -> list[tuple[int, Ink]]:
        """Handwriting on the document, with its pages."""
        return [
            (p, i)
            for p in self.pages
            if p in self._readings
            for i in self._readings[p].inks
            if self._clipped(p, i.box)
        ]

    def last_rows(self, count: int) -> list[Span]:
        """The last rows of the last page that has any, from the bottom up."""
        for sheet in reversed(self.sheets):
            if sheet.rows:
                return [row.span(0, len(row.glyphs)) for row in reversed(sheet.rows[-count:])]
        return []
