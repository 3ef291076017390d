"""Tables in files (.csv, .xlsx): bytes in, lines of text out, workbooks opened in a limited child process only."""

from vetting.tables.columns import find_heading, heading_key, suggest
from vetting.tables.model import CellProblem, Table, TableLimits, Unreadable
from vetting.tables.read import read_table

__all__ = [
    "CellProblem",
    "Table",
    "TableLimits",
    "Unreadable",
    "find_heading",
    "heading_key",
    "read_table",
    "suggest",
]
