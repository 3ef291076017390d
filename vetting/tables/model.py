"""A table as read from a file, and what can be wrong with its cells."""

from __future__ import annotations

from dataclasses import dataclass

PROBLEMS: dict[str, tuple[str, str]] = {
    "formula": (
        "单元格是公式而没有计算结果，请在 Excel 中打开后保存，或粘贴为数值。",
        "A formula without a result: open and save the file in Excel, or paste values.",
    ),
    "error": ("单元格是公式错误（如 #REF!），请改正。", "The cell holds an error such as #REF!."),
    "digits": (
        "数字超过 15 位，Excel 已丢失末几位。请把单元格设为“文本”后重新填写。",
        "More than 15 digits: Excel has lost the last ones. Format the cell as text and type it again.",
    ),
    "merged": (
        "单元格是合并的，合并处只有第一格有内容。请取消合并后逐行填写。",
        "Merged cells hold their content once: split them and fill in every row.",
    ),
}
"""What can be wrong with a cell: code -> sentence in Chinese and English."""


@dataclass(frozen=True, slots=True)
class TableLimits:
    """What a table may cost: bytes unpacked, lines, columns, characters a cell, seconds in the child."""

    max_bytes: int = 20 * 1024 * 1024
    max_unpacked: int = 600_000_000
    max_lines: int = 500_000
    max_columns: int = 200
    max_cell: int = 40_000
    wall_seconds: float = 150.0
    cpu_seconds: int = 140
    memory_bytes: int = 1_100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that cannot be read as it is. ``line`` and ``until`` (1-based) span a merged range, ``column`` from 0.

    ``code`` is one of :data:`PROBLEMS`.
    """

    line: int
    column: int
    code: str
    until: int

    @property
    def zh(self) -> str:
        """The Chinese sentence."""
        return PROBLEMS[self.code][0]

    @property
    def en(self) -> str:
        """The English sentence."""
        return PROBLEMS[self.code][1]


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of a file with their cells as a person sees them; empty lines are left out.

    A line's number is that of the file (a heading is a line too). Days are ISO text, whole numbers without
    ``.0``. ``epoch_1904`` says how a day that lost its format is counted. ``others`` are further sheets with
    content that were not read.
    """

    lines: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[CellProblem, ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()
    epoch_1904: bool = False


class Unreadable(Exception):
    """The file is no table at all, or more than is taken; ``line`` is 0 for the whole file."""

    def __init__(self, zh: str, en: str, line: int = 0) -> None:
        super().__init__(en)
        self.zh, self.en, self.line = zh, en, line
