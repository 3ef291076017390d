"""Importing lists: a file is uploaded, looked at, and imported whole or not at all (R3, R20)."""

from registry.screening.imports.commands import (
    apply,
    codes_in_force,
    confirm,
    discard,
    discard_forgotten,
    fetch_source,
    hold_lists,
    propose,
    refuse,
    remap,
    upload,
)
from registry.screening.imports.preview import Preview, preview
from registry.screening.imports.reading import MAX_BYTES, check

__all__ = [
    "MAX_BYTES", "Preview", "apply", "check", "codes_in_force", "confirm", "discard", "discard_forgotten", "fetch_source", "hold_lists", "preview",
    "propose", "refuse", "remap", "upload",
]  # fmt: skip
