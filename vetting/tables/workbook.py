"""The first visible sheet of a workbook as lines of text; runs in the child only."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from vetting.intake.unfit import Unfit

_MAX_PARTS = 5_000
_MAX_PROBLEMS = 500
_LOST_DIGITS = 10**15
_HEAD = 4_096
_CONTENT = 4_000


def read(content: bytes, most: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The answer of the child: facts of the sheet, and lines and problems as compressed JSON. Raises Unfit."""
    _look_inside(content, int(most["max_unpacked"]))
    warnings.simplefilter("ignore")
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if not visible:
        raise Unfit("no_sheet")
    sheet = visible[0]
    with sheet._get_source() as source:  # type: ignore[attr-defined]
        parser = _Parser(source, sheet, most)
        lines = parser.lines()
    told = {"lines": lines, "problems": parser.problems}
    header = {
        "ok": True,
        "sheet": sheet.title,
        "others": [other.title for other in visible[1:]],
        "epoch_1904": book.epoch == MAC_EPOCH,
    }
    return header, zlib.compress(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), 1)


def _look_inside(content: bytes, max_unpacked: int) -> None:
    """Refuse what is no plain workbook before any library opens it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > max_unpacked:
                raise Unfit("bomb")
            if any(part.flag_bits & 1 for part in parts):
                raise Unfit("encrypted")
            names = [part.filename.lower() for part in parts]
            if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
                raise Unfit("macros")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with packed.open(part) as opened:
                        head = opened.read(_HEAD)
                    # A workbook declares no document type; entities come with one.
                    if b"<!DOCTYPE" in head.replace(b"\0", b"") or b"<!ENTITY" in head.replace(b"\0", b""):
                        raise Unfit("damaged")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise Unfit("damaged") from problem


class _Parser(WorkSheetParser):
    """Reads the cells of one sheet; notes what a person would not see as it is stored."""

    def __init__(self, source: Any, sheet: Any, most: dict[str, Any]) -> None:
        book = sheet.parent
        super().__init__(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self._most = most
        self.problems: list[tuple[int, int, str, int]] = []

    def lines(self) -> list[tuple[int, list[str]]]:
        """Every line that is not empty. Raises Unfit where they are too many or too wide."""
        found: list[tuple[int, list[str]]] = []
        for number, row in self.parse():
            cells = self._texts(row)
            if cells:
                found.append((number, cells))
                if len(found) > self._most["max_lines"]:
                    raise Unfit("too_long")
        self._note_merged(found)
        return found

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """One cell, with what is wrong with it noted."""
        cell: dict[str, Any] = super().parse_cell(element)
        value = cell["value"]
        if cell["data_type"] == "e":
            self._note(cell, "error")
            cell["value"] = None
        elif value is None and element.find(FORMULA_TAG) is not None:
            self._note(cell, "formula")
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LOST_DIGITS:
            self._note(cell, "digits")
        return cell

    def _note(self, cell: dict[str, Any], code: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append((cell["row"], cell["column"] - 1, code, cell["row"]))

    def _texts(self, row: list[dict[str, Any]]) -> list[str]:
        texts: list[str] = []
        for cell in row:
            text = _text(cell["value"])[: self._most["max_cell"]]
            if not text:
                continue
            column = cell["column"]
            if column > self._most["max_columns"]:
                raise Unfit("too_wide")
            texts.extend([""] * (column - len(texts)))
            texts[column - 1] = text
        return texts

    def _note_merged(self, lines: list[tuple[int, list[str]]]) -> None:
        if self.merged_cells is None:
            return
        filled = dict(lines)
        for merged in self.merged_cells.mergeCell[:_CONTENT]:
            column, first, _, last = merged.bounds
            cells = filled.get(first, [])
            if len(cells) >= column and cells[column - 1] and len(self.problems) < _MAX_PROBLEMS:
                self.problems.append((first, column - 1, "merged", last))


def _text(value: object) -> str:
    """A cell as a person sees it: whole numbers without ``.0``, days without midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split()) if "\n" not in str(value) else str(value).strip()
