"""Bytes in: what a file is, whether it is taken, and its pages, opened in a child process only."""

from vetting.intake.bitmap import Bitmap
from vetting.intake.files import inspect, merge, split, write_display_copy
from vetting.intake.limits import Limits
from vetting.intake.names import safe_name
from vetting.intake.notes import NOTE_KINDS, NoteKind
from vetting.intake.opened import FileFacts, OpenFile, PageFailed

__all__ = [
    "NOTE_KINDS",
    "Bitmap",
    "FileFacts",
    "Limits",
    "NoteKind",
    "OpenFile",
    "PageFailed",
    "inspect",
    "merge",
    "safe_name",
    "split",
    "write_display_copy",
]
