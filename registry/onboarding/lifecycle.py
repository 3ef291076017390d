"""The way of a file of existing records: the one of a list's file (uploaded, looked at, imported; by two people where
much hangs on it, R13).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from registry.screening.lifecycle import IMPORT
from registry.screening.lifecycle import ImportState as DataImportState

__all__ = ["DATA_IMPORT", "DataImportState"]

_OWN_NAMES: Final = {"import": "导入已有资料"}

DATA_IMPORT: Final = replace(IMPORT, subject="data_import", names={**IMPORT.names, **_OWN_NAMES})
